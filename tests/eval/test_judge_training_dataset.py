"""The reading material: every passage and question says what it should."""

from collections import Counter

from eval.datasets import HERE, load_rows

PASSAGES = load_rows(HERE / "judge-training.jsonl")
QUESTIONS = [(passage, question) for passage in PASSAGES for question in passage["questions"]]
ANSWERED = ("fact", "yesno")


def test_passages_are_told_apart() -> None:
    """Each has an id of its own, a title, a text and a language."""
    assert len({passage["id"] for passage in PASSAGES}) == len(PASSAGES) == 615
    assert all(passage["title"] and passage["text"] for passage in PASSAGES)
    assert {passage["lang"] for passage in PASSAGES} == {"zh-TW", "en"}


def test_answers_stand_in_their_passages() -> None:
    """What answers is a part of the text; what does not answer has none."""
    for passage, question in QUESTIONS:
        answer = question.get("answer", "")
        assert bool(answer) == (question["kind"] in ANSWERED), (passage["id"], question["question"])
        assert answer in passage["text"], (passage["id"], answer)


def test_yes_and_no_are_balanced() -> None:
    """A verdict stands with yes/no questions alone, and neither is the rule."""
    verdicts = Counter(question.get("verdict") for _, question in QUESTIONS if question["kind"] == "yesno")
    others = {question.get("verdict") for _, question in QUESTIONS if question["kind"] != "yesno"}
    assert verdicts.keys() == {"yes", "no"}
    assert 0.45 < verdicts["yes"] / verdicts.total() < 0.55
    assert others <= {None, ""}


def test_the_city_is_no_part_of_it() -> None:
    """A model that learned facts of the real city here could be measured too well."""
    told = [passage["id"] for passage in PASSAGES if "高雄" in str(passage) or "Kaohsiung" in str(passage)]
    assert not told
