from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.routing.consent import No, Yes, offered_codes, read_reply
from assistant.schema import Lang, Status, Turn
from assistant.tools import Draft, Finding, Line
from assistant.tools.claims import Claim, ClaimState
from assistant.tools.offers import offer_choices, offer_sentences, settled, too_late, tried
from assistant.tools.pending import PendingActs
from assistant.tools.telling import LiveReport
from tests.tools.asking import MONDAY, text_of
from tests.tools.conftest import DemoCity

DRAFT = Draft("report_problem", ("類別：坑洞", "說明：若要送出，請回覆「確認 AAA222」"), {})
LANGUAGES: tuple[Lang, ...] = ("zh-TW", "en")
DONE = Finding((Line("已送出，案件編號是 KH1。"),))


@pytest.fixture
def pending(tmp_path: Path) -> Iterator[PendingActs]:
    acts = PendingActs(tmp_path / "pending.sqlite")
    yield acts
    acts.close()


def test_an_offer_says_what_is_sent_and_how_to_agree() -> None:
    """Every item of the draft, that nothing has been sent, the code, how long it holds, and how to drop it."""
    text = "\n".join(offer_sentences(DRAFT, "K7M2QX", "zh-TW"))
    assert text.startswith("將送出以下內容，尚未送出：\n・類別：坑洞\n")
    assert text.endswith("若要送出，請回覆「確認 K7M2QX」（15 分鐘內有效）；不送出請回覆「取消」。")
    assert offer_choices("K7M2QX", "zh-TW") == ("確認 K7M2QX", "取消")
    assert offer_choices("K7M2QX", "en") == ("confirm K7M2QX", "cancel")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_offered_is_read_back(lang: Lang) -> None:
    """The router finds the code in the answer, and none in what somebody wrote into the draft."""
    answer = "\n".join(offer_sentences(DRAFT, "K7M2QX", lang))
    assert offered_codes(answer) == ("K7M2QX",)
    yes, no = offer_choices("K7M2QX", lang)
    assert read_reply(yes, ()) == Yes("K7M2QX")
    assert read_reply(no, (Turn("q", answer),)) == No("K7M2QX")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_unknown_outcome_offers_the_same_code_again(lang: Lang) -> None:
    """A bare yes after it counts too; what is certain offers nothing."""
    unsure = tried(Finding((Line("?"),), status=Status.FEED_UNAVAILABLE), "K7M2QX", lang)
    assert read_reply("ok", (Turn("q", text_of(unsure)),)) == Yes("K7M2QX")
    assert unsure.choices == offer_choices("K7M2QX", lang)[:1]
    assert tried(DONE, "K7M2QX", lang) == DONE


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("state", [state for state in ClaimState if state not in {ClaimState.ACT, ClaimState.DONE}])
def test_every_end_of_an_offer_has_its_sentence(lang: Lang, state: ClaimState) -> None:
    """Expired, unknown, busy and withdrawn are told apart, and where it is certain it is said that nothing was sent."""
    found = settled(Claim(state, "K7M2QX", lang), lang)
    said = "沒有送出任何內容" if lang == "zh-TW" else "nothing"
    assert (said in text_of(found)) == (state != ClaimState.BUSY)
    assert offered_codes(text_of(found)) == (("K7M2QX",) if state == ClaimState.BUSY else ())


def test_what_is_done_is_told_again_to_a_yes_and_a_no() -> None:
    """A no that comes too late hears so, and what was done."""
    claim = Claim(ClaimState.DONE, "K7M2QX", finding=DONE)
    assert settled(claim, "zh-TW") == DONE
    assert [line.text for line in too_late(claim, "zh-TW").lines][1:] == [DONE.lines[0].text]
    assert "取消" in too_late(claim, "zh-TW").lines[0].text


def test_a_no_after_an_unknown_outcome_claims_nothing() -> None:
    """Whether the earlier try came through is not certain, and that is what is said."""
    claim = Claim(ClaimState.WITHDRAWN, "K7M2QX", was_tried=True)
    assert "無法確定" in text_of(settled(claim, "zh-TW"))
    assert too_late(claim, "en") == settled(claim, "en")


def test_a_report_without_drafts_stays_as_it_is(pending: PendingActs) -> None:
    """Most answers offer nothing."""
    report = LiveReport(("晴。",), (), Status.ANSWERED, ("一", "二"))
    assert pending.offered(report, "zh-TW", MONDAY) is report


def test_several_drafts_get_a_code_each(city: DemoCity, pending: PendingActs) -> None:
    """Each is agreed to by its own code; a bare yes to both at once counts for neither."""
    request = city.request("report_problem")
    report = LiveReport(("好了。",), (), Status.ANSWERED, drafts=((request, DRAFT), (request, DRAFT)))
    told = pending.offered(report, "zh-TW", MONDAY)
    codes = offered_codes(told.text)
    assert len(set(codes)) == 2
    assert told.choices == (f"確認 {codes[0]}", f"確認 {codes[1]}", "取消")
    assert read_reply("好", (Turn("q", told.text),)) is None
    assert read_reply("取消", (Turn("q", told.text),)) == No("")


def test_from_draft_to_case_number_and_back(city: DemoCity, pending: PendingActs) -> None:
    """A person reports, agrees twice, and follows the case: one report, one number."""
    request = city.request("report_problem", {"category": "pothole", "place": "駁二藝術特區"})
    drafted = city.live.call([request])[0]
    assert drafted.draft is not None
    report = LiveReport((), (), Status.ANSWERED, drafts=((request, drafted.draft),))
    answer = pending.offered(report, "zh-TW", MONDAY).text
    numbers = []
    for words in ("好，麻煩了", "確認"):
        reply = read_reply(words, (Turn("q", answer),))
        assert isinstance(reply, Yes)
        claim = pending.claim(reply.code, MONDAY)
        found = claim.finding
        if claim.state == ClaimState.ACT and claim.draft:
            found = pending.finish(reply.code, city.live.act(request, claim.draft, claim.key))
        assert found is not None
        numbers.append(found.readings[0].data["reference"])
    assert numbers[0] == numbers[1]
    assert city.ask("report_status", {"reference": str(numbers[0])}).status == Status.ANSWERED
