"""Tools of somebody else over MCP: a real server on loopback, asked as a city's tables say."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import CityDataError
from assistant.feeds.mcp_client import schema_hash
from assistant.feeds.mcp_servers import load_mcp_servers
from assistant.feeds.source import FeedSource
from assistant.schema import Role, Status
from assistant.services import Service, load_services
from assistant.settings import PROJECT_ROOT
from assistant.tools import Draft, Finding, tell
from assistant.verification.figures import unsupported_figures
from tests.tools.asking import Desk, text_of
from tests.tools.mcp_office import Office, open_office, serving
from tests.tools.things import cannot_be_told

PAGE = (PROJECT_ROOT / "docs" / "adding.md").read_text(encoding="utf-8")
SECTION = PAGE.split("\n## A tool of somebody else (MCP)\n")[1].split("\n## ")[0]
URL = "https://mcp.harbour.example/mcp"
NOBODY = "http://127.0.0.1:9/mcp"
OPEN = "weather tide_table hostile talkative silent stuck failing large huge asking book_visit book_failing book_huge"
TOPIC = {"server": "office", "input": {"topic": "topic"}}


@dataclass
class Town:
    """The page's tables with the office's server behind them, and services of any tool of it."""

    office: Office
    desk: Desk
    services: dict[str, Service]

    def ask(self, service: str | Service, values: dict[str, str] | None = None, **more: Any) -> Finding:
        known = self.services[service] if isinstance(service, str) else service
        return self.desk.ask(known, values, **more)

    def act(self, service: Service, draft: Draft, key: str, role: Role = "citizen") -> Finding:
        return self.desk.live.act(self.desk.request(service, role=role), draft, key)

    def of(self, tool: str, **more: Any) -> Service:
        """A service of a tool without arguments, or with other options."""
        options = {"server": "office", "tool": tool, **more.pop("options", {})}
        return replace(self.services["tides"], name=tool, arguments=more.pop("arguments", {}), options=options, **more)

    def booking(self, tool: str = "book_visit", **options: Any) -> Service:
        """The page's service that acts, or one of another tool with a topic alone."""
        visit = self.services["harbour_visit"]
        if tool == "book_visit":
            return replace(visit, options={**visit.options, **options})
        return replace(visit, options={**TOPIC, "tool": tool, **options})


def source(url: str, timeout_s: float = 2.5, **changes: Any) -> FeedSource:
    """The office's server as a table would name it, with most of its tools allowed."""
    options = {
        "transport": "streamable_http",
        "command": (),
        "tools": frozenset([*OPEN.split(), "vanished"]),
        "timeout_s": timeout_s,
        "key_env": "",
        "key_header": "Authorization",
        "key_prefix": "Bearer ",
    }
    publisher = {"zh-TW": "港務公司", "en": "Harbour Company"}
    return replace(FeedSource("office", "mcp", url, publisher, "CC0", options=options), **changes)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder, office = tmp_path_factory.mktemp("town"), open_office()
    with serving(office) as url:
        tables = "\n".join(re.findall(r"```toml\n(.*?)```", SECTION, re.DOTALL))
        (folder / "services.toml").write_text(tables.replace(URL, url), encoding="utf-8")
        services = load_services(folder)
        servers = load_mcp_servers(folder, lambda _: None, services)
        others = {"office": source(url), "hurried": source(url, 0.3), "dead": source(NOBODY)}
        desk = Desk(NOBODY, {**servers, **others})
        yield Town(office, desk, {service.name: service for service in services})
        desk.live.close()


@pytest.fixture
def town(served: Town) -> Town:
    served.office.calls.clear()
    served.office.booked.clear()
    return served


def drafted(town: Town, service: Service) -> Draft:
    draft = town.ask(service, {"topic": "燈塔", "people": "四個人"}).draft
    assert draft is not None
    return draft


def test_the_pages_service_is_asked_and_quoted(town: Town) -> None:
    """The tool gets what the tables map, and each member of its answer is quoted as the publisher's, with its time."""
    found = town.ask("tides", {"place": "衛武營"})
    assert found.status == Status.ANSWERED
    (asked,) = town.office.came("tide_table")
    assert list(asked) == ["harbour"]
    assert found.lines[0].text == f"港務公司回覆：「harbour: {asked['harbour']}」"
    assert "「high / metres: 0.92」" in text_of(found)
    assert found.readings[0].source == "港務公司"
    assert found.readings[0].observed_at == "2026-11-23T14:00:00+08:00"
    assert not found.readings[0].stale
    assert not cannot_be_told(found)


