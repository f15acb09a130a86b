"""CAP: what is warned of here and now, and nothing that was taken back, rehearsed or smuggled in."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.errors import FeedMalformed, FeedRefused
from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.cap import (
    Alert,
    current_alerts,
    parse_cap,
    parse_cap_index,
    parse_cap_index_time,
    read_cap,
    standing_alerts,
)
from assistant.feeds.geometry import Point
from tests.feeds.hostile import SHARED, cuts, noise, read_all
from tests.indexing.loopback import City, Page

ZONE = ZoneInfo("Asia/Taipei")
REAL = SHARED / "d6_cap"
SENT = datetime(2026, 8, 10, 8, tzinfo=ZONE)
HOUR = timedelta(hours=1)
SQUARE = "22.6,120.2 22.6,120.4 22.8,120.4 22.8,120.2 22.6,120.2"

real = pytest.mark.skipif(not REAL.exists(), reason="real payloads are not at hand")


def area(inner: str) -> str:
    return f"<area><areaDesc>某區</areaDesc>{inner}</area>"


def info(
    language: str = "zh-TW", begins: datetime = SENT, ends: datetime | None = SENT + 3 * HOUR, inner: str = ""
) -> str:
    expires = f"<expires>{ends.isoformat()}</expires>" if ends else ""
    return (
        f"<info><language>{language}</language><category>Met</category><event>豪雨 {language}</event>"
        f"<effective>{begins.isoformat()}</effective>{expires}{inner}</info>"
    )


def message(name: str = "a", infos: str = "", sent: datetime = SENT, kind: str = "Alert", **fields: str) -> str:
    told = {"status": "Actual", "msgType": kind, "scope": "Public", **fields}
    body = "".join(f"<{field}>{value}</{field}>" for field, value in told.items())
    return (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{name}</identifier><sender>office</sender><sent>{sent.isoformat()}</sent>{body}"
        f"{infos or info()}</alert>"
    )


def parse(content: bytes) -> Parsed[Alert]:
    return parse_cap(content, ZONE)


def one(written: str) -> Alert:
    return parse(written.encode()).records[0]


@real
def test_the_real_alert_of_taiwan_reads_as_a_person_reads_it() -> None:
    """A reservoir's discharge, by the area codes of NCDR, in force for an hour."""
    alert = parse((REAL / "taiwan.cap").read_bytes()).records[0]
    (said,) = alert.infos_in("zh-TW")
    sent = datetime(2014, 5, 14, 20, 10, tzinfo=ZONE)
    assert (said.event, said.severity, said.headline) == ("水庫洩洪", "Moderate", "明德水庫:洩洪中")
    assert dict(said.parameters)["severity_level"] == "一級警戒"
    assert said.areas[0].has_code("1000512", "Taiwan_Geocode")
    assert not said.areas[0].has_code("1000513", "Taiwan_Geocode")
    assert [bool(current_alerts([alert], at)) for at in (sent, sent + HOUR)] == [True, False]


@real
def test_all_real_alerts_but_the_attack_are_read() -> None:
    """Alerts of nine countries, of CAP 1.1 and 1.2, signed, in Latin-1 or lacking fields, are read."""
    paths = sorted(path for path in REAL.iterdir() if path.suffix in {".cap", ".xml"})
    read = {path.name: parse(path.read_bytes()) for path in paths if path.name != "xee.cap"}
    assert len(read) == 16
    assert {(len(parsed.records), parsed.skipped) for parsed in read.values()} == {(1, 0)}
    assert read["noaa_errors.cap"].records[0].infos[0].areas[0].unread
    assert read["ph.cap"].records[0].status == "Test"


@real
def test_a_real_update_names_what_it_replaces() -> None:
    """References hold sender, identifier and time, in whatever offset."""
    alert = parse((REAL / "mexico.xml").read_bytes()).records[0]
    sent = datetime(2018, 10, 20, 9, 15, tzinfo=UTC)
    assert alert.references == (("smn.cna.gob.mx", "avisossmn-ciclontropical-4061", sent),)


