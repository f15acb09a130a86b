"""Reading XML."""

from datetime import date

import pytest

from assistant.errors import DocumentError
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.data.xml_data import read_xml
from assistant.settings import Settings

ENTRIES = """<xmlmessage><datas>
<data><deptName>臺北市政府警察局</deptName><data_id>GIP_1</data_id><post_date>2015-01-06 00:00:00</post_date>
<news_title>如何領車？</news_title>
<news_content>&lt;p&gt;請至&lt;A href="x"&gt;保管場&lt;/A&gt;&lt;/p&gt;</news_content><link/><link>  </link></data>
<data><data_id>GIP_2</data_id><news_title>何時領車？</news_title><news_content>  </news_content></data>
<data><data_id>GIP_3</data_id><news_title>哪裡領車？</news_title>
<news_content><p>甲場 A & B</p><ul><li>乙&nbsp;場</li></ul></news_content></data>
</datas></xmlmessage>"""
BOMB = "<!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def read(source: str | bytes, name: str = "data.xml") -> list[ParsedDocument]:
    return list(read_xml(source.encode() if isinstance(source, str) else source, name, Settings()))


def test_questions_with_html_inside_are_documents() -> None:
    """Escaped or not, HTML reads as text; slips of the feed are mended; an entry without text is left out."""
    found = read(ENTRIES)
    assert [document.part for document in found] == ["GIP_1", "GIP_3"]
    assert [block.text for block in found[0].blocks] == ["如何領車？", "請至保管場"]
    assert [block.text for block in found[1].blocks] == ["哪裡領車？", "甲場 A & B", "乙 場"]
    assert (found[0].metadata.bureau, found[0].metadata.published) == ("臺北市政府警察局", date(2015, 1, 6))


def test_fields_may_be_attributes_or_single_letters() -> None:
    """`a` and `q` are HTML tags elsewhere."""
    attributes = '<faq><row 問題="如何？" 回覆="請至櫃台辦理。"/><row 問題="何時？" 回覆="每週一上午九時。"/></faq>'
    letters = "<r><item><q>如何？</q><a>請至櫃台辦理。</a></item><item><q>何時？</q><a>每週一上午九時。</a></item></r>"
    assert [document.title for source in (attributes, letters) for document in read(source)] == ["如何？", "何時？"] * 2


def test_one_entry_alone_is_found() -> None:
    """A list of one looks like no list."""
    assert [
        d.title for d in read("<datas><data><question>如何？</question><answer>請至櫃台。</answer></data></datas>")
    ] == ["如何？"]


def test_records_are_rows() -> None:
    """Element names are the names of the columns."""
    stop = "<stop id='{}'><name>{}</name><line>R</line></stop>"
    stops = f"<stops>{stop.format(1, '美麗島')}{stop.format(2, '左營')}</stops>"
    assert [block.text for block in read(stops)[0].blocks][-2:] == [
        "id：1；name：美麗島；line：R",
        "id：2；name：左營；line：R",
    ]


def test_the_declared_encoding_is_believed_where_it_fits() -> None:
    """Few characters of Big5 cannot be told by their looks."""
    source = "<?xml version='1.0' encoding='Big5'?><f><i><問題>蠔？</問題><答案>鱷龜蠍鰻</答案></i></f>"
    assert read(source.encode("cp950"))[0].title == "蠔？"
    assert read(source.encode())[0].title == "蠔？"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<a><b></a>", "corrupt"),
        ("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a><p>&x;</p></a>", "corrupt"),
        (BOMB + "]><l><p>&i;</p></l>", "corrupt"),
        (BOMB + "]><l p='&i;'/>", "corrupt"),
        ("<a>" * 5000 + "x" + "</a>" * 5000, "too_large"),
        ("<configuration><add key='a' value='b'/></configuration>", "unknown_shape"),
        ("<html><body>404</body></html>", "wrong_format"),
        (b"PK\x03\x04", "not_text"),
    ],
    ids=["tags", "file", "laughs", "laughs in an attribute", "depth", "settings", "page", "archive"],
)
def test_other_files_are_refused_with_a_reason(source: str | bytes, reason: str) -> None:
    """Entities are not expanded, nothing outside is fetched."""
    with pytest.raises(DocumentError) as caught:
        read(source)
    assert caught.value.reason == reason


def test_the_line_of_a_mistake_is_named() -> None:
    """Also where the declaration takes lines of its own."""
    with pytest.raises(DocumentError, match="line 3"):
        read("<?xml version='1.0'\n?><a>\n<b></a>")


def test_a_page_of_xhtml_is_read_as_a_page() -> None:
    """Old agency sites save their pages as XML."""
    source = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><h1>公告</h1><p>內容文字。</p></body></html>'
    assert [block.text for block in read(source)[0].blocks] == ["公告", "內容文字。"]
