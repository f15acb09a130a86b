"""Translation of questions by the model: only where it helps, kept, and never in the way."""

from assistant.models.chat_client import Messages
from assistant.retrieval.translation import Translator
from tests.doubles import ScriptedEngine


def started(reply: str, **options: int) -> ScriptedEngine:
    engine = ScriptedEngine(reply, **options)
    engine.start()
    return engine


def test_a_question_is_translated_once() -> None:
    """The next person who asks it does not wait for the model."""
    engine = started("渡輪多少錢？\nSecond line")
    translator = Translator(engine)
    assert [translator.translate("How much is the ferry?") for _ in range(2)] == ["渡輪多少錢？"] * 2
    assert len(engine.asked) == 1


def test_the_question_comes_last() -> None:
    """All before it is the same for every question, so that the engine keeps it read."""
    engine = started("票")
    translator = Translator(engine)
    translator.translate("First?")
    translator.translate("Second?")
    first, second = (list[tuple[str, str]](messages) for messages in engine.asked)
    assert first[:-1] == second[:-1]
    assert (first[-1], second[-1]) == (("user", "First?"), ("user", "Second?"))


def test_a_chinese_question_needs_none() -> None:
    """The model is not asked."""
    engine = started("票")
    assert Translator(engine).translate("渡輪多少錢？") == ""
    assert engine.asked == []


def test_without_an_engine_there_is_none() -> None:
    """A model that is down or dies leaves the question as it is, and is asked again next time."""
    assert Translator(ScriptedEngine("票")).translate("How much?") == ""
    engine = started("票價多少", dies_after=1)
    translator = Translator(engine)
    assert translator.translate("How much?") == ""
    assert translator.translate("How much?") == ""


def test_instructions_of_the_prompt_are_in_every_request() -> None:
    """The system message comes first."""
    engine = started("票")
    Translator(engine).translate("How much?")
    messages: Messages = engine.asked[0]
    assert messages[0][0] == "system"
