"""Native tool calls are counted by the protocol and with a lenient reader of the model's text."""

from typing import Any

import pytest
from langchain_core.language_models.fake_chat_models import FakeMessagesListChatModel
from langchain_core.messages import AIMessage

from assistant.services import Argument, Service
from eval.tools.native import called_in_text, measure_native, native_figures, schema_of

NAMES = frozenset({"weather", "report_problem"})
ARGUMENTS = {
    "category": Argument("choice", True, words={"pothole": ("坑洞",)}),
    "passengers": Argument("number"),
    "place": Argument("place"),
}
WORDS = {"zh-TW": "通報", "en": "Report a problem"}
SERVICE = Service("report_problem", "public", True, WORDS, WORDS, {}, {}, arguments=ARGUMENTS)
ROW: dict[str, Any] = {
    "id": "tl-900",
    "split": "dev",
    "lang": "en",
    "as_of": "2026-11-23T08:12+08:00",
    "question": "Report a pothole at the station",
    "tools": ["report_problem"],
    "missing": [],
    "documents": False,
}


def test_a_service_is_a_tool_of_the_protocol() -> None:
    """Required arguments, numbers and choices are said."""
    function = schema_of(SERVICE)["function"]
    assert function["name"] == "report_problem"
    assert function["parameters"] == {
        "type": "object",
        "properties": {
            "category": {"type": "string", "enum": ["pothole"]},
            "passengers": {"type": "integer"},
            "place": {"type": "string"},
        },
        "required": ["category"],
    }


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ('```json\n{"name": "weather", "arguments": {"place": "左營"}}\n```', {"weather"}),
        ('<tool_call>{"name": "weather", "arguments": {}}</tool_call> {"name": "report_problem"}', set(NAMES)),
        ('{{"name": "weather"}}}', {"weather"}),
        ('{"name": "trains"}', set()),
        ("It will rain.", set()),
    ],
)
def test_calls_that_come_as_text_are_read_leniently(text: str, called: set[str]) -> None:
    """Whatever the JSON object is wrapped in."""
    assert called_in_text(text, NAMES) == called


def test_calls_text_and_restraint_are_counted() -> None:
    """By the protocol only what the server parsed counts."""
    call = {"name": "report_problem", "args": {}, "id": "1"}
    said = [AIMessage("", tool_calls=[call]), AIMessage('{"name": "report_problem"}'), AIMessage("Hello!")]
    rows = [ROW, {**ROW, "id": "tl-901"}, {**ROW, "id": "tl-902", "tools": []}]
    measured = list(measure_native(FakeMessagesListChatModel(responses=list(said)), [SERVICE], rows))
    figures = native_figures(measured)
    assert figures["native"] == {"calls": 1, "right": 0.5, "restraint": 1.0, "asked_for_missing": None}
    assert figures["lenient"] == {"calls": 2, "right": 1.0, "restraint": 1.0, "asked_for_missing": None}
