"""Confidence: the calibrated probability that the evidence can answer the question at all."""

import math
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from importlib import resources

from assistant.models.judge import Judgement
from assistant.retrieval.answer_type import asked_type, said_and_denied
from assistant.retrieval.entities import Part, covered, named, subject
from assistant.retrieval.evidence import sentence_spans
from assistant.schema import EvidenceSentence, Passage
from assistant.store import Store, Term

LIKELY = 0.5
MOST_ODDS = 8.0  # log odds beyond which the judge is not believed any more
READ = 10  # passages; what a document denies often stands in a passage of its own
DENIAL_MARGIN = 0.05  # of coverage, by which a denial must be nearer to the question than anything that is said


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for and against an answer being there, in 0..1.

    The first four are shares of the question's subject, by rarity, that words cover with the headings above them: of
    the best sentence that holds the kind of thing that is asked for (any sentence, where that cannot be told), of the
    best sentence, of the best passage; and how much more than the first a sentence covers which says that the thing is
    not known. Two are cosines: of the passage nearest in meaning, and of the first passage. The last is what the judge
    says: its log odds for the passage that answers best, over `MOST_ODDS`.

    The regression rests on `typed_coverage` and `first_cosine`; with these two alone the curve is nearly the same.
    What brought nothing on near misses: keyword scores and margins, cosines of single sentences and their margins,
    agreement of the two legs, passages of one document, cosines of the model's tokens (late interaction).
    """

    typed_coverage: float
    sentence_coverage: float
    passage_coverage: float
    denial_lead: float
    cosine: float
    first_cosine: float
    judged: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Coefficients of a logistic regression over the features, and the least probability to answer at.

    `english` is added for a question in English, whose cosines are lower than those of a Chinese one.
    """

    weights: tuple[float, ...]
    intercept: float
    threshold: float
    english: float = 0.0


@dataclass(frozen=True, slots=True)
class Answerability:
    """The probability that the evidence answers, and whether that is enough to try."""

    probability: float
    enough: bool
    features: Features
    mode: str

    @property
    def likely(self) -> bool:
        """Whether the quotes alone are worth showing as the answer: it is more likely there than not."""
        return self.probability >= LIKELY


def answerability(
    store: Store,
    question: str,
    passages: Sequence[Passage],
    evidence: Sequence[EvidenceSentence],
    lang: str,
    names: Sequence[Term] = (),
    judged: Sequence[Judgement] = (),
) -> Answerability:
    """Judge from retrieval alone whether the evidence answers: small models cannot (yes/no logit AUC .62)."""
    mode = mode_of(passages, lang)
    features = measure_features(store, question, passages, lang, names, judged)
    calibration = _calibrations()[mode]
    logit = calibration.intercept + calibration.english * (lang == "en")
    logit += sum(w * x for w, x in zip(calibration.weights, astuple(features), strict=True))
    probability = 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))
    enough = bool(evidence) and not is_denied(features) and probability >= calibration.threshold
    return Answerability(probability, enough, features, mode)


def is_denied(features: Features) -> bool:
    """Whether the documents say themselves that they do not hold what is asked for."""
    return features.denial_lead > DENIAL_MARGIN


def mode_of(passages: Sequence[Passage], lang: str) -> str:
    """Whether the best passage is in the question's language (`same`) or not (`across`)."""
    return "same" if passages and passages[0].document.language == lang else "across"


def measure_features(
    store: Store,
    question: str,
    passages: Sequence[Passage],
    lang: str,
    names: Sequence[Term] = (),
    judged: Sequence[Judgement] = (),
) -> Features:
    """The features of one question; zeros where nothing was found.

    Across languages the question's words cannot match: the other names of what it names stand for them.

    Args:
        names: those other names, as terms.
        judged: the judgements of the first passages.
    """
    own = mode_of(passages, lang) == "same" or not names
    parts = subject(store, question) if own else named(store, names)
    told = _told(store, question, parts, passages[:READ])
    return Features(
        typed_coverage=told.typed,
        sentence_coverage=told.said,
        passage_coverage=told.passage,
        denial_lead=max(0.0, told.denied - told.typed),
        cosine=max((p.dense_score for p in passages), default=0.0),
        first_cosine=passages[0].dense_score if passages else 0.0,
        judged=_odds(judged),
    )


def _odds(judged: Sequence[Judgement]) -> float:
    best = max((judgement.answers for judgement in judged), default=0.0)
    return max(-MOST_ODDS, min(MOST_ODDS, best)) / MOST_ODDS


@dataclass(slots=True)
class _Told:
    """The largest shares of a question's subject that parts of the passages cover."""

    said: float = 0.0
    typed: float = 0.0
    denied: float = 0.0
    passage: float = 0.0


def _told(store: Store, question: str, parts: Sequence[Part], passages: Sequence[Passage]) -> _Told:
    kind, told = asked_type(question), _Told()
    for passage in passages:
        heading = set(store.query_tokens(f"{passage.document.title} {passage.chunk.locator.section or ''}"))
        everything = set(heading)
        for text, denied in _statements(passage):
            tokens = set(store.query_tokens(text))
            everything |= tokens
            share = covered(parts, tokens | heading)
            if denied:
                told.denied = max(told.denied, share)
                continue
            told.said = max(told.said, share)
            if kind is None or kind.stands_in(text):
                told.typed = max(told.typed, share)
        told.passage = max(told.passage, covered(parts, everything))
    return told


def _statements(passage: Passage) -> Iterator[tuple[str, bool]]:
    """What the sentences of a passage say, and what they say is not known."""
    for start, end in sentence_spans(passage):
        said, denials = said_and_denied(passage.chunk.text[start:end])
        yield from ((text, True) for text in denials)
        if said:
            yield said, False


@lru_cache(maxsize=1)
def _calibrations() -> dict[str, Calibration]:
    """Read `confidence.toml`, which `python -m eval calibrate` writes; one regression serves both modes."""
    data = tomllib.loads(resources.files(__package__).joinpath("confidence.toml").read_text(encoding="utf-8"))
    calibration = Calibration(tuple(data["weights"]), data["intercept"], data["threshold"], data["english"])
    return {"same": calibration, "across": calibration}
