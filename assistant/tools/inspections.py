"""Findings of inspections as a city's data describe them: of which kind, how severe, where, when, in which state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.errors import CityDataError
from assistant.feeds.values import moment, number, text
from assistant.schema import Lang
from assistant.services import Service
from assistant.text import squeeze
from assistant.tools.base import Request
from assistant.tools.feature_options import Words, words
from assistant.tools.nearby import NearFeature
from assistant.tools.texts import quoted

_KEYS = frozenset({"name", "place", "district", "found", "confidence", "kind", "severity", "status", "collection"})


@dataclass(frozen=True, slots=True)
class Scale:
    """The values that a property has, in the order of the city's data: their labels, and the words that mean them."""

    property: str
    labels: Mapping[str, Words]
    words: Mapping[str, tuple[str, ...]]

    def label(self, value: str, lang: Lang) -> str:
        """What a value is called; one that the city's data lack is called as it is published."""
        return self.labels[value][lang] if value in self.labels else quoted(value, 30)

    def meant_by(self, said: str) -> frozenset[str]:
        """The values that a text names by one of their words, in any language."""
        form = squeeze(said)
        return frozenset(one for one in self.labels if said == one or any(squeeze(w) in form for w in self.words[one]))

    def rank(self, value: str) -> int:
        """The place of a value in the order, 0 the first; after all others where it has none."""
        return list(self.labels).index(value) if value in self.labels else len(self.labels)


@dataclass(frozen=True, slots=True)
class InspectionOptions:
    """The options of a service over findings; docs/adding.md describes each key."""

    name: Words
    place: Words
    district: str
    found: str
    confidence: str
    collection: str
    kind: Scale
    severity: Scale
    status: Scale


@dataclass(frozen=True, slots=True)
class InspectionFinding:
    """A finding; empty or None is what the feed does not say.

    Attributes:
        name, place: in the language of the answer.
        texts: its name and place in all languages, to look for words in.
        kind, severity, status: values of the scales.
        at: when it was seen, aware.
    """

    near: NearFeature
    name: str
    place: str
    texts: tuple[str, ...]
    kind: str
    severity: str
    status: str
    at: datetime | None
    confidence_percent: int | None


def inspection_options(service: Service) -> InspectionOptions:
    """The options of a service's table.

    Raises:
        CityDataError: a key is unknown, or lacks something; the message names it.
    """
    table = service.options
    where = f"The options of the service “{service.name}”"
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise CityDataError(f"{where} have unknown keys: {', '.join(unknown)}.", "docs/adding.md lists the keys.")
    try:
        return InspectionOptions(
            name=words(table["name"]),
            place=words(table["place"]),
            district=str(table.get("district", "")),
            found=str(table["found"]),
            confidence=str(table.get("confidence", "")),
            collection=str(table.get("collection", "")),
            kind=_scale(table["kind"]),
            severity=_scale(table["severity"]),
            status=_scale(table["status"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise CityDataError(f"{where} lack or misspell {error}.", "docs/adding.md lists the keys.") from error


def inspection_finding(request: Request, options: InspectionOptions, near: NearFeature) -> InspectionFinding:
    """A feature as a finding."""
    properties, lang = near.feature.properties, request.lang
    share = number(properties.get(options.confidence))
    names, places = ([text(properties.get(key)) for key in one.values()] for one in (options.name, options.place))
    return InspectionFinding(
        near=near,
        name=quoted(text(properties.get(options.name[lang])) or names[0], 80),
        place=quoted(text(properties.get(options.place[lang])) or places[0], 40),
        texts=tuple(filter(None, (*names, *places))),
        kind=text(properties.get(options.kind.property)),
        severity=text(properties.get(options.severity.property)),
        status=text(properties.get(options.status.property)),
        at=moment(properties.get(options.found), request.now.tzinfo),
        confidence_percent=round(100 * share) if share is not None and 0 <= share <= 1 else None,
    )


def _scale(table: Mapping[str, Any]) -> Scale:
    values = {value: one for value, one in table.items() if value != "property"}
    meant = {value: tuple(one.get("words", ())) for value, one in values.items()}
    return Scale(table["property"], {value: words(one) for value, one in values.items()}, meant)
