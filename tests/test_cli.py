"""The command line: what it prints, what scripts read, and the exit code of each kind of end."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main
from assistant.schema import Status
from assistant.settings import PROJECT_ROOT
from tests.doubles import fix_answerability, make_city
from tests.indexing.loopback import Page, serving

FERRY = "旗津渡輪全票每次多少元？"
FOUND, FAULT, BAD_INPUT = 0, 1, 2


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The last line of the output, read as JSON."""
        return json.loads(self.out.strip().splitlines()[-1])


Run = Callable[..., Result]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose index holds the tiny city, made by the command line itself with the real embedder."""
    folder = tmp_path_factory.mktemp("cli")
    make_city(folder / "corpus")
    environment = {**os.environ, **variables(folder)}
    command = [sys.executable, "-m", "assistant", "index", "--json"]
    done = subprocess.run(command, cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == FOUND, done.stderr
    return folder


def variables(folder: Path) -> dict[str, str]:
    """The environment of a home in a folder, without any model."""
    return {
        "CITY_ASSISTANT_HOME": str(folder / "home"),
        "CITY_ASSISTANT_CORPUS": str(folder / "corpus"),
        "CITY_ASSISTANT_CITY": "smalltown",
        "CITY_ASSISTANT_ENGINE": "none",
    }


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Run]:
    fix_answerability(monkeypatch)
    for name, value in variables(home).items():
        monkeypatch.setenv(name, value)

    def run(*words: str, **more: str) -> Result:
        with monkeypatch.context() as patch:
            for name, value in more.items():
                patch.setenv(f"CITY_ASSISTANT_{name.upper()}", value)
            patch.setattr(sys, "argv", ["city-assistant", *words])
            capfd.readouterr()
            code = FOUND
            try:
                main()
            except SystemExit as end:
                code = int(end.code or 0)
            return Result(code, *capfd.readouterr())

    return run


def test_an_answer_as_json_has_every_promised_field(run: Run) -> None:
    """Scripts find the fields that the API gives too, with verbatim quotes and the way to their source."""
    answer = run("ask", FERRY, "--json").json
    assert answer.keys() >= {"id", "status", "lang", "answer", "citations", "readings", "route", "model", "timings_ms"}
    citation = answer["citations"][0]
    assert citation.keys() >= {
        "n",
        "document_id",
        "source",
        "title",
        "bureau",
        "locator",
        "quote",
        "start",
        "end",
        "url",
    }
    assert (answer["status"], answer["route"], answer["model"]["name"]) == ("answered", "documents", "extract-only")


def test_a_person_reads_answer_and_sources(run: Run) -> None:
    """Without --json the answer is text with its numbered quotes."""
    result = run("ask", FERRY)
    assert result.code == FOUND
    assert "30元" in result.out
    assert "[1] 旗津渡輪票價" in result.out


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        ("月球上有幾座火山？", Status.NO_EVIDENCE, FOUND),
        ("救命！廚房失火了", Status.EMERGENCY, FOUND),
        ("你好", Status.ANSWERED, FOUND),
        ("？！", Status.BLOCKED, BAD_INPUT),
        ("\u200b\u202e\x07", Status.BLOCKED, BAD_INPUT),
        ("字" * 10_000, Status.BLOCKED, BAD_INPUT),
        ("\udcff\udcfe", Status.BLOCKED, BAD_INPUT),
    ],
    ids=lambda value: str(value)[:12].encode("unicode_escape").decode(),
)
def test_each_kind_of_end_has_its_exit_code(run: Run, question: str, status: Status, code: int) -> None:
    """An honest end is a success, input that nobody can answer is bad input; both are JSON."""
    result = run("ask", question, "--json")
    assert (result.code, result.json["status"]) == (code, status)


@pytest.mark.parametrize(
    "words",
    [
        ("ask",),
        ("ask", ""),
        ("ask", " \n"),
        ("search", ""),
        ("ask", "x", "--lang", "fr"),
        ("search", "x", "-k", "0"),
        ("dance",),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_bad_input(run: Run, words: tuple[str, ...]) -> None:
    """A command that makes no sense says how to use it, and prints nothing that a script would read."""
    result = run(*words)
    assert (result.code, result.out) == (BAD_INPUT, "")
    assert "Usage" in result.err


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("model", "no-such-model", "no-such-model"),
        ("port", "http", "CITY_ASSISTANT_PORT"),
        ("engine", "magic", "CITY_ASSISTANT_ENGINE"),
        ("city", "atlantis", "atlantis"),
        ("corpus", __file__, "city.toml"),
        ("home", __file__, "cannot be opened"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_clear_message(run: Run, setting: str, value: str, words: str) -> None:
    """The message names the value or its variable; there is no traceback, and the exit code says fault."""
    more = {"engine": "llamacpp"} if setting == "model" else {}
    result = run("ask", FERRY, **{**more, setting: value})
    assert (result.code, result.out) == (FAULT, "")
    assert words in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("words", [("index",), ("search", "渡輪"), ("ask", FERRY)], ids=lambda words: words[0])
def test_a_home_that_cannot_be_written_is_said(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    """A read-only place, here a file where the folder should be, is named with what to do."""
    (tmp_path / "home").write_text("")
    result = run(*words, home=str(tmp_path / "home"))
    assert (result.code, result.out) == (FAULT, "")
    assert str(tmp_path / "home") in result.err.replace("\n", "")


def test_a_message_shows_names_as_they_are(run: Run, tmp_path: Path) -> None:
    """Brackets in a file's name are neither swallowed nor a crash."""
    for name in ("[draft].jsonl", "[/red].jsonl"):
        result = run("ask", "--batch", str(tmp_path / name))
        assert result.code == FAULT
        assert name in result.err.replace("\n", "")


