"""Writes the numbers of automatic lists as they are printed: Arabic, Chinese, Roman, letters, stems, circled."""

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_FORMAL_DIGITS = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_MOST_ROMAN = 3999
_MOST_CHINESE = 9999
_MOST_LETTERS = 26 * 20

Numeral = Callable[[int], str]


def chinese(number: int) -> str:
    """一, 十, 十一, 一百零五."""
    text = _counted(number, "零" + _DIGITS[1:], "十百千")
    return text.removeprefix("一") if 10 <= number < 20 else text


def formal(number: int) -> str:
    """壹, 壹拾, 壹拾壹, 壹佰零伍."""
    return _counted(number, _FORMAL_DIGITS, "拾佰仟")


def chinese_digits(number: int) -> str:
    """一, 一〇, 一一."""
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def full_width(number: int) -> str:
    """１, １０."""
    return "".join(chr(ord("０") + int(digit)) for digit in str(number))


def zero_padded(number: int) -> str:
    """01, 10."""
    return f"{number:02}"


def stems(number: int) -> str:
    """甲, 乙, 丙; Arabic beyond 癸."""
    return _nth(_STEMS, number)


def branches(number: int) -> str:
    """子, 丑, 寅; Arabic beyond 亥."""
    return _nth(_BRANCHES, number)


def circled(number: int) -> str:
    """①; Arabic beyond ㊿."""
    starts = ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1))
    return next((chr(code + number - low) for low, high, code in starts if low <= number <= high), str(number))


def parenthesized(number: int) -> str:
    """⑴; Arabic in parentheses beyond ⒇."""
    return chr(0x2474 + number - 1) if 1 <= number <= 20 else f"({number})"


def dotted(number: int) -> str:
    """⒈; Arabic with a full stop beyond ⒛."""
    return chr(0x2488 + number - 1) if 1 <= number <= 20 else f"{number}."


def letters(number: int) -> str:
    """A, Z, AA, BB, as word processors count."""
    if not 1 <= number <= _MOST_LETTERS:
        return str(number)
    return chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def small_letters(number: int) -> str:
    """The letters a, z, aa."""
    return letters(number).lower()


def roman(number: int) -> str:
    """I, IV, XII."""
    if not 1 <= number <= _MOST_ROMAN:
        return str(number)
    text = ""
    for value, numeral in _ROMAN:
        count, number = divmod(number, value)
        text += numeral * count
    return text


def small_roman(number: int) -> str:
    """The numerals i, iv, xii."""
    return roman(number).lower()


def nothing(number: int) -> str:
    """No number at all."""
    return ""


def ordinal(number: int) -> str:
    """1st, 2nd, 11th."""
    suffix = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def _counted(number: int, digits: str, units: str) -> str:
    if not 1 <= number <= _MOST_CHINESE:
        return digits[0] if number == 0 else str(number)
    text = ""
    for place, digit in zip(range(len(str(number)) - 1, -1, -1), map(int, str(number)), strict=True):
        if digit:
            text += digits[digit] + (units[place - 1] if place else "")
        elif not text.endswith(digits[0]):
            text += digits[0]
    return text.rstrip(digits[0])


def _nth(characters: str, number: int) -> str:
    return characters[number - 1] if 1 <= number <= len(characters) else str(number)
