"""The clarifying question: how its choices are written, and which of them a reply takes."""

import re

from assistant.routing.speech import grammar_of, plain, without
from assistant.schema import Lang
from assistant.text import detect_language, fold, keyword_tokens

MOST_CHOICES = 4
_ASKS = {
    "zh-TW": "這個問題可能指下面其中一項，請問您要問的是哪一項？可以回答號碼或名稱。",
    "en": "Your question could mean one of these. Which one do you mean? You can reply with its number or name.",
}
_ITEM = re.compile(r"^[ \t]*(\d)\. (.+)$", re.MULTILINE)
_PLACES: dict[Lang, tuple[str, ...]] = {
    "zh-TW": ("一1", "二2兩", "三3", "四4"),
    "en": ("first|one", "second|two", "third|three", "fourth|four"),
}
_BY_PLACE_ZH = "(?:我)?(?:要|選|是|問)?(?:的是)?(?:第)?[{digits}](?:個|項|種|號|者|樣)?"
_BY_PLACE_EN = (
    r"(?:i mean(?:t)? |i choose )?(?:the |number |no\.? ?|option )?"
    r"(?:{words}|{digit})(?:st|nd|rd|th)?(?: (?:one|option|choice))?"
)
_LAST: dict[Lang, str] = {
    "zh-TW": "(?:最後|後面)(?:那|一|的)*(?:個|項)?|後者",
    "en": "(?:the )?(?:last|latter)(?: one)?",
}
_FIRST: dict[Lang, str] = {"zh-TW": "(?:前面|前)(?:那|一|的)*(?:個|項)|前者", "en": "(?:the )?former(?: one)?"}
_THE_ONE = re.compile(r"的(?:那|這)?[個種項]?$")  # 「遺失的那種」
_LEAST_SHARE = 0.6  # of the reply's own words that a label must have
_LONGEST = 4  # times as many words as the label has: a longer reply is a question of its own


def clarifying_text(labels: list[str], lang: Lang) -> str:
    """The clarifying question, one numbered choice a line."""
    lines = [f"{place}. {label}" for place, label in enumerate(labels[:MOST_CHOICES], start=1)]
    return "\n".join((_ASKS[lang], *lines))


def read_choices(answer: str) -> list[str]:
    """The choices that an answer of ours offered; none where it was no clarifying question."""
    if not answer.startswith(tuple(_ASKS.values())):
        return []
    return [label.strip() for _, label in _ITEM.findall(answer)]


def chosen(text: str, labels: list[str]) -> str:
    """The label that a reply names, by its place or by its words; empty where it names none or several alike."""
    lang = detect_language(text)
    said = plain(text)
    for mark in (grammar_of(lang).polite, grammar_of(lang).correction, grammar_of(lang).closing):
        said = without(mark, said)[0]
    said = _THE_ONE.sub("", said)
    place = _place(fold(said), lang, len(labels))
    return labels[place] if 0 <= place < len(labels) else _by_words(said, labels)


def _place(said: str, lang: Lang, count: int) -> int:
    """The place that a reply names, from 0; -1 where it names none."""
    said = said.rstrip(".)、")
    if re.fullmatch(_LAST[lang], said):
        return count - 1
    if re.fullmatch(_FIRST[lang], said):
        return 0
    for place, words in enumerate(_PLACES[lang]):
        pattern = _BY_PLACE_ZH if lang == "zh-TW" else _BY_PLACE_EN
        if re.fullmatch(pattern.format(digits=words, words=words, digit=place + 1), said):
            return place
    return int(said) - 1 if said.isdecimal() else -1


def _by_words(said: str, labels: list[str]) -> str:
    tokens = _tokens(said)
    others = [_tokens(label) for label in labels]
    common = set.intersection(*others) if len(others) > 1 else set()
    own = tokens - common
    shares = [len(own & label) / len(own) if own else 0.0 for label in others]
    best = max(range(len(labels)), key=shares.__getitem__)
    alone = sum(share == shares[best] for share in shares) == 1
    short = len(tokens) <= _LONGEST * len(others[best])
    named = shares[best] >= _LEAST_SHARE or (others[best] and others[best] <= tokens)
    return labels[best] if alone and short and named else ""


def _tokens(text: str) -> set[str]:
    """Words and pairs of characters, which name things, with their plain plural forms as one."""
    function = grammar_of("en").function
    tokens = {token for token in keyword_tokens(text) if len(token) > 1 and not function.fullmatch(token)}
    return {token[:-1] if token.isascii() and token.endswith("s") else token for token in tokens}
