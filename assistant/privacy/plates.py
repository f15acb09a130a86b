"""Vehicle plates, where the text is about a vehicle."""

import re
from collections.abc import Iterator

from assistant.privacy.base import LABELLED, LIKELY, POSSIBLE, Span, is_labelled, is_near, label
from assistant.privacy.folding import Folded
from assistant.privacy.kinds import Kind

# Forms of the plates since 2012 and of those before: three letters with three or four digits; two with two to four.
_JOIN, _GAPS = "-?", "[ -]?"  # a space joins capitals only, so that "no 123" is read as words
_FORMS = (
    rf"(?P<new>(?i:[A-Z]{{3}}){_JOIN}\d{{3,4}}|[A-Z]{{3}}{_GAPS}\d{{3,4}}|\d{{3}}(?:{_JOIN}(?i:[A-Z]{{3}})|{_GAPS}[A-Z]{{3}}))"
    rf"|(?i:[A-Z]{{2}}|[A-Z]\d){_JOIN}\d{{2,4}}|(?:[A-Z]{{2}}|[A-Z]\d){_GAPS}\d{{2,4}}"
    rf"|\d{{2,4}}(?:{_JOIN}(?i:[A-Z]{{2}}|\d[A-Z]|[A-Z]\d)|{_GAPS}(?:[A-Z]{{2}}|\d[A-Z]|[A-Z]\d))"
)
_PLATE = re.compile(rf"(?<![A-Za-z0-9-])(?:{_FORMS})(?![A-Za-z0-9])(?!-\d)")
_LABEL = label(r"車牌|車號|牌照(?!稅)|\bplate|registration")
_PLATE_WORD = re.compile(r"車牌|車號|牌照(?!稅)|\bplate\b|行照", re.IGNORECASE | re.ASCII)
_VEHICLE = re.compile(
    r"機車|汽車|轎車|貨車|計程車|公車|客車|巴士|的車|台車|我騎|停車|違停|違規|拖吊|被拖|過戶|肇事|罰單|擋|"
    r"\bcar\b|scooter|vehicle|motorcycle|motorbike|\btaxi\b|\btowed?\b|parked|parking|\bplate\b",
    re.IGNORECASE | re.ASCII,
)
_NO_PLATE = re.compile(r"ISO|CNS|IEC|RTX|GTX|DIN|USB|LED|CPU|ABS|GPS|NTD|TWD|USD", re.IGNORECASE)
_AMOUNT = re.compile(r"\d+ ?(?:cc|kg|km|cm|mm|ml|gb|tb|mb|kw|hp|am|pm|c\.?c?)\Z", re.IGNORECASE)  # 125cc, 500 kg
_REACH = 24


def find_plates(folded: Folded) -> Iterator[Span]:
    """Plates that are called so, those of three letters near a word of vehicles, and a text that is a plate alone."""
    for match in _PLATE.finditer(folded.plain):
        start, end = match.span()
        if _AMOUNT.match(match[0]) or folded.plain.startswith(".c", end):
            continue
        if is_labelled(folded.text, start, _LABEL):
            yield Span(start, end, Kind.PLATE, LABELLED)
        elif _NO_PLATE.match(match["new"] or ""):
            continue
        elif is_near(folded.text, start, end, _PLATE_WORD):
            yield Span(start, end, Kind.PLATE, LIKELY)
        elif match["new"] is None or not re.search("[-A-Z]", match[0]):
            continue
        elif is_near(folded.text, start, end, _VEHICLE, _REACH) or match[0] == folded.plain.strip():
            yield Span(start, end, Kind.PLATE, POSSIBLE)
