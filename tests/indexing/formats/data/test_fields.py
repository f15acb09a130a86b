"""What the fields of published data mean."""

import pytest

from assistant.indexing.formats.data.fields import field_of, fold_name, has_role


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Question", "question"),
        ("FAQ_QUESTION", "question"),
        ("1.問題", "question"),
        ("問題(Question)", "question"),
        ("答覆內容", "answer"),
        ("ReplyContent", "answer"),
        ("news_title", "question_like"),
        ("CaseContent", "answer_like"),
        ("deptName", "bureau"),
        ("主要承辦機關", "bureau"),
        ("PostDate", "posted"),
        ("post-date", "posted"),
        ("最後更新日期", "revised"),
        ("問題類別", "topic"),
    ],
)
def test_names_are_known_in_any_spelling(name: str, role: str) -> None:
    """Case, marks, camel case and words before the known name do not matter."""
    assert field_of([name], "faq", role) == name


def test_whole_names_win_over_endings() -> None:
    """`title` is more of a title than `subtitle` or `page_title` is."""
    assert field_of(["page_title", "title"], "faq", "question_like") == "title"
    assert not has_role("page_title", "faq", "question_like")


def test_a_letter_is_no_ending() -> None:
    """`option_a` is no answer, though `a` alone may be."""
    assert field_of(["option_a"], "faq", "answer") is None
    assert field_of(["A"], "faq", "answer") == "A"


def test_namespaces_and_marks_are_no_part_of_a_name() -> None:
    """XML names carry a namespace, spreadsheets full-width letters."""
    assert fold_name("{urn:x}Post_Date") == fold_name("ＰＯＳＴ ｄａｔｅ") == "postdate"
