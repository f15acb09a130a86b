"""What the text of a document says about it, and what it must not be taken to say."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from assistant.indexing.articles import mark_articles
from assistant.indexing.blocks import Block, Metadata, ParsedDocument
from assistant.indexing.formats.text import read_text
from assistant.indexing.headings import guess_blocks
from assistant.indexing.metadata import complete_metadata, same_rule
from assistant.schema import Locator
from assistant.settings import PROJECT_ROOT, load_settings

SHARED = PROJECT_ROOT.parent / "shared" / "data"
FIRST_OF_JULY = date(2025, 7, 1)
TITLE = "高雄市敬老卡發給辦法"
ARTICLES = ("第一條 為照顧長者，特訂定本辦法。", "第二條 長者得申請敬老卡。", "第三條 本辦法自發布日施行。")


def parsed(title: str, *paragraphs: str) -> ParsedDocument:
    blocks = mark_articles(guess_blocks((text, None) for text in paragraphs))
    return ParsedDocument(title, "zh-TW", tuple(blocks))


def found(title: str, *paragraphs: str) -> dict[str, object]:
    """The values that the text filled."""
    metadata = complete_metadata(parsed(title, *paragraphs))
    return {name: value for name in Metadata.__slots__ if (value := getattr(metadata, name))}


@pytest.mark.parametrize(
    "line",
    [
        "發布日期：114年7月1日",
        "發 布 日 期 ： 114年7月1日",
        "公告日期: 2025-07-01",
        "發文日期：中華民國114年7月1日",
        "張貼日期：114-07-01　發布單位：社會局　點閱數：120",
        "點閱數：120 更新日期：2025/07/01 10:30",
        "【發布日期】114.07.01",
        "更新日期 114-07-01",
        "※ 最後更新：1140701",
        "Last updated: 1 July 2025",
        "Published July 1, 2025",
        "Last updated on 2025-07-01",
    ],
)
def test_a_labelled_date_is_the_day_of_publication(line: str) -> None:
    """Pages and letters write their date beside a label, in many spellings."""
    assert found("敬老卡", "敬老卡的申請方式。", line)["published"] == FIRST_OF_JULY


@pytest.mark.parametrize(
    "line",
    [
        "依社會局公告，發布日期：114年7月1日的名單有效。",
        "公告期間：114年7月1日至114年7月31日",
        "受理期限：114年7月1日至114年7月31日",
        "報名日期：114年7月1日",
        "活動日期：114年7月1日",
        "114年7月1日市府公布最新名單，請民眾留意。",
        "114年7月1日高市社字第1140701號函辦理",
        "114年7月1日衛部字第1140701號公告修正「長期照顧服務法」",
        "發布日期：114年度",
        "Published: 07/01/2025",
        "公告日期；公告標題",
    ],
)
def test_other_dates_are_not_taken(line: str) -> None:
    """Dates of events and of other documents, and ambiguous ones, say nothing of this document."""
    assert found("敬老卡", "敬老卡的申請方式。", line) == {}


def test_contradicting_dates_are_left_out() -> None:
    """A list of news has many dates and none of its own; the page's own update remains."""
    news = ("發布日期：114年7月1日", "發布日期：114年7月2日")
    assert found("最新消息", *news) == {}
    assert found("最新消息", *news, "更新日期：114年7月3日") == {"published": date(2025, 7, 3)}


def test_fields_stand_near_the_top_or_end() -> None:
    """In the middle of a long document a label belongs to what it stands beside."""
    middle = ["敬老卡的申請方式。"] * 20
    assert found("敬老卡", *middle, "發布日期：114年7月1日", *middle) == {}
    assert found("敬老卡", *middle, *middle, "發布日期：114年7月1日") == {"published": FIRST_OF_JULY}


def test_a_row_of_fields_is_read_and_a_row_of_a_list_is_not() -> None:
    """A table of a page's own particulars has nothing but fields."""

    def row(text: str) -> ParsedDocument:
        return ParsedDocument("敬老卡", "zh-TW", (Block(text, Locator(), "row"),))

    own = complete_metadata(row("發布日期；114年7月1日；發布單位；高雄市政府社會局"))
    assert (own.published, own.bureau) == (FIRST_OF_JULY, "高雄市政府社會局")
    assert complete_metadata(row("標題：敬老卡換發；發布日期：114年7月1日")) == Metadata()


