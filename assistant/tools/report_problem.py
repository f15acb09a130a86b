"""Reports a problem in the street to the city: what would be sent is shown first, and a yes sends it once."""

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from assistant.errors import FeedError, FeedRefused, FeedTimeout
from assistant.feeds.base import FeedSource
from assistant.feeds.geometry import Point
from assistant.feeds.open311 import (
    NewReport,
    Sent,
    read_definition,
    read_report,
    read_services,
    read_token,
    send_report,
)
from assistant.feeds.open311_records import Receipt, Report, Service, parse_errors
from assistant.schema import Lang, Reading, Status
from assistant.text import keyword_tokens, squeeze
from assistant.tools.base import Desk, Draft, Finding, Line, Request, Tool, reading_of
from assistant.tools.dates import day_words, had_at
from assistant.tools.report_place import Spot, spot_of
from assistant.tools.texts import quoted, say, trouble

_TEXTS = "report_problem"
_LONGEST = 1000  # characters of a description; all of them are shown before they are sent
_MOST_CHOICES, _MOST_NAMED = 4, 12
_MOST_REASONS = 2
_SEND_S, _ACT_S = 9.2, 9.6  # less than the framework allows, so that an unknown outcome is told as such
# What identifies a person: e-mail addresses, phone numbers, and numbers of identity cards and residence permits.
_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|(?<!\d)(?:\+?886[- ]?9|09)\d{2}[- ]?\d{3}[- ]?\d{3}(?!\d)"
    r"|(?<!\d)(?:\(0\d{1,2}\)|0\d{1,2}-)[ -]?\d{3,4}[- ]?\d{3,4}(?!\d)"
    r"|(?<![A-Za-z0-9])[A-Z][A-D1289]\d{8}(?!\d)",
    re.ASCII,
)


async def answer(request: Request, desk: Desk) -> Finding:
    """What would be sent, as a draft, or a question for what is unclear; nothing is sent.

    Options of the service: `categories`, by the key of a category its service `code` at the publisher and its name in
    English (`en`).

    Raises:
        FeedError: the publisher's list of services cannot be had or read.
    """
    source = desk.source(request.service, "reports")
    parsed = await read_services(desk.fetcher, source)
    kind = _kind(request, parsed.records)
    if isinstance(kind, Finding):
        return kind
    questions = await _questions(kind, source, desk)
    if questions:
        text = say(_TEXTS, "needs_more", request.lang, category=_label(kind, request), questions=questions)
        return Finding((Line(text), Line(desk.city.help[request.lang])), status=Status.NO_EVIDENCE)
    spot = spot_of(request, desk, needs_point=bool(source.options.get("needs_point")))
    if isinstance(spot, Finding):
        return spot
    description, left_out = _description(request, spot, kind)
    draft = _draft(request, source, kind, spot, description, left_out)
    lines = [Line(say(_TEXTS, "ready", request.lang, category=_label(kind, request)), 0)]
    if spot.is_long:
        lines.append(Line(say(_TEXTS, "long", request.lang, place=spot.words), 0))
    data = {"category": _label(kind, request), "code": kind.code, "place": spot.words, "point": _degrees(spot.point)}
    reading = reading_of(request, source, data, observed_at=had_at(request, parsed.fetched_at))
    return Finding(tuple(lines), (reading,), draft=draft)


async def act(request: Request, payload: Mapping[str, Any], key: str, desk: Desk) -> Finding:
    """Send what a draft said; the same key again finds what was sent with it and sends no second report."""
    source = desk.source(request.service, "reports")
    point = payload.get("point")
    report = NewReport(
        service=str(payload["code"]),
        description=str(payload["description"]),
        reference=key,
        point=Point(point["lat"], point["lon"]) if point else None,
        address=str(payload["address"]),
    )
    began = time.monotonic()
    try:
        async with asyncio.timeout(_SEND_S):
            sent = await send_report(desk.fetcher, source, report, request.now)
    except TimeoutError:
        return _not_sent(request, source, FeedTimeout(f"{source.name} took too long.", "Try again later."), desk)
    except FeedError as fault:
        return _not_sent(request, source, fault, desk)
    receipt, taken = await _followed(sent.receipt, source, desk, _ACT_S - (time.monotonic() - began))
    reading = _receipt_reading(request, source, payload, receipt, taken)
    lines = [Line(text, 0) for text in _told(request.lang, sent, reading.data)]
    return Finding(tuple(lines), (reading,))


