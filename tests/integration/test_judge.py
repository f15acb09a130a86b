"""The shipped judge with its real weights, on texts that it was not trained on."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from assistant.models import AnswerJudge
from assistant.models import judge as module
from assistant.models.e5_file import E5File
from assistant.models.e5_wheel import encoder_folder, wheel_weights
from assistant.models.judge import Read
from assistant.models.unigram import Unigram
from assistant.settings import load_settings
from assistant.training import Example, train_judge
from assistant.training.judge_graph import exported_weights

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
    return AnswerJudge()


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
    assert together == [alone] * 8


def test_it_is_loaded_before_a_person_waits(tmp_path: Path) -> None:
    """Nothing is prepared for it in the models' folder, and it takes no second."""
    begun = time.process_time()
    (judgement,) = AnswerJudge(tmp_path / "models").judge("一次可以借幾本書？", [READ])
    assert time.process_time() - begun < 2
    assert len(judgement.parts) == len(PARTS)
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize(
    "text",
    [
        LIBRARY,
        "①㎡ ＡＢＣ　兩　　空格\n次行\t定位 07～09 時，ﬁne ½",
        "罕見字：𠮷、堃、喆、犇，以及 emoji 🚌👨‍👩‍👧。",
        "第12條之1　申請人應於三個月內提出申請；逾期不受理。",
        "Senior citizens (65+) pay NT$100 per replacement;\n\n  see https://example.org/a?b=1.",
        "한국어, ภาษาไทย, हिन्दी, Tiếng Việt, العربية",
    ],
)
def test_tokens_and_places_are_those_of_the_library(text: str) -> None:
    """What the judge reads is what the embedding model's own tokenizer makes of a text."""
    library = Tokenizer.from_file(str(encoder_folder(load_settings().models_dir) / "tokenizer.json"))
    encoded = library.encode(text, add_special_tokens=False)
    assert [tuple(token) for token in Unigram.of(E5File(wheel_weights())).tokens(text)] == [
        (one, *span) for one, span in zip(encoded.ids, encoded.offsets, strict=True)
    ]


def test_a_judge_that_is_trained_here_can_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Training goes on from the shipped weights, and what it writes reads as they do after one small step."""
    (before,) = AnswerJudge().judge("一次可以借幾本書？", [READ])
    start = LIBRARY.index("10冊")
    example = Example("一次可以借幾本書？", "圖書館", LIBRARY, start, start + 3, "answer")
    shipped = exported_weights(Path(module.__file__).with_name(module.WEIGHTS).read_bytes())
    trained = train_judge(encoder_folder(load_settings().models_dir), [[example]], start_from=shipped)
    (tmp_path / "judge.onnx").write_bytes(trained)
    monkeypatch.setattr(module, "WEIGHTS", str(tmp_path / "judge.onnx"))
    (after,) = AnswerJudge().judge("一次可以借幾本書？", [READ])
    assert after.answers == pytest.approx(before.answers, abs=1)
    assert max(range(len(PARTS)), key=after.parts.__getitem__) == 1
