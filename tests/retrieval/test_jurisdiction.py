"""Jurisdiction: whose documents answer here."""

import pytest

from assistant.retrieval.jurisdiction import Jurisdiction
from assistant.schema import Document

HERE = Jurisdiction(["高雄市", "Kaohsiung City"], ["臺北", "Taipei"])


def document(bureau: str, title: str = "停車") -> Document:
    return Document("d", "d.md", title, bureau)


@pytest.mark.parametrize("bureau", ["高雄市政府交通局", "交通部公路局", ""])
def test_the_citys_own_and_national_documents_answer(bureau: str) -> None:
    """Only a publisher of another place is shut out."""
    assert HERE.admits(document(bureau), "停車費怎麼繳？")


@pytest.mark.parametrize("bureau", ["臺北市政府交通局", "台北市停車管理工程處", "Taipei City Government"])
def test_another_citys_documents_do_not(bureau: str) -> None:
    """In either spelling and language."""
    assert not HERE.admits(document(bureau), "停車費怎麼繳？")


def test_a_question_that_names_the_other_city_may_see_them() -> None:
    """Who asks about Taipei may be shown what Taipei says."""
    assert HERE.admits(document("臺北市政府交通局"), "台北的停車費怎麼繳？")
    assert HERE.admits(document("臺北市政府交通局"), "How do I pay for parking in Taipei?")


def test_without_a_publisher_the_title_decides() -> None:
    """A title that names both places is the city's too."""
    assert not HERE.admits(document("", "臺北市停車須知"), "停車")
    assert HERE.admits(document("", "從高雄市到臺北的高鐵"), "高鐵")
    assert HERE.admits(document("高雄市政府財政局", "臺北惜物網拍賣"), "拍賣")