def _kind(request: Request, services: Sequence[Service]) -> Service | Finding:
    """The publisher's service for a category, or a question which one is meant."""
    words = request.arguments.values.get("category", "")
    known = request.service.arguments.get("category")
    keys = (key for key, said in (known.words if known else {}).items() if squeeze(words) in map(squeeze, said))
    key = next(keys, words)
    code = _categories(request).get(key, {}).get("code", key)
    found = [one for one in services if one.code == code]
    wanted = squeeze(words)
    if not found and wanted:
        found = [one for one in services if wanted in {squeeze(name) for name in (one.name, *one.keywords)}]
    if not found and len(wanted) > 1:
        names = ((one, squeeze(name)) for one in services for name in (one.name, *one.keywords))
        found = list(dict.fromkeys(one for one, name in names if name and (wanted in name or name in wanted)))
    if len(found) == 1:
        return found[0]
    shown = [_label(one, request) for one in services][:_MOST_NAMED]
    names_said = ("；" if request.lang == "zh-TW" else "; ").join(shown)
    ask = "which_category" if wanted else "which_category_unsaid"
    text = say(_TEXTS, ask, request.lang, words=quoted(words, 40), names=names_said)
    choices = tuple(_label(one, request) for one in found or _near(words, services))[:_MOST_CHOICES]
    return Finding((Line(text),), status=Status.CLARIFY, choices=choices)


def _near(words: str, services: Sequence[Service]) -> list[Service]:
    """The services that share words with what was said, the nearest first."""
    tokens = set(keyword_tokens(words))
    shared = {one: len(tokens & set(keyword_tokens(" ".join((one.name, *one.keywords))))) for one in services}
    return sorted((one for one in services if shared[one]), key=lambda one: -shared[one])


async def _questions(kind: Service, source: FeedSource, desk: Desk) -> str:
    """The further questions that the publisher requires an answer to; none for most services."""
    if not kind.has_definition:
        return ""
    definition = await read_definition(desk.fetcher, source, kind.code)
    return "; ".join(quoted(one.question or one.code, 60) for one in definition.attributes if one.required)


def _categories(request: Request) -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = request.service.options.get("categories", {})
    return found


def _label(kind: Service, request: Request) -> str:
    """The name of a service: the publisher's, and in English the city's own before it."""
    name = quoted(kind.name, 40)
    if request.lang == "zh-TW":
        return name
    english = (one.get("en", "") for key, one in _categories(request).items() if one.get("code", key) == kind.code)
    own = next(english, "")
    return f"{own} ({name})" if own else name


def _description(request: Request, spot: Spot, kind: Service) -> tuple[str, bool]:
    """What the person said of the problem, without what identifies somebody, and whether such was left out."""
    said = request.arguments.values.get("description", "") or request.arguments.text
    if squeeze(said) in squeeze(spot.words):
        said = _label(kind, request)
    kept, count = _PERSONAL.subn(say(_TEXTS, "left_out_mark", request.lang), said)
    return quoted(kept, _LONGEST) or _label(kind, request), count > 0


