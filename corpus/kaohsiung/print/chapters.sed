# Headings of the first level are chapters that the word processor numbers: 第一章, 第二章 ... (numbering 7).
/w:styleId="Heading1"/,/<\/w:style>/ s|<w:keepLines />|<w:keepLines /><w:numPr><w:numId w:val="7" /></w:numPr>|
