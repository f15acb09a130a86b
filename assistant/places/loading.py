"""Reads a city's gazetteer, and says of a broken one in which line and what to do."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.city import load_city
from assistant.errors import CityDataError
from assistant.feeds.geometry import parse_point
from assistant.places.folding import name_key
from assistant.places.gazetteer import Gazetteer
from assistant.places.place import DISTRICT, KINDS, Place

FILE = "gazetteer.jsonl"
_SHORTEST_NAME = 2
_KEYS = {
    "zh", "en", "kind", "district", "lon", "lat", "source",
    "also_in", "aliases", "approximate", "codes", "shared", "weak",
}  # fmt: skip


def load_gazetteer(city_dir: Path) -> Gazetteer:
    """The places of a city's folder, from `gazetteer.jsonl`; none where the city has no such file.

    The first line holds `sources` (publisher and licence by key) and `decoys`; each other line is a place. A name
    that more than one place bears stands in `shared` of each of them, so that no two are taken for one by mistake.

    Raises:
        CityDataError: the file cannot be read, or a line departs from that form; the message names the line.
    """
    path = city_dir / FILE
    if not path.is_file():
        return Gazetteer(())
    lines = _read(path)
    head = lines[0][1]
    sources, decoys = head.get("sources"), head.get("decoys", [])
    if not isinstance(sources, dict) or not _is_texts(decoys):
        raise CityDataError(
            f"{path}, line 1, lacks sources or misspells decoys.",
            'It is {"sources": {"key": {"publisher": "...", "licence": "..."}}, "decoys": ["..."]}.',
        )
    entries = [(number, _place(path, number, line), line) for number, line in lines[1:]]
    _check(path, entries, sources)
    return Gazetteer([place for _, place, _ in entries], decoys, load_city(city_dir).elsewhere)


def _read(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """The lines as JSON objects, with their numbers from 1; the first is always there."""
    try:
        texts = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CityDataError(f"{path} cannot be read: {error}.", "It is a UTF-8 file of JSON lines.") from error
    lines = []
    for number, text in enumerate(texts, start=1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
        except json.JSONDecodeError as error:
            raise CityDataError(f"{path}, line {number}, is not JSON: {error}.", "Correct that line.") from error
        if not isinstance(line, dict):
            raise CityDataError(f"{path}, line {number}, is no JSON object.", "Write one object a line.")
        lines.append((number, line))
    if not lines:
        raise CityDataError(f"{path} is empty.", "Its first line names the sources; or delete the file.")
    return lines


def _place(path: Path, number: int, line: Mapping[str, Any]) -> Place:
    where = f"{path}, line {number} ({line.get('zh', '?')}),"
    if unknown := set(line) - _KEYS:
        raise CityDataError(f"{where} has unknown keys {sorted(unknown)}.", f"Known are {sorted(_KEYS)}.")
    if missing := [key for key in ("zh", "en", "kind", "district", "source") if not _is_text(line.get(key))]:
        raise CityDataError(f"{where} lacks {missing}.", "Each is a text that is not empty.")
    lists = {key: line.get(key, []) for key in ("aliases", "also_in", "codes", "shared", "weak")}
    if wrong := [key for key, value in lists.items() if not _is_texts(value)]:
        raise CityDataError(f"{where} has {wrong} that are no lists of texts.", 'Write ["...", "..."].')
    if line["kind"] not in KINDS:
        raise CityDataError(f"{where} is of an unknown kind {line['kind']!r}.", f"Kinds are {sorted(KINDS)}.")
    point = parse_point(line.get("lat"), line.get("lon"))
    if point is None:
        raise CityDataError(f"{where} has no point on the earth.", "lon and lat are degrees of WGS 84.")
    return Place(
        name={"zh-TW": line["zh"], "en": line["en"]},
        kind=line["kind"],
        district=line["district"],
        point=point,
        source=line["source"],
        aliases=tuple(lists["aliases"]),
        weak=tuple(lists["weak"]),
        codes=tuple(lists["codes"]),
        also_in=tuple(lists["also_in"]),
        approximate=line.get("approximate") is True,
    )


def _check(path: Path, entries: Sequence[tuple[int, Place, Mapping[str, Any]]], sources: Mapping[str, Any]) -> None:
    """That districts, sources and weak names exist, and that shared names are marked."""
    districts = {place.name["zh-TW"] for _, place, _ in entries if place.kind == DISTRICT}
    bearers: dict[str, set[int]] = defaultdict(set)
    for number, place, _ in entries:
        where = f"{path}, line {number} ({place.name['zh-TW']}),"
        if wrong := {place.district, *place.also_in} - districts:
            raise CityDataError(f"{where} lies in unknown districts {sorted(wrong)}.", "Add them, or correct the name.")
        if place.source not in sources:
            raise CityDataError(f"{where} has an unknown source {place.source!r}.", "Line 1 lists the sources.")
        if wrong := set(place.weak) - set(place.names):
            raise CityDataError(f"{where} calls {sorted(wrong)} weak, which it does not bear.", "Correct the name.")
        for name in place.names:
            if len(name_key(name)) < _SHORTEST_NAME:
                raise CityDataError(f"{where} has the name {name!r}, which is too short.", "Names have two characters.")
            bearers[name_key(name)].add(number)
    for number, place, line in entries:
        marked = {name_key(name) for name in line.get("shared", [])}
        borne = {name_key(name) for name in place.names if len(bearers[name_key(name)]) > 1}
        if marked != borne:
            raise CityDataError(
                f"{path}, line {number} ({place.name['zh-TW']}), marks {sorted(marked)} as shared; other places bear"
                f" {sorted(borne)} of its names.",
                "List just those in `shared`, or change the names.",
            )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(_is_text(one) for one in value)