@pytest.mark.parametrize(
    ("line", "bureau"),
    [
        ("發布單位：高雄市政府社會局", "高雄市政府社會局"),
        ("發布單位：社會局 老人福利科", "社會局 老人福利科"),
        ("主管機關：高雄市政府衛生局　修訂日期：20231228", "高雄市政府衛生局"),
        ("主辦機關：高雄市左營區公所", "高雄市左營區公所"),
        ("Published by: Social Affairs Bureau", "Social Affairs Bureau"),
        ("本辦法主管機關：為高雄市政府社會局，執行機關為各區公所。", ""),
        ("主辦單位：社會局、衛生局", ""),
        ("主辦單位：役政科", ""),
        ("發布單位：07-336-8333", ""),
        ("Department: of all things", ""),
        ("第二條 本辦法之主管機關為本府社會局。", ""),
    ],
)
def test_the_office_is_a_labelled_one(line: str, bureau: str) -> None:
    """A sentence about offices names none, and a division alone does not say whose it is."""
    assert found("敬老卡", line).get("bureau", "") == bureau


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("生效日期：114年7月1日", {"effective_from": FIRST_OF_JULY}),
        ("實施日期：自114年7月1日起", {"effective_from": FIRST_OF_JULY}),
        ("Effective date: July 1, 2025", {"effective_from": FIRST_OF_JULY}),
        (
            "有效期間：114年7月1日至12月31日止",
            {"effective_from": FIRST_OF_JULY, "effective_to": date(2025, 12, 31)},
        ),
        (
            "六、實施期間：自114年7月1日起至114年12月31日止。",
            {"effective_from": FIRST_OF_JULY, "effective_to": date(2025, 12, 31)},
        ),
        ("有效期限至：114年12月31日", {"effective_to": date(2025, 12, 31)}),
        ("Valid until: 31 December 2025", {"effective_to": date(2025, 12, 31)}),
        ("廢止日期：114年7月1日", {"repealed": FIRST_OF_JULY}),
        ("本要點自114年7月1日起停止適用。", {"repealed": FIRST_OF_JULY}),
        ("生效日期：另行公告", {}),
        ("實施日期：114年7月1日或機關另定之日", {}),
        ("受理期限至：114年12月31日", {}),
        ("申請期間：114年7月1日至114年12月31日", {}),
        ("(三)有效期限：114年12月31日", {}),
        ("有效期間：114年12月31日至114年7月1日", {}),
        ("自114年7月1日起，學生搭乘輕軌享有優惠。", {}),
        ("本辦法施行後，原辦法自114年7月1日廢止。", {}),
        ("高雄縣敬老辦法自114年7月1日廢止。", {}),
    ],
)
def test_validity_is_taken_from_labels_only(line: str, expected: dict[str, date]) -> None:
    """A wrong effective date hides a document, so a deadline or a sentence says nothing of validity."""
    assert found("敬老卡優惠", line) == expected


def test_a_plan_gives_its_period_under_a_heading() -> None:
    """The heading of a part is its label, and two periods contradict each other."""
    period = ("伍、實施期程", "114年1月1日至114年12月31日")
    expected = {"effective_from": date(2025, 1, 1), "effective_to": date(2025, 12, 31)}
    assert found("敬老卡推廣計畫", *period, "陸、經費", "由社會局支應。") == expected
    assert found("敬老卡推廣計畫", *period, "陸、計畫期間", "113年1月1日至113年12月31日") == {}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("敬老卡發給作業要點（114年7月1日修正）", {"published": FIRST_OF_JULY}),
        ("敬老卡發給作業要點(1140701修正)", {"published": FIRST_OF_JULY}),
        ("敬老卡發給作業要點（114.07.01廢止）", {"repealed": FIRST_OF_JULY}),
        ("敬老卡發給作業要點【自114年7月1日生效】", {"effective_from": FIRST_OF_JULY}),
        ("敬老卡發給作業要點 114年7月1日修正", {"published": FIRST_OF_JULY}),
        ("114年7月1日敬老卡說明會紀錄", {}),
        ("114年7月1日研商敬老卡修正", {}),
        ("敬老卡發給作業要點（114年7月1日會議紀錄）", {}),
        ("敬老卡發給作業要點修正草案（自114年7月1日生效）", {}),
    ],
)
def test_a_mark_in_the_title_dates_the_version(title: str, expected: dict[str, date]) -> None:
    """Offices write amendment and repeal into the title of a rule; a draft is in force at no time."""
    assert found(title, "敬老卡的申請方式。") == expected


