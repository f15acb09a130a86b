"""The engine stage: which questions it takes, what it asks, and how rows become figures."""

import argparse
from pathlib import Path

import pytest

from assistant.errors import EngineUnavailable
from assistant.settings import load_settings
from eval.datasets import Item
from eval.engine import Scribe, alternating, run, summarize


def item(number: str, lang: str, answerable: bool = True) -> Item:
    return Item(number, "?", lang, "citizen", "dev", answerable, (), ())


def row(engine: str, factor: float, answer: str = "yes") -> dict[str, object]:
    figures = {"prompt_tokens": 100, "prompt_s": 1.0 / factor, "generated_tokens": 10, "generated_s": 1.0 / factor}
    return {"id": "a", "engine": engine, "cached_tokens": 50, "whole_s": 2.0 / factor, "answer": answer, **figures}


def test_the_languages_take_turns() -> None:
    """Answerable questions alternate between the languages as long as there are some of both."""
    items = [item("1", "zh-TW"), item("2", "zh-TW"), item("3", "en"), item("4", "en", False), item("5", "zh-TW")]
    assert [chosen.id for chosen in alternating(items)] == ["1", "3", "2", "5"]


def test_the_scribe_keeps_the_whole_request() -> None:
    """What the product asks is kept word for word, with the further fields of the request."""
    scribe = Scribe()
    with pytest.raises(EngineUnavailable):
        scribe.complete([("user", "hello")], max_tokens=9, stop=["."], extra={"grammar": "g"})
    assert scribe.bodies == [
        {
            "messages": [{"role": "user", "content": "hello"}],
            "max_tokens": 9,
            "stop": ["."],
            "temperature": 0.0,
            "grammar": "g",
        }
    ]


def test_the_ratio_is_native_over_wheel() -> None:
    """A server twice as fast reads twice as much in a second, and needs half the time."""
    figures = summarize([row("wheel", 1), row("native", 2)], {"wheel": 2000, "native": 1800})
    assert figures["ratio"]["prompt_tokens_per_s"] == 2.0
    assert figures["ratio"]["whole_answer_s_p50"] == 0.5
    assert figures["wheel"]["memory_mb"] == 2000


def test_other_words_are_counted() -> None:
    """Both servers run the same model, so the share of equal answers is reported."""
    memory = {"wheel": 1, "native": 1}
    assert summarize([row("wheel", 1), row("native", 1)], memory)["same_answer"] == 1.0
    assert summarize([row("wheel", 1), row("native", 1, "no")], memory)["same_answer"] == 0.0


def test_without_a_compiled_server_there_is_nothing_to_compare(tmp_path: Path) -> None:
    """The stage says what to run first."""
    with pytest.raises(EngineUnavailable, match="city-assistant engine build"):
        run(load_settings(home=tmp_path), argparse.Namespace())
