"""Reading JSON."""

import json
from datetime import date
from typing import Any

import pytest

from assistant.errors import DocumentError
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.data.json_data import read_json
from assistant.settings import Settings

ENTRY = {"問題": "如何申請？", "答案": "請至區公所辦理，審核約三十日。"}
OTHER = {"問題": "何時申請？", "答案": "每年七月一日起，至八月底止。"}


def read(value: Any, name: str = "data.json") -> list[ParsedDocument]:
    data = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
    return list(read_json(data, name, Settings()))


@pytest.mark.parametrize(
    "value",
    [
        [ENTRY, OTHER],
        {"result": {"fields": [{"id": "問題"}], "records": [ENTRY, OTHER]}},
        {"a1": ENTRY, "b2": OTHER, "c3": OTHER | {"問題": "誰？"}},
        [{"類別": "稅務", "items": [ENTRY]}, {"類別": "地政", "items": [OTHER]}],
        {"稅務": [ENTRY], "地政": [OTHER]},
        b"\n".join(json.dumps(entry).encode() for entry in (ENTRY, OTHER)),
    ],
    ids=["list", "wrapped", "by key", "grouped", "by topic", "lines"],
)
def test_questions_are_found_wherever_they_stand(value: Any) -> None:
    """Publishers wrap and group the same list in many ways."""
    assert [document.title for document in read(value)][:2] == ["如何申請？", "何時申請？"]


def test_groups_are_topics() -> None:
    """By a field of the group, or by its name."""
    assert [d.metadata.topic for d in read([{"類別": "稅務", "items": [ENTRY, OTHER]}])] == ["稅務", "稅務"]
    assert [d.metadata.topic for d in read({"稅務": [ENTRY], "地政": [OTHER]})] == ["稅務", "地政"]


def test_records_are_one_document_of_rows() -> None:
    """Figures stay as they are written, inner objects are fields, and the list's name is the section."""
    stops = [
        {"名稱": "美麗島", "位置": {"lat": 22.6310, "lng": 120.3}, "路線": ["R", "O"], "open": True},
        {"名稱": "左營", "路線": ["R"]},
    ]
    document = read({"title": "捷運站", "updated": "113/07/01", "車站": stops})[0]
    assert (document.title, document.metadata.published) == ("捷運站", date(2024, 7, 1))
    assert [block.text for block in document.blocks] == [
        "車站",
        "名稱：美麗島；位置.lat：22.631；位置.lng：120.3；路線：R、O；open：true",
        "名稱：左營；路線：R",
    ]


def test_points_of_a_map_have_their_place() -> None:
    """The corners of areas are for machines."""
    features = [
        {
            "type": "Feature",
            "properties": {"名稱": "美麗島"},
            "geometry": {"type": "Point", "coordinates": [120.3, 22.6]},
        },
        {
            "type": "Feature",
            "properties": {"名稱": "蓮池潭"},
            "geometry": {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]},
        },
    ]
    texts = [block.text for block in read({"type": "FeatureCollection", "features": features})[0].blocks]
    assert texts == ["名稱：美麗島；latitude：22.6；longitude：120.3", "名稱：蓮池潭"]


def test_rows_may_stand_beside_the_names_of_their_columns() -> None:
    """Exchanges publish names and cells apart."""
    data = {"fields": ["代號", "名稱"], "data": [["1101", "台泥"], ["2330", "台積電"]]}
    assert [block.text for block in read(data)[0].blocks] == ["代號：1101；名稱：台泥", "代號：2330；名稱：台積電"]


def test_marks_inside_keys_and_broken_characters_are_dropped() -> None:
    """Feeds repeat the byte order mark in their first key."""
    rows = '[{"\\ufeffsitename": "\\ud800左營", "v": NaN}, {"\\ufeffsitename": "楠梓", "v": 1e999}]'
    data = rows.encode()
    assert [block.text for block in read(data)[0].blocks] == ["sitename：左營；v：NaN", "sitename：楠梓；v：1e999"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"port": 8080, "debug": true}', "unknown_shape"),
        (b'{"$schema": "x", "properties": {"a": {"title": "How?", "description": "It is so."}}}', "unknown_shape"),
        (b'[{"station": 1, "bikes": 3}, {"station": 2, "bikes": 5}]', "unknown_shape"),
        (b"[]", "unknown_shape"),
        (b'"text"', "unknown_shape"),
        (b'[{"a": 1},\n{"b": }]', "corrupt"),
        (b'{"a": "x"}\n{"a": "y', "corrupt"),
        (b"[" * 100_000 + b"]" * 100_000, "too_large"),
        (b"\xff\xd8\xff\xe0", "not_text"),
    ],
    ids=["settings", "schema", "figures", "nothing", "scalar", "comma", "cut line", "depth", "picture"],
)
def test_other_data_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    """Nothing is guessed into text, and no bomb goes off."""
    with pytest.raises(DocumentError) as caught:
        read(data)
    assert caught.value.reason == reason


def test_the_line_of_a_mistake_is_named() -> None:
    """Whoever publishes the file must find it."""
    with pytest.raises(DocumentError, match="line 2"):
        read(b'[{"a": 1},\n{"b": }]')


def test_endless_numbers_are_text() -> None:
    """Python refuses to count numbers of many digits."""
    number = "9" * 5000
    assert number in read(f'[{{"名稱": "甲", "n": {number}}}, {{"名稱": "乙", "n": 2}}]'.encode())[0].blocks[2].text


def test_data_that_a_table_would_not_hold_is_refused() -> None:
    """A forecast nests lists in lists: its few flat fields alone would mislead."""
    deep = {"name": "高雄市", "forecast": [{"time": [{"element": [{"values": [{"parts": [{"v": "多雲時晴"}]}]}]}]}]}
    with pytest.raises(DocumentError, match="list of records"):
        read({"note": "預報", "locations": [deep, deep]})
