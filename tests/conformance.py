"""What every engine and every embedder promises; the doubles and the real ones run the same suites."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from assistant.errors import EngineUnavailable
from assistant.models import CityEmbeddings
from assistant.models.engine import Engine

HELLO = [("system", "You are terse."), ("user", "Count from one to twenty in words.")]


class EngineConformance:
    """Subclass it and give it two fixtures: `engine`, which is ready, and `make_engine`, which makes unstarted ones."""

    def test_it_is_ready_and_names_its_model(self, engine: Engine) -> None:
        """A started engine says that it is ready, and who made its model."""
        assert engine.wait_ready(1)
        assert engine.state == "ready"
        assert engine.info.name
        assert engine.provenance.origin == engine.info.origin

    def test_the_stream_is_the_whole_answer_in_parts(self, engine: Engine) -> None:
        """At temperature 0 the joined parts are the whole answer."""
        parts = list(engine.stream(HELLO, max_tokens=8))
        assert len(parts) > 1
        assert "".join(parts) == engine.complete(HELLO, max_tokens=8)

    def test_more_tokens_only_continue_the_answer(self, engine: Engine) -> None:
        """The limit cuts the answer and does not change it."""
        short, long = engine.complete(HELLO, max_tokens=3), engine.complete(HELLO, max_tokens=8)
        assert long.startswith(short)
        assert len(short) < len(long)

    def test_it_stops_at_a_stop_text(self, engine: Engine) -> None:
        """The answer ends before a stop text."""
        whole = engine.complete(HELLO, max_tokens=8)
        stop = whole[len(whole) // 2]
        assert engine.complete(HELLO, max_tokens=8, stop=[stop]) == whole[: whole.index(stop)]

    def test_a_closed_stream_leaves_it_ready(self, engine: Engine) -> None:
        """Whoever stops reading early harms no later answer."""
        whole = engine.complete(HELLO, max_tokens=8)
        stream = engine.stream(HELLO, max_tokens=200)
        next(stream)
        stream.close()
        assert engine.complete(HELLO, max_tokens=8) == whole

    def test_threads_share_it(self, engine: Engine) -> None:
        """Answers to several people at once do not mix."""
        alone = engine.complete(HELLO, max_tokens=8)
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(lambda _: engine.complete(HELLO, max_tokens=8), range(3)))
        assert answers == [alone] * 3

    def test_an_engine_that_was_not_started_says_so(self, make_engine: Callable[[], Engine]) -> None:
        """Asking it is a fault with a cure, not an endless wait."""
        with pytest.raises(EngineUnavailable) as caught:
            make_engine().complete(HELLO, max_tokens=8)
        assert caught.value.cure

    def test_a_closed_engine_says_so(self, make_engine: Callable[[], Engine]) -> None:
        """It may be closed twice, and then no longer answers."""
        engine = make_engine()
        engine.close()
        engine.close()
        assert not engine.wait_ready(0)
        with pytest.raises(EngineUnavailable):
            engine.complete(HELLO, max_tokens=8)


class EmbedderConformance:
    """Subclass it and give it the fixture `embedder`."""

    def test_vectors_have_length_one(self, embedder: CityEmbeddings) -> None:
        """Every vector, of question and passage, has the stated dimensions and length 1."""
        vectors = np.array([*embedder.embed_documents(["垃圾車", "a ferry"]), embedder.embed_query("？")])
        assert vectors.shape == (3, embedder.dimensions)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)

    def test_one_text_has_one_vector(self, embedder: CityEmbeddings) -> None:
        """The vector of a passage depends on neither its neighbours nor the way it was asked for."""
        alone = np.array(embedder.embed_documents(["垃圾車每日收運。"])[0])
        among = np.array(embedder.embed_documents(["a ferry", "垃圾車每日收運。"])[1])
        few = np.array(embedder.embed_few(["垃圾車每日收運。"])[0])
        assert alone @ among > 0.999
        assert alone @ few > 0.999

    def test_a_question_is_nearest_to_its_passage(self, embedder: CityEmbeddings) -> None:
        """The passage that answers is nearer than those that do not."""
        passages = embedder.embed_documents(["渡輪全票每次三十元。", "垃圾車每週三停收。", "圖書館借書期限。"])
        near = np.array(passages) @ np.array(embedder.embed_query("垃圾車停收"))
        assert near.argmax() == 1

    def test_any_text_can_be_embedded(self, embedder: CityEmbeddings) -> None:
        """Empty, half and very long texts have vectors too; no text at all has none."""
        vectors = np.array(embedder.embed_documents(["", " ", "\ud800", "\0", "長" * 600]))
        assert np.isfinite(vectors).all()
        assert embedder.embed_documents([]) == []

    def test_its_weights_have_one_name(self, embedder: CityEmbeddings) -> None:
        """The fingerprint is there and stays the same."""
        assert embedder.fingerprint
        assert embedder.fingerprint == embedder.fingerprint
