"""Yes and no: whether a question asks for it, which of them a draft gives, and which of them the evidence gives."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal

from assistant.schema import Citation, Lang
from assistant.sentences import split_sentences
from assistant.text import detect_language, fold
from assistant.verification.claim import SupportScorer
from assistant.verification.figures import unsupported_figures
from assistant.verification.stance import Clause, Mark, clauses, stance, without_marks

Answer = Literal["yes", "no"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A yes/no question as a proposition: on which axis it lies, and with which sign it asks.

    「可以帶狗嗎」 asks permission with +1; 「不用付錢對吧」 asks charge with -1. Where nothing but a plain fact is
    asked, the axis is "". "yes" always means that the proposition is true.
    """

    axis: str
    sign: int
    proposition: str


@dataclass(frozen=True, slots=True)
class _Forms:
    """The patterns of yes_no.toml for one language."""

    question: re.Pattern[str]
    tag: re.Pattern[str]
    open_question: re.Pattern[str]
    quantity: re.Pattern[str]
    yes: re.Pattern[str]
    no: re.Pattern[str]
    lead: re.Pattern[str]


_A_NOT_A = re.compile(r"(可以?|能|要|會|是|有|行|需要?|用|該|應|准|算|得)[不沒](?:\1)(?:以|要)?")
_DECIDABLE = {"permission", "duty", "charge", "open"}
_LONGEST_LEAD = 16  # characters
LEAST_FIT = 0.45  # share of the question's rare words that the deciding sentence covers
LEAST_LEAD = 0.1  # by which sentences that say otherwise must fall behind


def asked(question: str) -> Asked | None:
    """What a yes/no question asks, or None where it asks for something else."""
    lang = detect_language(question)
    question = _A_NOT_A.sub(_affirmed, fold(question))
    forms = _forms(lang)
    found = _asking_clause(question, lang, forms)
    if found is None:
        return None
    mark = _asking_mark(found)
    text = found.text.strip()
    return Asked(mark.axis, mark.sign, text) if mark else Asked("", 1, text)


def _affirmed(match: "re.Match[str]") -> str:
    """The affirmative half of 可不可以, with 嗎, so that its 不 is no denial."""
    return {"可": "可以", "需": "需要", "用": "要"}.get(match[1], match[1]) + "嗎"


def verdict(sentence: str, question: str) -> Answer | None:
    """The yes or no that a drafted sentence gives to the question; its own words count more than a Yes or No.

    After a negative question "No" may mean either, so that only 「不用」 or "you do not have to" decides.
    """
    request = asked(question)
    if request is None:
        return None
    lang = detect_language(sentence)
    forms, text = _forms(lang), fold(sentence).strip()
    said = [mark.sign for clause in clauses(sentence, lang)[:2] for mark in clause.marks if mark.axis == request.axis]
    if request.axis and said:
        return _truth(said[0] == request.sign)
    if request.sign < 0 and lang == "en":
        return None
    if forms.no.match(text):
        return "no"
    return "yes" if forms.yes.match(text) else None


def says_only_verdict(sentence: str) -> bool:
    """Whether a sentence is a yes or no and nothing else."""
    lang = detect_language(sentence)
    return not _forms(lang).lead.sub("", fold(sentence).strip(), count=1).strip(" ,。.!;:\0的喔")


def without_verdict(sentence: str) -> str:
    """A sentence without the yes or no before it: small models say yes too easily, so that only a rule may say it."""
    beginning = fold(sentence[:_LONGEST_LEAD])
    match = _forms(detect_language(sentence)).lead.match(beginning)
    if not match or len(beginning) != len(sentence[:_LONGEST_LEAD]):  # folding moved the offsets
        return sentence
    rest = sentence[match.end() :].lstrip(" ,，。.!！;；:：、的")
    return rest[:1].upper() + rest[1:]


def deciding(question: str, citations: Sequence[Citation], scorer: SupportScorer) -> Answer | None:
    """The verdict that the evidence gives by rule, or None where it is not clear.

    The sentence that covers most of the question's rare words, headings included, decides, if it speaks on the axis of
    the question: not where it is limited (only, except), where it lacks a figure or "both" of the question, where too
    little is covered, or where a sentence that fits nearly as well says the opposite.
    """
    request = asked(question)
    if request is None or request.axis not in _DECIDABLE:
        return None
    lang = detect_language(question)
    if len({mark.sign for mark in stance(question, lang) if mark.axis == request.axis}) > 1:
        return None  # 「可否載明不得入學」 asks whether a ban is allowed
    terms = _weights(without_marks(question, lang), scorer)
    found = [
        (fit, sign)
        for citation in citations
        if detect_language(citation.quote) == lang
        for fit, sign in _weigh(citation, question, terms, request.axis, scorer)
    ]
    best, sign = max(found, key=lambda each: each[0], default=(0.0, None))
    close = {other for fit, other in found if fit >= best - LEAST_LEAD and other is not None}
    if best < LEAST_FIT or close != {sign} or not sign:
        return None
    return _truth(sign == request.sign)


