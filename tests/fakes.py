"""A scripted Conversation for tests of everything that stands in front of the real one."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from assistant.city import Bureau, City, Policy
from assistant.errors import DocumentError
from assistant.schema import (
    Answer,
    Chunk,
    Citation,
    Document,
    DoneEvent,
    Event,
    EvidenceEvent,
    Locator,
    ModelInfo,
    Passage,
    Question,
    Role,
    SentenceEvent,
    Status,
)
from assistant.settings import Settings

ATTACK = '<img src="https://evil.example/a.png" onerror="window.hacked=1"><script>window.hacked=1</script>'
MARKDOWN_ATTACK = "![x](https://evil.example/b.png) [click](javascript:window.hacked=1)"

BIKE_TEXT = (
    "高雄市公共腳踏車租賃系統費率\n一、公共腳踏車依使用時間計費。前三十分鐘免費,超過後每三十分鐘五元。"
    "二、借用人應於使用後將車輛歸還於租賃站。三、借車四小時內,每三十分鐘收費五元。\n"
)
BIKE_QUOTE = "前三十分鐘免費,超過後每三十分鐘五元。"
BIKE = Document(
    id="bike-fees",
    source="documents/bike-fees.md",
    title="公共腳踏車費率",
    bureau="交通局",
    url="https://www.example.gov.tw/bike",
    effective_from=date(2024, 1, 1),
    unofficial=True,
)
FORM_TEXT = (
    "Long-term care 2.0. Who may apply: residents aged 65 or over who need help with daily life. "
    "Call 1966 or visit a care management centre. An assessor visits within seven days.\n"
)
FORM_QUOTE = "Call 1966 or visit a care management centre."
FORM = Document(
    id="care-guide",
    source="documents/care.pdf",
    title="Long-term care guide",
    bureau="Department of Health",
    language="en",
)
EVIL_QUOTE = f"{ATTACK} {MARKDOWN_ATTACK}\n\n# heading {{{{7*7}}}} ${{window.hacked=1}}"
EVIL = Document(id="evil", source="evil.html", title=f"標題{ATTACK}", bureau=ATTACK, url="javascript:window.hacked=1")
STAFF_ONLY = Document(id="memo", source="memo.txt", title="內部簽呈", audience="staff")

DOCUMENTS: Mapping[str, tuple[Document, str]] = {
    BIKE.id: (BIKE, BIKE_TEXT),
    FORM.id: (FORM, FORM_TEXT),
    EVIL.id: (EVIL, f"before {ATTACK} {EVIL_QUOTE} after {ATTACK}"),
    STAFF_ONLY.id: (STAFF_ONLY, "本簽呈僅供內部使用。"),
}
MODEL = ModelInfo(name="fake-model", origin="TW")


def cite(document: Document, quote: str, n: int = 1, locator: Locator | None = None) -> Citation:
    """A citation of a quote that stands in one of the fake documents."""
    start = DOCUMENTS[document.id][1].index(quote)
    return Citation(
        n=n,
        document_id=document.id,
        source=document.source,
        title=document.title,
        bureau=document.bureau,
        locator=locator or Locator(page=3, section="第二章 收費", article="第12條"),
        quote=quote,
        start=start,
        end=start + len(quote),
        url=document.url,
        effective_from=document.effective_from,
    )


@dataclass(frozen=True, slots=True)
class Script:
    """What the fake says to a question: its sentences, then the finished answer."""

    answer: Answer
    sentences: tuple[str, ...] = ()


def write_script(status: Status, *sentences: str, lang: str = "zh-TW", citations: tuple[Citation, ...] = ()) -> Script:
    """A script whose answer is its sentences."""
    model = MODEL if status is Status.ANSWERED else Answer("", status, "en", "").model
    answer = Answer(
        id="",
        status=status,
        lang="en" if lang == "en" else "zh-TW",
        answer="".join(sentences),
        citations=citations,
        route="documents",
        model=model,
        timings_ms={"first_evidence": 21.04, "first_sentence": 900.0, "total": 2345.0},
        trace_id="trace-1",
    )
    return Script(answer, sentences if status is Status.ANSWERED else ())


SCRIPTS: Mapping[str, Script] = {
    "bike": write_script(
        Status.ANSWERED,
        "前三十分鐘免費。[1]",
        "超過後每三十分鐘五元。[1]",
        citations=(cite(BIKE, BIKE_QUOTE), cite(BIKE, "三、借車四小時內,每三十分鐘收費五元。", n=2)),
    ),
    "care": write_script(
        Status.ANSWERED,
        "Call 1966 or visit a care management centre. [1]",
        lang="en",
        citations=(cite(FORM, FORM_QUOTE, locator=Locator(page=2, section="How to apply")),),
    ),
    "evil": write_script(Status.ANSWERED, f"{ATTACK} {MARKDOWN_ATTACK} [1]", citations=(cite(EVIL, EVIL_QUOTE),)),
    "long": write_script(Status.ANSWERED, *["One sentence."] * 500, lang="en", citations=(cite(FORM, FORM_QUOTE),)),
    "none": write_script(Status.NO_EVIDENCE, "在市府文件中找不到這個問題的依據。"),
    "fire": write_script(Status.EMERGENCY, "請立刻撥打 119（火警、救護）。人身安全請撥打 110。"),
    "blocked": write_script(Status.BLOCKED, "請輸入問題。"),
    "error": Script(
        Answer(id="", status=Status.ERROR, lang="zh-TW", answer="", notice="語言模型尚未啟動，先提供原文。")
    ),
}
KEYWORDS = {"車": "bike", "care": "care", "evil": "evil", "long": "long", "火災": "fire", "月球": "none", "壞": "error"}

CITY = City(
    id="fakecity",
    timezone=ZoneInfo("Asia/Taipei"),
    name={"zh-TW": "高雄市", "en": "Kaohsiung City"},
    notice={"zh-TW": "目前收錄的是入門文件集。", "en": "A starter collection of documents is loaded."},
    help={"zh-TW": "請撥打市府服務專線，由專人協助。", "en": "Call the city's service line to talk to a person."},
    help_phone="1999",
    examples={
        "zh-TW": ("公共腳踏車怎麼收費？", "長照服務怎麼申請？", "垃圾車幾點來？"),
        "en": ("How do I apply for long-term care?", "What does a public bike cost?"),
    },
    policy=Policy(),
    bureaus=(Bureau("交通局", "Transportation Bureau"),),
    elsewhere=(),
)


@dataclass(frozen=True, slots=True)
class FakeHealth:
    """The fields of `assistant.conversation.Health`."""

    index_documents: int = 3
    index_chunks: int = 9
    engine: Literal["starting", "ready", "down", "off"] = "ready"
    model: ModelInfo = MODEL
    demo_notice: bool = True
    ready: bool = True


class FakeConversation:
    """Same methods as the real Conversation; what it says depends only on a keyword of the question.

    Args:
        gate: where given, each sentence waits for one release of it, so that a test can look at the page meanwhile.
    """

    def __init__(self, gate: threading.Semaphore | None = None, health: FakeHealth | None = None) -> None:
        self.settings = Settings()
        self.city = CITY
        self.asked: list[Question] = []
        self.stream_closed = threading.Event()
        self.is_closed = False
        self._gate = gate
        self._health = health or FakeHealth()

    def ask(self, question: Question) -> Answer:
        """The scripted answer."""
        self.asked.append(question)
        return self._script(question).answer

    def stream(self, question: Question) -> "FakeStream":
        """The scripted events; `stream_closed` is set when the caller leaves early."""
        self.asked.append(question)
        left = threading.Event()
        return FakeStream(self._events(self._script(question), left), self.stream_closed, left)

    def _events(self, script: "Script", left: threading.Event) -> Iterator[Event]:
        if script.answer.citations:
            yield EvidenceEvent(script.answer.citations)
        for sentence in script.sentences:
            if not self._may_pass(left):
                return
            yield SentenceEvent(sentence)
        yield DoneEvent(script.answer)

    def _may_pass(self, left: threading.Event) -> bool:
        """Wait at the gate, if there is one; False where the reader has left meanwhile."""
        while self._gate is not None and not left.is_set():
            if self._gate.acquire(timeout=0.05):
                break
        return not left.is_set()

    def search(self, query: str, k: int, role: Role, as_of: date | None = None, bureau: str = "") -> list[Passage]:
        """The bike document, whatever is asked."""
        chunk = Chunk("bike-fees#0", BIKE.id, 0, BIKE_TEXT, 0, len(BIKE_TEXT), Locator(page=3))
        return [Passage(chunk, BIKE, 0.9)][:k]

    def document(self, document_id: str, role: Role, bureau: str = "") -> tuple[Document, str]:
        """A fake document that the role may see."""
        document, text = DOCUMENTS.get(document_id, (STAFF_ONLY, ""))
        allowed = ("public",) if role == "citizen" else ("public", "staff", bureau)
        if document.audience not in allowed:
            raise DocumentError("not_found", f"There is no document {document_id}.", "Search for it.")
        return document, text

    def health(self) -> FakeHealth:
        """As given."""
        return self._health

    def close(self) -> None:
        """Remembered in `is_closed`."""
        self.is_closed = True

    def _script(self, question: Question) -> Script:
        name = next((name for word, name in KEYWORDS.items() if word in question.text.lower()), "none")
        script = SCRIPTS["blocked" if not question.text.strip() else name]
        return replace(script, answer=replace(script.answer, id=question.id))


class FakeStream(Iterator[Event]):
    """Scripted events that any thread may close."""

    def __init__(self, events: Iterator[Event], closed: threading.Event, left: threading.Event) -> None:
        self._events = events
        self._closed = closed
        self._left = left
        self._ended = False

    def __next__(self) -> Event:
        """The next scripted event, or the end after `close`."""
        if self._ended:
            raise StopIteration
        event = next(self._events)
        self._ended = isinstance(event, DoneEvent)
        return event

    def close(self) -> None:
        """Remember that the caller left before the end."""
        if not self._ended:
            self._ended = True
            self._left.set()
            self._closed.set()