def test_a_text_is_quoted_line_by_line_in_english_too(town: Town) -> None:
    """The reading holds the words, so that their figures pass, and says that the time is not stated."""
    weather = town.of("weather", options={"constants": {"town": "Zuoying", "days": 3}})
    found = town.ask(weather, lang="en")
    assert text_of(found) == ("Harbour Company replies: “Zuoying未來 3 天多雲，氣溫 31.5 度。”\n“降雨機率 20%。”")
    assert found.readings[0].data["said"] == ["Zuoying未來 3 天多雲，氣溫 31.5 度。", "降雨機率 20%。"]
    assert found.readings[0].observed_at == ""
    told = tell([town.desk.request(weather, lang="en")], [found], unsupported_figures)
    assert "time not stated" in told.sentences[-1]
    assert len(told.sentences) == 3


def test_what_a_hostile_tool_says_stays_within_its_quotation(town: Town) -> None:
    """No link, markup, mark or unseen character is left, and nothing in a line ends the quotation."""
    found = town.ask(town.of("hostile"))
    text = text_of(found)
    assert found.lines[0].text.startswith("港務公司回覆：「『今天晴』")
    assert all(line.text.endswith("」") and line.text.count("」") == 1 for line in found.lines)
    assert not re.search(r"evil|http|www|<|>|\[|\]|\*|`|mailto|@|[\u200b-\u202e\x1b\xad]", text)
    assert not cannot_be_told(found)


def test_an_answer_is_cut_to_a_few_short_lines(town: Town) -> None:
    """Five lines of 160 characters, and that there was more."""
    found = town.ask(town.of("talkative"))
    assert len(found.lines) == 6
    assert max(len(line.text) for line in found.lines) <= 160 + len("港務公司回覆：「」")
    assert "其餘沒有列出" in found.lines[-1].text
    assert not cannot_be_told(found)


def test_an_answer_without_words_is_said_to_be_one(town: Town) -> None:
    """Nothing is made of nothing."""
    found = town.ask(town.of("silent"))
    assert found.status == Status.NO_EVIDENCE
    assert text_of(found) == "港務公司有回應，但沒有可以引用的文字。"


@pytest.mark.parametrize(
    ("tool", "server", "said"),
    [
        ("stuck", "hurried", "沒有在時限內回應"),
        ("failing", "office", "這次沒有辦法回答"),
        ("large", "office", "大得不合理"),
        ("huge", "office", "大得不合理"),
        ("weather", "dead", "連不上"),
        ("secret", "office", "拒絕"),
        ("vanished", "office", "目前沒有提供"),
        ("weather", "unknown", "沒有開放查詢"),
    ],
)
def test_each_fault_has_its_sentence(
    town: Town, caplog: pytest.LogCaptureFixture, tool: str, server: str, said: str
) -> None:
    """Whatever is wrong is said with the publisher's name, without a reading, a figure or the server's own words."""
    found = town.ask(town.of(tool, options={"server": server}))
    assert found.status == Status.FEED_UNAVAILABLE
    assert said in text_of(found)
    assert not found.readings
    assert "hunter2" not in text_of(found) + caplog.text


def test_a_tool_that_is_not_allowed_does_not_exist(town: Town) -> None:
    """A service that calls it all the same does not reach it."""
    town.ask(town.of("secret"))
    assert town.office.came("secret") == []


def test_what_a_server_asks_of_us_is_declined(town: Town) -> None:
    """Neither our language model, nor the person, nor our files are lent."""
    town.office.answered.clear()
    assert town.ask(town.of("asking")).status == Status.ANSWERED
    assert set(town.office.answered) == {"sampling", "elicitation", "roots"}
    assert all("not supported" in answer for answer in town.office.answered.values())


