"""The lists stage: its databases hold what the product would have written, and slow lists are named."""

import pytest

from assistant.people.people import open_people
from assistant.settings import Settings, load_settings
from eval.lists.filling import DIMENSIONS, embed, fill, question
from eval.lists.measuring import ADMIN, LISTS, NEW_QUESTIONS, WORK, Filled, measure, source_of_all
from eval.lists.report import report_lines, slow_lists

SIZE = 60


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = load_settings(home=tmp_path_factory.mktemp("lists") / "home", database_url="")
    fill(settings, SIZE, source_of_all())
    return settings


def test_a_filled_database_is_whole(settings: Settings) -> None:
    """As many rows of each kind, an audit that verifies, and the ratio of states that the module tells of."""
    people = open_people(settings)
    counted = people.conversations.count()
    checked = people.audit.verify()
    groups, reviewed = people.unanswered.page(ADMIN, limit=1)[1], people.reviewed.list()[1]
    people.close()
    assert counted == (SIZE, SIZE // 5)
    assert (checked.rows, checked.is_whole, checked.unanchored) == (SIZE, True, 0)
    assert (groups, reviewed) == (SIZE * 8 // 10, SIZE)


def test_every_list_and_check_is_measured(settings: Settings) -> None:
    """In milliseconds, those of new questions too."""
    people = open_people(settings)
    found = measure([Filled(settings, people, SIZE)], takes=1)[SIZE]
    people.close()
    gathered = {name for name in found if name.startswith(f"{NEW_QUESTIONS} new questions")}
    assert set(found) == {*LISTS, *WORK, *gathered}
    assert len(gathered) == 2
    assert min(found.values()) > 0


def test_questions_and_vectors_are_the_same_in_each_run() -> None:
    """No two questions are alike, and a vector has length 1."""
    assert len({question(number) for number in range(5000)}) == 5000
    vector = embed(question(1), "zh-TW")
    assert vector.shape == (DIMENSIONS,)
    assert float(vector @ vector) == pytest.approx(1.0, abs=1e-5)
    assert (vector == embed(question(1), "zh-TW")).all()


def test_slow_lists_are_marked() -> None:
    """A page may take a tenth of a second; work that runs beside may take longer."""
    fast = dict.fromkeys([*LISTS, *WORK], 1.0)
    slow = {**fast, next(iter(LISTS)): 101.0, next(iter(WORK)): 5000.0}
    review = {"1000": {"a question": 1.0}, "10000": {"a question": 2.0}}
    figures = {"ms": {"1000": fast, "100000": slow}, "review_ms": review}
    lines = list(report_lines({"rows": {"small": 1000, "large": 100_000}, "SQLite": figures}))
    assert slow_lists(figures) == [next(iter(LISTS))]
    assert [line for line in lines if line.endswith("| yes |")] == [
        f"| {next(iter(LISTS))} | 1.0 | 101.0 | 101.0 | yes |"
    ]
    assert "| a question | 1.00 | 2.00 | 2.0 |" in lines