def test_refused_files_are_shown_with_their_names(run: Run, tmp_path: Path) -> None:
    """Brackets in the name of a refused document are shown too."""
    for name in ("[draft].xlsx", "[/b].xlsx"):
        folder = tmp_path / "papers"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"PK")
    result = run("index", str(tmp_path / "papers"), home=str(tmp_path / "home"))
    assert "[draft].xlsx" in result.err.replace("\n", "")
    assert "[/b].xlsx" in result.err.replace("\n", "")


def test_a_mistyped_city_makes_no_folder(run: Run, tmp_path: Path) -> None:
    """The fault comes before anything is written."""
    result = run("index", "--city", "typo", home=str(tmp_path / "new"))
    assert (result.code, (tmp_path / "new").exists()) == (FAULT, False)
    assert "typo" in result.err


def test_search_lines_have_every_promised_field(run: Run) -> None:
    """Search needs no model, keeps to -k, and names document, place and text."""
    found = run("search", "渡輪票價", "--json", "-k", "2").json
    assert len(found["results"]) == 2
    expected = {"document_id", "source", "chunk_id", "title", "locator", "score", "text"}
    assert set(found["results"][0]) == expected
    assert found["results"][0]["document_id"] == "ferry"


def test_search_shows_staff_documents_to_staff_only(run: Run) -> None:
    """Default deny, on the command line too."""
    found = {who: run("search", "同仁加班費每小時", "--json", "--audience", who).json for who in ("public", "staff")}
    ids = {who: {result["document_id"] for result in lines["results"]} for who, lines in found.items()}
    assert "memo" in ids["staff"] - ids["public"]


def test_indexing_again_reports_no_change(run: Run) -> None:
    """`index --json` prints a line a file, and last the promised report."""
    result = run("index", "--json")
    report = result.json
    assert set(report) >= {"added", "changed", "removed", "unchanged", "refused", "chunks", "seconds"}
    assert (report["added"], report["changed"], report["removed"], report["unchanged"]) == (0, 0, 0, 5)
    files = [json.loads(line) for line in result.out.splitlines()[:-1]]
    assert [file["outcome"] for file in files] == ["unchanged"] * 5


def test_a_bureau_searches_its_own_documents(run: Run, tmp_path: Path) -> None:
    """What is indexed for a bureau is found by that bureau, and by nobody else; a mistyped bureau is said."""
    (tmp_path / "tender.md").write_text("# 標案\n標案底價為一千萬元。\n", encoding="utf-8")
    home = str(tmp_path / "home")
    run("index", str(tmp_path / "tender.md"), "--audience", "交通局", home=home)
    found = {
        who: run("search", "標案底價", "--json", "--audience", who, home=home).json["results"]
        for who in ("public", "staff", "環境保護局", "交通局")
    }
    assert {who: len(results) for who, results in found.items()} == {
        "public": 0,
        "staff": 0,
        "環境保護局": 0,
        "交通局": 1,
    }
    mistyped = run("search", "標案", "--audience", "交通", home=home)
    assert (mistyped.code, "交通局" in mistyped.err) == (BAD_INPUT, True)


