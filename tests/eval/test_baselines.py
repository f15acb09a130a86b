"""The plain pipeline does what a tutorial's does, and its refusals are recognised in both languages."""

from pathlib import Path

import pytest
from langchain_core.documents import Document
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import BaseMessage

from assistant.errors import SettingsError
from assistant.models.engine import NoEngine
from assistant.schema import Turn
from eval.baselines.plain_rag import CHUNKS, PlainRag, does_not_know, folder_of, open_chat
from tests.doubles import WordEmbeddings

pytest.importorskip("langchain_chroma")
pytest.importorskip("langchain_text_splitters")

FERRY, LIBRARY = "渡輪全票每次30元。", "圖書館週一休館。"


class Chat(FakeListChatModel):
    """A model that always says the same and remembers what it was asked."""

    asked: list[str] = []  # noqa: RUF012  # a pydantic field, copied for each instance

    def _call(self, messages: list[BaseMessage], *arguments: object, **more: object) -> str:
        self.asked += [message.text for message in messages]
        return super()._call(messages)


def pipeline(folder: Path, *texts: str, answer: str = "30元。") -> tuple[PlainRag, Chat]:
    chat, weights = Chat(responses=[answer]), WordEmbeddings()
    documents = [Document(text, metadata={"names": str(number)}) for number, text in enumerate(texts)]
    return PlainRag(documents, weights, weights, chat, folder), chat


def test_the_model_reads_the_nearest_chunks_and_the_question(tmp_path: Path) -> None:
    """One prompt: instructions, the chunks, the question; what was read is known afterwards."""
    rag, chat = pipeline(tmp_path, FERRY, LIBRARY)
    answer = rag.ask("渡輪票價", "zh-TW")
    assert answer.text == "30元。"
    assert [chunk.page_content for chunk in answer.chunks] == [FERRY, LIBRARY]
    assert chat.asked[0].endswith("Question: 渡輪票價\n\nHelpful Answer:")
    assert set(answer.timings_ms) == {"first_evidence", "total"}


def test_only_chinese_questions_name_the_language(tmp_path: Path) -> None:
    """One fair line, without which the model answers in English."""
    rag, chat = pipeline(tmp_path, FERRY)
    rag.ask("渡輪票價", "zh-TW")
    rag.ask("ferry fare", "en")
    assert ["Answer in Traditional Chinese." in prompt for prompt in chat.asked] == [True, False]


def test_long_texts_are_split_and_four_chunks_are_read(tmp_path: Path) -> None:
    """A thousand characters a chunk, as the tutorial has it."""
    rag, _ = pipeline(tmp_path, "渡輪。" * 2_000)
    chunks = rag.ask("渡輪", "zh-TW").chunks
    assert len(chunks) == CHUNKS
    assert all(len(chunk.page_content) <= 1000 for chunk in chunks)


def test_earlier_turns_stand_before_the_prompt(tmp_path: Path) -> None:
    """The last question of a conversation is asked with what was said."""
    rag, chat = pipeline(tmp_path, FERRY)
    rag.ask("多少錢？", "zh-TW", [Turn("渡輪呢？", "有的。")])
    assert chat.asked[:2] == ["渡輪呢？", "有的。"]


def test_chunks_are_embedded_once(tmp_path: Path) -> None:
    """A later run opens what an earlier one built; other documents are kept elsewhere."""
    weights = WordEmbeddings()
    documents = [Document(FERRY)]
    for _ in range(2):
        PlainRag(documents, weights, weights, Chat(responses=[""]), tmp_path)
    assert weights.embedded == [FERRY]
    assert folder_of(tmp_path, "a", documents, "e5") != folder_of(tmp_path, "a", [Document(LIBRARY)], "e5")


def test_without_a_model_there_is_no_baseline() -> None:
    """It says so, instead of comparing with nothing."""
    with pytest.raises(SettingsError, match="CITY_ASSISTANT_ENGINE"):
        open_chat(NoEngine())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I don't know.",
        "I don’t know the answer to that question.",
        "The context does not mention the opening hours.",
        "There is no information about parking in the provided text.",
        "I cannot answer this based on the context.",
        "我不知道。",
        "根據提供的資料，無法確定票價。",
        "文中並未提及停車費。",
        "抱歉，沒有相關資訊。",
        "根据提供的信息，无法确定。",
        "對不起，我無法回答這個問題。",
    ],
)
def test_a_refusal_is_recognised(text: str) -> None:
    """Saying that one does not know is abstaining, in whatever words and script."""
    assert does_not_know(text)


@pytest.mark.parametrize(
    "text",
    [
        "渡輪全票每次30元。",
        "The fare is 30 dollars.",
        "Pets are not allowed.",
        "不需要預約。",
        "全票30元。文中並未提及學生票。",
        "未滿六歲免費。",
        "You do not need an appointment.",
    ],
)
def test_an_answer_is_no_refusal(text: str) -> None:
    """Negations in an answer, and gaps named after it, leave it an answer."""
    assert not does_not_know(text)
