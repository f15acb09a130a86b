"""The shipped judge with its real weights, on texts that it was not trained on."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.models import AnswerJudge
from assistant.models.judge import Read
from assistant.settings import load_settings

pytestmark = pytest.mark.integration

LIBRARY = (
    "青嶺市立圖書館借閱須知\n"
    "一般讀者每次可借圖書10冊，借期30天。\n"
    "逾期每冊每日罰款2元。\n"
    "閱覽室每週一休館。\n"
    "攜帶寵物者不得入館，導盲犬除外。"
)
PARTS = tuple((LIBRARY.index(line), LIBRARY.index(line) + len(line)) for line in LIBRARY.split("\n"))
READ = Read("圖書館", LIBRARY, PARTS)


@pytest.fixture(scope="module")
def judge() -> AnswerJudge:
    return AnswerJudge(load_settings().models_dir)


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("一次可以借幾本書？", 1),
        ("書太晚還，一天要罰多少？", 2),
        ("How much is the fine for a book that is returned late?", 2),
    ],
)
def test_it_finds_the_answer_and_points_to_it(judge: AnswerJudge, question: str, line: int) -> None:
    """In Chinese, in everyday words and across languages: there is an answer, most likely in the right line."""
    (judgement,) = judge.judge(question, [READ])
    assert judgement.answers > 0
    assert max(range(len(PARTS)), key=judgement.parts.__getitem__) == line


@pytest.mark.parametrize("question", ["圖書館的電話是幾號？", "Who designed the library building?", "颱風天要上班嗎？"])
def test_it_says_where_nothing_answers(judge: AnswerJudge, question: str) -> None:
    """The topic alone is no answer."""
    (judgement,) = judge.judge(question, [READ])
    assert judgement.answers < 0


def test_many_people_at_once_get_the_same(judge: AnswerJudge) -> None:
    """Judging is safe from several threads, and a passage is judged alike alone and among others."""
    alone = judge.judge("借期多久？", [READ])[0]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: judge.judge("借期多久？", [Read("", "別的事。"), READ])[1], range(8)))
    assert all(one.answers == pytest.approx(alone.answers, abs=0.3) for one in together)


def test_a_home_without_models_prepares_its_own(tmp_path: Path) -> None:
    """The encoder is made from the embedding wheel where no folder is there yet."""
    (judgement,) = AnswerJudge(tmp_path / "models").judge("一次可以借幾本書？", [READ])
    assert len(judgement.parts) == len(PARTS)
