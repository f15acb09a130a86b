"""Reading CSV and TSV."""

import pytest

from assistant.errors import DocumentError
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.data.delimited import read_delimited
from assistant.settings import PROJECT_ROOT, Settings

SHARED = PROJECT_ROOT.parent / "shared" / "data"
PARKS = "名稱,地址,面積\n中央公園,中山一路,12\n凹子底公園,神農路,19\n"


def read(source: str | bytes, name: str = "parks.csv") -> list[ParsedDocument]:
    return list(read_delimited(source.encode() if isinstance(source, str) else source, name, Settings()))


def rows(source: str | bytes, name: str = "parks.csv") -> list[str]:
    return [block.text for document in read(source, name) for block in document.blocks]


READ = ["名稱：中央公園；地址：中山一路；面積：12", "名稱：凹子底公園；地址：神農路；面積：19"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950", "utf-16"])
def test_every_encoding_that_offices_save_is_read(encoding: str) -> None:
    """Excel in Taiwan writes Big5, with a mark UTF-8, and UTF-16."""
    assert rows(PARKS.encode(encoding)) == READ


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(delimiter: str) -> None:
    """Also after Excel's own hint."""
    assert rows(PARKS.replace(",", delimiter)) == READ
    assert rows(f"sep={delimiter}\n" + PARKS.replace(",", delimiter)) == READ


def test_lines_around_the_table_are_no_rows() -> None:
    """A title line names the document, a note below stands below."""
    document = read(f"公園一覽表,,\n更新日期：113年7月1日,,\n{PARKS}備註：假日開放,,\n")[0]
    assert document.title == "公園一覽表"
    assert [block.kind for block in document.blocks] == ["heading", "paragraph", "row", "row", "paragraph"]


@pytest.mark.parametrize(
    ("source", "first"),
    [
        ("中央公園,07-2811234,中山一路\n鳳山公園,07-7421234,中山路\n", "中央公園；07-2811234；中山一路"),
        ("區別,2023,2024\n三民區,340,339\n", "區別：三民區；2023：340；2024：339"),
        ("1,2,3\na,b,c\nd,e,f\n", "1：a；2：b；3：c"),
        ("sno,sna\n站號,站名\n1,左營站\n", "sno 站號：1；sna 站名：左營站"),
        ("行業\n營造業\n餐飲業\n", "行業：營造業"),
    ],
    ids=["no header", "years", "numbers over words", "two languages", "one column"],
)
def test_headers_are_told_from_rows(source: str, first: str) -> None:
    """By what kinds of cells stand below them."""
    assert rows(source)[0] == first


def test_quotes_and_ragged_rows_are_read() -> None:
    """Cells hold delimiters, quotes and line ends; rows are too short and too long."""
    source = '名稱,說明,電話\n甲,"一,二\n三 ""四""",1\n乙\n丙,丁,2,多的\n'
    assert rows(source) == ['名稱：甲；說明：一,二 三 "四"；電話：1', "名稱：乙", "名稱：丙；說明：丁；電話：2；多的"]


def test_questions_become_documents() -> None:
    """A table with question and answer is a list of entries."""
    found = read("序號,問題,回覆\n1,如何申請？,請至區公所辦理。\n2,何時申請？,每年七月一日起。\n", "qa.csv")
    assert [(document.title, document.metadata.type) for document in found] == [
        ("如何申請？", "faq"),
        ("何時申請？", "faq"),
    ]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (",".join("1" * 600_000), "too_large"),
        (",".join(map(str, range(2_001))), "too_large"),
        ("名稱,值\n" + "甲,1\n" * 200_100, "too_large"),
        ('名稱,地址\n甲,"中正路\n乙,二\n丙,三\n', "corrupt"),
        (b"%PDF-1.7", "not_text"),
    ],
    ids=["line", "columns", "rows", "quote", "pdf"],
)
def test_what_is_no_table_is_refused_with_a_reason(source: str | bytes, reason: str) -> None:
    """A bomb of one line, and a quote that swallows the rows below it."""
    with pytest.raises(DocumentError) as caught:
        read(source)
    assert caught.value.reason == reason


@pytest.mark.skipif(not SHARED.exists(), reason="real tables are not at hand")
def test_the_same_table_reads_the_same_in_four_encodings() -> None:
    """Real questions of the city, as UTF-8 with and without mark, Big5 and UTF-16."""
    found = [rows(path.read_bytes(), path.name) for path in sorted((SHARED / "c3_rendered_zh").glob("faq_*.csv"))]
    assert len(found) == 4
    assert len(set(map(tuple, found))) == 1
