"""Fetching what a city lists, from a real server on loopback."""

import os
import signal
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from filelock import FileLock

from assistant.errors import CityDataError, StoreError
from assistant.indexing.sync import SyncReport, sync_documents
from assistant.settings import PROJECT_ROOT, Settings, load_settings
from tests.indexing.loopback import City, Page, serving

PDF = b"%PDF-1.4 fees"
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
RULES = '[sync]\nallowed_hosts = ["127.0.0.1"]\ndelay_s = 0\ntimeout_s = 5\nmax_mb = 0.01\n'


@pytest.fixture
def city() -> Iterator[City]:
    with serving() as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "corpus" / "testcity").mkdir(parents=True)
    return load_settings(home=tmp_path / "home", corpus=tmp_path / "corpus", city="testcity")


def want(settings: Settings, *tables: str, rules: str = RULES) -> None:
    (settings.city_dir / "sync.toml").write_text("\n".join((rules, *tables)), encoding="utf-8")


def document(url: str, more: str = "") -> str:
    return f'[[document]]\nurl = "{url}"\naudience = "public"\n{more}\n'


def dataset(url: str, kind: str, more: str = "") -> str:
    return f'[[dataset]]\nurl = "{url}"\nformat = "{kind}"\naudience = "public"\n{more}\n'


def run(settings: Settings, days: int = 0) -> SyncReport:
    """One run, so many days after the first; waits take no time."""
    return sync_documents(settings, now=lambda: MONDAY + timedelta(days=days), sleep=lambda seconds: None)


def files(settings: Settings) -> dict[str, bytes]:
    """The documents in the folder by path, without sidecars and what is hidden."""
    found = (path for path in settings.fetched_dir.rglob("*") if path.is_file())
    named = {path.relative_to(settings.fetched_dir).as_posix(): path.read_bytes() for path in found}
    return {name: data for name, data in named.items() if not name.endswith(".toml") and "/." not in f"/{name}"}


def reasons(report: SyncReport) -> list[str]:
    return [failure.reason for failure in report.failed]


def test_a_document_arrives_with_its_sidecar(city: City, settings: Settings) -> None:
    """The index learns from the sidecar whose the document is, and where people can read it."""
    city.pages["/fees"] = Page(PDF, headers={"Content-Type": "application/pdf"})
    metadata = (
        'path = "welfare/fees"\ntitle = "規費 \\"甲\\""\nbureau = "社會局"\n'
        "effective_from = 2026-01-01\nunofficial = true"
    )
    want(settings, document(f"{city.url}/fees", metadata))
    report = run(settings)
    assert (report.fetched, report.bytes, report.failed) == (1, len(PDF), ())
    assert files(settings) == {"welfare/fees.pdf": PDF}
    sidecar = tomllib.loads((settings.fetched_dir / "welfare/fees.pdf.toml").read_text(encoding="utf-8"))
    assert sidecar == {
        "title": '規費 "甲"',
        "bureau": "社會局",
        "audience": "public",
        "effective_from": "2026-01-01",
        "unofficial": True,
        "source": f"{city.url}/fees",
        "url": f"{city.url}/fees",
        "fetched": "2026-11-23T08:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("sent", "asked"),
    [("ETag", "if-none-match"), ("Last-Modified", "if-modified-since")],
)
def test_what_has_not_changed_is_not_sent_again(city: City, settings: Settings, sent: str, asked: str) -> None:
    """The server is asked whether the document has changed since, by tag or by date."""
    city.pages["/fees.pdf"] = Page(PDF, headers={sent: "Mon, 23 Nov 2026 08:00:00 GMT"})
    want(settings, document(f"{city.url}/fees.pdf"))
    run(settings)
    report = run(settings)
    assert (report.fetched, report.unchanged, report.bytes) == (0, 1, 0)
    assert city.asked("/fees.pdf")[1][asked] == "Mon, 23 Nov 2026 08:00:00 GMT"