def test_a_rule_is_in_force_from_the_third_day_of_its_promulgation() -> None:
    """The letter at its top says when, the last article that this is enough, and the law that the third day counts."""
    history = "中華民國114年7月1日高市府社老福字第11436123400號令訂定發布全文3條"
    assert found(TITLE, history, *ARTICLES) == {
        "type": "regulation",
        "published": FIRST_OF_JULY,
        "effective_from": date(2025, 7, 3),
    }


@pytest.mark.parametrize(
    ("last", "start"),
    [("三、經費由本局支應。", FIRST_OF_JULY), ("三、本要點實施日期另定之。", None)],
)
def test_a_rule_of_points_binds_from_its_letter(last: str, start: date | None) -> None:
    """Administrative rules mostly say nothing of their beginning."""
    history = "中華民國114年7月1日高市社老福字第11436123400號函修正"
    values = found("敬老卡發給作業要點", history, "一、依據老人福利法。", "二、長者得申請。", last)
    assert values.get("effective_from") == start


def test_a_rule_that_was_repealed_says_so_in_its_history() -> None:
    """Whoever asks later must not be answered from it."""
    history = (
        "1.中華民國100年12月22日高市府四維社老福字第1000140123號令訂定",
        "2.中華民國114年7月1日高市府社老福字第11436123400號令廢止",
    )
    assert found(TITLE, *history, *ARTICLES)["repealed"] == FIRST_OF_JULY


def test_a_part_that_is_not_yet_in_force_leaves_the_start_open() -> None:
    """The law database marks such laws, without saying which part is meant."""
    status = "生效狀態：※本法規部分或全部條文尚未生效，最後生效日期：未定"
    assert "effective_from" not in found(TITLE, "修正日期：民國 114 年 07 月 01 日", status, *ARTICLES)


@pytest.mark.parametrize(
    ("subject", "start"),
    [
        ("主旨：修正「敬老卡發給作業要點」，並自114年8月1日生效。", date(2025, 8, 1)),
        ("主旨：訂定「敬老卡發給作業要點」，並自即日起生效。", FIRST_OF_JULY),
        ("主旨：廢止「敬老卡發給作業要點」，並自114年8月1日生效。", None),
        ("主旨：公告敬老卡受理申請，請查照。", None),
    ],
)
def test_an_announcement_says_when_its_rule_begins(subject: str, start: date | None) -> None:
    """Only the end of its subject does, and the repeal of another rule is no beginning."""
    letter = ("高雄市政府社會局 公告", "發文日期：中華民國114年7月1日", "發文字號：高市社字第1140701號", subject)
    metadata = complete_metadata(parsed("高雄市政府社會局公告", *letter))
    assert (metadata.type, metadata.published, metadata.effective_from) == ("notice", FIRST_OF_JULY, start)
    assert metadata.repealed is None


@pytest.mark.parametrize(
    ("title", "paragraphs", "kind"),
    [
        ("高雄市公園管理自治條例", ARTICLES, "regulation"),
        ("高雄市敬老卡發給作業要點（114年修正版）", ("一、依據。", "二、目的。", "三、對象。"), "regulation"),
        ("老人福利法", ARTICLES, "law"),
        ("Senior Citizens Welfare Act", ("Article 1\nPurpose.", "Article 2\nScope."), "law"),
        ("Regulations Governing Senior Cards", ("Article 1\nPurpose.", "Article 2\nScope."), "regulation"),
        ("老人福利法修正條文對照表", ARTICLES, ""),
        ("老人福利法草案", ARTICLES, ""),
        ("停車場收費標準", ("每小時三十元。",), ""),
        ("垃圾分類的方法", ARTICLES[:1], ""),
        ("敬老卡申請書", ("姓名",), "form"),
        ("Senior card application form", ("Name",), "form"),
        ("敬老卡常見問題", ("誰可以申請？",), "faq"),
        ("長期照顧服務指南", ("申請方式。",), "guide"),
        ("為何高雄市有公告", ("因為法律規定。",), ""),
    ],
)
def test_the_type_is_given_where_title_and_form_agree(title: str, paragraphs: tuple[str, ...], kind: str) -> None:
    """A rule has articles or points; a page about a rule does not become one."""
    assert found(title, *paragraphs).get("type", "") == kind


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("本頁網址：https://example.org/a?b=1", "https://example.org/a?b=1"),
        ("網址：https://example.org/a", ""),
        ("本頁網址：請洽承辦人", ""),
    ],
)
def test_only_its_own_address_is_taken(line: str, url: str) -> None:
    """An address in a text leads to something else."""
    assert found("敬老卡", line).get("url", "") == url


