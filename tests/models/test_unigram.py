"""The tokenizer of E5, beside the library's on a small vocabulary; tests/integration compare the real one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from assistant.models.unigram import Marks, Token, Unigram

MARKS = Marks(begin=0, end=1, unknown=2)
PIECES = {
    "<s>": 0.0,
    "</s>": 0.0,
    "<unk>": 0.0,
    "▁": -2.11,
    "圖": -6.3,
    "書": -5.2,
    "圖書": -7.1,
    "▁圖書館": -8.9,
    "館": -4.7,
    "a": -3.3,
    "aa": -4.1,
    "ab": -5.9,
    "▁ab": -6.2,
    "b": -4.9,
    "é": -7.7,
    "<": -8.1,
    "s": -4.4,
    ">": -8.2,
}


@pytest.fixture(scope="module")
def unigram() -> Unigram:
    lengths = np.array([len(piece) for piece in PIECES])
    scores = np.array(list(PIECES.values()), np.float32)
    return Unigram("".join(PIECES), lengths, scores, MARKS, {ord("\n"): " ", ord("㍿"): "ab", ord("\u200b"): ""})


@pytest.fixture(scope="module")
def library() -> Tokenizer:
    scores = np.array(list(PIECES.values()), np.float32).tolist()
    made = Tokenizer(models.Unigram(list(zip(PIECES, scores, strict=True)), unk_id=MARKS.unknown))
    made.normalizer = normalizers.Sequence(
        [normalizers.Replace("\n", " "), normalizers.Replace("㍿", "ab"), normalizers.Replace("  ", " ")]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    return made


def names(tokens: list[Token]) -> list[str]:
    return [list(PIECES)[token.id] for token in tokens]


def test_the_most_likely_pieces_are_taken(unigram: Unigram) -> None:
    """One long piece beats its parts where its probability is higher than their product, and only there."""
    assert names(unigram.tokens("圖書館")) == ["▁圖書館"]
    assert names(unigram.tokens("aab")) == ["▁", "aa", "b"]


@given(text=st.text(alphabet="ab圖書館é\n㍿x界<> ", max_size=30).filter(lambda text: "   " not in text))
def test_tokens_and_places_are_those_of_the_library(unigram: Unigram, library: Tokenizer, text: str) -> None:
    """Ids and offsets agree, for known and unknown characters, line ends and what is read as something else."""
    text = text.replace("\n", "a\n").replace("  ", " a")
    encoded = library.encode(text, add_special_tokens=False)
    assert [tuple(token) for token in unigram.tokens(text)] == [
        (one, *span) for one, span in zip(encoded.ids, encoded.offsets, strict=True)
    ]


def test_unknown_characters_in_a_row_are_one_token(unigram: Unigram) -> None:
    """What the vocabulary lacks costs one token, and says where it stands."""
    assert unigram.tokens("a世界b")[2] == Token(MARKS.unknown, 1, 3)


def test_several_spaces_are_read_as_one(unigram: Unigram) -> None:
    """The space before a word is the last of them."""
    assert unigram.tokens("b \n  ab")[2:] == [Token(list(PIECES).index("▁ab"), 4, 7)]


def test_an_accent_joins_its_letter(unigram: Unigram) -> None:
    """A letter with a combining mark is the letter that has it."""
    assert unigram.tokens("e\u0301")[1] == Token(list(PIECES).index("é"), 0, 2)


def test_a_mark_in_a_text_is_text(unigram: Unigram) -> None:
    """Nobody can end a passage by writing the mark that ends it."""
    assert names(unigram.tokens("<s>"))[1:] == ["<", "s", ">"]


@pytest.mark.parametrize("text", ["", "\u200b"])
def test_nothing_has_no_tokens(unigram: Unigram, text: str) -> None:
    """Not even the space that comes before each text."""
    assert unigram.tokens(text) == []


def test_broken_text_is_read(unigram: Unigram) -> None:
    """An unpaired surrogate is an unknown character."""
    assert unigram.tokens("\ud800")[-1].id == MARKS.unknown