@real
def test_a_real_polygon_and_a_real_circle_cover_points() -> None:
    """Points inside and outside of published shapes are told apart; the radius is in kilometres."""
    polygon = parse((REAL / "mexico.xml").read_bytes()).records[0].infos[0].areas[0]
    circle = parse((REAL / "australia.cap").read_bytes()).records[0].infos[0].areas[0]
    ring = polygon.polygons[0]
    middle = Point(sum(p.lat for p in ring) / len(ring), sum(p.lon for p in ring) / len(ring))
    assert (polygon.covers(middle), polygon.covers(Point(60, 10))) == (True, False)
    assert circle.covers(circle.circles[0].centre) is True
    assert circle.covers(Point(60, 10)) is False


@real
def test_the_real_attack_is_refused() -> None:
    """External entities are never resolved: the document that declares them is no alert."""
    with pytest.raises(FeedMalformed, match="document type"):
        parse((REAL / "xee.cap").read_bytes())


@pytest.mark.parametrize(
    "attack",
    [
        '<!DOCTYPE alert SYSTEM "http://127.0.0.1/x.dtd">',
        "<!DOCTYPE alert>",
        '<!DOCTYPE a [<!ENTITY x "lol"><!ENTITY y "&x;&x;&x;">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/"> %x;]>',
    ],
)
def test_attacks_by_document_type_are_refused(attack: str) -> None:
    """Bombs and references to files or hosts need a document type, and no alert does."""
    with pytest.raises(FeedMalformed):
        parse(f"{attack}{message()}".encode())


def test_an_inclusion_is_only_an_element() -> None:
    """XInclude is not followed; the alert around it is read."""
    include = '<include xmlns="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    assert "root:" not in str(one(message(infos=info(inner=area(include)))))


def test_an_alert_holds_from_its_start_to_its_expiry() -> None:
    """Before its time and from its expiry on, nothing is warned of."""
    alert = one(message(infos=info(begins=SENT + HOUR)))
    hours = [current_alerts([alert], SENT + n * HOUR) for n in range(4)]
    assert [bool(found) for found in hours] == [False, True, True, False]


def test_an_alert_without_expiry_holds_for_a_day() -> None:
    """The standard leaves it to the recipient; a day old, it is no longer shown as in force."""
    alert = one(message(infos=info(ends=None)))
    assert [alert.in_force(SENT + n * HOUR) for n in (0, 23, 24)] == [True, True, False]


@pytest.mark.parametrize("kind", ["Update", "Cancel"])
def test_an_update_or_cancellation_ends_what_it_names(kind: str) -> None:
    """What was taken back is not warned of, in whichever order the messages come; an update takes its place."""
    first = one(message("a"))
    named = f"office,a,{SENT.astimezone(UTC).isoformat()}"
    second = one(message("b", sent=SENT + HOUR, kind=kind, references=named))
    remaining = [second] if kind == "Update" else []
    for alerts in ([first, second], [second, first]):
        assert list(current_alerts(alerts, SENT + 2 * HOUR)) == remaining
    assert current_alerts([first, second], SENT) == (first,)


def test_a_reference_must_fit_whole() -> None:
    """Another sender's or another day's message with the same identifier stands."""
    first = one(message("a"))
    others = [f"other,a,{SENT.isoformat()}", f"office,a,{(SENT - HOUR).isoformat()}", "office,a", "a", ",,"]
    cancels = [one(message(f"c{n}", kind="Cancel", references=named)) for n, named in enumerate(others)]
    assert current_alerts([first, *cancels], SENT + HOUR) == (first,)