def test_a_tool_is_called_only_with_the_schema_that_was_approved(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """The pinned hash lets it pass; with another it is refused in clear words, and the log says the present one."""
    known = town.office.server._tool_manager.get_tool("weather")
    assert known is not None
    pinned = schema_hash(known.parameters)
    constants = {"town": "X"}
    good = town.ask(town.of("weather", options={"constants": constants, "schema_sha256": pinned}))
    caplog.set_level(logging.WARNING)
    bad = town.ask(town.of("weather", options={"constants": constants, "schema_sha256": "0" * 64}))
    assert good.status == Status.ANSWERED
    assert bad.status == Status.FEED_UNAVAILABLE
    assert "和核准時不一樣" in text_of(bad)
    assert len(town.office.came("weather")) == 1
    assert pinned in caplog.text


def test_a_service_of_the_staff_is_not_called_for_a_citizen(town: Town) -> None:
    """Even where a request got past the router, neither its question nor its act reaches the server."""
    weather = town.of("weather", audience="staff", options={"constants": {"town": "X"}})
    assert town.ask(weather).status == Status.NO_EVIDENCE
    visit = replace(town.booking(), audience="staff")
    draft = Draft(visit.name, (), {"arguments": {"topic": "燈塔", "people": 4}})
    refused = town.act(visit, draft, "k-1")
    assert "只提供給市府同仁" in text_of(refused)
    assert town.office.calls == []
    assert town.ask(weather, role="staff").status == Status.ANSWERED
    assert town.act(visit, draft, "k-1", role="staff").status == Status.ANSWERED


def test_an_act_is_shown_before_it_is_done(town: Town) -> None:
    """The draft lists what would be sent and to whom; nothing is called for it."""
    found = town.ask("harbour_visit", {"topic": "燈塔 <b>`rm`</b>", "people": "四個人"})
    assert found.draft is not None
    assert found.draft.lines == ("主題：燈塔 rm", "人數：4", "送給：港務公司")
    assert found.draft.payload == {"arguments": {"topic": "燈塔 rm", "people": 4}}
    assert "港務公司" in text_of(found)
    assert town.office.calls == []


def test_after_the_yes_it_is_done_once(town: Town) -> None:
    """A second try sends the same key, and gets the first booking."""
    visit = town.booking()
    draft = drafted(town, visit)
    first, second = (town.act(visit, draft, "k-7") for _ in range(2))
    assert text_of(first) == text_of(second) == "港務公司回覆：「已預約 4 人，編號 V-1。」"
    assert [call["request_id"] for call in town.office.came("book_visit")] == ["k-7", "k-7"]
    assert town.office.booked == {"k-7": "V-1"}
    assert not cannot_be_told(first)


def test_a_lost_answer_can_be_tried_again_only_with_a_key(town: Town) -> None:
    """Without a parameter for it, what may have been done is not done again; both say that nobody knows."""
    topic = {"topic": town.services["harbour_visit"].arguments["topic"]}
    blind = replace(town.booking("book_huge"), arguments=topic)
    keyed = replace(town.booking("book_huge", key="request_id"), arguments=topic)
    draft = Draft(blind.name, (), {"arguments": {"topic": "燈塔"}})
    for_good, again = town.act(blind, draft, "k-8"), town.act(keyed, draft, "k-8")
    assert (for_good.status, again.status) == (Status.PARTIAL, Status.FEED_UNAVAILABLE)
    assert "不會再送一次" in text_of(for_good)
    assert "不確定有沒有辦成" in text_of(again)
    assert len(town.office.came("book_huge")) == 2


@pytest.mark.parametrize(
    ("tool", "options", "said", "status"),
    [
        ("book_visit", {"server": "dead"}, "沒有送出任何內容", Status.FEED_UNAVAILABLE),
        ("book_visit", {"schema_sha256": "0" * 64, "server": "office"}, "沒有送出任何內容", Status.NO_EVIDENCE),
        ("vanished", {}, "沒有送出任何內容", Status.NO_EVIDENCE),
        ("book_failing", {}, "沒有辦成", Status.NO_EVIDENCE),
        ("book_visit", {"server": "unknown"}, "沒有開放", Status.FEED_UNAVAILABLE),
    ],
)
def test_an_act_that_came_to_nothing_says_so(
    town: Town, tool: str, options: dict[str, str], said: str, status: Status
) -> None:
    """Nothing was sent, or the tool says that it could not: no retry is offered where it was refused."""
    service = town.booking(tool, **options)
    found = town.act(service, Draft(service.name, (), {"arguments": {"topic": "燈塔"}}), "k-9")
    assert said in text_of(found)
    assert found.status == status
    assert town.office.booked == {}


def test_missing_words_are_asked_for_and_unknown_places_too(town: Town) -> None:
    """What the tool needs and nobody said is asked in the words of the tables, and nothing is called."""
    unclear = town.ask("harbour_visit", {"topic": "燈塔", "people": "很多人"})
    nowhere = town.ask("tides", {"place": "火星基地"})
    assert (unclear.status, nowhere.status) == (Status.CLARIFY, Status.CLARIFY)
    assert text_of(unclear) == "請問有幾個人？"
    assert "火星基地" in text_of(nowhere)
    assert town.office.calls == []


def test_a_misspelled_option_is_said_by_name(town: Town) -> None:
    """Whoever adds a service learns what is wrong with its table."""
    with pytest.raises(CityDataError, match="toll"):
        town.ask(town.of("weather", options={"toll": "weather"}))


def test_the_page_names_every_key() -> None:
    """A key that the page leaves out is one that nobody finds."""
    keys = "name tools transport url command key_env key_header key_prefix publisher licence stale_s timeout_s"
    options = "server tool input constants schema_sha256 key labels observed within_m"
    assert [key for key in f"{keys} {options}".split() if f"`{key}`" not in SECTION] == []


def test_the_tables_of_the_page_need_no_other_file(town: Town, tmp_path: Path) -> None:
    """They are read as they stand; a server of others is not asked where the demonstration is to be whole."""
    tables = "\n".join(re.findall(r"```toml\n(.*?)```", SECTION, re.DOTALL))
    (tmp_path / "services.toml").write_text(tables, encoding="utf-8")
    services = load_services(tmp_path)
    assert load_mcp_servers(tmp_path, lambda _: None, services)["harbour"].url == URL
    assert load_mcp_servers(tmp_path, lambda _: None, services, asked=False) == {}