def _weigh(
    citation: Citation, question: str, terms: dict[str, float], axis: str, scorer: SupportScorer
) -> Iterator[tuple[float, int | None]]:
    """How much of the question each sentence of a quote covers, and its sign on the axis: 0 where that is not clear."""
    lang, heading = detect_language(citation.quote), f"{citation.title} {citation.locator.section or ''}"
    for start, end in split_sentences(citation.quote):
        sentence = citation.quote[start:end]
        parts = clauses(sentence, lang)
        signs = {place: sign for place, part in enumerate(parts) if (sign := _sign(part.marks, axis)) is not None}
        said = "\n".join(
            part.text for part in parts[: max(signs, default=len(parts)) + 1]
        )  # what follows is no subject
        fit = (_covered(said, terms, scorer) + _covered(f"{heading} {said}", terms, scorer)) / 2
        clear = len(set(signs.values())) == 1 and _names_as_much(question, f"{heading}\n{sentence}", lang)
        yield fit, (next(iter(signs.values())) if clear else 0) if signs else None


def _names_as_much(question: str, source: str, lang: Lang) -> bool:
    """Whether a source holds every figure and every "both", "any" or "only" of the question: no rule computes."""
    asked_for, held = (set(_forms(lang).quantity.findall(fold(text))) for text in (question, source))
    return asked_for <= held and not unsupported_figures(question, [source])


def _sign(marks: Sequence[Mark], axis: str) -> int | None:
    """The sign of a clause on an axis: None where it says nothing, 0 where it says both or is limited."""
    signs = {mark.sign for mark in marks if mark.axis == axis}
    if not signs:
        return None
    return 0 if len(signs) > 1 or any(mark.kind == "limit" for mark in marks) else signs.pop()


def _weights(text: str, scorer: SupportScorer) -> dict[str, float]:
    return {token: scorer.idf(token) for token in scorer.tokens(text)}


def _covered(text: str, terms: dict[str, float], scorer: SupportScorer) -> float:
    words = set(scorer.tokens(text))
    total = sum(terms.values())
    return sum(weight for term, weight in terms.items() if term in words) / total if total else 0.0


def _asking_clause(question: str, lang: Lang, forms: _Forms) -> Clause | None:
    """The clause that asks: the last with the form of a yes/no question, or the one before a tag (對吧, right)."""
    parts = clauses(question, lang)
    for place in range(len(parts) - 1, -1, -1):
        text = parts[place].text
        if forms.open_question.search(text):
            continue
        if forms.tag.search(text):
            return _tagged(parts[: place + 1], lang, forms)
        if forms.question.search(text):
            return parts[place] if _asking_mark(parts[place]) else _nearest_marked(parts[: place + 1]) or parts[place]
    open_question = any(forms.open_question.search(clause.text) for clause in parts)
    bare = fold(question).rstrip().endswith("?") and not open_question
    return _nearest_marked(parts) if bare else None


def _tagged(parts: Sequence[Clause], lang: Lang, forms: _Forms) -> Clause | None:
    """The statement that a tag asks to confirm: in the tag's own clause, else the first marked one of its sentence."""
    own = clauses(forms.tag.sub(" ", parts[-1].text), lang)
    if own and _asking_mark(own[0]):
        return own[0]
    return next((clause for clause in parts[:-1] if _asking_mark(clause)), own[0] if own else parts[0])


def _nearest_marked(parts: Sequence[Clause]) -> Clause | None:
    return next((clause for clause in reversed(parts) if _asking_mark(clause)), None)


def _asking_mark(clause: Clause) -> Mark | None:
    """The mark that is asked about: what is free or charged before other words, then the first of the modal ones."""
    marks = [mark for mark in clause.marks if mark.axis]
    free = [mark for mark in marks if mark.kind == "free"]
    modal = [mark for mark in marks if mark.axis in ("permission", "duty", "charge")]
    if free and (not modal or modal[0].sign > 0):
        return free[0]
    return next(iter(modal or marks), None)


def _truth(true: bool) -> Answer:
    return "yes" if true else "no"


@lru_cache(maxsize=2)
def _forms(lang: Lang) -> _Forms:
    text = resources.files(__package__).joinpath("yes_no.toml").read_text(encoding="utf-8")
    return _Forms(**{name: re.compile("|".join(patterns)) for name, patterns in tomllib.loads(text)[lang].items()})
