"""What a city's data say of a service over features: its name, what is shown of each, in which order, and filters."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from assistant.errors import CityDataError
from assistant.feeds.values import text
from assistant.numerals import canonical
from assistant.places.place import KINDS
from assistant.schema import Lang
from assistant.services import Service
from assistant.text import fold, squeeze
from assistant.tools.texts import quoted

VALUE = "{value}"
_BETWEEN = re.compile(r"[,，、;；|]")
_LONGEST_VALUE = 60
Words = Mapping[Lang, str]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Condition:
    """Properties with the value that each has, or that is among its values where it has several."""

    values: Mapping[str, Any]

    def holds(self, properties: Mapping[str, Any]) -> bool:
        """Whether a feature has them all."""
        return all(_has(properties.get(name), value) for name, value in self.values.items())


@dataclass(frozen=True, slots=True)
class Shown:
    """A property that is shown.

    Attributes:
        text: by language, with `{value}` where the value stands.
        values: what a value is called, by value and language; a list is shown value by value. `true` and `false`
            are shown only where they are here, or where the text has no `{value}`: then where it is true.
        only: shown only where this holds.
    """

    property: str
    text: Words
    values: Mapping[str, Words]
    only: Condition

    def say(self, properties: Mapping[str, Any], lang: Lang) -> str:
        """The words for a feature; empty where it says nothing on this."""
        found = properties.get(self.property)
        if found is None or not self.only.holds(properties):
            return ""
        template = self.text[lang]
        if VALUE not in template and not self.values:
            return template if found is True else ""
        said = [words for one in _each_value(found) if (words := self._called(one, lang))]
        joint = "、" if lang == "zh-TW" else ", "
        return template.replace(VALUE, joint.join(said)) if said else ""

    def _called(self, value: object, lang: Lang) -> str:
        key = _key(value)
        if key in self.values:
            return self.values[key][lang]
        return "" if isinstance(value, bool) else quoted(key, _LONGEST_VALUE)


@dataclass(frozen=True, slots=True)
class Filter:
    """A wish that a wording can hold; `title` names, by language, what fulfils it."""

    words: tuple[str, ...]
    only: Condition
    title: Words

    def is_wished(self, wording: str) -> bool:
        """Whether the wording holds one of the words; those in Latin letters as words of their own or their plural."""
        return any(_is_said(word, wording) for word in self.words)


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence by language, said unless one of the features shown fulfils a condition; without one, always."""

    text: Words
    unless: Condition

    def is_due(self, shown: Iterable[Mapping[str, Any]]) -> bool:
        """Whether it is said beside features with these properties."""
        return not self.unless.values or not any(self.unless.holds(one) for one in shown)


@dataclass(frozen=True, slots=True)
class FeatureOptions:
    """The options of a service over features; docs/adding.md describes each key.

    Attributes:
        thing: what the features are called in a sentence, by language.
        name: the property with the name, by language.
        within_m, widest_m: how near is near, and how far the nearest one is looked for where nothing is near.
        most: how many are shown.
        district, observed, hours: the properties with the district, the time of the data, and the daily hours.
        first: what comes before what is nearer.
        kinds: kinds of place that an ambiguous name means here.
    """

    thing: Words
    name: Words
    collection: str
    within_m: float
    widest_m: float
    most: int
    district: str
    observed: str
    hours: str
    kinds: frozenset[str]
    first: Condition
    shown: tuple[Shown, ...]
    filters: tuple[Filter, ...]
    notes: tuple[Note, ...]

    def name_of(self, properties: Mapping[str, Any], lang: Lang) -> str:
        """The name of a feature, in the language where it has one."""
        names = [text(properties.get(self.name[lang])), *(text(properties.get(key)) for key in self.name.values())]
        return quoted(next(filter(None, names), ""), _LONGEST_VALUE)


_KEYS = frozenset(field.name for field in fields(FeatureOptions))


def feature_options(service: Service) -> FeatureOptions:
    """The options of a service's table.

    Raises:
        CityDataError: a key is unknown, lacks something or has the wrong form; the message names it.
    """
    table = service.options
    where = f"The options of the service “{service.name}”"
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise CityDataError(f"{where} have unknown keys: {', '.join(unknown)}.", "docs/adding.md lists the keys.")
    try:
        options = FeatureOptions(
            thing=words(table.get("thing", service.title)),
            name=words(table.get("name", {"zh-TW": "name", "en": "name"})),
            collection=str(table.get("collection", "")),
            within_m=float(table.get("within_m", 3000)),
            widest_m=float(table.get("widest_m", 30_000)),
            most=int(table.get("most", 4)),
            district=str(table.get("district", "")),
            observed=str(table.get("observed", "")),
            hours=str(table.get("hours", "")),
            kinds=frozenset(table.get("kinds", ())),
            first=Condition(dict(table.get("first", {}))),
            shown=each(table, "shown", _shown),
            filters=each(table, "filters", _filter),
            notes=each(table, "notes", lambda one: Note(words(one["text"]), Condition(dict(one.get("unless", {}))))),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CityDataError(f"{where} lack or misspell {error}.", "docs/adding.md lists the keys.") from error
    if not options.kinds <= KINDS:
        raise CityDataError(f"{where}: kinds are {', '.join(sorted(KINDS))}.", "Correct “kinds”.")
    return options


def words(table: Mapping[str, Any]) -> Words:
    """A text by language.

    Raises:
        KeyError: a language is missing.
    """
    return {"zh-TW": str(table["zh-TW"]), "en": str(table["en"])}


def each(table: Mapping[str, Any], key: str, make: Callable[[Mapping[str, Any]], Made]) -> tuple[Made, ...]:
    """The tables of a list as what `make` makes of them."""
    tables: Sequence[Mapping[str, Any]] = table.get(key, ())
    return tuple(make(one) for one in tables)


def _is_said(word: str, wording: str) -> bool:
    if word.isascii():
        return re.search(rf"\b{re.escape(fold(word))}s?\b", fold(wording), re.ASCII) is not None
    return squeeze(word) in squeeze(wording)


def _shown(table: Mapping[str, Any]) -> Shown:
    values = {str(value): words(called) for value, called in table.get("values", {}).items()}
    return Shown(table["property"], words(table["text"]), values, Condition(dict(table.get("only", {}))))


def _filter(table: Mapping[str, Any]) -> Filter:
    return Filter(tuple(table["words"]), Condition(dict(table["only"])), words(table["title"]))


def _has(found: object, wanted: object) -> bool:
    return _key(wanted) in map(_key, [found, *_each_value(found)])


def _each_value(found: object) -> list[object]:
    """The values of a property: of a list, or of a text such as 水災、震災."""
    if isinstance(found, str):
        return [part for part in _BETWEEN.split(found) if part.strip()]
    return found if isinstance(found, list) else [found]


def _key(value: object) -> str:
    """A value as the key of a table: true, 12, 3.5, open; nothing of what is no plain value."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return canonical(value)
    return text(value)