def test_a_server_without_validators_counts_by_content(city: City, settings: Settings) -> None:
    """The same bytes are no news, and leave file and sidecar as they were; other bytes replace them."""
    city.pages["/fees.pdf"] = Page(PDF)
    want(settings, document(f"{city.url}/fees.pdf"))
    run(settings)
    before = {path: path.stat().st_mtime_ns for path in settings.fetched_dir.rglob("*.pdf*")}
    assert run(settings, days=1).unchanged == 1
    assert {path: path.stat().st_mtime_ns for path in settings.fetched_dir.rglob("*.pdf*")} == before
    city.pages["/fees.pdf"] = Page(PDF + b" of 2027")
    assert run(settings, days=2).fetched == 1
    assert files(settings) == {"127.0.0.1/fees.pdf": PDF + b" of 2027"}


def test_a_file_that_was_lost_or_altered_is_fetched_whole(city: City, settings: Settings) -> None:
    """Then the server is not asked whether it has changed."""
    city.pages["/fees.pdf"] = Page(PDF, headers={"ETag": '"1"'})
    want(settings, document(f"{city.url}/fees.pdf"))
    run(settings)
    (settings.fetched_dir / "127.0.0.1/fees.pdf").write_bytes(b"%PDF- altered")
    assert run(settings).fetched == 1
    assert files(settings) == {"127.0.0.1/fees.pdf": PDF}


def test_a_damaged_state_costs_nothing_but_the_fetching(city: City, settings: Settings) -> None:
    """Everything is fetched again, to the same places."""
    city.pages["/fees.pdf"] = Page(PDF)
    want(settings, document(f"{city.url}/fees.pdf"))
    run(settings)
    (settings.fetched_dir / ".sync.json").write_text('{"documents": {"x": 3}}')
    assert run(settings).fetched == 1
    assert files(settings) == {"127.0.0.1/fees.pdf": PDF}


def test_new_metadata_hold_without_new_content(city: City, settings: Settings) -> None:
    """A document that becomes internal must not wait for the server, nor for the network."""
    city.pages["/fees.pdf"] = Page(PDF, headers={"ETag": '"1"'})
    want(settings, document(f"{city.url}/fees.pdf"))
    run(settings)
    want(settings, document(f"{city.url}/fees.pdf").replace('"public"', '"staff"'))
    city.pages["/fees.pdf"] = Page(status=403)
    run(settings)
    sidecar = tomllib.loads((settings.fetched_dir / "127.0.0.1/fees.pdf.toml").read_text(encoding="utf-8"))
    assert sidecar["audience"] == "staff"


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (Page(b"<!DOCTYPE html><p>Maintenance", headers={"Content-Type": "text/html"}), "html_instead"),
        (Page(b"nothing of the kind"), "wrong_format"),
        (Page(b" "), "empty"),
        (Page(PDF * 1000), "too_large"),
        (Page(PDF, headers={"Content-Length": "99999999"}), "too_large"),
        (Page(status=403), "http_403"),
        (Page(status=500), "http_500"),
        (Page(status=404), "not_found"),
        (Page(status=302, headers={"Location": "http://elsewhere.example/fees.pdf"}), "redirect_elsewhere"),
        (Page(status=302, headers={"Location": "/fees.pdf"}), "too_many_redirects"),
        (Page(status=302, headers={"Location": "ftp://elsewhere.example/"}), "wrong_url"),
        (Page(status=204), "http_204"),
    ],
)
def test_a_bad_answer_keeps_what_there_is(city: City, settings: Settings, page: Page, reason: str) -> None:
    """An error page, a swollen file or a moved host replaces no document."""
    city.pages["/fees.pdf"] = Page(PDF, headers={"ETag": '"1"'})
    want(settings, document(f"{city.url}/fees.pdf"))
    run(settings)
    city.pages["/fees.pdf"] = page
    report = run(settings)
    assert (reasons(report), report.fetched, report.gone) == ([reason], 0, ())
    assert files(settings) == {"127.0.0.1/fees.pdf": PDF}