def test_what_the_reader_found_is_kept() -> None:
    """The text fills gaps only, and never makes a validity that ends before it begins."""
    document = parsed("敬老卡", "發布日期：114年7月1日", "有效期限至：114年12月31日")
    given = replace(document, metadata=Metadata(bureau="社會局", effective_from=date(2026, 1, 1)))
    assert complete_metadata(given) == Metadata(
        bureau="社會局", published=FIRST_OF_JULY, effective_from=date(2026, 1, 1)
    )


@pytest.mark.parametrize(
    "title",
    [
        "高雄市敬老卡發給辦法",
        "高雄市敬老卡發給辦法（114年7月1日修正）",
        "高雄市敬老卡發給辦法(1140701修正)",
        "高雄市敬老卡發給辦法 修正版",
        "高雄市敬老卡發給辦法_114.07.01修正.pdf",
        "高雄市敬老卡發給辦法（114年7月1日廢止）",
        "高雄市敬老卡發給辦法（中華民國一百十四年七月一日修正發布全文）",
        "高雄市敬老卡發給辦法 v2.1",
        "高雄市敬老卡發給辦法（114年版）",
        "１１４年７月１日　高雄市敬老卡發給辦法",
        "高雄市「敬老卡」發給辦法【現行版】",
        "法規名稱：高雄市敬老卡發給辦法",
    ],
)
def test_versions_of_a_rule_share_a_key(title: str) -> None:
    """Dates and version marks of the title do not make another rule."""
    assert same_rule(title) == same_rule("高雄市敬老卡發給辦法")


@pytest.mark.parametrize(
    "title",
    [
        "高雄市敬老卡發給辦法草案",
        "高雄市敬老卡發給辦法施行細則",
        "高雄市敬老卡發給辦法修正條文對照表",
        "臺南市敬老卡發給辦法",
        "高雄市敬老卡發給辦法（第二區）",
        "113年度高雄市敬老卡發給辦法",
    ],
)
def test_other_documents_have_other_keys(title: str) -> None:
    """A draft, a table of changes or another city's rule replaces nothing."""
    assert same_rule(title) != same_rule("高雄市敬老卡發給辦法")


def test_drafts_of_a_rule_share_a_key() -> None:
    """A later draft replaces an earlier one."""
    keys = {same_rule(f"敬老卡發給辦法{mark}") for mark in ("草案", "修正草案", "（草案）", "部分條文修正草案")}
    assert len(keys) == 1


def laws() -> Iterator[tuple[dict[str, str], str, str]]:
    """Every third law with its text, once under a labelled date and once under its history."""
    for path in sorted((SHARED / "b3_tw_laws_zh_en" / "zh").glob("*.json"))[::3]:
        law = json.loads(path.read_text(encoding="utf-8"))
        body = "\n\n".join(
            part.get("編章節") or f"{part['條號']}\n{part['條文內容']}" for part in law["法規內容"]
        ).replace("\r\n", "\n")
        day = law["最新異動日期"]
        label = f"修正日期：民國 {int(day[:4]) - 1911} 年 {day[4:6]} 月 {day[6:]} 日"
        name, history = law["法規名稱"], law["沿革內容"].replace("\r\n", "\n")
        yield law, f"法規名稱：{name}\n{label}\n\n{body}", f"{name}\n\n{history}\n\n{body}"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data is absent")
def test_real_laws_are_dated_rightly() -> None:
    """Every law's last amendment is found by its label and by its history, and nothing is invented."""
    settings = load_settings()
    wrong: list[str] = []
    for law, labelled, with_history in laws():
        for text in (labelled, with_history):
            metadata = complete_metadata(read_text(text.encode(), "law.txt", settings))
            day = metadata.published
            if day is None or f"{day:%Y%m%d}" != law["最新異動日期"] or metadata.repealed or metadata.effective_to:
                wrong.append(law["法規名稱"])
    assert wrong == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data is absent")
def test_real_answers_yield_no_false_dates() -> None:
    """Answers of a city's FAQ are full of dates, and none of them is the answer's own."""
    settings = load_settings()
    lines = (SHARED / "b1_kcg_faq" / "kcg_faq_dev.jsonl").read_text(encoding="utf-8").splitlines()
    dated = []
    for entry in map(json.loads, lines):
        text = f"{entry['question']}\n\n{entry['answer']}"
        metadata = complete_metadata(read_text(text.encode(), "entry.txt", settings))
        if any((metadata.published, metadata.effective_from, metadata.effective_to, metadata.repealed)):
            dated.append(entry["id"])
    assert dated == []
