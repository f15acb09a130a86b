"""Retrieval-augmented generation as a LangChain tutorial writes it: splitter, Chroma, four chunks, one prompt."""

import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

import httpx
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder
from opencc import OpenCC

from assistant.errors import SettingsError
from assistant.models.engine import Engine
from assistant.models.served import ServedEngine
from assistant.schema import Lang, Turn

CHUNK_CHARS, OVERLAP_CHARS = 1000, 200
CHUNKS = 4
MAX_TOKENS = 256
# The custom prompt of LangChain's "Build a retrieval augmented generation app", without its "thanks for asking".
_PROMPT = """Use the following pieces of context to answer the question at the end.
If you don't know the answer, just say that you don't know, don't try to make up an answer.
Use three sentences maximum and keep the answer as concise as possible.
{language}
{context}

Question: {question}

Helpful Answer:"""
_LANGUAGE: dict[Lang, str] = {"zh-TW": "Answer in Traditional Chinese.\n", "en": ""}
_BUILT = "built.json"
_FIRST_SENTENCE = re.compile(r".+?(?:[。！？!?\n]|\.(?=\s|$)|$)", re.DOTALL)
_DOES_NOT_KNOW = re.compile(
    r"\b(?:do(?:es)?n['’]t|do(?:es)? not|did not|didn['’]t) (?:know|have|contain|provide|mention|specify|include|state)"
    r"|\b(?:is|are|was|were)(?: not|n['’]t) (?:\w+ )?(?:mentioned|provided|specified|stated|given|available|included)"
    r"|\bno (?:\w+ ){0,2}(?:information|mention|details?|answer)\b"
    r"|\b(?:cannot|can['’]t|can not|could not|couldn['’]t|unable to) (?:be )?"
    r"(?:determined?|answer(?:ed)?|find|found|provide|say|tell)"
    r"|\b(?:not sure|unknown|unclear)\b",
    re.IGNORECASE,
)
_DOES_NOT_KNOW_ZH = (
    "不知道|不清楚|不確定|不得而知|找不到|查不到"
    "|(?:無法|不能|難以|沒辦法)(?:直接|明確|準確|具體)?(?:回答|確定|得知|知道|提供|判斷|找到|確認)"
    "|(?:沒有|並未|未|並沒有|沒)(?:明確|具體|直接)?(?:地)?(?:提到|提及|提供|說明|指出|包含|列出|涉及|相關|足夠|資訊|資料|答案)"
)


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """What the pipeline said, the chunks it read, and what that took."""

    text: str
    chunks: tuple[Document, ...]
    timings_ms: dict[str, float]
    tokens: dict[str, int]


class PlainRag:
    """The pipeline over some documents.

    Args:
        documents: the texts, each with what its chunks shall carry in `metadata`.
        for_building: embeds the chunks, once; the vectors are kept in `folder`.
        embedder: embeds the questions.
        chat: the language model.
        folder: where Chroma keeps the chunks; one a set of documents.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        for_building: Embeddings,
        embedder: Embeddings,
        chat: BaseChatModel,
        folder: Path,
    ) -> None:
        from langchain_chroma import Chroma

        _build(documents, for_building, folder)
        self._store = Chroma(persist_directory=str(folder), embedding_function=embedder)
        self._chain = ChatPromptTemplate.from_messages([MessagesPlaceholder("history"), ("human", _PROMPT)]) | chat

    def ask(self, question: str, lang: Lang, history: Sequence[Turn] = ()) -> PlainAnswer:
        """Retrieve, and let the model answer; raises what the model's client raises."""
        started = time.perf_counter()
        chunks = self._store.similarity_search(question, k=CHUNKS)
        retrieved = time.perf_counter()
        context = "\n\n".join(chunk.page_content for chunk in chunks)
        asked = {"question": question, "context": context, "language": _LANGUAGE[lang], "history": _messages(history)}
        message = self._chain.invoke(asked)
        done = time.perf_counter()
        usage = message.usage_metadata or {"input_tokens": 0, "output_tokens": 0}
        return PlainAnswer(
            message.text.strip(),
            tuple(chunks),
            {"first_evidence": (retrieved - started) * 1000, "total": (done - started) * 1000},
            {"prompt": usage["input_tokens"], "answer": usage["output_tokens"]},
        )


def open_chat(engine: Engine, slot: int | None = None) -> BaseChatModel:
    """LangChain's client for the process that serves the product's model.

    Args:
        slot: of llama.cpp, so that neither drives what the other's prompts begin with out of the cache.

    Raises:
        SettingsError: the product runs without a model.
    """
    from langchain_openai import ChatOpenAI

    if not isinstance(engine, ServedEngine):
        raise SettingsError("The baseline needs a language model.", "Set CITY_ASSISTANT_ENGINE=llamacpp.")
    return ChatOpenAI(
        base_url=engine.backend.api_url,
        model=engine.info.name,
        api_key="none",
        temperature=0,
        extra_body={"max_tokens": MAX_TOKENS} | ({} if slot is None else {"id_slot": slot}),
        http_client=httpx.Client(trust_env=False, timeout=600),  # the process is on this machine
    )


def does_not_know(text: str) -> bool:
    """Whether an answer begins by saying that it does not know; no text at all says so too."""
    first = _FIRST_SENTENCE.match(text.strip())
    if not first:
        return True
    simplified = str(_to_simplified().convert(first[0]))
    return bool(_DOES_NOT_KNOW.search(first[0]) or _does_not_know_zh().search(simplified))


def folder_of(root: Path, name: str, documents: Sequence[Document], fingerprint: str) -> Path:
    """Where the chunks of these documents are kept."""
    content = json.dumps([[document.page_content, document.metadata] for document in documents], sort_keys=True)
    made_by = f"{fingerprint} {CHUNK_CHARS} {OVERLAP_CHARS} "
    return root / f"baseline-{name}-{blake2b((made_by + content).encode(), digest_size=6).hexdigest()}"


def _build(documents: Sequence[Document], embedder: Embeddings, folder: Path) -> None:
    from langchain_chroma import Chroma
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    if (folder / _BUILT).is_file():
        return
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARS, chunk_overlap=OVERLAP_CHARS)
    chunks = splitter.split_documents(documents)
    ids = [str(number) for number in range(len(chunks))]  # a build that was broken off is overwritten
    Chroma.from_documents(chunks, embedder, ids=ids, persist_directory=str(folder))
    (folder / _BUILT).write_text(json.dumps({"documents": len(documents), "chunks": len(chunks)}), encoding="utf-8")


def _messages(history: Sequence[Turn]) -> list[BaseMessage]:
    return [message for turn in history for message in (HumanMessage(turn.question), AIMessage(turn.answer))]


@cache
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


@cache
def _does_not_know_zh() -> re.Pattern[str]:
    return re.compile(_to_simplified().convert(_DOES_NOT_KNOW_ZH))
