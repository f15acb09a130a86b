"""Personal data in log records."""

import io
import logging
from collections.abc import Iterator

import pytest

from assistant.privacy import PersonalDataFilter, known_values, mask_logs

PHONE, ID = "0912-345-678", "A123456789"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a handler on the project's logger writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(PersonalDataFilter(known_values(["07-3368333"])))
    logger = logging.getLogger("assistant")
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


def test_messages_and_their_arguments_are_masked(written: io.StringIO) -> None:
    """Also where the label stands in one and the number in the other."""
    logging.getLogger("assistant.tools.calling").warning("phone: %s, asked by %r", PHONE, f"我叫王小明，{ID}")
    assert PHONE not in written.getvalue()
    assert "王小明" not in written.getvalue()
    assert ID not in written.getvalue()


def test_tracebacks_are_masked(written: io.StringIO) -> None:
    """An exception often quotes what it choked on."""
    try:
        raise ValueError(f"no such person: {ID}")
    except ValueError:
        logging.getLogger("assistant.conversation").exception("trace %s failed", "c0ffee" * 5)
    assert "ValueError: no such person: " in written.getvalue()
    assert ID not in written.getvalue()


def test_trace_ids_and_harmless_records_stay(written: io.StringIO) -> None:
    """Logs stay useful; published numbers stay too."""
    message = "trace 9f0912345678ab4d0912345678cdef01 took 120.301435 s on 2026-11-23 08:30:17, call 07-3368333"
    logging.getLogger("assistant.conversation").warning(message)
    assert written.getvalue() == f"{message}\n"


def test_further_fields_are_masked() -> None:
    """Structured handlers write them."""
    record = logging.makeLogRecord({"msg": "asked", "question": f"電話{PHONE}", "count": 3})
    assert PersonalDataFilter().filter(record)
    assert PHONE not in record.__dict__["question"]
    assert record.__dict__["count"] == 3


@pytest.mark.parametrize(
    "message",
    [
        "GET https://example.org/?tel=%2B886912345678&name=x",
        "GET /?q=%E9%9B%BB%E8%A9%B10912345678",
        '{"text": "\\u96fb\\u8a71\\uff10\\uff19\\uff11\\uff12\\uff13\\uff14\\uff15\\uff16\\uff17\\uff18"}',
    ],
)
def test_escapes_hide_nothing(message: str) -> None:
    """URLs and JSON are read as people read them."""
    record = logging.makeLogRecord({"msg": message})
    PersonalDataFilter().filter(record)
    assert "912345678" not in record.getMessage()
    assert "uff19" not in record.getMessage()


def test_wrong_arguments_are_masked_too() -> None:
    """Logging would print them as they are."""
    record = logging.makeLogRecord({"msg": "%d people", "args": (f"電話{PHONE}",)})
    PersonalDataFilter().filter(record)
    assert PHONE not in record.getMessage()


def test_access_records_keep_their_arguments() -> None:
    """The formatter of the web server takes them apart."""
    arguments = ("127.0.0.1:1", "GET", f"/?tel={PHONE}", "1.1", 200)
    record = logging.makeLogRecord({"name": "uvicorn.access", "msg": "%s %s %s %s %d", "args": arguments})
    PersonalDataFilter().filter(record)
    assert isinstance(record.args, tuple)
    assert record.args[0] == "127.0.0.1:1"
    assert PHONE not in record.getMessage()


def test_every_handler_is_covered_once() -> None:
    """The one of last resort as well, and calling again replaces the filter."""
    handler = logging.NullHandler()
    logger = logging.getLogger("assistant.some.part")
    logger.addHandler(handler)
    mask_logs()
    mask_logs(known_values(["07-3368333"]))
    try:
        assert logging.lastResort is not None
        for one in (handler, logging.lastResort):
            assert sum(isinstance(each, PersonalDataFilter) for each in one.filters) == 1
    finally:
        logger.removeHandler(handler)
        for one in (*logging.getLogger().handlers, logging.lastResort):
            for each in [each for each in (one.filters if one else ()) if isinstance(each, PersonalDataFilter)]:
                one.removeFilter(each)
