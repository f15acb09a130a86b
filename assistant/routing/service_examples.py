"""What people say, by the services that it needs: the city's examples, its near misses, and what needs several."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import CityDataError
from assistant.services import Service

NONE_FILE = "services-none.toml"
SEVERAL_FILE = "services-several.toml"
DOCUMENTS = "documents"
ASIDES = "asides"


@dataclass(frozen=True, slots=True)
class Example:
    """A message with its labels: names of services, `documents` for what they are asked, `asides` for small talk."""

    text: str
    labels: tuple[str, ...]


def load_examples(city_dir: Path, services: Sequence[Service]) -> tuple[Example, ...]:
    """The examples of a city, each text once; near misses and messages for several services are optional.

    Raises:
        CityDataError: one of the files is malformed.
    """
    names = {service.name for service in services}
    found: dict[str, Example] = {}
    for example in (*_of_services(services), *_of_none(city_dir / NONE_FILE), *_of_several(city_dir / SEVERAL_FILE)):
        known = tuple(label for label in example.labels if label in names or label in (DOCUMENTS, ASIDES))
        if known == example.labels:
            found.setdefault(example.text, example)
    return tuple(found.values())


def _of_services(services: Sequence[Service]) -> Iterator[Example]:
    for service in services:
        yield from _labelled((text for texts in service.examples.values() for text in texts), service.name)


def _of_none(path: Path) -> Iterator[Example]:
    data = _read(path)
    try:
        yield from _labelled(_texts(data.get("examples", {})), DOCUMENTS)
        yield from _labelled(_texts(data.get("asides", {})), ASIDES)
        for near in data.get("near", {}).values():
            yield from _labelled(_texts(near), DOCUMENTS)
    except (AttributeError, TypeError) as error:
        raise CityDataError(f"{path} is malformed: {error}.", "Each table has lists of texts by language.") from error


def _of_several(path: Path) -> Iterator[Example]:
    data = _read(path)
    try:
        for table in data.get("several", ()):
            labels = (*table["services"], *((DOCUMENTS,) if table.get("documents") else ()))
            yield from _labelled(
                _texts({lang: table[lang] for lang in table if isinstance(table[lang], list)}), *labels
            )
    except (AttributeError, KeyError, TypeError) as error:
        raise CityDataError(
            f"{path} lacks or misspells {error}.", "A table has services and lists of texts."
        ) from error


def _texts(by_lang: Mapping[str, Sequence[str]]) -> Iterator[str]:
    return (text for lang, texts in by_lang.items() if lang != "services" for text in texts)


def _labelled(texts: Iterable[str], *labels: str) -> Iterator[Example]:
    return (Example(text, labels) for text in texts)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityDataError(f"{path} cannot be read: {error}.", "Correct that line.") from error
