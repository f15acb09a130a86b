"""Wordings: the small language of the city's danger lists, and the form in which texts are compared with them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise

from opencc import OpenCC

from assistant.text import CJK, fold, strip_control

_GAP = "\ue000"  # stands for "…", which folding would turn into three dots
_TOKEN = re.compile(rf"{_GAP}|\{{\w+\}}|\([^)]*\)|\s+|[^\s{_GAP}({{]+")
_CHINESE = re.compile(f"[{CJK}]")
_BLANK = r"[^\S\n]+"
_LONE_CHARACTER = re.compile(f"(?<![^\\s])([{CJK}]){_BLANK}(?=[{CJK}](?:\\s|$))")
_BETWEEN_CHINESE = re.compile(f"(?<=[{CJK}]){_BLANK}(?=[{CJK}])")
_APOSTROPHE = re.compile("['’‘`´]")
_SENTENCE_END = ".!?。！？\n"
_WORD_END = r"(?!\w)"
_CLAUSE_END = r"(?=\s*(?:[^\w\s]|$))"
_NEVER = "(?!)"


class Reader:
    """Brings texts and wordings into one form: Traditional, folded, without apostrophes, and with `read_as` applied."""

    def __init__(self, read_as: Mapping[str, str]) -> None:
        self._meant = {fold(form): word for word, forms in read_as.items() for form in split_wordings(forms)}
        self._forms = re.compile(
            _one_of(re.escape(form) if _CHINESE.search(form) else rf"\b{re.escape(form)}\b" for form in self._meant)
        )

    def read(self, text: str) -> str:
        """The form in which a text is compared; a space between Chinese words counts as a comma."""
        sound = strip_control(text.encode("utf-8", "replace").decode())  # a broken character must not hide the rest
        plain = _APOSTROPHE.sub("", fold(_to_traditional().convert(sound)))
        spaced = _BETWEEN_CHINESE.sub("，", _LONE_CHARACTER.sub(r"\1", plain))
        return self._forms.sub(lambda match: self._meant[match[0]], spaced)


def split_wordings(block: str) -> list[str]:
    """The wordings of a block: one or more a line, with " | " between them."""
    return [wording.strip() for line in block.splitlines() for wording in line.split(" | ") if wording.strip()]


def compile_wordings(block: str, words: Mapping[str, list[str]], reader: Reader) -> re.Pattern[str]:
    """One pattern for all wordings of a block.

    Raises:
        KeyError: a wording names a list that is not in `words`.
    """
    chinese: dict[str, set[str]] = defaultdict(set)
    latin: dict[str, set[str]] = defaultdict(set)
    for wording in split_wordings(block):
        tokens = _TOKEN.findall(reader.read(wording.replace("…", _GAP)))
        lists = [word for token in tokens if token.startswith("{") for word in words[token[1:-1]]]
        is_chinese = any(_CHINESE.search(text) for text in (*tokens, *lists))
        rest = _rest(tokens[1:], words, is_chinese=is_chinese) + ("" if is_chinese else _WORD_END)
        for start in _choices(tokens[0], words):
            head = start.rstrip("*")
            (chinese if is_chinese else latin)[head].add((r"\w*" if start != head else "") + rest)
    return re.compile(rf"{_by_start(chinese)}|(?<!\w){_by_start(latin)}")


def read_lists(lists: Mapping[str, str], reader: Reader) -> dict[str, list[str]]:
    """The named lists of words, in the form in which texts are compared."""
    return {name: [reader.read(word) for word in words.split()] for name, words in lists.items()}


def _rest(tokens: Sequence[str], words: Mapping[str, list[str]], *, is_chinese: bool) -> str:
    """The pattern of a wording behind its first token."""
    gap, blank = f"[^{_SENTENCE_END}]{{0,{12 if is_chinese else 30}}}?", r"\b\W{1,3}\b"
    parts = []
    for token, following in pairwise((*tokens, "")):
        if token == _GAP:
            parts.append(gap if is_chinese else rf"\b{gap}\b")
        elif token.isspace():
            parts.append("" if parts and parts[-1].endswith(")?") else blank)
        else:
            choice = _one_of(_literal(word) for word in _choices(token, words))
            optional = token.startswith("(") and "/" not in token
            parts.append(f"(?:{choice}{blank if following.isspace() else ''})?" if optional else choice)
    return "".join(parts)


def _choices(token: str, words: Mapping[str, list[str]]) -> list[str]:
    if token.startswith("{"):
        return words[token[1:-1]]
    return token[1:-1].split("/") if token.startswith("(") else [token]


def _by_start(rests: Mapping[str, set[str]]) -> str:
    """All wordings, put together by their first character: the search then passes over other characters fast."""
    groups: dict[str, list[str]] = defaultdict(list)
    for head, behind in rests.items():
        groups[head[0]].append(_literal(head[1:]) + ("" if behind == {""} else _one_of(behind)))
    return _one_of(_literal(first) + _one_of(patterns) for first, patterns in groups.items())


def _literal(text: str) -> str:
    escaped = re.escape(text).replace(r"\*", r"\w*").replace(r"\#", r"\d")
    return escaped.removesuffix(r"\$") + _CLAUSE_END if escaped.endswith(r"\$") else escaped


def _one_of(patterns: Iterable[str]) -> str:
    ordered = sorted(set(patterns), key=lambda pattern: (-len(pattern), pattern))
    return f"(?:{'|'.join(ordered)})" if ordered else _NEVER


@cache
def _to_traditional() -> OpenCC:
    return OpenCC("s2t")
