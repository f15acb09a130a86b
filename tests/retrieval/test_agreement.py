"""Agreement: the year and the place of the question are those of the evidence."""

import pytest

from assistant.retrieval import disagreement
from assistant.retrieval.agreement import years
from assistant.schema import Chunk, Document, EvidenceSentence, Locator, Passage

ELSEWHERE = ("臺南", "台北", "Tainan")


def evidence(text: str, title: str = "", section: str = "") -> list[EvidenceSentence]:
    chunk = Chunk("a:0", "a", 0, text, 0, len(text), Locator(section=section or None))
    return [EvidenceSentence(Passage(chunk, Document("a", "a.md", title), 1.0), text, 0, len(text), 1.0)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026年起", {2026}),
        ("民國115年起", {2026}),
        ("115 學年度", {2026}),
        ("１１５年", {2026}),
        ("from 2024 to 2025", {2024, 2025}),
        ("年滿65歲", set()),
        ("30年以上的房屋", set()),
        ("電話 07-2025999", set()),
        ("20261 號", set()),
        ("100年內", set()),
        ("每年12元", set()),
    ],
)
def test_years_are_read_in_both_calendars(text: str, found: set[int]) -> None:
    """Calendar years are found, ages, durations and parts of numbers are not."""
    assert years(text) == found


@pytest.mark.parametrize(
    ("question", "text", "agrees"),
    [
        ("2026年敬老卡有幾點？", "2026年每月600點。", True),
        ("115年敬老卡有幾點？", "2026年每月600點。", True),
        ("2027年敬老卡有幾點？", "2026年每月600點。", False),
        ("民國116年敬老卡有幾點？", "115年每月600點。", False),
        ("2027年敬老卡有幾點？", "每月600點。", True),
        ("敬老卡有幾點？", "2026年每月600點。", True),
        ("2025年和2026年有什麼不同？", "2026年每月600點。", True),
    ],
)
def test_another_year_disagrees(question: str, text: str, agrees: bool) -> None:
    """Evidence of other years is no answer, a rule without a year holds for every year."""
    assert (disagreement(question, evidence(text), ()) is None) is agrees


@pytest.mark.parametrize(
    ("question", "text", "agrees"),
    [
        ("臺南的垃圾車幾點來？", "垃圾車晚上七點來。", False),
        ("台南的垃圾車幾點來？", "垃圾車晚上七點來。", False),
        ("台南也能用嗎？", "月票在臺南、高雄都能用。", True),
        ("高雄的垃圾車幾點來？", "垃圾車晚上七點來。", True),
        ("When do trucks come in TAINAN?", "Trucks come at 7 p.m.", False),
        ("When do trucks come in Tainanville?", "Trucks come at 7 p.m.", True),
    ],
)
def test_another_place_disagrees(question: str, text: str, agrees: bool) -> None:
    """A city elsewhere must be named by the evidence, in any spelling of its name."""
    assert (disagreement(question, evidence(text), ELSEWHERE) is None) is agrees


@pytest.mark.parametrize(
    ("question", "text", "agrees"),
    [
        ("渡輪公司的電話是幾號？", "渡輪由輪船公司經營。", False),
        ("渡輪公司的電話是幾號？", "請打 07-5512316。", True),
        ("What time does the pool open?", "Entry costs NT$100.", False),
        ("What time does the pool open?", "Open from 6:00 to 22:00.", True),
        ("游泳池在哪裡？", "入場一百元。", True),
    ],
)
def test_what_is_asked_for_must_stand_in_the_evidence(question: str, text: str, agrees: bool) -> None:
    """A phone number or an hour that the evidence lacks is no answer; what cannot be told by its form may stand."""
    assert (disagreement(question, evidence(text), ()) is None) is agrees


def test_no_document_knows_the_own_case() -> None:
    """How an application stands is in no document, how to apply is."""
    assert disagreement("我上個月送的補助申請核准了嗎？", evidence("補助由區公所受理。"), ()) == "own case"
    assert disagreement("我想申請補助，要找誰？", evidence("補助由區公所受理。"), ()) is None


def test_title_and_section_count_as_evidence() -> None:
    """Where the document's name says the year or the place, its sentences need not."""
    assert disagreement("2026年有幾點？", evidence("每月600點，2023年調整。", title="2026年敬老卡"), ()) is None
    assert disagreement("臺南能用嗎？", evidence("可以使用。", section="臺南版"), ELSEWHERE) is None


def test_what_disagrees_is_named() -> None:
    """The finding says which year or place it is about."""
    assert disagreement("2027年有幾點？", evidence("2026年每月600點。"), ()) == "2027"
    assert disagreement("台北能用嗎？", evidence("可以使用。"), ELSEWHERE) == "台北"
