"""Mobile and landline numbers, of Taiwan and abroad; hotlines and toll-free numbers are nobody's own."""

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import PhoneNumberType

from assistant.privacy.base import (
    CERTAIN,
    GAP,
    LIKELY,
    POSSIBLE,
    UNLIKELY,
    Span,
    digits_of,
    is_labelled,
    is_near,
    label,
)
from assistant.privacy.folding import Folded
from assistant.privacy.kinds import Kind

REGION = "TW"
_PREFIX = r"(?:\(?\+[\s(]?|(?<!\d)00\s?(?=[1-9])|(?<!\d)(?=886))"
_RUN = re.compile(rf"(?:{_PREFIX}\d|(?<!\d)(?<!\d[.:])\(?0{GAP}(?=[1-9]))(?:{GAP}\d){{7,16}}")
_THOUSANDS = re.compile(r"\d{3}(?:,\d{3})+(?!\d)")
_EXTENSION = re.compile(r"\s*[,(]?\s*(?:轉接?|分機|ext(?:ension)?\.?|#)\s*:?\s*\d{1,6}\)?", re.IGNORECASE)
_LOCAL = re.compile(r"(?<![\d./-])[2-9](?:[\s-]{0,3}\d){6,7}(?![\d./-])")
_WITHOUT_ZERO = re.compile(rf"(?<!\d)9\d{{2}}{GAP}\d{{3}}{GAP}\d{{3}}(?!\d)")
_BREAK = re.compile(r"[\s.-]*[(,、/\n]")  # after it, digits may be another number
_FILE_NAME = re.compile(r"\.(?:html?|php|aspx?|pdf|csv|jpe?g|png)\b", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}([/.-])\d{1,2}\1\d{1,4}\Z")
_LABEL = label(r"電話|市話|手機|門號|行動|\btel\b\.?|phone|mobile|\bcell\b|call(?: me)?(?: at| on)?|text me")
_WORD = re.compile(
    r"電話|市話|手機|門號|行動|簡訊|打給|\+?886|tel\b|phone|mobile|cell|call|whatsapp", re.IGNORECASE | re.ASCII
)
_OFFICE = re.compile(
    r"(?:[局處所科課會署院館部府]|公所|中心|總機|專線|客服|服務台|監理站|遺失物|"
    r"hotline|office|bureau|department|city hall)"
    r"(?:的|之|代表號|服務)*(?:電話|專線|號碼|phone|number|at|is|[\s:(])*\Z",
    re.IGNORECASE,
)
_OWN = re.compile(r"我|本人|自己|住家|\bmy\b", re.IGNORECASE | re.ASCII)
_OWN_KINDS = {PhoneNumberType.MOBILE, PhoneNumberType.VOIP, PhoneNumberType.PERSONAL_NUMBER}
_LANDLINE_KINDS = {PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
_HEX_BEFORE, _HEX_AFTER = re.compile(r"(?<![A-Za-z])[0-9a-f]+\Z"), re.compile(r"[0-9a-f]+(?![A-Za-z])")
_SHORTEST_HASH, _LONGEST_HASH = 16, 128
_LENGTHS_AT_HOME = range(9, 12)  # digits with the leading zero
_LENGTHS_ABROAD = range(8, 17)  # digits with the country code (ITU-T E.164), and two zeros before it


def find_phones(folded: Folded) -> Iterator[Span]:
    """Numbers of the numbering plan (libphonenumber) in any grouping, and shortened ones that are called so."""
    position = 0
    while run := _RUN.search(folded.plain, position):
        found = _longest_number(folded, run)
        position = found.end if found else run.start() + 1
        if found:
            yield found
    for match in _WITHOUT_ZERO.finditer(folded.plain):
        if is_near(folded.text, match.start(), match.end(), _WORD):
            yield Span(match.start(), match.end(), Kind.MOBILE, LIKELY)
    for match in _LOCAL.finditer(folded.plain):
        if is_labelled(folded.text, match.start(), _LABEL):
            yield Span(match.start(), match.end(), Kind.LANDLINE, POSSIBLE)


def national_number(text: str) -> str:
    """The digits without country code and leading zero, by which numbers are compared; "" where it is no number."""
    digits = re.sub(r"[^\d+]", "", text)
    try:
        return str(phonenumbers.parse(digits, REGION).national_number)
    except phonenumbers.NumberParseException:
        return ""


def _longest_number(folded: Folded, run: re.Match[str]) -> Span | None:
    """The longest valid number at the beginning of a run of digits; a shorter one where another thing follows it."""
    plain, start = folded.plain, run.start()
    if plain[start - 1 : start] == "," and _THOUSANDS.match(plain, start):
        return None
    lengths = _LENGTHS_AT_HOME if re.match(r"\(?0[^0]", run[0]) else _LENGTHS_ABROAD
    best: Span | None = None
    for end in reversed([place + 1 for place in range(start, run.end()) if plain[place].isdigit()]):
        if plain[end : end + 1].isdigit():
            continue
        digits = digits_of(plain[start:end])
        if len(digits) < lengths.start:
            break
        if len(digits) in lengths and (best is None or _BREAK.match(plain, end)):
            best = _number(folded, start, end, digits) or best
    return best


def _is_in_hash(plain: str, start: int, end: int) -> bool:
    """Whether the digits are a part of a hexadecimal string, such as a trace's id."""
    before, after = _HEX_BEFORE.search(plain, max(0, start - _LONGEST_HASH), start), _HEX_AFTER.match(plain, end)
    size = (len(before[0]) if before else 0) + end - start + (len(after[0]) if after else 0)
    return size >= _SHORTEST_HASH


def _number(folded: Folded, start: int, end: int, digits: str) -> Span | None:
    written = folded.plain[start:end]
    if written.isdigit() and _is_in_hash(folded.plain, start, end):
        return None
    if _DATE.search(written):
        return None
    abroad = written.startswith("+") or digits.startswith(("00", "886"))
    try:
        number = phonenumbers.parse("+" + digits.removeprefix("00") if abroad else digits, REGION)
    except phonenumbers.NumberParseException:
        return None
    labelled = is_labelled(folded.text, start, _LABEL)
    if phonenumbers.is_valid_number(number):
        kind, score = _kind(number), CERTAIN
    elif labelled and phonenumbers.is_possible_number(number):
        kind, score = Kind.LANDLINE, POSSIBLE
    else:
        return None
    if kind is None:
        return None
    if kind == Kind.LANDLINE and (_is_office(folded.text, start) or _FILE_NAME.match(folded.text, end)):
        score = UNLIKELY
    extension = _EXTENSION.match(folded.plain, end)
    return Span(start, extension.end() if extension else end, kind, score)


def _kind(number: phonenumbers.PhoneNumber) -> Kind | None:
    """None where the number is a service's: toll-free, premium, shared cost."""
    type_ = phonenumbers.number_type(number)
    if type_ in _LANDLINE_KINDS:
        return Kind.LANDLINE
    return Kind.MOBILE if type_ in _OWN_KINDS else None


def _is_office(text: str, start: int) -> bool:
    before = text[max(0, start - 20) : start]
    return _OFFICE.search(before) is not None and _OWN.search(before) is None
