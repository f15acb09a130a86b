# The numbering 7 of chapters.sed.
s|<w:abstractNum w:abstractNumId="990">|<w:abstractNum w:abstractNumId="7"><w:nsid w:val="00000007" /><w:multiLevelType w:val="multilevel" /><w:lvl w:ilvl="0"><w:start w:val="1" /><w:numFmt w:val="taiwaneseCountingThousand" /><w:pStyle w:val="Heading1" /><w:suff w:val="space" /><w:lvlText w:val="第%1章" /><w:lvlJc w:val="left" /><w:pPr><w:ind w:left="0" w:firstLine="0" /></w:pPr></w:lvl></w:abstractNum>&|
s|</w:numbering>|<w:num w:numId="7"><w:abstractNumId w:val="7" /></w:num>&|
