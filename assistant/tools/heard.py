"""What one publisher says of the warnings in force: entries to tell, and what is missing from them."""

from dataclasses import dataclass

from assistant.schema import Reading


@dataclass(frozen=True, slots=True)
class Entry:
    """Warnings that are told in one sentence.

    Attributes:
        names: what each is called, for a list of those that are not told.
        rank: the lower, the more severe.
        about: all that was published of what it is, to tell whether it is of a kind that is asked.
    """

    text: str
    names: tuple[str, ...]
    rank: float
    about: str


@dataclass(frozen=True, slots=True)
class Heard:
    """The warnings of one publisher.

    Attributes:
        publisher: whose they are, in the answer's language.
        reading: what they rest on; None where the feed gave nothing.
        entries: those that concern what is asked.
        elsewhere: names of those for other parts of the city.
        also: sentences on messages that are no warnings, such as exercises.
        notes: sentences on what is missing.
        usable: whether the publisher said anything of the city.
    """

    publisher: str
    reading: Reading | None = None
    entries: tuple[Entry, ...] = ()
    elsewhere: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    usable: bool = True