def test_an_alert_that_names_itself_stands() -> None:
    """An update among whose references its own name stands does not end itself."""
    alert = one(message("a", kind="Update", references=f"office,a,{SENT.isoformat()}"))
    assert current_alerts([alert], SENT) == (alert,)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "Exercise"},
        {"status": "Test"},
        {"status": "Draft"},
        {"status": "System"},
        {"status": ""},
        {"scope": "Restricted"},
        {"scope": "Private"},
        {"msgType": "Ack"},
        {"msgType": "Error"},
    ],
)
def test_what_is_no_public_warning_is_never_one(fields: dict[str, str]) -> None:
    """Exercises, tests, private messages and acknowledgements are not shown as warnings."""
    assert current_alerts([one(message(**fields))], SENT) == ()


def test_an_alert_stands_after_it_has_expired() -> None:
    """What was announced for a day is not taken back by the end of the message, but by a cancellation."""
    first = one(message("a"))
    cancel = one(message("b", kind="Cancel", references=f"office,a,{SENT.isoformat()}"))
    later = SENT + timedelta(days=30)
    assert current_alerts([first], later) == ()
    assert standing_alerts([first], later) == (first,)
    assert standing_alerts([first, cancel], later) == ()


def test_a_rehearsed_cancellation_cancels_nothing() -> None:
    """An exercise cannot take back a real warning."""
    first = one(message("a"))
    rehearsed = one(message("b", kind="Cancel", status="Exercise", references=f"office,a,{SENT.isoformat()}"))
    assert current_alerts([first, rehearsed], SENT) == (first,)


@pytest.mark.parametrize(
    ("asked", "given"), [("en", "en-US"), ("zh-TW", "zh-tw"), ("zh-HK", "zh-tw"), ("fr", "zh-tw"), ("EN-us", "en-US")]
)
def test_the_language_is_the_readers_where_there_is_one(asked: str, given: str) -> None:
    """Upper and lower case do not matter; else a language akin to it, else the first."""
    alert = one(message(infos=info("zh-tw") + info("en-US") + info("zh-tw")))
    assert {said.language for said in alert.infos_in(asked)} == {given}


def test_shapes_tell_where_an_alert_holds() -> None:
    """Polygon and circle are latitude first; without a shape, or with one that is broken, it is unknown."""
    inner = [
        f"<polygon>{SQUARE}</polygon>",
        "<circle>22.7,120.3 5</circle>",
        "<geocode><valueName>Taiwan_Geocode_103</valueName><value>64000</value></geocode>",
        "<polygon>22.6,120.2 north,120.4 22.8,120.4</polygon>",
        "<circle>22.7,120.3 far</circle>",
        "<circle>22.7,120.3</circle>",
        f"<polygon>22.6,120.2 x</polygon><polygon>{SQUARE}</polygon>",
    ]
    alert = one(message(infos=info(inner="".join(area(one) for one in inner))))
    inside, outside = Point(22.7, 120.3), Point(23.5, 121)
    areas = alert.infos[0].areas
    assert [one.covers(inside) for one in areas] == [True, True, None, None, None, None, True]
    assert [one.covers(outside) for one in areas] == [False, False, None, None, None, None, None]
    assert [areas[2].touches_code(code) for code in ("64000010", "64", "10013", "")] == [True, True, False, False]
    assert not areas[2].touches_code("64", "another system")
    assert [areas[2].has_code(code) for code in ("64000010", "64000", "10013", "")] == [True, True, False, False]


def test_a_broken_alert_costs_only_itself() -> None:
    """Alerts inside a feed are read one by one; those without a name or time are counted."""
    feed = f"<feed>{message('a')}{message('')}{message('b').replace('2026', 'never', 1)}{message('c')}</feed>"
    parsed = parse(feed.encode())
    assert ([alert.identifier for alert in parsed.records], parsed.skipped) == (["a", "c"], 2)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"<html></html>", b"<alert/>", b"<?xml version='1.0' encoding='nonsense'?><a/>", b"\xff\xfe"],
)
def test_another_document_is_refused(content: bytes) -> None:
    """What holds no alert is a fault, not a quiet day."""
    with pytest.raises(FeedMalformed):
        parse(content)


