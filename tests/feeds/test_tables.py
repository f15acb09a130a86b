"""Tables of open data: rows come out of every envelope in use, and a failure is no empty table."""

import json

import pytest

from assistant.errors import FeedMalformed
from assistant.feeds.tables import by_language, first, parse_rows, rows_of, within

ROWS = [{"a": "1"}, {"a": "2"}]


@pytest.mark.parametrize(
    "document",
    [
        ROWS,
        {"records": ROWS},
        {"Data": ROWS, "Success": True, "ErrorCode": 0},
        {"success": "true", "result": {"records": ROWS}},
        {"retCode": 1, "retVal": {"x": ROWS[0], "y": ROWS[1]}},
    ],
)
def test_envelopes_in_use_are_opened(document: object) -> None:
    """The rows are the same, whatever stands around them."""
    assert rows_of(json.dumps(document).encode(), "test") == ROWS


def test_the_place_of_the_rows_can_be_given() -> None:
    """Where a document has several lists, the city's data says which."""
    content = json.dumps({"data": [], "x": {"y": ROWS}}).encode()
    assert rows_of(content, "test", "x.y") == ROWS
    with pytest.raises(FeedMalformed, match=r"x\.z"):
        rows_of(content, "test", "x.z")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
def test_csv_is_read_in_the_encodings_in_use(encoding: str) -> None:
    """Byte order marks and Big5 leave no trace, and quoted cells keep their commas and lines."""
    content = '名稱,數\r\n"甲,\n乙",1\r\n\r\n'.encode(encoding)
    assert rows_of(content, "test") == [{"名稱": "甲,\n乙", "數": "1"}]


@pytest.mark.parametrize("flag", [False, "false", "False", 0])
def test_a_failed_request_is_no_empty_table(flag: object) -> None:
    """Who says that a request failed has not said that there is nothing."""
    with pytest.raises(FeedMalformed, match="quota"):
        rows_of(json.dumps({"success": flag, "message": "quota", "records": []}).encode(), "test")


def test_rows_without_one_record_are_a_fault() -> None:
    """No rows are a fact; rows of which none can be read mean that the columns have changed."""
    assert parse_rows([], lambda row: row.get("b"), "test", need="a b").records == ()
    with pytest.raises(FeedMalformed, match="none of its 2 rows has a b; the first one has: a"):
        parse_rows(list(ROWS), lambda row: row.get("b"), "test", need="a b")


def test_names_and_ranges_are_read_as_they_are() -> None:
    """The first known name counts, empty texts have no language, and what is out of range is unknown."""
    assert (first({"old": 1, "new": 2}, "new", "old"), first({}, "new")) == (2, None)
    assert by_language("甲", " ") == {"zh-TW": "甲"}
    assert [within(value, 0, 10) for value in ("5", 0, 10, -99, "11", "", None)] == [5, 0, 10, None, None, None, None]
