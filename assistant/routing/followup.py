"""Follow-ups: what a turn leans on of the turns before it, and the standalone wordings that it can stand for."""

from dataclasses import dataclass
from typing import Literal

from assistant.routing import speech
from assistant.routing.choices import chosen, read_choices
from assistant.routing.speech import Grammar, grammar_of
from assistant.schema import Lang, Turn
from assistant.text import detect_language, keyword_tokens

Kind = Literal["whole", "follow_up", "correction", "choice"]

# Matter that a turn has of its own, in Chinese characters or in words: with less it says nothing alone, with more it
# is a question by itself, and in between the documents decide.
NOTHING: dict[Lang, int] = {"zh-TW": 2, "en": 1}
LEANS_BELOW: dict[Lang, int] = {"zh-TW": 8, "en": 4}
WHOLE_FROM: dict[Lang, int] = {"zh-TW": 13, "en": 6}
# Share of the earlier topic that an answer speaks of where it was joined, if words spoke against that, or for it.
_TOLD, _HINTED = 0.3, 0.1
_JOINT: dict[Lang, str] = {"zh-TW": "，", "en": ": "}
_SIMPLY: dict[Lang, str] = {"zh-TW": "（請用簡單的話說明）", "en": " (Explain it in simple words.)"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A standalone wording of a turn: what is searched for and asked; `joined` where it carries an earlier topic on."""

    search: str
    asked: str
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a turn of a conversation means.

    Attributes:
        kind: whether it stands alone, goes on from what was said, mends it, or takes one of the offered choices.
        candidates: its standalone wordings, one or two, the likelier first.
        own: its own words without those that join it to the earlier turns: what an answer has to speak of.
    """

    kind: Kind
    candidates: tuple[Candidate, ...]
    own: str


def resolve(text: str, lang: Lang, history: tuple[Turn, ...]) -> Resolved:
    """The standalone wordings of a question, from the turns before it, without any model.

    Words alone cannot always tell a follow-up from a new topic in few words; there are two candidates then, for a
    search to decide between.
    """
    if not history:
        return _whole(text)
    label = chosen(text, labels) if (labels := read_choices(history[-1].answer)) else ""
    if label:
        return _one("choice", f"{label}{_JOINT[lang]}{_standing(history)}", label)
    return _Turn.heard(text, lang).resolved(history)


@dataclass(frozen=True, slots=True)
class _Turn:
    """A turn with the marks by which it leans on earlier ones."""

    text: str
    own: str
    grammar: Grammar
    size: int
    opens: bool
    points: bool
    back: bool
    corrects: bool
    wrong: str
    closes: bool

    @classmethod
    def heard(cls, text: str, lang: Lang) -> "_Turn":
        grammar = grammar_of(lang)
        said = speech.without(grammar.polite, speech.plain(text))[0]
        rest, corrects = speech.without(grammar.correction, said)
        instead = grammar.instead.search(said)
        if instead:
            rest, corrects = instead["right"], True
        rest, opens = speech.without(grammar.leaning, rest)
        rest = speech.without(grammar.polite, rest)[0]
        rest, back = speech.without(grammar.back, rest)
        rest, echoes = speech.without(grammar.echo, rest)
        points = bool(grammar.pronoun.search(rest))
        own = speech.trimmed(grammar.pronoun.sub("", rest)) if lang == "zh-TW" else rest
        bare, closes = speech.without(grammar.closing, own)
        own = own if closes and _asks(own, grammar) else bare
        return cls(
            text=text,
            own=own,
            grammar=grammar,
            size=speech.size(own, grammar),
            opens=opens,
            points=points,
            back=back,
            corrects=corrects,
            wrong=instead["wrong"] if instead else "",
            closes=echoes or (closes and not _asks(own, grammar)),
        )

    def resolved(self, history: tuple[Turn, ...]) -> Resolved:
        lang = self.grammar.lang
        earlier = speech.plain(_standing(history))
        if self._complains():
            simply = _SIMPLY[lang] if self.grammar.simpler.search(speech.plain(self.text)) else ""
            return Resolved("follow_up", (Candidate(earlier, earlier + simply, joined=True),), "")
        if self.back:
            earlier = speech.plain(self._returned_to(history))
        kind: Kind = "correction" if self.corrects else "follow_up"
        leans = self.points or self.back or self.closes or (self.opens and not _asks(self.own, self.grammar))
        if self.size >= WHOLE_FROM[lang] and not (leans or self.opens or self.corrects):
            return _whole(self.text)
        joined, certain = self._joined(earlier)
        if certain or self.size < NOTHING[lang]:
            return Resolved(kind, (joined,), self.own)
        likelier_joined = self.corrects or (leans and self.size < LEANS_BELOW[lang])
        alone = self._alone(earlier, joined)
        return Resolved(kind, (joined, alone) if likelier_joined else (alone, joined), self.own)

    def _complains(self) -> bool:
        """Whether it speaks of the answer and names no matter of its own."""
        said = speech.plain(self.text)
        about = [pattern for pattern in (self.grammar.simpler, self.grammar.again) if pattern.search(said)]
        for pattern in about:
            said = pattern.sub(" ", said)
        return bool(about) and speech.size(said, self.grammar) < LEANS_BELOW[self.grammar.lang] / 2

    def _joined(self, earlier: str) -> tuple[Candidate, bool]:
        """The earlier question with the new words in it, and whether they fit there beyond doubt."""
        lang, asks = detect_language(earlier), _asks(self.own, self.grammar)
        if self.wrong and self.wrong in earlier:
            changed, left = earlier.replace(self.wrong, self.own, 1), ""
        else:
            changed, left = speech.swapped(earlier, self.own, self.grammar)
        certain = changed != earlier and not speech.size(left, self.grammar)
        if not certain and not asks and lang == "zh-TW" and (renamed := speech.renamed(changed, left)) != changed:
            changed, left = renamed, ""
        if changed != earlier and not speech.size(left, self.grammar):
            wording = changed
        elif asks:
            wording = f"{speech.topic(changed, grammar_of(lang))}{_JOINT[self.grammar.lang]}{self.own}"
        elif lang == "zh-TW":
            about = speech.topic(changed, grammar_of(lang))
            wording = f"{about}{_JOINT[lang]}{left}{speech.predicate(changed, grammar_of(lang))}"
        else:
            wording = f"{changed}? {left}"
        return Candidate(wording, wording, joined=True), certain

    def _alone(self, earlier: str, joined: Candidate) -> Candidate:
        """The new words without the earlier topic: a name is asked what was asked before."""
        if _asks(self.own, self.grammar):
            wording = self.own if self.opens or self.back or self.corrects else self.text
            return Candidate(wording, wording)
        if not (self.opens or self.closes or self.corrects):
            return Candidate(self.text, self.text)
        if self.grammar.lang == "en":
            return Candidate(self.own, joined.asked)
        wording = self.own + speech.predicate(earlier, grammar_of(detect_language(earlier)))
        return Candidate(wording, wording)

    def _returned_to(self, history: tuple[Turn, ...]) -> str:
        """The earlier question that shares most words with this one."""
        own = set(keyword_tokens(speech.matter(self.own, self.grammar)))
        standing = [_standing(history[: end + 1]) for end in range(len(history))]
        return max(reversed(standing), key=lambda earlier: len(own.intersection(keyword_tokens(earlier))))


def _asks(text: str, grammar: Grammar) -> bool:
    """Whether a text asks something itself, and does not only name a thing."""
    return bool(grammar.asking.search(text))


def _standing(history: tuple[Turn, ...]) -> str:
    """The standalone wording of the last of some turns.

    Where a search had to decide, its answer tells: it speaks of the earlier topic, or not.
    """
    *before, last = history
    lang = detect_language(last.question)
    found = resolve(last.question, lang, tuple(before))
    first, *others = found.candidates
    if not others:
        return first.search
    joined, alone = (first, others[0]) if first.joined else (others[0], first)
    carried = _matter_tokens(joined.search, lang) - _matter_tokens(found.own, lang)
    told = len(carried & set(keyword_tokens(last.answer))) / max(1, len(carried))
    return joined.search if told >= (_TOLD if first is alone else _HINTED) else alone.search


def _matter_tokens(text: str, lang: Lang) -> set[str]:
    """Words, and pairs of characters, that name a matter."""
    tokens = keyword_tokens(speech.matter(text, grammar_of(lang)))
    return {token for token in tokens if len(token) > 1}


def _whole(text: str) -> Resolved:
    return _one("whole", text, text)


def _one(kind: Kind, wording: str, own: str) -> Resolved:
    return Resolved(kind, (Candidate(wording, wording),), own)
