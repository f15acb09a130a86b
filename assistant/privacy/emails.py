"""E-mail addresses of persons, also spelled out; mailboxes of offices are nobody's own."""

import re
from collections.abc import Iterator

from assistant.privacy.base import CERTAIN, LIKELY, UNLIKELY, Span
from assistant.privacy.folding import Folded
from assistant.privacy.kinds import Kind

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LOCAL = r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9_%+-](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9_%+-])?"
_EMAIL = re.compile(rf"{_LOCAL} ?@ ?{_LABEL}(?:\.{_LABEL})+")
_AT = r"\s*(?:[(\[{<]\s*(?:at|@)\s*[)\]}>]|\bat\b|小老鼠|@)\s*"
_DOT = r"\s*(?:[(\[{<]\s*(?:dot|點)\s*[)\]}>]|\bdot\b|點|\.)\s*"
_ENDING = r"(?:com|net|org|edu|gov|me|tw|io|co)\b"
_SPELLED = re.compile(
    rf"{_LOCAL}(?: dot {_LABEL}){{0,3}}{_AT}{_LABEL}(?:{_DOT}{_LABEL}){{0,3}}{_DOT}{_ENDING}(?:{_DOT}{_ENDING})?",
    re.IGNORECASE | re.ASCII,
)
_OFFICE = re.compile(
    r"(?:service|info|contact|help|support|admin|webmaster|mayor|office|public|press|no-?reply|1999|cs)\d*\s*@",
    re.IGNORECASE,
)


def find_emails(folded: Folded) -> Iterator[Span]:
    """Addresses as written (a practical part of RFC 5321), and with "at" and "dot" for the signs."""
    for match in _EMAIL.finditer(folded.plain):
        score = UNLIKELY if _OFFICE.match(match[0]) else CERTAIN
        yield Span(match.start(), match.end(), Kind.EMAIL, score)
    for match in _SPELLED.finditer(folded.plain):
        if not _EMAIL.fullmatch(match[0]):
            yield Span(match.start(), match.end(), Kind.EMAIL, LIKELY)