def _draft(request: Request, source: FeedSource, kind: Service, spot: Spot, description: str, left_out: bool) -> Draft:
    lang = request.lang
    publisher = source.publisher.get(lang) or source.name
    lines = [
        say(_TEXTS, "to", lang, publisher=publisher),
        say(_TEXTS, "category", lang, category=_label(kind, request)),
        say(_TEXTS, "place", lang, place=spot.words),
        _point_said(spot, lang),
        say(_TEXTS, "description", lang, description=description),
        say(_TEXTS, "no_person", lang),
        say(_TEXTS, "key", lang),
    ]
    if left_out:
        lines.append(say(_TEXTS, "left_out", lang))
    if source.simulated:
        lines.append(say(_TEXTS, "simulated", lang))
    payload = {
        "code": kind.code,
        "category": _label(kind, request),
        "address": spot.words,
        "point": _degrees(spot.point),
        "description": description,
    }
    return Draft(request.service.name, tuple(lines), payload)


def _point_said(spot: Spot, lang: Lang) -> str:
    if spot.point is None:
        return say(_TEXTS, "no_point", lang)
    key = "rough_point" if spot.is_rough else "point"
    return say(_TEXTS, key, lang, lat=f"{spot.point.lat:.5f}", lon=f"{spot.point.lon:.5f}", name=spot.name)


def _degrees(point: Point | None) -> dict[str, float] | None:
    return {"lat": round(point.lat, 5), "lon": round(point.lon, 5)} if point else None


async def _followed(
    receipt: Receipt, source: FeedSource, desk: Desk, patience_s: float
) -> tuple[Receipt, Report | None]:
    """A receipt with its number, where a token came first, and what the publisher says of the report by now.

    The report is taken, whatever comes of this: what cannot be had is left out.
    """
    taken = None
    with suppress(FeedError, TimeoutError):
        async with asyncio.timeout(patience_s):
            if not receipt.id:
                found = await read_token(desk.fetcher, source, receipt.token)
                receipt = found if found.id else receipt
            if receipt.id:
                taken = await read_report(desk.fetcher, source, receipt.id, desk.city.timezone)
    return receipt, taken


def _receipt_reading(
    request: Request, source: FeedSource, payload: Mapping[str, Any], receipt: Receipt, taken: Report | None
) -> Reading:
    expected = taken.expected_at if taken else None
    data = {
        "reference": quoted(receipt.id or receipt.token, 60),
        "has_number": bool(receipt.id),
        "category": payload["category"],
        "agency": quoted(taken.agency, 60) if taken else "",
        "expected": day_words(expected.astimezone(request.now.tzinfo).date(), request) if expected else "",
        "expected_at": expected.isoformat() if expected else "",
        "notice": quoted(receipt.notice or (taken.notice if taken else "")),
    }
    return reading_of(request, source, data, observed_at=request.now, place=quoted(str(payload["address"]), 40))


def _told(lang: Lang, sent: Sent, data: Mapping[str, object]) -> list[str]:
    key = "sent" if sent.new else "sent_before"
    texts = [say(_TEXTS, key if data["has_number"] else f"{key}_token", lang, reference=data["reference"])]
    known = [name for name in ("agency", "expected") if data[name]]
    if known:
        texts.append(say(_TEXTS, "_and_".join(known), lang, **{name: data[name] for name in known}))
    if data["notice"]:
        texts.append(say(_TEXTS, "notice", lang, notice=data["notice"]))
    return texts


def _not_sent(request: Request, source: FeedSource, fault: FeedError, desk: Desk) -> Finding:
    """Say whether a report that failed may have come through; one that cannot be looked up is not sent again."""
    lang, help_line = request.lang, Line(desk.city.help[request.lang])
    if isinstance(fault, FeedRefused) and 400 <= fault.status < 500:
        reasons = "; ".join(quoted(one) for one in parse_errors(fault.content)[:_MOST_REASONS])
        text = say(_TEXTS, "refused_because" if reasons else "refused", lang, reasons=reasons)
        return Finding((Line(text), help_line), status=Status.FEED_UNAVAILABLE)
    can_look_up = source.options.get("lists_reports") is not False
    text = say(_TEXTS, "unknown" if can_look_up else "unknown_for_good", lang)
    status = Status.FEED_UNAVAILABLE if can_look_up else Status.PARTIAL
    return Finding((trouble(source, fault, lang), Line(text), help_line), status=status)


TOOL = Tool(answer, act)
