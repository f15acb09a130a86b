"""Laws, article by article."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.indexing.articles import article_of
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.data.json_data import read_json
from assistant.indexing.formats.data.law import find_laws, law_documents
from assistant.indexing.formats.data.xml_data import read_xml
from assistant.settings import PROJECT_ROOT, Settings

SHARED = PROJECT_ROOT.parent / "shared" / "data" / "b3_tw_laws_zh_en"
LAW: dict[str, Any] = {
    "法規性質": "法律",
    "法規名稱": "測試服務法",
    "法規網址": "https://example.org/LawAll.aspx?pcode=D0050001",
    "法規類別": "行政＞衛生福利部＞社會及家庭目",
    "最新異動日期": "20240107",
    "生效日期": "99991231",
    "生效內容": "一百十三年一月七日修正之第 2  條條文施行日期，由行政院定\r\n之。",
    "沿革內容": "1.中華民國九十年一月三日總統令制定公布全文 3  條\r\n2.中華民國一百十三年一月七日總統華總一義字第 1130"
    "000000\r\n  號令修正公布第 2  條條文；並自一百十三年三月一日施行",
    "附件": [{"檔案名稱": "附表.PDF", "下載網址": "https://example.org/1"}],
    "法規內容": [
        {"編章節": "   第 一 章 總則"},
        {"條號": "第 1 條", "條文內容": "本法所稱兒童，指未滿十二歲之人。"},
        {"編章節": "      第 一 節 服務"},
        {
            "條號": "第 2-1 條",
            "條文內容": "主管機關辦理下列事項：\r\n一、訂定計畫。\r\n二、補助：\r\n（一）機構。\r\n（二）個人。"
            "\r\n前項計畫，由中央定之。",
        },
        {"編章節": "第 二 章 附則"},
        {"條號": "第 3 條", "條文內容": "（刪除）"},
    ],
}


def read(law: dict[str, Any]) -> ParsedDocument:
    return next(iter(law_documents(find_laws(law))))


def test_articles_have_chapters_and_places() -> None:
    """Each paragraph, subparagraph and item can be cited: 第2條之1第1項第2款第1目."""
    places = [(b.locator.section, b.locator.article, b.locator.item) for b in read(LAW).blocks if b.locator.article]
    section = "第 一 章 總則 > 第 一 節 服務"
    assert places == [
        ("第 一 章 總則", "第1條", None),
        (section, "第2條之1", "第1項"),
        (section, "第2條之1", "第1項第1款"),
        (section, "第2條之1", "第1項第2款"),
        (section, "第2條之1", "第1項第2款第1目"),
        (section, "第2條之1", "第1項第2款第2目"),
        (section, "第2條之1", "第2項"),
        ("第 二 章 附則", "第3條", None),
    ]


def test_an_article_begins_with_its_number_as_published() -> None:
    """The number is part of the text that is quoted, also of a deleted article."""
    texts = [block.text for block in read(LAW).blocks]
    assert "第 1 條 本法所稱兒童，指未滿十二歲之人。" in texts
    assert "第 3 條 （刪除）" in texts


def test_metadata_come_from_the_fields() -> None:
    """Office and topic by the category, and no day in force where one article alone begins later."""
    metadata = read(LAW).metadata
    assert (metadata.type, metadata.bureau, metadata.topic) == ("law", "衛生福利部", "社會及家庭")
    assert (metadata.published, metadata.effective_from) == (date(2024, 1, 7), None)
    assert metadata.repealed is None


def test_what_is_not_yet_in_force_is_told() -> None:
    """Its note, the last change and the names of attached files stand at the end."""
    last = {block.locator.section: block.text for block in read(LAW).blocks[-5:]}
    assert last["生效內容"].endswith("由行政院定之。")
    assert last["沿革"].startswith("2.中華民國一百十三年")
    assert last["附件"] == "附表.PDF https://example.org/1"


def test_an_abolished_law_says_since_when() -> None:
    """The day is in the history; the text is no longer in force."""
    metadata = read(
        LAW | {"廢止註記": "廢", "沿革內容": "1.Enacted on May 1, 2001\r\n2.Abolished on May 20, 2015"}
    ).metadata
    assert (metadata.repealed, metadata.effective_from) == (date(2015, 5, 20), None)


def test_the_interface_of_the_national_database_is_read_too() -> None:
    """It names its fields in English and marks chapters by a letter."""
    articles = [
        {"ArticleType": "C", "ArticleNo": "", "ArticleContent": "   第 一 章 總則"},
        {"ArticleType": "A", "ArticleNo": "第 1 條", "ArticleContent": "甲。"},
    ]
    laws = [
        {"LawName": name, "LawURL": f"https://a/?pcode={code}", "LawArticles": articles}
        for name, code in (("甲法", "A0000001"), ("乙法", "B0000001"))
    ]
    found = list(read_json(json.dumps({"UpdateDate": "2024", "Laws": laws}).encode(), "ChLaw.json", Settings()))
    assert [(document.title, document.part) for document in found] == [("甲法", "A0000001"), ("乙法", "B0000001")]
    assert found[0].blocks[-1].locator.section == "第 一 章 總則"


def test_the_same_law_as_xml_reads_the_same() -> None:
    """Its chapters and articles keep their order; lines broken at a fixed width are joined."""
    source = """<LAWS><法規><法規名稱>測試服務法</法規名稱><最新異動日期>20240107</最新異動日期><法規內容>
      <編章節>   第 一 章 總則</編章節>
      <條文><條號>第 1 條</條號><條文內容><![CDATA[本法所定事項，主管機關及目的事業主管機關應就其權責範圍，針對兒童
及少年之需要，尊重多元文化差異，主動規劃所需福利，對涉及相關機關
之兒童及少年福利業務，應全力配合之；主管機關並應辦理安全維護及傷
害防制措施：
一、主管機關：主管兒童及少年福利政策之規劃、推動及監督等相關事宜
    。
]]></條文內容></條文><編章節>第 二 章 附則</編章節>
      <條文><條號>第 2 條</條號><條文內容>自公布日施行。</條文內容></條文></法規內容></法規></LAWS>"""
    blocks = next(iter(read_xml(source.encode(), "law.xml", Settings()))).blocks
    assert [block.text[-8:] for block in blocks if block.locator.article] == [
        "及傷害防制措施：",
        "監督等相關事宜。",
        " 自公布日施行。",
    ]
    assert blocks[-1].locator.section == "第 二 章 附則"


def test_numbered_lists_of_other_things_are_no_laws() -> None:
    """A magazine has articles with numbers too."""
    assert not find_laws({"title": "月刊", "articles": [{"no": "1", "content": "甲"}, {"no": "2", "content": "乙"}]})


def articles_of(path: Path) -> list[str]:
    document = next(iter(read_json(path.read_bytes(), path.name, Settings())))
    return list(dict.fromkeys(block.locator.article for block in document.blocks if block.locator.article))


@pytest.mark.skipif(not SHARED.exists(), reason="real laws are not at hand")
@pytest.mark.parametrize("code", ["A0040003", "D0050046", "K0040012", "N0030001"])
def test_articles_of_real_laws_align_in_both_languages(code: str) -> None:
    """Each article of the source is there under its number, and the English one under the same."""
    source = json.loads((SHARED / "zh" / f"{code}.json").read_text(encoding="utf-8-sig"))["法規內容"]
    chinese = articles_of(SHARED / "zh" / f"{code}.json")
    assert chinese == [article_of(entry["條號"]) for entry in source if "條號" in entry]
    numbers = {name.replace("第", "").replace("條", "").replace("之", "-") for name in chinese}
    assert {name.removeprefix("Article ") for name in articles_of(SHARED / "en" / f"{code}.json")} <= numbers
