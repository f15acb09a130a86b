# Lines around table cells, and a font with Traditional characters, in the styles of pandoc's own Word template.
/<w:tblInd w:w="0" w:type="dxa" \/>/a\
      <w:tblBorders><w:top w:val="single" w:sz="4" w:color="888888"/><w:left w:val="single" w:sz="4" w:color="888888"/><w:bottom w:val="single" w:sz="4" w:color="888888"/><w:right w:val="single" w:sz="4" w:color="888888"/><w:insideH w:val="single" w:sz="4" w:color="888888"/><w:insideV w:val="single" w:sz="4" w:color="888888"/></w:tblBorders>
s/w:eastAsiaTheme="[A-Za-z]*"/w:eastAsia="Microsoft JhengHei"/
s/w:eastAsia="en-US"/w:eastAsia="zh-TW"/
