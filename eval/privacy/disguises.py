"""Ways to write a number so that a program does not know it: each labelled number is disguised and looked for again."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from assistant.privacy import Kind
from eval.privacy.scoring import Labelled, Score, score

_DIGITS = "0123456789"
_NUMERALS = str.maketrans(_DIGITS, "零一二三四五六七八九")


def _digits_from(first: int) -> Mapping[int, int]:
    return {ord(digit): first + value for value, digit in enumerate(_DIGITS)}


_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
DISGUISES: Mapping[str, Callable[[str], str]] = {
    "as written": str,
    "full width": lambda value: value.translate(_FULL_WIDTH),
    "zero-width space between digits": "\u200b".join,
    "word joiner and BOM between digits": "\u2060\ufeff".join,
    "space between digits": lambda value: " ".join(value.replace(" ", "")),
    "mathematical bold digits": lambda value: value.translate(_digits_from(0x1D7CE)),
    "Arabic-Indic digits": lambda value: value.translate(_digits_from(0x0660)),
    "keycaps": lambda value: "".join(f"{one}\ufe0f\u20e3" if one.isdigit() else one for one in value),
    "struck through": lambda value: "".join(f"{one}\u0336" for one in value),
    "Chinese numerals": lambda value: value.translate(_NUMERALS),
    "line break in the middle": lambda value: f"{value[: len(value) // 2]}\n{value[len(value) // 2 :]}",
}
NUMBERS = {
    Kind.NATIONAL_ID,
    Kind.RESIDENT_ID,
    Kind.MOBILE,
    Kind.LANDLINE,
    Kind.NHI_CARD,
    Kind.CREDIT_CARD,
    Kind.BANK_ACCOUNT,
    Kind.PASSPORT,
    Kind.MEDICAL_RECORD,
}


def disguised(items: Iterable[Labelled], threshold: float) -> dict[str, Score]:
    """The score of the texts with one number each, by disguise; texts that are disguised already are left out."""
    plain = [item for item in items if len(item.spans) == 1 and item.spans[0][2] in NUMBERS and _is_plain(item)]
    return {name: score((_disguise(item, change) for item in plain), threshold) for name, change in DISGUISES.items()}


def _is_plain(item: Labelled) -> bool:
    start, end, _ = item.spans[0]
    return item.text[start:end].isascii()


def _disguise(item: Labelled, change: Callable[[str], str]) -> Labelled:
    start, end, kind = item.spans[0]
    value = change(item.text[start:end])
    return replace(item, text=item.text[:start] + value + item.text[end:], spans=((start, start + len(value), kind),))
