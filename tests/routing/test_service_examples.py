"""Examples of what people say, from a city's files."""

from pathlib import Path

import pytest

from assistant.errors import CityDataError
from assistant.routing.service_examples import ASIDES, DOCUMENTS, Example, load_examples
from assistant.services import load_services
from assistant.settings import PROJECT_ROOT
from tests.routing.live_city import write_city


def examples(folder: Path) -> tuple[Example, ...]:
    return load_examples(folder, load_services(folder))


def test_examples_come_with_what_they_need(tmp_path: Path) -> None:
    """Services by their own examples, documents and asides by the near misses, several labels by the third file."""
    labels = {example.text: example.labels for example in examples(write_city(tmp_path))}
    assert labels["明天會下雨嗎"] == ("weather",)
    assert labels["公車票價多少"] == labels["氣象局是誰管的"] == (DOCUMENTS,)
    assert labels["你好"] == (ASIDES,)
    assert labels["88還有多久到，票價多少"] == ("bus", DOCUMENTS)


def test_a_city_needs_no_near_misses(tmp_path: Path) -> None:
    """A new city begins with the examples of its services."""
    write_city(tmp_path)
    (tmp_path / "services-none.toml").unlink()
    (tmp_path / "services-several.toml").unlink()
    assert {label for example in examples(tmp_path) for label in example.labels} >= {"weather", "bus"}


def test_messages_for_services_that_are_not_there_are_left_out(tmp_path: Path) -> None:
    """A service can be taken out of a city without a change of the other files."""
    write_city(tmp_path)
    services = [service for service in load_services(tmp_path) if service.name != "bus"]
    assert not any("bus" in example.labels for example in load_examples(tmp_path, services))


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("services-none.toml", "[examples", "cannot be read"),
        ("services-none.toml", "examples = 3", "malformed"),
        ("services-several.toml", "[[several]]\nzh = ['x']", "services"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, file: str, text: str, said: str) -> None:
    """The message says which file, and what is wrong with it."""
    (write_city(tmp_path) / file).write_text(text, encoding="utf-8")
    with pytest.raises(CityDataError, match=said):
        examples(tmp_path)


def test_the_shipped_examples_are_many_and_never_contradict() -> None:
    """Every service has near misses in both languages, and no text is an example of two things."""
    folder = PROJECT_ROOT / "corpus" / "kaohsiung"
    services = load_services(folder)
    texts = [text for service in services for said in service.examples.values() for text in said]
    found = load_examples(folder, services)
    assert len(texts) == len(set(texts))
    assert len(found) > 4000
    assert not {one.text for one in found if one.labels in ((DOCUMENTS,), (ASIDES,))} & set(texts)
