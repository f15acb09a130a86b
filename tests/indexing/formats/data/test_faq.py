"""Questions and answers as documents."""

from datetime import date

import pytest

from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.data.faq import faq_documents, find_roles, is_announced
from assistant.indexing.formats.data.values import Table
from assistant.settings import Settings

QUESTIONS = ("如何申請低收入戶？", "租金補貼何時申請？", "遊民如何安置？")
ANSWERS = ("請至區公所社會課辦理，審核約三十日。", "每年七月一日至八月三十一日。", "撥打1999通報社會局派員訪視。")


def table(*columns: str, rows: list[tuple[str, ...]] | None = None) -> Table:
    return Table(columns, rows or list(zip(QUESTIONS, ANSWERS, strict=True)))


def documents(found: Table, announced: bool = False) -> list[ParsedDocument]:
    roles = find_roles(found, announced)
    return list(faq_documents(found, roles, Settings())) if roles else []


def test_an_entry_says_all_that_its_fields_say() -> None:
    """Question, answer, contact; office, topic, address and the date of its last revision."""
    row = (
        "7",
        QUESTIONS[0],
        "一、帶身分證。\n二、填申請書。",
        "高雄市政府社會局",
        "107.12.20",
        "20200101",
        "福利",
        "https://a/7",
        "07-1",
    )
    names = ("id", "question", "answer", "bureau", "revise_date", "post_date", "kind", "url", "phone")
    document = documents(table(*names, rows=[row]))[0]
    assert [block.text for block in document.blocks] == [
        QUESTIONS[0],
        "一、帶身分證。",
        "二、填申請書。",
        "phone：07-1",
    ]
    assert (document.title, document.part, document.language) == (QUESTIONS[0], "7", "zh-TW")
    metadata = document.metadata
    assert (metadata.type, metadata.topic, metadata.bureau) == ("faq", "福利", "高雄市政府社會局")
    assert (metadata.url, metadata.published) == ("https://a/7", date(2018, 12, 20))


@pytest.mark.parametrize(
    "columns",
    [
        ("問題", "答案"),
        ("FAQ_Question", "FAQ_Answer"),
        ("主旨", "答覆內容"),
        ("問題", "內容"),
        ("Q", "A"),
        ("問", "答"),
    ],
)
def test_fields_are_known_by_their_names(columns: tuple[str, str]) -> None:
    """Cities name the same two fields in many ways."""
    assert [document.title for document in documents(table(*columns))] == list(QUESTIONS)


def test_titles_with_texts_need_a_sign() -> None:
    """News has titles and contents too: titles must ask, or the file must say what it is."""
    news = table("title", "content", rows=[("市府新聞一", "今日舉行記者會。"), ("市府新聞二", "今日啟用圖書館。")])
    assert find_roles(news, announced=False) is None
    assert find_roles(news, announced=True)
    assert find_roles(table("title", "content"), announced=False)


def test_columns_without_known_names_are_found_by_their_cells() -> None:
    """Most cells of one end with a question mark, another holds the longest texts."""
    roles = find_roles(table("甲欄", "乙欄"), announced=False)
    assert roles
    assert (roles.question, roles.answer) == ("甲欄", "乙欄")


@pytest.mark.parametrize(
    "found",
    [
        table("問題", "機關", rows=[("如何?", "財政局"), ("何時?", "社會局")]),
        table("名稱", "a", rows=[("甲公園", "1"), ("乙公園", "2")]),
        table("question", "answer", rows=[("x" * 400, "y" * 90), ("z" * 400, "w" * 90)]),
    ],
    ids=["no answers", "letters for columns", "texts for questions"],
)
def test_other_tables_are_no_questions(found: Table) -> None:
    """A list of questions without answers is read as rows, as any table is."""
    assert find_roles(found, announced=True) is None


def test_entries_without_answer_and_copies_are_left_out() -> None:
    """Open data holds drafts, and the same entry twice."""
    rows = [(QUESTIONS[0], ANSWERS[0]), (QUESTIONS[1], " "), (QUESTIONS[0], ANSWERS[0]), (QUESTIONS[2], "<p> </p>")]
    assert len(documents(table("問題", "答案", rows=rows))) == 1


def test_parts_do_not_depend_on_places() -> None:
    """An entry that is added on top moves no other, and ids that only count are no ids."""
    rows = [(str(number), *pair) for number, pair in enumerate(zip(QUESTIONS, ANSWERS, strict=True), start=1)]
    before = [document.part for document in documents(table("序號", "問題", "答案", rows=rows))]
    added = [("1", "新的問題？", "新的回答內容文字。"), *((str(int(row[0]) + 1), *row[1:]) for row in rows)]
    after = [document.part for document in documents(table("序號", "問題", "答案", rows=added))]
    assert after[1:] == before


def test_one_question_with_two_answers_makes_two_documents() -> None:
    """Two offices answer the same question, each in its way."""
    found = documents(table("問題", "答案", rows=[(QUESTIONS[0], ANSWERS[0]), (QUESTIONS[0], ANSWERS[1])]))
    assert len({document.part for document in found}) == 2


def test_files_announce_questions_by_name() -> None:
    """`kcg_faq.json` and 常見問答.xml do, `traffic.csv` does not."""
    assert is_announced("kcg_faq_dev.jsonl")
    assert is_announced("市政網站整合平台之常見問答.xml")
    assert not is_announced("traffic.csv", "aquarium")
