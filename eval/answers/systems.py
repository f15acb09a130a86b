"""The systems that are compared: the product, the product without a model, and the plain pipeline; one reply type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, Protocol

from langchain_core.documents import Document as Text
from openai import OpenAIError

from assistant.city import load_city
from assistant.conversation import Conversation, open_conversation
from assistant.errors import EngineUnavailable
from assistant.models import CityEmbeddings, Engine, chat_model, embedder
from assistant.models.engine import NoEngine
from assistant.schema import Answer, Citation, Document, Question, Status
from assistant.settings import Settings
from assistant.store import Store
from eval.answers.asked import Asked, Corpus, Outcome
from eval.answers.token_meter import TokenMeter
from eval.baselines.plain_rag import PlainRag, does_not_know, folder_of, open_chat
from eval.readings import held_by
from eval.retrieval.indexes import Indexes
from eval.retrieval.kept_vectors import KeptVectors

PRODUCT, EXTRACT, BASELINE = SYSTEMS = ("product", "extract", "baseline")
_OUTCOMES: dict[Status, Outcome] = {
    Status.ANSWERED: "answer",
    Status.PARTIAL: "answer",
    Status.CLARIFY: "ask",
    Status.ERROR: "error",
}
Texts = Mapping[str, tuple[Document, str]]  # each document of a corpus with its stored text, by id


@dataclass(frozen=True, slots=True)
class Reply:
    """What a system said to a question.

    Attributes:
        sources: what its figures must stand in: the cited passages and readings, or all chunks that were read.
        cited: for each document that it rests on, the names that this has.
        quotes: where each quote stands, as document id, start and end.
        bad_quotes: how many of its quotes do not stand word for word in their documents.
        tokens: `read` and `written` by the engine, and of the whole `prompt` where that is known.
    """

    status: str
    outcome: Outcome
    text: str
    sources: tuple[str, ...] = ()
    cited: tuple[frozenset[str], ...] = ()
    quotes: tuple[tuple[str, int, int], ...] = ()
    bad_quotes: int = 0
    model: str = ""
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    tokens: Mapping[str, int] = field(default_factory=dict)


class System(Protocol):
    """One of the systems over one corpus."""

    def ask(self, asked: Asked) -> Reply:
        """Ask a question in a conversation of its own."""

    def close(self) -> None:
        """Release the index."""


class Product:
    """The assistant over an index; `extract` is the same without an engine."""

    def __init__(self, conversation: Conversation, texts: Texts, meter: TokenMeter) -> None:
        self._conversation = conversation
        self._texts = texts
        self._meter = meter

    def ask(self, asked: Asked) -> Reply:
        """Ask as a person does who opens the page anew."""
        before = self._meter.read()
        answer = self._conversation.ask(
            Question(
                text=asked.question,
                id=asked.id,
                role=asked.role,
                bureau=asked.bureau,
                as_of=asked.as_of,
                history=asked.history,
            )
        )
        return replace(reply_of(answer, self._texts), tokens=self._meter.since(before))

    def close(self) -> None:
        """Release the index; the engine goes on."""
        self._conversation.close()


class Baseline:
    """The plain pipeline over the same documents, as the product's readers have read them."""

    def __init__(self, rag: PlainRag, model: str, meter: TokenMeter) -> None:
        self._rag = rag
        self._model = model
        self._meter = meter

    def ask(self, asked: Asked) -> Reply:
        """Ask with the same earlier turns; it has no notion of role or day."""
        before = self._meter.read()
        try:
            said = self._rag.ask(asked.question, asked.lang, asked.history)
        except OpenAIError as error:
            return Reply("error", "error", f"{type(error).__name__}: {error}", model=self._model)
        outcome = outcome_of_text(said.text)
        return Reply(
            status=outcome,
            outcome=outcome,
            text=said.text,
            sources=tuple(chunk.page_content for chunk in said.chunks),
            cited=tuple(frozenset(chunk.metadata["names"].split("\n")) for chunk in said.chunks),
            model=self._model,
            timings_ms=said.timings_ms,
            tokens={**said.tokens, **self._meter.since(before)},
        )

    def close(self) -> None:
        """Chroma closes with the process."""


class Opened(NamedTuple):
    """The systems over one corpus, and its documents."""

    systems: dict[str, System]
    texts: Texts

    def close(self) -> None:
        """Release the indexes."""
        for system in self.systems.values():
            system.close()


