"""The small language of wordings."""

import pytest

from assistant.guardrails.wordings import Reader, compile_wordings, read_lists, split_wordings

READER = Reader({"小孩": "囡仔 | 囝仔", "cannot": "cant | can not", "家": "厝"})
WORDS = read_lists({"who": "he she", "person": "我 小孩"}, READER)


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        ("失火了", "隔壁失火了！"),
        ("{person}…掉", "囡仔對樓頂掉落來"),
        ("胸(口)痛", "胸痛"),
        ("胸(口)痛", "胸口痛"),
        ("呼吸", "没 有 呼 吸"),
        ("家", "阮厝"),
        ("{who} …breath*", "He CAN’T take breaths"),
        ("call (me) (an) ambulance", "call ambulance"),
        ("call (me) (an) ambulance", "Call me an ambulance!"),
        ("break in(to) (my/our)", "they break into our shop"),
        ("cannot move", "I can't move"),
        ("# years ago", "5 years ago"),
        ("help$", "help, please"),
    ],
)
def test_a_wording_finds_what_people_write(wording: str, text: str) -> None:
    """Gaps, lists, choices, endings and other writings of a word are found."""
    assert compile_wordings(wording, WORDS, READER).search(READER.read(text))


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        ("fire", "fired"),
        ("{who} …breath*", "the breath"),
        ("{who} …breath*", "he left. Take a breath"),
        ("call (me/us)", "call him"),
        ("{person}…掉", "小孩來了。鑰匙掉了"),
        ("help$", "help me fill it in"),
    ],
)
def test_a_wording_finds_whole_words_of_one_sentence(wording: str, text: str) -> None:
    """Latin words are whole, and a gap does not leave the sentence."""
    assert not compile_wordings(wording, WORDS, READER).search(READER.read(text))


def test_a_block_has_its_wordings_between_bars_and_on_lines() -> None:
    """Both the bar and the end of a line part two wordings."""
    assert split_wordings("a | b c\n\n d \n") == ["a", "b c", "d"]


def test_an_empty_block_finds_nothing() -> None:
    """A kind of danger may leave out any of its lists."""
    assert not compile_wordings("", WORDS, READER).search("anything")


def test_an_unknown_list_is_a_fault() -> None:
    """A misspelt name of a list is not passed over in silence."""
    with pytest.raises(KeyError):
        compile_wordings("{nobody} …falls", WORDS, READER)


def test_a_space_between_chinese_words_is_a_comma() -> None:
    """Who dictates leaves a space where the voice paused; it parts clauses, unless single characters are spread."""
    assert READER.read("媽媽暈倒 快來") == "媽媽暈倒，快來"
    assert READER.read("救 命") == "救命"
