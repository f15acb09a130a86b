"""The shipped data: what each city folder, text and question set must hold."""

import re
import tomllib
from datetime import date
from functools import cache
from typing import Any

import pytest

from assistant import wording
from assistant.answering import load_prompts
from assistant.city import LANGUAGES, City, load_city
from assistant.errors import DocumentError
from assistant.guardrails import load_guardrails
from assistant.indexing.assembly import documents_of
from assistant.indexing.chunking import chunk_document
from assistant.indexing.files import FoundFile
from assistant.indexing.ocr import ocr_installed
from assistant.indexing.reading import read_file
from assistant.indexing.sources import read_sources
from assistant.routing.replies import load_replies
from assistant.schema import PUBLIC, STAFF, Document, Lang
from assistant.settings import PROJECT_ROOT, Settings
from assistant.text import detect_language, squeeze
from assistant.verification.language import has_simplified
from eval.datasets import Item, load_items

CITY = PROJECT_ROOT / "corpus" / "kaohsiung"
DATASETS = [
    PROJECT_ROOT / "eval" / "datasets" / f"{name}.jsonl" for name in ("kaohsiung-starter", "versions", "lookalikes")
]
TABLES: list[dict[str, Any]] = tomllib.loads((CITY / "sources.toml").read_text(encoding="utf-8"))["document"]
SOURCES = read_sources(CITY)
NEEDS_OCR = {"no_text", "ocr_missing"}
FACT_ID = re.compile(r"[a-z0-9_]+-\d{3}")

each_document = pytest.mark.parametrize("table", TABLES, ids=lambda table: table["id"])


@cache
def parts_of(path: str) -> dict[str, str]:
    """The texts of a file's documents as the index would store them, by id; none of a scan where there is no OCR."""
    file = FoundFile(CITY / path, path, SOURCES[path])
    try:
        found = documents_of(file, read_file(file.path, Settings()))
    except DocumentError as error:
        if error.reason in NEEDS_OCR and not ocr_installed(Settings()):
            return {}
        raise
    return {document.id: chunk_document(document.id, parsed)[0] for document, parsed in found}


def texts_of(path: str) -> list[str]:
    """The texts of a file's documents; skips the test where they need OCR that is not installed."""
    texts = list(parts_of(path).values())
    if not texts:
        pytest.skip("scans are read with Tesseract, which is not installed")
    return texts


@pytest.fixture(scope="module")
def city() -> City:
    return load_city(CITY)


def test_the_city_loads_with_everything_that_it_needs(city: City) -> None:
    """Names, notices, help and examples in both languages, a help line, and a policy on model origins."""
    for texts in (city.name, city.notice, city.help, city.examples):
        assert all(texts[lang] for lang in LANGUAGES)
    assert city.help_phone in city.help["zh-TW"]
    assert city.policy.denied_model_origins


def test_the_notice_says_that_the_documents_are_unofficial(city: City) -> None:
    """Nobody takes the starter documents for the city's own."""
    assert "非官方" in city.notice["zh-TW"]
    assert "unofficial" in city.notice["en"]


def test_every_bureau_has_a_name_in_both_languages(city: City) -> None:
    """And every document's office is one of them."""
    assert all(bureau.name and bureau.en for bureau in city.bureaus)
    assert {table["bureau"] for table in TABLES} <= {bureau.name for bureau in city.bureaus}


def test_the_guardrails_of_the_city_load() -> None:
    """The emergency plan that ships is usable."""
    assert load_guardrails(CITY, 1000).emergency.kinds


@each_document
def test_a_document_is_fully_described(table: dict[str, Any]) -> None:
    """Title, office, audience, licence, date and sources are stated, and it is marked as unofficial."""
    document: Document = SOURCES[table["path"]]
    assert document.title
    assert document.bureau
    assert document.licence == "CC-BY-4.0"
    assert document.audience in (PUBLIC, STAFF, document.bureau)
    assert document.published is not None
    assert date(2026, 1, 1) <= document.published
    assert document.unofficial
    assert table["sources"]


@each_document
def test_a_document_names_the_facts_that_it_rests_on(table: dict[str, Any]) -> None:
    """Each fact id is well formed, listed once, and stands in the document's last lines too."""
    facts = table["facts"]
    assert facts
    assert all(FACT_ID.fullmatch(fact) for fact in facts)
    assert len(facts) == len(set(facts))
    ending = "".join("".join(text[-5000:] for text in texts_of(table["path"])).split())
    assert [fact for fact in facts if fact not in ending] == []


