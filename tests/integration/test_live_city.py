"""Live services in the whole flow: routed, asked of the demonstration city, told, and settled by a person's yes."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant.conversation import Conversation, open_conversation
from assistant.routing import offered_codes
from assistant.schema import Answer, DoneEvent, EvidenceEvent, Question, Status, Turn
from assistant.settings import load_settings
from assistant.verification.figures import unsupported_figures

pytestmark = pytest.mark.integration

STORM = datetime(2026, 8, 11, 16, 30, tzinfo=ZoneInfo("Asia/Taipei"))
GOOD = {Status.ANSWERED, Status.PARTIAL}


@pytest.fixture(scope="module")
def storm(city_home: Path) -> Iterator[Conversation]:
    """The assistant on the day of a typhoon, without a language model."""
    settings = load_settings(home=city_home, engine="none", feeds="simulated", demo_scenario="typhoon")
    opened = open_conversation(settings, clock=lambda: STORM)
    yield opened
    opened.close()


def ask(conversation: Conversation, text: str, *before: Answer, asked: str = "") -> Answer:
    """The answer to a question after others."""
    return conversation.ask(Question(text, history=tuple(Turn(asked, one.answer) for one in before)))


@pytest.mark.parametrize(
    ("question", "services"),
    [
        ("現在有颱風警報嗎？", {"warnings"}),
        ("Is there a typhoon warning right now?", {"warnings"}),
        ("明天要上班上課嗎？", {"work_suspension"}),
        ("Is school cancelled tomorrow in Kaohsiung?", {"work_suspension"}),
        ("鼓山區現在有淹水嗎？", {"flood_risk"}),
        ("Is it flooding near Benhe Park right now?", {"flood_risk"}),
        ("旗山附近哪個避難所還有空位？", {"shelters_near"}),
        ("Which shelters near Cishan still have room?", {"shelters_near"}),
        ("紅27公車現在還有開嗎，還要等多久到草衙？", {"bus_arrivals"}),
        ("高雄長庚急診現在要等多久？", {"emergency_rooms"}),
    ],
)
def test_the_night_of_a_typhoon(storm: Conversation, question: str, services: set[str]) -> None:
    """Each question is answered at once with readings that have time, source and the word simulated."""
    answer = ask(storm, question)
    assert answer.route in ("live", "both"), answer
    assert {reading.tool for reading in answer.readings} == services
    assert all(reading.observed_at and reading.source and reading.simulated for reading in answer.readings)
    assert answer.status in GOOD, answer.answer
    assert not unsupported_figures(answer.answer, [question, str(answer.readings), str(answer.citations)])


def test_rules_and_the_present_in_one_answer(storm: Conversation) -> None:
    """Documents and live data stand beside each other, each with its own marks, the live part first."""
    events = list(storm.stream(Question("現在淹水警戒嗎？土石流警戒發布時要怎麼避難？")))
    done = next(event for event in events if isinstance(event, DoneEvent)).answer
    assert isinstance(events[0], EvidenceEvent)
    assert events[0].readings
    assert done.route == "both"
    assert done.readings
    assert done.citations
    marks = [reading.n for reading in done.readings] + [citation.n for citation in done.citations]
    assert len(set(marks)) == len(marks)


def test_a_problem_is_reported_after_a_yes_and_once(storm: Conversation) -> None:
    """What will be sent is shown, nothing is sent before the yes, and a second yes sends nothing more."""
    asked = "左營區博愛二路路面有坑洞，幫我通報"
    offer = ask(storm, asked)
    assert offered_codes(offer.answer)
    assert offer.choices
    first = ask(storm, offer.choices[0], offer, asked=asked)
    again = ask(storm, offer.choices[0], offer, asked=asked)
    assert first.status in GOOD
    assert [one.data.get("reference") for one in first.readings] == [
        one.data.get("reference") for one in again.readings
    ]


def test_a_case_of_the_city_is_followed_and_others_are_not(storm: Conversation) -> None:
    """The number is asked for; the progress of an application elsewhere cannot be seen."""
    case, other = ask(storm, "我通報的路燈案件現在進度如何"), ask(storm, "我的低收入戶申請下來了沒")
    assert (case.status, case.route) == (Status.CLARIFY, "live")
    assert (other.status, other.route) == (Status.OUT_OF_SCOPE, "reply")


def test_without_live_services_the_documents_answer(city_home: Path) -> None:
    """A city that has switched them off says what its documents say, and asks nobody."""
    opened = open_conversation(load_settings(home=city_home, engine="none", feeds="off"))
    answer = ask(opened, "現在有颱風警報嗎？")
    opened.close()
    assert (answer.route, answer.readings) == ("documents", ())