def test_sync_fetches_and_indexes(run: Run, home: Path, tmp_path: Path) -> None:
    """What the city's list names is on this machine and can be found, under its own address."""
    with serving() as server:
        server.pages["/library.md"] = Page("# 圖書館\n週一休館。\n".encode(), headers={"Content-Type": "text/markdown"})
        corpus = tmp_path / "corpus"
        shutil.copytree(home / "corpus", corpus)
        (corpus / "smalltown" / "sync.toml").write_text(
            '[sync]\nallowed_hosts = ["127.0.0.1"]\n'
            f'[[document]]\nurl = "{server.url}/library.md"\naudience = "public"\n',
            encoding="utf-8",
        )
        places = {"home": str(tmp_path / "home"), "corpus": str(corpus)}
        lines = [json.loads(line) for line in run("sync", "--json", **places).out.splitlines()]
    assert (lines[0]["sync"]["fetched"], lines[-1]["added"]) == (1, 6)
    found = run("search", "圖書館週一", "--json", **places).json["results"]
    assert found[0]["source"] == f"{server.url}/library.md"


def test_sync_without_a_list_says_where_it_belongs(run: Run, tmp_path: Path) -> None:
    """The fault names the file to write."""
    result = run("sync", home=str(tmp_path / "home"))
    assert (result.code, "sync.toml" in result.err) == (FAULT, True)


def test_refused_files_are_reported_and_the_rest_is_indexed(run: Run, tmp_path: Path) -> None:
    """Encrypted, truncated or misnamed files have a reason; the run is a success for the others."""
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "good.md").write_text("# 圖書館\n週一休館。\n", encoding="utf-8")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 truncated")
    result = run("index", str(folder), "--json", home=str(tmp_path / "home"))
    assert (result.code, result.json["added"]) == (FOUND, 1)
    assert [Path(refused["source"]).name for refused in result.json["refused"]] == ["bad.pdf"]
    assert all(refused["reason"] for refused in result.json["refused"])


@pytest.mark.parametrize("name", ["empty", "missing"])
def test_nothing_to_index_is_bad_input(run: Run, tmp_path: Path, name: str) -> None:
    """A mistyped path and an empty folder are said, in words and by the exit code."""
    (tmp_path / "empty").mkdir()
    result = run("index", str(tmp_path / name), home=str(tmp_path / "home"))
    assert result.code == BAD_INPUT
    assert name in result.err.replace("\n", "")


BATCH = [
    '{"id": 1, "question": "旗津渡輪全票每次多少元？"}',
    "no json at all",
    "",
    '{"id": "lost", "answer": "no question"}',
    '{"id": "late", "question": "x", "as_of": "soon"}',
    '["a", "list"]',
    '{"id": "then", "question": "公車票價每段多少元？", "as_of": "2024-06-01"}',
    '{"id": "blank", "question": ""}',
    '{"id": "follow", "question": "那學生票呢？", "history": [{"question": "旗津渡輪全票多少元？", "answer": "30元"}]}',
    '{"id": "staff", "question": "同仁加班費每小時多少元？", "role": "staff"}',
]
USABLE = ["1", "then", "blank", "follow", "staff"]


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("\ufeff" + "\r\n".join(BATCH), encoding="utf-8")
    return path


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_batch_gives_one_line_a_question(run: Run, batch: Path, tmp_path: Path) -> None:
    """Malformed lines cost only themselves: every other question is answered, in order, under its id."""
    result = run("ask", "--batch", str(batch), "--out", str(tmp_path / "out.jsonl"))
    lines = read_lines(tmp_path / "out.jsonl")
    assert result.code == BAD_INPUT
    assert len(lines) == len([line for line in BATCH if line])
    assert [line["id"] for line in lines if line["status"] != "error"] == USABLE


def test_each_malformed_line_is_named(run: Run, batch: Path, tmp_path: Path) -> None:
    """File, line number and what is wrong are on the screen and in the output."""
    result = run("ask", "--batch", str(batch), "--out", str(tmp_path / "out.jsonl"))
    errors = [line["answer"] for line in read_lines(tmp_path / "out.jsonl") if line["status"] == "error"]
    assert [error.split(":")[0] for error in errors] == [f"questions.jsonl line {number}" for number in (2, 4, 5, 6)]
    assert "questions.jsonl line 4" in result.err