def test_a_page_does_not_take_the_place_of_a_download(city: City, settings: Settings) -> None:
    """Where the URL has no suffix, the last good answer says what to expect."""
    city.pages["/get?id=1"] = Page(PDF, headers={"Content-Type": "application/octet-stream"})
    want(settings, document(f"{city.url}/get?id=1"))
    run(settings)
    city.pages["/get?id=1"] = Page(b"<html><body>Please log in", headers={"Content-Type": "text/html"})
    assert reasons(run(settings)) == ["html_instead"]
    assert list(files(settings).values()) == [PDF]


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Send a little, again and again, so that no single wait is long."""
    server_stops = handler.city.stopping  # type: ignore[attr-defined]
    try:
        for _ in range(500):
            handler.wfile.write(b"%PDF-")
            if server_stops.wait(0.05):
                return
    except OSError:
        return


def test_a_slow_server_is_left_at_the_time_limit(city: City, settings: Settings) -> None:
    """The limit is for the whole exchange, however often something arrives."""
    city.pages["/slow.pdf"] = Page(write=drip)
    want(settings, document(f"{city.url}/slow.pdf"), rules=RULES.replace("timeout_s = 5", "timeout_s = 0.2"))
    report = run(settings)
    assert (reasons(report), len(city.asked("/slow.pdf"))) == (["timeout"], 3)
    assert report.seconds < 5


def test_a_redirect_within_the_hosts_is_followed(city: City, settings: Settings) -> None:
    """The document is known by the URL of the list."""
    city.pages["/old.pdf"] = Page(status=301, headers={"Location": "/new.pdf"})
    city.pages["/new.pdf"] = Page(PDF)
    want(settings, document(f"{city.url}/old.pdf"))
    assert run(settings).fetched == 1
    assert files(settings) == {"127.0.0.1/old.pdf": PDF}


def test_gone_on_two_days_leaves_the_folder(city: City, settings: Settings) -> None:
    """Once may be an accident, and so may twice on one day; what leaves is kept aside."""
    city.pages["/fees.pdf"] = Page(PDF)
    want(settings, document(f"{city.url}/fees.pdf"))
    run(settings)
    city.pages["/fees.pdf"] = Page(status=410)
    assert [reasons(run(settings, days=1)) for _ in range(2)] == [["not_found"], ["not_found"]]
    assert files(settings) == {"127.0.0.1/fees.pdf": PDF}
    report = run(settings, days=2)
    assert (report.gone, report.failed, files(settings)) == ((f"{city.url}/fees.pdf",), (), {})
    assert not list(settings.fetched_dir.rglob("*.toml"))
    assert (settings.home / "gone" / "testcity" / "127.0.0.1" / "fees.pdf").read_bytes() == PDF


def test_found_again_it_is_missed_anew(city: City, settings: Settings) -> None:
    """Two days in a row count, not two days of a year."""
    city.pages["/fees.pdf"] = [Page(PDF), Page(status=404), Page(PDF), Page(status=404)]
    want(settings, document(f"{city.url}/fees.pdf"))
    assert [run(settings, days=day).gone for day in range(4)] == [()] * 4
    assert files(settings) == {"127.0.0.1/fees.pdf": PDF}


def test_what_the_list_drops_leaves_the_folder(city: City, settings: Settings) -> None:
    """A city takes a document back by taking it from its list."""
    city.pages |= {"/a.pdf": Page(PDF), "/b.pdf": Page(PDF)}
    want(settings, document(f"{city.url}/a.pdf"), document(f"{city.url}/b.pdf"))
    run(settings)
    want(settings, document(f"{city.url}/a.pdf"))
    assert run(settings).gone == (f"{city.url}/b.pdf",)
    assert list(files(settings)) == ["127.0.0.1/a.pdf"]


def test_a_new_path_moves_the_document(city: City, settings: Settings) -> None:
    """It does not stay at the old place as well."""
    city.pages["/fees.pdf"] = Page(PDF, headers={"ETag": '"1"'})
    want(settings, document(f"{city.url}/fees.pdf"))
    run(settings)
    want(settings, document(f"{city.url}/fees.pdf", 'path = "tax/fees.pdf"'))
    run(settings)
    assert files(settings) == {"tax/fees.pdf": PDF}
    assert run(settings).unchanged == 1


def test_without_network_everything_stays_and_is_said_once(settings: Settings) -> None:
    """A host is tried once, and the run ends well."""
    with serving() as server:
        server.pages |= {f"/{name}.pdf": Page(PDF) for name in "abc"}
        want(settings, *(document(f"{server.url}/{name}.pdf") for name in "abc"))
        run(settings)
    report = run(settings)
    assert (report.offline_hosts, report.failed, report.gone) == (("127.0.0.1",), (), ())
    assert len(files(settings)) == 3


def test_a_name_that_nobody_knows_is_offline(settings: Settings) -> None:
    """A resolver without an answer is no fault of the list."""
    want(settings, document("http://no-such-name.invalid/fees.pdf"))
    report = run(settings)
    assert (report.offline_hosts, report.failed) == (("no-such-name.invalid",), ())


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_private_addresses_need_permission(city: City, settings: Settings, host: str) -> None:
    """A list that names them could make the server's own network answer."""
    want(settings, document(f"http://{host}:{city.port}/fees.pdf"), rules="[sync]\ndelay_s = 0\n")
    assert (reasons(run(settings)), city.requests) == (["address_not_allowed"], [])


