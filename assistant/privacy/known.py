"""What is public: numbers and addresses of offices, which are nobody's personal data."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.city import City
from assistant.privacy.addresses import find_addresses, house_of
from assistant.privacy.emails import find_emails
from assistant.privacy.folding import fold_text
from assistant.privacy.kinds import Kind
from assistant.privacy.phones import find_phones, national_number

_EXTENSION = re.compile(r"(?:轉|分機|ext|#).*\Z", re.IGNORECASE)
_PHONES = {Kind.MOBILE, Kind.LANDLINE}


@dataclass(frozen=True, slots=True)
class Known:
    """Public values in the forms that are compared; `known_values` makes it."""

    phones: frozenset[str] = frozenset()
    houses: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    def has(self, text: str, kind: Kind) -> bool:
        """Whether a folded value of this kind is public."""
        if kind in _PHONES:
            return comparable(text, kind) in self.phones
        return (house_of(text) in self.houses) if kind == Kind.ADDRESS else _squeeze(text) in self.others

    def __or__(self, other: "Known") -> "Known":
        return Known(self.phones | other.phones, self.houses | other.houses, self.others | other.others)


NOTHING_KNOWN = Known()


def comparable(text: str, kind: Kind) -> str:
    """The form in which two spellings of a folded value are the same."""
    if kind in _PHONES:
        return national_number(_EXTENSION.sub("", text)) or _squeeze(text)
    return _squeeze(text)


def known_of(city: City) -> Known:
    """The phone numbers of a city's bureaus and of its hotline."""
    return known_values([city.help_phone, *(bureau.phone for bureau in city.bureaus)])


def known_values(texts: Iterable[str]) -> Known:
    """The phone numbers, addresses and e-mail addresses in texts that anyone may read, and each short text itself.

    Args:
        texts: single values such as "07-1234567", or whole public documents (about 2 seconds a megabyte).
    """
    phones: set[str] = set()
    houses: set[str] = set()
    others: set[str] = set()
    for text in texts:
        folded = fold_text(text)
        phones.update(comparable(folded.plain[s.start : s.end], s.kind) for s in find_phones(folded))
        houses.update(house_of(folded.text[span.start : span.end]) for span in find_addresses(folded))
        others.update(_squeeze(folded.plain[span.start : span.end]) for span in find_emails(folded))
        others.add(_squeeze(folded.plain))
    return Known(frozenset(phones - {""}), frozenset(houses - {""}), frozenset(others - {""}))


def _squeeze(text: str) -> str:
    return re.sub(r"[\s\-.()]", "", text).lower()