class Bench:
    """What the systems share: one engine, one embedder for questions, and the indexes on disk."""

    def __init__(self, settings: Settings, systems: Sequence[str]) -> None:
        both = {PRODUCT, BASELINE} <= set(systems) and settings.engine == "llamacpp"
        self._slot = 1 if both else None  # each keeps the beginning of its prompts in a slot of its own
        self.settings = settings.model_copy(update={"engine_slots": 2} if both else {})
        self.systems = tuple(systems)
        self.weights: CityEmbeddings = embedder(settings)

    @cached_property
    def engine(self) -> Engine:
        """The one engine of the run, ready.

        Raises:
            EngineUnavailable: it cannot be started; answers without it are not what is measured.
        """
        engine = chat_model(self.settings, load_city(self.settings.city_dir).policy.denied_model_origins)
        engine.start()
        if not engine.wait_ready(self.settings.engine_start_timeout_s) and engine.state != "off":
            engine.close()
            raise EngineUnavailable("The model did not start.", "See its log, or measure with --system extract.")
        return engine

    def open(self, corpus: Corpus, systems: Sequence[str]) -> Opened:
        """Some of the systems over a corpus, which is indexed first where that was never done."""
        with KeptVectors(embedder(self.settings), self.settings.home / "eval") as kept:
            indexes = Indexes(self.settings, kept)
            try:
                store, folder = corpus.index(indexes)
                texts = texts_of(store)
            finally:
                indexes.close()
            return Opened({name: self._open(name, corpus, folder, texts, kept) for name in systems}, texts)

    def close(self) -> None:
        """End the engine, where it was needed."""
        if "engine" in self.__dict__:
            self.engine.close()

    def _open(self, name: str, corpus: Corpus, folder: Path, texts: Texts, kept: KeptVectors) -> System:
        if name == BASELINE:
            chat = open_chat(self.engine, self._slot)
            documents = [Text(text, metadata={"names": "\n".join(sorted(names_of(d)))}) for d, text in texts.values()]
            stored_in = folder_of(self.settings.home / "eval", corpus.name, documents, kept.fingerprint)
            return Baseline(
                PlainRag(documents, kept, self.weights, chat, stored_in), self.engine.info.name, TokenMeter(self.engine)
            )
        engine = self.engine if name == PRODUCT else NoEngine()
        return Product(open_product(self.settings, folder, engine, self.weights), texts, TokenMeter(engine))


def installed_systems() -> tuple[str, ...]:
    """All systems, but the baseline only where the libraries of the extra `baseline` are there."""
    missing = any(find_spec(name) is None for name in ("langchain_chroma", "langchain_text_splitters"))
    return tuple(name for name in SYSTEMS if not (missing and name == BASELINE))


def open_product(settings: Settings, index_dir: Path, engine: Engine, weights: CityEmbeddings) -> Conversation:
    """The assistant over any index, with an engine that runs already and is not closed with it."""
    return open_conversation(settings, index_dir=index_dir, engine=engine, weights=weights)


def texts_of(store: Store) -> dict[str, tuple[Document, str]]:
    """Every document of an index with its stored text."""
    return {document.id: (document, store.stored_text(document.id)) for document in store.all_documents()}


def names_of(document: Document | Citation) -> frozenset[str]:
    """What a document is called in the sets: its id, its file's stem, and the part of the file that it is."""
    own = document.id if isinstance(document, Document) else document.document_id
    file, _, part = document.source.partition("#")
    return frozenset({own, Path(file).stem, part} - {""})


def reply_of(answer: Answer, texts: Texts) -> Reply:
    """The product's answer as a reply."""
    return Reply(
        status=str(answer.status),
        outcome=_OUTCOMES.get(answer.status, "abstain"),
        text=answer.answer,
        sources=(
            *(f"{c.title}\n{c.locator.section or ''}\n{c.quote}" for c in answer.citations),
            *map(held_by, answer.readings),
        ),
        cited=tuple(names_of(citation) for citation in answer.citations),
        quotes=tuple((c.document_id, c.start, c.end) for c in answer.citations),
        bad_quotes=sum(not is_verbatim(citation, texts) for citation in answer.citations),
        model=answer.model.name,
        timings_ms={name: round(value, 1) for name, value in answer.timings_ms.items()},
    )


def is_verbatim(citation: Citation, texts: Texts) -> bool:
    """Whether a quote stands where its citation says, in the text that the index holds."""
    known = texts.get(citation.document_id)
    return known is not None and known[1][citation.start : citation.end] == citation.quote


def outcome_of_text(text: str) -> Outcome:
    """What a plain text does: it abstains where it begins by saying so, and asks where it ends with a question."""
    if does_not_know(text):
        return "abstain"
    return "ask" if text.rstrip().endswith(("?", "？")) else "answer"
