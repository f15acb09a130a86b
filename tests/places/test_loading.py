"""Loading: a broken gazetteer is refused with the line, what is wrong there, and what to do."""

import json
from pathlib import Path

import pytest

from assistant.errors import CityDataError
from assistant.places import load_gazetteer

CITY = """
id = "town"
timezone = "Asia/Taipei"
elsewhere = ["臺南"]
bureau = []
[name]
"zh-TW" = "河市"
en = "River City"
[notice]
"zh-TW" = ""
en = ""
[help]
"zh-TW" = "服務專線"
en = "Hotline"
phone = "1999"
[examples]
"zh-TW" = []
en = []
[policy]
denied_model_origins = []
"""
HEAD = {"sources": {"test": {}}, "decoys": ["東河流域"]}
DISTRICT = {
    "zh": "東河區", "en": "Donghe District", "kind": "district", "district": "東河區",
    "lon": 120.0, "lat": 23.0, "source": "test", "aliases": ["東河"], "shared": ["東河"],
}  # fmt: skip
STATION = {**DISTRICT, "zh": "東河", "en": "Donghe", "kind": "metro_station", "aliases": [], "codes": ["R7"]}


def write(folder: Path, *lines: object) -> Path:
    (folder / "city.toml").write_text(CITY, encoding="utf-8")
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    (folder / "gazetteer.jsonl").write_text("\n".join(texts), encoding="utf-8")
    return folder


def test_a_gazetteer_is_read_whole(tmp_path: Path) -> None:
    """Names, codes, decoys and the city's list of other cities all take part in the search."""
    gazetteer = load_gazetteer(write(tmp_path, HEAD, DISTRICT, "", STATION))
    assert [place.name["en"] for place in gazetteer.places] == ["Donghe District", "Donghe"]
    assert [mention.text for mention in gazetteer.find_places("R7站、東河流域和東河區，不是臺南市東河區")] == [
        "R7站",
        "東河區",
    ]


def test_a_city_without_a_gazetteer_has_no_places(tmp_path: Path) -> None:
    """A city that has no such file is no fault."""
    assert load_gazetteer(tmp_path).places == ()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "is empty"),
        (["{"], "line 1, is not JSON"),
        (["[]"], "line 1, is no JSON object"),
        ([{"decoys": []}], "line 1, lacks sources"),
        ([{**HEAD, "decoys": [1]}], "misspells decoys"),
        ([HEAD, {**DISTRICT, "colour": "red"}], r"line 2 \(東河區\), has unknown keys \['colour'\]"),
        ([HEAD, {**DISTRICT, "en": " "}], r"lacks \['en'\]"),
        ([HEAD, {**DISTRICT, "aliases": "東河"}], r"\['aliases'\] that are no lists of texts"),
        ([HEAD, {**DISTRICT, "kind": "castle"}], "unknown kind 'castle'"),
        ([HEAD, {**DISTRICT, "lat": 230}], "no point on the earth"),
        ([HEAD, {**DISTRICT, "district": "北山區"}], r"unknown districts \['北山區'\]"),
        ([HEAD, {**DISTRICT, "source": "hearsay"}], "unknown source 'hearsay'"),
        ([HEAD, {**DISTRICT, "weak": ["河"]}], r"calls \['河'\] weak"),
        ([HEAD, {**DISTRICT, "aliases": ["河"], "shared": []}], "'河', which is too short"),
        ([HEAD, DISTRICT, {**STATION, "shared": []}], r"line 3 \(東河\), marks \[\] as shared"),
        ([HEAD, DISTRICT], r"line 2 \(東河區\), marks \['東河'\] as shared; other places bear \[\]"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, lines: list[object], message: str) -> None:
    """Each fault names the line and what is wrong in it, and says what to do."""
    with pytest.raises(CityDataError, match=message) as caught:
        load_gazetteer(write(tmp_path, *lines))
    assert caught.value.cure


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are a fault of the file, said with its path."""
    write(tmp_path, HEAD)
    (tmp_path / "gazetteer.jsonl").write_bytes("東河".encode("big5"))
    with pytest.raises(CityDataError, match="cannot be read"):
        load_gazetteer(tmp_path)
