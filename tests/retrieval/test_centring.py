"""Centring: language means are taken out, kept on disk, and made anew where they do not fit."""

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import StoreError
from assistant.models import CityEmbeddings
from assistant.retrieval.centring import SHARE, Centring, load_samples, mean_vectors
from tests.doubles import WordEmbeddings


class CountingEmbeddings(WordEmbeddings):
    """Counts the questions that it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.questions = 0

    def embed_query(self, text: str) -> list[float]:
        self.questions += 1
        return super().embed_query(text)


def cosine(embedder: CityEmbeddings, vector: list[float], text: str) -> float:
    return float(np.dot(vector, embedder.embed_query(text)))


def test_what_all_questions_share_counts_less(tmp_path: Path) -> None:
    """A document like every question of the language falls behind one that has this question's own word."""
    embedder = WordEmbeddings()
    like_all = "".join(load_samples()["zh-TW"])
    before, after = (
        embedder.embed_query("渡輪要多少錢？"),
        Centring(embedder, tmp_path).embed("渡輪要多少錢？", "zh-TW")[0],
    )
    gap_before = cosine(embedder, before, "渡輪票") - cosine(embedder, before, like_all)
    assert cosine(embedder, after, "渡輪票") - cosine(embedder, after, like_all) > gap_before
    assert np.linalg.norm(after) == pytest.approx(1)


def test_the_mean_of_the_questions_own_language_is_taken_out(tmp_path: Path) -> None:
    """An English question loses the English mean, whatever else is known."""
    embedder = WordEmbeddings()
    means = dict(zip(load_samples(), mean_vectors(embedder, load_samples()), strict=True))
    vector = np.array(embedder.embed_query("How much does the ferry cost?"))
    expected = vector - SHARE * means["en"]
    found, language = Centring(embedder, tmp_path).embed("How much does the ferry cost?", "en")
    assert language == "en"
    assert found == pytest.approx((expected / np.linalg.norm(expected)).tolist(), abs=1e-5)


def test_questions_in_latin_script_are_told_apart(tmp_path: Path) -> None:
    """Vietnamese is no English, though both are answered in English; a strange language counts as English."""
    centring = Centring(WordEmbeddings(), tmp_path)
    languages = [centring.embed(text, "en")[1] for text in ("Vé giá bao nhiêu tiền?", "Berapa biayanya?", "xyzzy")]
    assert languages == ["vi", "id", "en"]


def test_means_are_computed_once_for_a_set_of_weights(tmp_path: Path) -> None:
    """The next process reads them from the file: only its question is embedded."""
    Centring(WordEmbeddings(), tmp_path).embed("渡輪", "zh-TW")
    embedder = CountingEmbeddings()
    Centring(embedder, tmp_path).embed("渡輪", "zh-TW")
    assert embedder.questions == 1


def test_means_that_do_not_fit_are_made_anew(tmp_path: Path) -> None:
    """A file of another number of languages or dimensions is replaced, not used."""
    Centring(WordEmbeddings(), tmp_path).embed("渡輪", "zh-TW")
    (path,) = tmp_path.glob("*.npy")
    np.save(path, np.zeros((1, 3)))
    vector = Centring(WordEmbeddings(), tmp_path).embed("渡輪", "zh-TW")
    assert vector == Centring(WordEmbeddings(), tmp_path / "fresh").embed("渡輪", "zh-TW")
    assert np.load(path).shape == (len(load_samples()), WordEmbeddings.dimensions)


def test_the_samples_are_as_many_in_each_language() -> None:
    """The languages' means differ by language, not by what was asked."""
    assert len({len(questions) for questions in load_samples().values()}) == 1
    assert {"zh-TW", "en", "vi", "id"} <= set(load_samples())


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The error says where, and what to check."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(StoreError, match="taken"):
        Centring(WordEmbeddings(), tmp_path / "taken").prepare()
