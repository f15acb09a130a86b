"""Paragraphs, subparagraphs and items of articles."""

from assistant.indexing.formats.data.law_articles import split_article


def places(text: str, *, chinese: bool = True) -> list[str | None]:
    return [part.item for part in split_article(text, None, chinese)]


def test_a_paragraph_may_open_like_a_list() -> None:
    """二、三級防制區 names two classes; a list begins with 一."""
    assert places("甲區內應削減。\n二、三級防制區之規模，由中央定之。") == ["第1項", "第2項"]


def test_lists_begin_anew_in_each_paragraph() -> None:
    """The place names the paragraph that the list stands in."""
    text = "甲：\n一、子。\n二、丑。\n乙：\n一、寅。\n1.卯。\n（一）辰。"
    assert places(text) == [
        "第1項",
        "第1項第1款",
        "第1項第2款",
        "第2項",
        "第2項第1款",
        "第2項第1款第1目",
        "第2項第1款第1目",
    ]


def test_later_insertions_have_branch_numbers() -> None:
    """五之一 stands between five and six."""
    assert places("甲：\n一、子。\n一之一、丑。\n二　寅。") == [None, "第1款", "第1款之1", "第2款"]


def test_a_drawn_table_is_one_part_of_its_place() -> None:
    """Its lines stay as they are and count as no paragraph."""
    parts = split_article("依下表：\n┌──┐\n│甲  │\n└──┘\n前項由部定之。", None, True)
    assert [part.item for part in parts] == ["第1項", "第1項", "第2項"]
    assert parts[1].text.count("\n") == 2


def test_english_places_read_as_they_are_cited() -> None:
    """The first kind of mark in a paragraph is its subparagraphs, one inside it items."""
    text = "It means:\n1. one:\n(1) a;\n(2) b.\n2. two.\nThe preceding paragraph applies."
    assert places(text, chinese=False) == [
        "Paragraph 1",
        "Paragraph 1, Subparagraph 1",
        "Paragraph 1, Subparagraph 1, Item 1",
        "Paragraph 1, Subparagraph 1, Item 2",
        "Paragraph 1, Subparagraph 2",
        "Paragraph 2",
    ]


def test_roman_numerals_and_letters_are_told_by_their_order() -> None:
    """C after B is a letter, I at the beginning a numeral."""
    assert places("It:\nI. a\nII. b\nIII. c", chinese=False)[1:] == [
        "Subparagraph I",
        "Subparagraph II",
        "Subparagraph III",
    ]
    assert places("It:\nA. a\nB. b\nC. c", chinese=False)[1:] == ["Subparagraph A", "Subparagraph B", "Subparagraph C"]


def test_a_caption_is_no_paragraph() -> None:
    """Newer laws give each article a heading in brackets."""
    assert places("(Penal Clause)\nAny person is fined.", chinese=False) == [None, None]