def test_a_batch_line_keeps_its_day_role_and_history(run: Run, batch: Path, tmp_path: Path) -> None:
    """What a line says holds for that line alone."""
    run("ask", "--batch", str(batch), "--out", str(tmp_path / "out.jsonl"))
    cited = {
        line["id"]: {citation["document_id"] for citation in line["citations"]}
        for line in read_lines(tmp_path / "out.jsonl")
        if line["status"] == "answered"
    }
    assert "old-fare" in cited["then"] - cited["1"]
    assert "ferry" in cited["follow"]
    assert "memo" in cited["staff"] - cited["1"]


def test_a_batch_goes_to_the_screen_without_out(run: Run, tmp_path: Path) -> None:
    """Standard output holds nothing but the lines, so that it can be piped."""
    (tmp_path / "q.jsonl").write_text('{"question": "渡輪票價"}\n{"question": "垃圾車"}\n', encoding="utf-8")
    result = run("search", "--batch", str(tmp_path / "q.jsonl"))
    assert result.code == FOUND
    assert [json.loads(line)["id"] for line in result.out.splitlines()] == ["1", "2"]


def test_only_line_feeds_end_batch_lines(run: Run, tmp_path: Path) -> None:
    """Other separators of Unicode inside a question are a part of it, as JSON allows."""
    question = "旗津渡輪\u2028全票\u0085每次多少元？"
    (tmp_path / "q.jsonl").write_text(f'{{"id": "one", "question": "{question}"}}\n', encoding="utf-8")
    result = run("ask", "--batch", str(tmp_path / "q.jsonl"), "--out", str(tmp_path / "out.jsonl"))
    assert (result.code, len((tmp_path / "out.jsonl").read_bytes().splitlines())) == (FOUND, 1)


@pytest.mark.parametrize(
    ("batch_name", "out_name"), [("missing.jsonl", "out.jsonl"), ("q.jsonl", "no/folder/out.jsonl")]
)
def test_a_batch_that_cannot_be_read_or_written_is_said(
    run: Run, tmp_path: Path, batch_name: str, out_name: str
) -> None:
    """The message names the file, before any question is asked."""
    (tmp_path / "q.jsonl").write_text('{"question": "渡輪"}\n', encoding="utf-8")
    result = run("ask", "--batch", str(tmp_path / batch_name), "--out", str(tmp_path / out_name))
    assert result.code == FAULT
    assert (batch_name if batch_name != "q.jsonl" else out_name) in result.err.replace("\n", "")


def test_an_empty_batch_is_no_fault(run: Run, tmp_path: Path) -> None:
    """No questions, no lines."""
    (tmp_path / "q.jsonl").write_text("\n\n", encoding="utf-8")
    result = run("ask", "--batch", str(tmp_path / "q.jsonl"), "--out", str(tmp_path / "out.jsonl"))
    assert (result.code, (tmp_path / "out.jsonl").read_text()) == (FOUND, "")


def test_the_catalog_can_be_listed(run: Run) -> None:
    """Every model has a name, an origin and a licence, also where none is installed."""
    models = run("models", "list", "--json").json
    assert all(model["name"] and model["origin"] and model["licence"] for model in models)
    assert not any(model["installed"] for model in models)


@pytest.mark.parametrize("command", ["pull", "verify"])
def test_an_unknown_model_is_named_with_the_known_ones(run: Run, command: str) -> None:
    """A mistyped name helps to find the right one."""
    result = run("models", command, "gemma3-270")
    assert result.code == FAULT
    assert "Did you mean gemma3-270m?" in result.err.replace("\n", " ")


def test_help_lists_the_commands(run: Run) -> None:
    """Every promised command is there."""
    result = run("--help")
    assert result.code == FOUND
    assert all(command in result.out for command in ("setup", "index", "search", "ask", "serve", "models"))


def test_the_module_runs_as_a_program(home: Path) -> None:
    """`python -m assistant` is the same command line, and its standard output is clean JSON."""
    command = [sys.executable, "-m", "assistant", "ask", FERRY, "--json"]
    environment = {**os.environ, **variables(home)}
    done = subprocess.run(command, cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert (done.returncode, json.loads(done.stdout)["status"]) == (FOUND, "answered"), done.stderr


def test_two_homes_never_mix(run: Run, tmp_path: Path) -> None:
    """What is indexed in one home is not found in another one."""
    found = run("search", "渡輪票價", "--json", home=str(tmp_path / "other"))
    assert found.json["results"] == []
