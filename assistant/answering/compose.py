"""The model's draft: a static prompt prefix, numbered evidence, the question last; streamed as whole sentences."""

import re
import tomllib
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib import resources
from itertools import groupby

from assistant.answering.inert import inert
from assistant.models.engine import Engine
from assistant.schema import EvidenceSentence, Lang
from assistant.sentences import is_whole, split_statements
from assistant.text import squeeze

MAX_TOKENS = 160
BRIEF = {
    "zh-TW": 240,
    "en": 640,
}  # characters of evidence that the model reads; `python -m eval evidence` has the curve
OWN: Lang = "zh-TW"  # the language in which a city publishes everything
ENGINE_WAIT_S = 20.0  # a reader who has the evidence already waits this long for an engine that is starting
_LANGUAGES: tuple[Lang, ...] = ("zh-TW", "en")
_POINTER = re.compile(r"^\s*(?:\d{1,2}[.)、]\s*)?\[(\d{1,2})\]")
_POINTERS = re.compile(r"\s*\[\d{1,2}\]")
_NUMBERING = re.compile(r"^\s*\d{1,2}[.)、](?=\s|$)\s*")


@dataclass(frozen=True, slots=True)
class Prompts:
    """The static messages of one language (system, then worked examples) and the forms around evidence."""

    prefix: tuple[tuple[str, str], ...]
    user: str
    document_line: str
    sentence_line: str
    refusal: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence of the model, and the evidence that it points to, if any."""

    text: str
    source: EvidenceSentence | None = None


def load_prompts(city_names: Mapping[Lang, str]) -> dict[Lang, Prompts]:
    """Read the prompt files that ship beside this module, with the city's name filled in."""
    return {lang: _load(lang, city_names[lang]) for lang in _LANGUAGES}


def brief(evidence: Sequence[EvidenceSentence], lang: Lang) -> list[EvidenceSentence]:
    """What the model reads of the evidence: the best sentences within `BRIEF`, in reading order.

    Half of the evidence holds nearly as many answers (city questions .943 of .957), and is read twice as fast.
    """
    left = 1.0
    chosen: list[EvidenceSentence] = []
    for sentence in best_first(evidence, lang):
        cost = len(sentence.text) / BRIEF["zh-TW" if sentence.passage.document.language == "zh-TW" else "en"]
        if cost <= left or not chosen:
            chosen.append(sentence)
            left -= cost
    return [sentence for sentence in evidence if sentence in chosen]


def best_first(evidence: Sequence[EvidenceSentence], lang: Lang) -> list[EvidenceSentence]:
    """The evidence, best first; for a reader of the city's language without the others, if its best is in it.

    Scores of two languages do not compare. A city publishes in its own language what it translates in part, so that
    readers of another one need both (facts held on dev questions: zh-TW .943 with both and .957 with its own, English
    .79 and .72).
    """
    own = lang == OWN and bool(evidence) and evidence[0].passage.document.language == OWN
    readable = [e for e in evidence if e.passage.document.language == OWN] if own else evidence
    return sorted(readable, key=lambda e: -e.score)


def compose_answer(
    engine: Engine,
    prompts: Prompts,
    question: str,
    evidence: Sequence[EvidenceSentence],
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Draft]:
    """The sentences of the model's draft as soon as each is whole.

    Closing the iterator stops the model, and so does `cancelled` at the next token.

    Raises:
        EngineUnavailable: the engine is not there, or died on the way.
    """
    if engine.state == "starting":
        engine.wait_ready(ENGINE_WAIT_S)
    source: EvidenceSentence | None = None
    headings = {squeeze(inert(part)) for e in evidence for part in _place(e)}
    with closing(_sentences(engine, _messages(prompts, question, evidence), cancelled)) as sentences:
        for sentence in sentences:
            pointer = _POINTER.match(sentence)
            if pointer:
                number = int(pointer[1])
                source = evidence[number - 1] if 1 <= number <= len(evidence) else None
            text = _NUMBERING.sub("", _POINTERS.sub("", sentence)).strip()
            if text and squeeze(text) not in headings:
                yield Draft(text, source)


def warm_up(engine: Engine, prompts: Mapping[Lang, Prompts], timeout_s: float) -> None:
    """Have the engine read each language's static prefix once, so that the first reader need not wait for it.

    Raises:
        EngineUnavailable: the engine went away meanwhile.
    """
    if engine.wait_ready(timeout_s):
        for prompt in prompts.values():
            engine.complete([*prompt.prefix, ("user", prompt.user.format(evidence="", question=""))], max_tokens=1)


def is_refusal(sentence: str, prompts: Prompts) -> bool:
    """Whether the model says that the evidence holds no answer."""
    return bool(prompts.refusal.search(sentence))


def _sentences(engine: Engine, messages: Sequence[tuple[str, str]], cancelled: Callable[[], bool]) -> Generator[str]:
    pending, tokens = "", 0
    with closing(engine.stream(messages, max_tokens=MAX_TOKENS)) as deltas:
        for delta in deltas:
            if cancelled():
                return
            tokens += 1
            pending += delta
            spans = split_statements(pending)
            for start, end in spans[:-1]:
                yield pending[start:end]
            pending = pending[spans[-1][0] :] if spans else pending
    if pending.strip() and not _is_cut_off(pending, tokens):
        yield pending.strip()


def _is_cut_off(text: str, pieces: int) -> bool:
    """Whether the limit ended a text in mid-sentence; a piece of the stream may be several tokens."""
    return pieces >= MAX_TOKENS or (pieces > MAX_TOKENS / 2 and not is_whole(text))


def _messages(prompts: Prompts, question: str, evidence: Sequence[EvidenceSentence]) -> list[tuple[str, str]]:
    placed = [(*_place(e), e.text) for e in evidence]
    sources = [(inert(title), inert(section), inert(text)) for title, section, text in placed]
    asked = _asked(prompts.user, prompts.document_line, prompts.sentence_line, sources, inert(question))
    return [*prompts.prefix, asked]


def _place(sentence: EvidenceSentence) -> tuple[str, str]:
    passage = sentence.passage
    section = passage.chunk.locator_at(sentence.start).section or ""
    return passage.document.title, section.rpartition(" > ")[2]


def _asked(
    user: str, document_line: str, sentence_line: str, sources: Sequence[tuple[str, str, str]], question: str
) -> tuple[str, str]:
    """The message that asks: under each document and section its sentences, numbered through."""
    lines, number = [], 0
    for (title, section), group in groupby(sources, key=lambda source: source[:2]):
        lines.append(document_line.format(title=title, section=section).strip())
        for *_, text in group:
            number += 1
            lines.append(sentence_line.format(number=number, text=text))
    return "user", user.format(evidence="\n".join(lines), question=question)


def _load(lang: Lang, city_name: str) -> Prompts:
    text = resources.files(__package__).joinpath("prompts", f"{lang}.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    forms = data["user"], data["document_line"], data["sentence_line"]
    prefix = [("system", data["system"].format(city=city_name))]
    for example in data["example"]:
        sources = [(source["title"], source["section"], source["text"]) for source in example["sources"]]
        prefix.append(_asked(*forms, sources, example["question"]))
        prefix.append(("assistant", example["answer"]))
    return Prompts(tuple(prefix), *forms, re.compile(data["refusal"]))
