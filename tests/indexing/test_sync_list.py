"""A city's list of what to fetch."""

from pathlib import Path

import pytest

from assistant.errors import CityDataError
from assistant.indexing.fetching import USER_AGENT
from assistant.indexing.sync_list import SyncList, read_sync_list

DOCUMENT = '[[document]]\nurl = "https://city.example/fees.pdf"\naudience = "public"\n'
DATASET = '[[dataset]]\nurl = "https://data.example/list.json"\nformat = "json"\naudience = "staff"\n'


def read(folder: Path, text: str) -> SyncList:
    path = folder / "sync.toml"
    path.write_text(text, encoding="utf-8")
    return read_sync_list(path, 100)


def test_documents_carry_their_metadata(tmp_path: Path) -> None:
    """The same keys as in sources.toml, and dates in both spellings."""
    more = (
        'path = "tax/fees.pdf"\nid = "fees"\nbureau = "財政局"\npublished = 2026-01-02\neffective_from = "2026-02-01"\n'
    )
    (document,) = read(tmp_path, DOCUMENT + more).documents
    assert (document.url, document.path) == ("https://city.example/fees.pdf", "tax/fees.pdf")
    assert document.metadata == {
        "id": "fees",
        "bureau": "財政局",
        "audience": "public",
        "published": "2026-01-02",
        "effective_from": "2026-02-01",
    }


def test_a_dataset_chooses_its_entries(tmp_path: Path) -> None:
    """By patterns on their URLs; without any, all are wanted."""
    more = 'url_field = "網址"\ninclude = ["*.pdf"]\nexclude = ["*/old/*"]\nmax_documents = 5\n'
    chosen, everything = read(tmp_path, DATASET + more + DATASET.replace("list", "other")).datasets
    assert (chosen.fields.url, chosen.max_documents, everything.fields.url) == ("網址", 5, "url")
    urls = ("https://data.example/a.pdf", "https://data.example/old/a.pdf", "https://data.example/a.jpg")
    assert [chosen.wants(url) for url in urls] == [True, False, False]
    assert all(everything.wants(url) for url in urls)


def test_hosts_that_are_named_are_allowed(tmp_path: Path) -> None:
    """Those of the tables, and further ones on purpose."""
    rules = read(tmp_path, DOCUMENT + DATASET + '[sync]\nallowed_hosts = ["*.Example.org"]\n').rules
    hosts = ("city.example", "data.example", "www.example.org", "elsewhere.example")
    assert [rules.allow(host) for host in hosts] == [True, True, True, False]


def test_rules_have_defaults_and_bounds(tmp_path: Path) -> None:
    """Whoever writes nothing is polite; a document that could not be indexed is not fetched."""
    rules = read(tmp_path, DOCUMENT).rules
    assert (rules.timeout_s, rules.delay_s, rules.max_mb, rules.user_agent) == (60, 1, 50, USER_AGENT)
    path = tmp_path / "sync.toml"
    assert read_sync_list(path, 20).rules.max_mb == 20


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names nothing"),
        ("[sync\n", "not valid TOML"),
        ('[document]\nurl = "https://city.example/"\n', "“document” is no list of tables"),
        (DOCUMENT + "[hosts]\n", "no key “hosts”"),
        (DOCUMENT + 'audiance = "staff"\n', "[[document]] 1: there is no key “audiance”"),
        ('[[document]]\nurl = "https://city.example/a"\n', "[[document]] 1: audience is missing"),
        ('[[document]]\naudience = "public"\n', "[[document]] 1: url is missing"),
        (DOCUMENT.replace("https", "file"), "no plain http or https URL"),
        (DOCUMENT.replace("//", "//user:secret@"), "no plain http or https URL"),
        (DOCUMENT.replace("city.example", "[::1"), "no valid URL"),
        (DOCUMENT + DOCUMENT, "repeats the url"),
        (DOCUMENT + 'path = "../fees.pdf"\n', "the path “../fees.pdf” cannot be used"),
        (DOCUMENT + 'path = "/fees.pdf"\n', "cannot be used"),
        (DOCUMENT + 'path = ".hidden/fees.pdf"\n', "cannot be used"),
        (DOCUMENT + 'path = "fees.toml"\n', "cannot be used"),
        (DOCUMENT + "path = 3\n", "path is no text"),
        (DOCUMENT + 'published = "soon"\n', "published = 'soon' is no date"),
        (DOCUMENT + "published = 2026\n", "published = 2026 is no date"),
        (DOCUMENT + "effective_from = 2026-02-01\neffective_to = 2026-01-01\n", "effective_to is before"),
        (DOCUMENT + 'unofficial = "no"\n', "unofficial is neither"),
        (DATASET.replace("json", "yaml"), "the format “yaml” is unknown"),
        (DATASET + 'include = "*.pdf"\n', "include is no list"),
        (DATASET + "max_documents = 0\n", "max_documents = 0 is no number"),
        (DATASET + 'title = "all the same"\n', "no key “title”"),
        (DOCUMENT + "[sync]\ntimeout_s = -1\n", "[sync]: timeout_s = -1"),
        (DOCUMENT + "[sync]\nmax_mb = 500\n", "[sync]: max_mb = 500 is no number from 0.001 to 100"),
        (DOCUMENT + "[sync]\ndelay_s = true\n", "[sync]: delay_s = True"),
        ("sync = 3\n" + DOCUMENT, "“sync” is no table"),
    ],
)
def test_mistakes_name_their_file_and_table(tmp_path: Path, text: str, words: str) -> None:
    """Whoever maintains the list finds the line to correct; a mistyped key is not overlooked."""
    with pytest.raises(CityDataError) as caught:
        read(tmp_path, text)
    assert words in str(caught.value)
    assert "sync.toml" in str(caught.value)
