"""The model that scores messages for services."""

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import StoreError
from assistant.routing import service_model
from assistant.routing.service_examples import Example, load_examples
from assistant.routing.service_model import Scores, ServiceModel, open_model
from assistant.services import load_services
from tests.doubles import WordEmbeddings
from tests.routing.live_city import TOWN, add_service, write_city


class Counting(WordEmbeddings):
    """Counts what it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_query(self, text: str) -> list[float]:
        self.asked.append(text)
        return super().embed_query(text)


def opened(folder: Path, embedder: WordEmbeddings) -> ServiceModel:
    return open_model(folder / "home", load_examples(folder, load_services(folder)), TOWN, embedder)


def scored(folder: Path, text: str) -> Scores:
    embedder = WordEmbeddings()
    return opened(folder, embedder).score([text], TOWN, embedder)[0]


def test_a_message_looks_most_like_its_service(tmp_path: Path) -> None:
    """Its score is the highest, and higher than that of needing none."""
    found = scored(write_city(tmp_path), "急診現在要等多久")
    assert found.services[0][0] == "emergency"
    assert found.services[0][1] > found.none


def test_a_question_about_a_service_looks_like_none(tmp_path: Path) -> None:
    """Near misses teach restraint."""
    found = scored(write_city(tmp_path), "公車可以帶貓嗎")
    assert found.documents > found.services[0][1]


def test_it_is_fitted_once(tmp_path: Path) -> None:
    """The second opening embeds nothing and gives the same scores."""
    write_city(tmp_path)
    first, second = Counting(), Counting()
    one, same = opened(tmp_path, first), opened(tmp_path, second)
    assert first.asked
    assert second.asked == []
    assert np.allclose(one.weights, same.weights)


def test_new_examples_are_embedded_alone(tmp_path: Path) -> None:
    """A change of the data costs only what is new."""
    opened(write_city(tmp_path), Counting())
    add_service(tmp_path, "water", ["哪裡可以裝水"], ["Where can I refill my bottle?"])
    again = Counting()
    assert "water" in opened(tmp_path, again).labels
    assert sorted(again.asked) == ["Where can I refill my bottle?", "哪裡可以裝水"]


def test_other_weights_need_another_fit(tmp_path: Path) -> None:
    """A model belongs to the embedder that it was fitted with."""
    opened(write_city(tmp_path), WordEmbeddings())
    other = Counting()
    other.fingerprint = "words/2"
    opened(tmp_path, other)
    assert other.asked


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The message says where, and what to do."""
    (write_city(tmp_path) / "home").write_text("a file", encoding="utf-8")
    with pytest.raises(StoreError, match="home"):
        opened(tmp_path, WordEmbeddings())


def test_a_message_may_have_several_labels() -> None:
    """Both services of a message are its targets."""
    texts = [("rain", ("weather",)), ("bus", ("bus",)), ("rain bus", ("bus", "weather")), ("fee", ("documents",))]
    embedder = WordEmbeddings()
    vectors = np.array([[embedder.embed_query(text) for text, _ in texts]] * 2, dtype=np.float32)
    counts = np.stack([service_model.character_counts(text) for text, _ in texts])
    model = service_model.fit([Example(*one) for one in texts], vectors, counts)
    scores = dict(model.score(["rain bus"], TOWN, embedder)[0].services)
    assert min(scores["bus"], scores["weather"]) > 0.4
