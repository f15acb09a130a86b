"""Small real stand-ins: an embedder of shared words, a scripted engine, and a tiny city on disk."""

import itertools
import threading
import zlib
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from assistant.conversation import Conversation, open_conversation
from assistant.errors import EngineUnavailable
from assistant.indexing.build import IndexReport, build_index
from assistant.models import CityEmbeddings
from assistant.models.backend import State
from assistant.models.chat_client import Messages
from assistant.models.engine import Engine, NoEngine
from assistant.models.judge import Judgement, Read
from assistant.models.provenance import Provenance
from assistant.retrieval import confidence
from assistant.retrieval.confidence import Calibration
from assistant.schema import Chunk, Document, Locator, ModelInfo
from assistant.settings import PROJECT_ROOT, Settings
from assistant.store import Entry, FileRecord, Store, StoredWindow, open_store
from assistant.text import keyword_tokens

DIMENSIONS = 256
_COMMON_PART = 1.5  # e5's vectors point in one direction: two texts without a shared word still have a cosine near .7
_TRANSLATIONS = {"rubbish": "垃圾", "collected": "收", "wednesday": "三", "ferry": "渡輪", "fare": "票"}


class WordEmbeddings(CityEmbeddings):
    """Vectors by hashed words: texts that share words are near, and a few English words mean Chinese ones.

    Args:
        dies_at: the text at which it fails, as a full disk or a killed process would.
    """

    fingerprint = "words/1"
    dimensions = DIMENSIONS

    def __init__(self, dies_at: str = "") -> None:
        self.dies_at = dies_at
        self.embedded: list[str] = []

    def embed_query(self, text: str) -> list[float]:
        return self._vector(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        for text in texts:
            if self.dies_at and self.dies_at in text:
                raise MemoryError(f"no memory left at {self.dies_at}")
        self.embedded += texts
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        vector = np.zeros(DIMENSIONS)
        tokens = {_TRANSLATIONS.get(token, token) for token in keyword_tokens(text)}
        for token in tokens:
            vector[1 + zlib.crc32(token.encode()) % (DIMENSIONS - 1)] += 1
        vector[0] = _COMMON_PART * (np.linalg.norm(vector) or 1)
        unit: list[float] = (vector / np.linalg.norm(vector)).tolist()
        return unit


class ScriptedEngine:
    """A model whose words a test decides; it streams character by character and remembers what happened.

    Args:
        reply: its whole answer, or a function of the messages that gives it.
        dies_after: the number of characters after which it is gone; none: it lives.
        gate: where given, each character waits for one release of it.
    """

    info = ModelInfo("scripted", "TW")
    provenance = Provenance("TW")

    def __init__(
        self,
        reply: str | Callable[[Messages], str] = "",
        *,
        dies_after: int | None = None,
        gate: threading.Semaphore | None = None,
    ) -> None:
        self.state: State = "off"
        self.asked: list[list[tuple[str, str]]] = []
        self.written = 0
        self.began = threading.Event()
        self.stopped_early = threading.Event()
        self._reply = reply
        self._dies_after = dies_after
        self._gate = gate

    def start(self) -> None:
        self.state = "ready"

    def wait_ready(self, timeout_s: float) -> bool:
        return self.state == "ready"

    def stream(
        self,
        messages: Messages,
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        temperature: float = 0.0,
        extra: Mapping[str, object] | None = None,
    ) -> Generator[str]:
        if self.state != "ready":
            raise EngineUnavailable("The scripted engine is not running.", "Start it.")
        self.asked.append(list(messages))
        self.began.set()
        reply = self._reply(messages) if callable(self._reply) else self._reply
        reply = reply[: min((reply.index(mark) for mark in stop if mark in reply), default=len(reply))]
        finished = False
        try:
            for character in reply[:max_tokens]:
                if self.written == self._dies_after:
                    self.state = "down"
                    finished = True
                    raise EngineUnavailable("The scripted engine died.", "Ask again.")
                if self._gate is not None:
                    self._gate.acquire(timeout=20)
                self.written += 1
                yield character
            finished = True
        finally:
            if not finished:
                self.stopped_early.set()

    def complete(
        self,
        messages: Messages,
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        temperature: float = 0.0,
        extra: Mapping[str, object] | None = None,
    ) -> str:
        return "".join(self.stream(messages, max_tokens=max_tokens, stop=stop))

    def close(self) -> None:
        self.state = "off"


# What the tiny city publishes.
GARBAGE = """# 垃圾清運
## 收運時間
高雄市垃圾車每週三與週日停收垃圾。
垃圾車於晚上7時沿路線收運一般垃圾。
## 費用
專用垃圾袋每個售價3元。
大型家具清運請撥打電話07-7351500預約。
"""
FERRY = """旗津渡輪票價

渡輪全票每次30元，持一卡通每次20元。
渡輪學生票每次15元。
"""
GARBAGE_EN = """# Rubbish trucks
## Days
Rubbish is not collected on Wednesday and Sunday.
Trucks come at 7 p.m. on weekdays.
"""
STAFF_MEMO = """# 同仁差勤須知
## 加班
同仁加班費每小時200元，垃圾車隨車同仁另計。
加班須於三日前由主管核定。
"""
OLD_FARE = """# 舊制公車票價
## 票價
公車票價每段12元，自民國114年起停止適用。
"""
DOCUMENTS = {
    "documents/garbage.md": GARBAGE,
    "documents/ferry.txt": FERRY,
    "documents/garbage-en.md": GARBAGE_EN,
    "documents/memo.md": STAFF_MEMO,
    "documents/old-fare.md": OLD_FARE,
}
SOURCES = """
[[document]]
id = "garbage"
path = "documents/garbage.md"
title = "垃圾清運"
bureau = "環境保護局"
audience = "public"
url = "https://www.example.gov.tw/garbage"
published = "2026-01-01"

[[document]]
id = "ferry"
path = "documents/ferry.txt"
title = "旗津渡輪票價"
bureau = "交通局"

[[document]]
id = "garbage-en"
path = "documents/garbage-en.md"
title = "Rubbish trucks"
language = "en"
bureau = "環境保護局"

[[document]]
id = "memo"
path = "documents/memo.md"
title = "同仁差勤須知"
audience = "staff"

[[document]]
id = "old-fare"
path = "documents/old-fare.md"
title = "舊制公車票價"
effective_from = "2020-01-01"
effective_to = "2024-12-31"
"""
CITY = """
id = "smalltown"
timezone = "Asia/Taipei"
elsewhere = ["臺南", "Tainan"]
[name]
"zh-TW" = "小城市"
en = "Small Town"
[notice]
"zh-TW" = "測試用文件。"
en = "Documents for tests."
[help]
"zh-TW" = "請撥打 1999。"
en = "Call 1999."
phone = "1999"
[policy]
denied_model_origins = ["CN"]
[[bureau]]
name = "環境保護局"
en = "Environmental Protection Bureau"
phone = "07-7351500"
[[bureau]]
name = "交通局"
en = "Transportation Bureau"
[examples]
"zh-TW" = ["垃圾車星期幾不收？"]
en = ["When is rubbish not collected?"]
"""


def make_city(corpus: Path, name: str = "smalltown") -> Path:
    """Write the folder of a tiny city, with the emergency plan that ships, and return it."""
    folder = corpus / name
    for path, text in DOCUMENTS.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")
    (folder / "city.toml").write_text(CITY, encoding="utf-8")
    plan = PROJECT_ROOT / "corpus" / "kaohsiung" / "emergency.toml"
    (folder / "emergency.toml").write_bytes(plan.read_bytes())
    return folder


def small_settings(folder: Path, **more: object) -> Settings:
    """Settings for a tiny city and a home in a folder; the city is made where it is missing."""
    settings = Settings(home=folder / "home", corpus=folder / "corpus", city="smalltown", engine="none", **more)
    if not settings.city_dir.exists():
        make_city(settings.corpus)
    return settings


def index_city(settings: Settings, embedder: CityEmbeddings | None = None) -> IndexReport:
    """Index the tiny city as the command line does, with the embedder of shared words."""
    embedder = embedder or WordEmbeddings()
    store = open_store(settings.index_dir, embedder.fingerprint)
    try:
        return build_index(settings, store, embedder)
    finally:
        store.close()


def add_document(store: Store, document_id: str, *texts: str, section: str | None = None, **fields: Any) -> Document:
    """Put a document of one chunk a text, each with one window; it is found after a commit."""
    document = Document(**{"id": document_id, "source": f"{document_id}.md", "title": document_id, **fields})
    starts = itertools.accumulate((len(text) + 1 for text in texts), initial=0)
    chunks = [
        Chunk(f"{document_id}:{n}", document_id, n, text, start, start + len(text), Locator(section=section))
        for n, (text, start) in enumerate(zip(texts, starts, strict=False))
    ]
    vectors = WordEmbeddings().embed_documents(list(texts))
    windows = [
        StoredWindow(f"{zlib.crc32(chunk.text.encode())}", chunk.id, vector)
        for chunk, vector in zip(chunks, vectors, strict=True)
    ]
    store.put([Entry(document.source, document, "\n".join(texts), chunks, windows)])
    store.finish_file(FileRecord(document.source, document_id, "content", f"fingerprint of {document_id}"))
    return document


def fix_answerability(patch: pytest.MonkeyPatch) -> None:
    """Judge answerability in a way that no new calibration changes: by how much of the question a sentence covers."""
    same = Calibration(weights=(20.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0), intercept=-3.8, threshold=0.5)
    across = Calibration(weights=(0.0, 0.0, 0.0, 0.0, 100.0, 0.0, 0.0), intercept=-77.0, threshold=0.5)
    patch.setattr(confidence, "_calibrations", lambda: {"same": same, "across": across})


class QuietJudge:
    """A judge without an opinion."""

    def __init__(self, models_dir: Path) -> None:
        self.models_dir = models_dir

    def judge(self, question: str, passages: Sequence[Read]) -> list[Judgement]:
        return [Judgement(0.0, 0.0, (0.0,) * len(read.parts)) for read in passages]


def make_conversation(settings: Settings, engine: Engine | None = None) -> Conversation:
    """A conversation as `open_conversation` furnishes it, but for the engine, the embedder and the judge."""
    with (
        patch("assistant.conversation.embedder", lambda _settings: WordEmbeddings()),
        patch("assistant.conversation.AnswerJudge", QuietJudge),
        patch("assistant.conversation.chat_model", lambda _settings, _denied: engine or NoEngine()),
    ):
        return open_conversation(settings)
