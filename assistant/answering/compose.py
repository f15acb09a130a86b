"""The model's draft: a static prompt prefix, the evidence, the question last; streamed as whole sentences."""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib import resources
from itertools import groupby

from assistant.models.engine import Engine
from assistant.schema import Citation, Lang
from assistant.sentences import split_sentences

MAX_TOKENS = 220
ENGINE_WAIT_S = 20.0  # a reader who has the evidence already waits this long for an engine that is starting
_LANGUAGES: tuple[Lang, ...] = ("zh-TW", "en")


@dataclass(frozen=True, slots=True)
class Prompts:
    """The static messages of one language (system, then worked examples) and the forms around evidence."""

    prefix: tuple[tuple[str, str], ...]
    user: str
    source_line: str
    refusal: str


def load_prompts(city_names: Mapping[Lang, str]) -> dict[Lang, Prompts]:
    """Read the prompt files that ship beside this module, with the city's name filled in."""
    return {lang: _load(lang, city_names[lang]) for lang in _LANGUAGES}


def compose_answer(
    engine: Engine,
    prompts: Prompts,
    question: str,
    citations: Sequence[Citation],
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[str]:
    """The sentences of the model's draft as soon as each is whole; nothing where it finds no answer.

    Closing the iterator stops the model, and so does `cancelled` at the next token.

    Raises:
        EngineUnavailable: the engine is not there, or died on the way.
    """
    if engine.state == "starting":
        engine.wait_ready(ENGINE_WAIT_S)
    pending, tokens = "", 0
    with closing(engine.stream(_messages(prompts, question, citations), max_tokens=MAX_TOKENS)) as deltas:
        for delta in deltas:
            if cancelled():
                return
            tokens += 1
            pending += delta
            spans = split_sentences(pending)
            for start, end in spans[:-1]:
                yield pending[start:end]
            pending = pending[spans[-1][0] :] if spans else pending
    if pending.strip() and tokens < MAX_TOKENS:  # what the limit cut off is no sentence
        yield pending.strip()


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
    return prompts.refusal in sentence


def _messages(prompts: Prompts, question: str, citations: Sequence[Citation]) -> list[tuple[str, str]]:
    lines = [
        prompts.source_line.format(
            title=title, section=section, quote=" ".join(c.quote.replace("\n", " ") for c in group)
        )
        for (title, section), group in groupby(citations, key=lambda c: (c.title, c.locator.section or ""))
    ]
    return [*prompts.prefix, ("user", prompts.user.format(evidence="\n".join(lines), question=question))]


def _load(lang: Lang, city_name: str) -> Prompts:
    text = resources.files(__package__).joinpath("prompts", f"{lang}.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    prefix = [("system", data["system"].format(city=city_name))]
    for example in data["example"]:
        evidence = "\n".join(data["source_line"].format(**source) for source in example["sources"])
        prefix.append(("user", data["user"].format(evidence=evidence, question=example["question"])))
        prefix.append(("assistant", example["answer"]))
    return Prompts(tuple(prefix), data["user"], data["source_line"], data["refusal"])