@each_document
def test_a_document_says_near_its_top_that_it_is_unofficial(table: dict[str, Any]) -> None:
    """A reader of the quote's page sees what it is, and of which day."""
    for text in texts_of(table["path"]):
        top = " ".join(text[:500].split())
        assert ("非官方" if table["language"] == "zh-TW" else "unofficial") in top.lower()
        assert table["published"] in top


@each_document
def test_a_document_is_in_its_language(table: dict[str, Any]) -> None:
    """Chinese documents are in Traditional characters, English ones in English."""
    text = "\n".join(texts_of(table["path"]))
    assert detect_language(text.split("## ")[0]) == table["language"]
    if table["language"] == "zh-TW":
        assert [line for line in text.splitlines() if has_simplified(line)] == []


@each_document
def test_a_counterpart_is_the_same_document_in_the_other_language(table: dict[str, Any]) -> None:
    """Counterparts name each other, and share topic, office and audience."""
    if "counterpart" not in table:
        return
    other = next(each for each in TABLES if each["id"] == table["counterpart"])
    assert other["counterpart"] == table["id"]
    assert other["language"] != table["language"]
    assert all(other[key] == table[key] for key in ("topic", "bureau", "audience"))


def test_every_file_is_listed_and_every_listed_file_is_there() -> None:
    """No document is indexed without its metadata, above all its audience."""
    files = {path.relative_to(CITY).as_posix() for path in (CITY / "documents").rglob("*") if path.is_file()}
    assert files == set(SOURCES)


def test_every_staff_document_lies_in_the_staff_folder() -> None:
    """Audience and folder agree, so that a mistake in one of them is seen."""
    staff = {table["path"] for table in TABLES if table["audience"] != PUBLIC}
    assert staff == {path for path in SOURCES if path.startswith("documents/staff/")}


@pytest.mark.parametrize("name", ["city.toml", "emergency.toml"])
def test_the_texts_of_the_city_are_traditional(name: str) -> None:
    """No Simplified character stands in a Chinese text that people read."""
    lines = (CITY / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith('"zh-TW"') and has_simplified(line)] == []


def test_prompts_and_fixed_replies_exist_in_both_languages(city: City) -> None:
    """Neither language lacks a text."""
    prompts = load_prompts(city.name)
    assert all(prompts[lang].prefix and prompts[lang].refusal for lang in LANGUAGES)
    assert len(prompts["zh-TW"].prefix) == len(prompts["en"].prefix)
    for reply in load_replies():
        assert all(reply.text[lang] for lang in LANGUAGES)
        assert not has_simplified(reply.text["zh-TW"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_assistants_own_sentences_are_in_the_readers_language(city: City, lang: Lang) -> None:
    """Every sentence around an answer exists in both languages, in the right script."""
    texts = [wording.no_evidence(city, lang, []), wording.failed(city, lang)]
    texts += [wording.extract_only(lang), wording.engine_lost(lang), wording.extract_instead(lang)]
    assert {detect_language(text) for text in texts} == {lang}
    assert not any(has_simplified(text) for text in texts)


@pytest.fixture(scope="module", params=DATASETS, ids=lambda path: path.stem)
def items(request: pytest.FixtureRequest) -> list[Item]:
    return load_items(request.param)


def test_questions_have_ids_of_their_own(items: list[Item]) -> None:
    """A question can be found again, and belongs to work or to reporting."""
    assert len({item.id for item in items}) == len(items) > 0
    assert {item.split for item in items} == {"dev", "test"}


def test_the_documents_of_a_question_are_in_the_corpus(items: list[Item]) -> None:
    """Every answerable question names documents that ship, for its role; the others name none."""
    audiences = {name: table["audience"] for table in TABLES for name in parts_of(table["path"]) or [table["id"]]}
    for item in items:
        assert bool(item.documents) == item.answerable, item.id
        assert all(audiences.get(name) in (PUBLIC, item.role, item.bureau) for name in item.documents), item.id


def test_the_key_facts_of_a_question_stand_in_its_documents(items: list[Item]) -> None:
    """Each fact of the right answer is in one of the named documents, in one of its accepted spellings."""
    texts = {name: text for path in SOURCES for name, text in parts_of(path).items()}
    missing = []
    for item in items:
        if not all(name in texts for name in item.documents):
            continue  # a scan, on a machine without OCR
        held = squeeze("\n".join(texts[name] for name in item.documents))
        missing += [(item.id, fact) for fact in item.key_facts if not any(squeeze(s) in held for s in fact)]
    assert missing == []