def test_a_name_that_leads_inside_needs_permission(
    city: City, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address is checked where the connection is made, so no name can deceive."""
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", city.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: answer)
    want(settings, document(f"http://www.example.org:{city.port}/fees.pdf"), rules="[sync]\ndelay_s = 0\n")
    assert (reasons(run(settings)), city.requests) == (["address_not_allowed"], [])


def test_a_list_is_followed(city: City, settings: Settings) -> None:
    """Its entries bring their titles and dates; patterns and the limit choose among them, and the rest is said."""
    names = ("fees.pdf", "draft-fees.pdf", "photo.jpg", "more.pdf", "most.pdf")
    city.pages |= {f"/{name}": Page(PDF) for name in names}
    items = "".join(
        f"<item><title>{name}</title><link>/{name}</link><pubDate>Tue, 01 Jul 2025 10:00:00 GMT</pubDate></item>"
        for name in names
    )
    city.pages["/news.xml"] = Page(f"<rss><channel>{items}</channel></rss>".encode())
    more = 'include = ["*.pdf"]\nexclude = ["*/draft-*"]\nmax_documents = 2\nbureau = "社會局"'
    want(settings, dataset(f"{city.url}/news.xml", "rss", more))
    report = run(settings)
    assert sorted(files(settings)) == ["127.0.0.1/fees.pdf", "127.0.0.1/more.pdf"]
    assert reasons(report) == ["too_many_documents"]
    sidecar = tomllib.loads((settings.fetched_dir / "127.0.0.1/fees.pdf.toml").read_text(encoding="utf-8"))
    assert (sidecar["title"], sidecar["published"], sidecar["bureau"]) == ("fees.pdf", "2025-07-01", "社會局")


def test_a_sitemap_may_name_sitemaps(city: City, settings: Settings) -> None:
    """Those that cannot be read cost only themselves."""
    city.pages["/sitemap.xml"] = Page(
        f"<sitemapindex><sitemap><loc>{city.url}/one.xml</loc></sitemap>"
        f"<sitemap><loc>{city.url}/bad.xml</loc></sitemap></sitemapindex>".encode()
    )
    city.pages["/one.xml"] = Page(f"<urlset><url><loc>{city.url}/a.pdf</loc></url></urlset>".encode())
    city.pages["/bad.xml"] = Page(b'<!DOCTYPE x [<!ENTITY a "b">]><urlset/>')
    city.pages["/a.pdf"] = Page(PDF)
    want(settings, dataset(f"{city.url}/sitemap.xml", "sitemap"))
    report = run(settings)
    assert (report.fetched, reasons(report)) == (1, ["bad_list"])


def test_a_feed_that_forgets_an_entry_loses_no_document(city: City, settings: Settings) -> None:
    """Feeds hold the latest only; the document is asked for itself, with the title that the feed had given."""
    entry = "<entry><title>Fees</title><link href='/a.pdf'/></entry>"
    city.pages["/feed"] = [Page(f"<feed>{entry}</feed>".encode()), Page(b"<feed/>")]
    city.pages["/a.pdf"] = Page(PDF, headers={"ETag": '"1"'})
    want(settings, dataset(f"{city.url}/feed", "atom"))
    run(settings)
    report = run(settings)
    assert (report.unchanged, report.gone) == (1, ())
    assert 'title = "Fees"' in (settings.fetched_dir / "127.0.0.1/a.pdf.toml").read_text(encoding="utf-8")


def test_robots_txt_binds_lists_and_not_named_documents(city: City, settings: Settings) -> None:
    """Whoever names a document has asked for it; following lists is crawling."""
    city.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /private/\n")
    city.pages["/list.csv"] = Page(f"url\n{city.url}/private/a.pdf\n{city.url}/b.pdf\n".encode())
    city.pages |= {path: Page(PDF) for path in ("/private/a.pdf", "/private/c.pdf", "/b.pdf")}
    want(settings, document(f"{city.url}/private/c.pdf"), dataset(f"{city.url}/list.csv", "csv"))
    report = run(settings)
    assert sorted(files(settings)) == ["127.0.0.1/b.pdf", "127.0.0.1/private/c.pdf"]
    assert reasons(report) == ["robots_disallow"]
    assert len(city.asked("/robots.txt")) == 1


def test_entries_elsewhere_are_refused(city: City, settings: Settings) -> None:
    """A list leads only to hosts that the city named."""
    city.pages["/list.json"] = Page(b'{"result": {"records": [{"url": "http://elsewhere.example/a.pdf"}]}}')
    want(settings, dataset(f"{city.url}/list.json", "json"))
    assert reasons(run(settings)) == ["host_not_allowed"]


def test_two_urls_with_one_name_get_two_files(city: City, settings: Settings) -> None:
    """Queries tell documents apart, and a place that is taken is left to its owner."""
    city.pages |= {"/get?id=1": Page(PDF), "/get?id=2": Page(PDF + b"2")}
    want(settings, document(f"{city.url}/get?id=1"), document(f"{city.url}/get?id=2"))
    run(settings)
    assert sorted(files(settings).values()) == [PDF, PDF + b"2"]
    assert run(settings).unchanged == 2


def test_only_one_run_at_a_time(settings: Settings) -> None:
    """Two would write over each other."""
    want(settings, document("http://127.0.0.1:9/fees.pdf"))
    settings.fetched_dir.mkdir(parents=True)
    with FileLock(settings.fetched_dir / ".sync.lock"), pytest.raises(StoreError, match="Another process"):
        run(settings)


def test_a_city_without_a_list_is_told_so(settings: Settings) -> None:
    """The message names the file that is missing."""
    with pytest.raises(CityDataError, match=r"sync\.toml does not exist"):
        run(settings)


def test_a_run_tells_how_far_it_is(city: City, settings: Settings) -> None:
    """Whoever waits sees each URL, and the end."""
    city.pages["/a.pdf"] = Page(PDF)
    want(settings, document(f"{city.url}/a.pdf"))
    seen: list[tuple[int, int, str]] = []
    sync_documents(settings, lambda done, total, name: seen.append((done, total, name)))
    assert seen == [(0, 1, f"{city.url}/a.pdf"), (1, 1, "")]


def test_a_killed_run_loses_nothing(city: City, settings: Settings) -> None:
    """What was fetched is known, the half of a document is no document, and the next run goes on from there."""
    arrived = threading.Event()

    def hang(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(PDF)
        handler.wfile.flush()
        arrived.set()
        city.stopping.wait(30)

    city.pages |= {"/a.pdf": Page(PDF, headers={"ETag": '"1"'}), "/b.pdf": Page(write=hang)}
    want(settings, document(f"{city.url}/a.pdf"), document(f"{city.url}/b.pdf"))
    code = (
        "import sys; from assistant.settings import load_settings; from assistant.indexing.sync import sync_documents;"
        "sync_documents(load_settings(home=sys.argv[1], corpus=sys.argv[2], city='testcity'),"
        "lambda done, total, name: print(done, flush=True))"
    )
    arguments = [sys.executable, "-c", code, str(settings.home), str(settings.corpus)]
    with subprocess.Popen(arguments, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, env={**os.environ}) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"0\n"
        assert child.stdout.readline() == b"1\n"  # the first document is done with, the second one begins
        assert arrived.wait(30)
        child.send_signal(signal.SIGKILL)
    assert files(settings) == {"127.0.0.1/a.pdf": PDF}
    city.pages["/b.pdf"] = Page(PDF)
    report = run(settings)
    assert (report.fetched, report.unchanged) == (1, 1)
    assert sorted(files(settings)) == ["127.0.0.1/a.pdf", "127.0.0.1/b.pdf"]