@real
@pytest.mark.parametrize("name", ["taiwan.cap", "canada_signed.cap"])
def test_broken_bytes_are_refused(name: str) -> None:
    """A cut alert is no alert: it might lack its area or its expiry."""
    content = (REAL / name).read_bytes()
    read_all(parse, noise(content))
    assert set(read_all(parse, cuts(content.rstrip()))) == {None}


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>NCDR</title><link rel="self" href="{root}/feed"/>
<entry><id>1</id><link rel="self" href="{root}/no"/><link rel="alternate" href="{root}/a.cap"/></entry>
<entry><id>2</id><link href="{root}/b.cap"/></entry><entry><id>3</id></entry>
<entry><id>4</id><link href="http://elsewhere.example/c.cap"/></entry>
<entry><link href="{root}/b.cap"/></entry></feed>"""


def test_feeds_of_alerts_are_listed() -> None:
    """Atom and RSS name their alerts once each; another document is no feed."""
    rss = b"<rss><channel><link>home</link><item><link>http://h/a.cap</link></item></channel></rss>"
    listed = ["r/a.cap", "r/b.cap", "http://elsewhere.example/c.cap"]
    assert list(parse_cap_index(ATOM.format(root="r").encode())) == listed
    assert parse_cap_index(rss) == ("http://h/a.cap",)
    with pytest.raises(FeedMalformed):
        parse_cap_index(b"<html></html>")


@pytest.mark.parametrize(
    ("index", "made"),
    [
        (
            "<feed><updated>2026-08-10T08:00:00+08:00</updated><entry><updated>2026-08-01T08:00:00Z</updated></entry></feed>",
            SENT,
        ),
        ("<rss><channel><lastBuildDate>Mon, 10 Aug 2026 08:00:00 +0800</lastBuildDate></channel></rss>", SENT),
        ("<rss><channel><pubDate>Mon, 10 Aug 2026 00:00:00 GMT</pubDate><item/></channel></rss>", SENT),
        ("<feed><entry><updated>2026-08-01T08:00:00Z</updated></entry></feed>", None),
        ("<feed><updated>yesterday</updated></feed>", None),
        ("<rss><channel><pubDate>Mon, 10 Aug 2026 00:00:00 +99999999999999999999</pubDate></channel></rss>", None),
    ],
)
def test_a_feed_tells_when_it_was_made_and_its_entries_do_not(index: str, made: datetime | None) -> None:
    """Entries of a quiet time are old in a feed of now."""
    assert parse_cap_index_time(index.encode()) == made


def read(source: FeedSource) -> Parsed[Alert]:
    async def run() -> Parsed[Alert]:
        async with Fetcher() as fetcher:
            return await read_cap(fetcher, source, ZONE)

    return asyncio.run(run())


def test_a_feed_and_its_alerts_are_fetched(publisher: City, source: FeedSource) -> None:
    """The alerts of a feed are had at once; one on another host, or missing, is counted and not asked for."""
    publisher.pages["/feed"] = Page(ATOM.format(root=publisher.url).encode())
    publisher.pages["/a.cap"] = Page(message("a").encode())
    assert [(alert.identifier) for alert in read(source).records] == ["a"]
    assert read(source).skipped == 2
    publisher.pages["/b.cap"] = Page(message("b").encode())
    parsed = read(replace(source, options={"most": 2}))
    assert ([alert.identifier for alert in parsed.records], parsed.skipped) == (["a", "b"], 1)


def test_a_single_document_of_alerts_is_fetched(publisher: City, source: FeedSource) -> None:
    """A source may also be an alert itself; a failing one is told."""
    publisher.pages["/feed"] = [Page(message("a").encode()), Page(b"", 500)]
    assert read(source).records == (one(message("a")),)
    with pytest.raises(FeedRefused):
        read(source)
