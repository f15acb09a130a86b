"""How far a report to the city has got, by its number: its state, what was done and when, in the agency's words."""

import re
import unicodedata

from assistant.errors import FeedRefused
from assistant.feeds.base import FeedSource
from assistant.feeds.open311 import read_report, read_reports, read_token
from assistant.feeds.open311_records import Report
from assistant.schema import Status
from assistant.text import fold
from assistant.tools.base import Desk, Finding, Line, Request, Tool, reading_of
from assistant.tools.dates import day_words
from assistant.tools.texts import clock, quoted, say

_TEXTS = "report_status"
_LONGEST = 40
_NO_SUCH = frozenset({404, 410})
_SIGNS = re.compile(r"[\W_]+")
_STATES = {"open": "open", "closed": "closed"}


async def answer(request: Request, desk: Desk) -> Finding:
    """The state of the report with the number of the argument "reference".

    A number that differs in signs alone (KH-20261109-0311 for KH20261109-0311) is found too; the answer says which
    one was taken. What was reported, and where, is not told: whoever guesses a number would learn it.

    Raises:
        FeedError: the publisher's service cannot be asked or read.
    """
    source = desk.source(request.service, "reports")
    number = _number(request.arguments.values.get("reference", ""))
    if not any(character.isalnum() for character in number):
        return Finding((Line(say(_TEXTS, "no_number", request.lang)),), status=Status.CLARIFY)
    report = await _report(number, source, desk)
    if report is None and number != number.upper():
        report = await _report(number.upper(), source, desk)
    report = report or await _alike(number, source, desk)
    if report is None:
        advice = desk.city.help[request.lang]
        reading = reading_of(request, source, {"reference": number, "advice": advice}, observed_at=request.now)
        lines = (Line(say(_TEXTS, "unknown", request.lang, reference=number), 0), Line(advice))
        return Finding(lines, (reading,), Status.NO_EVIDENCE)
    data = _data(report, request)
    # A report is asked for anew, so its state is that of now, however long ago it last changed.
    reading = reading_of(request, source, data, observed_at=request.now)
    texts = [_state(data, request)]
    if data["notes"]:
        texts.append(say(_TEXTS, "notes", request.lang, notes=data["notes"]))
    known = [name for name in ("agency", "expected") if data[name]]
    if known:
        texts.append(say(_TEXTS, "_and_".join(known), request.lang, **{name: data[name] for name in known}))
    if data["overdue"]:
        texts.append(say(_TEXTS, "overdue", request.lang))
    return Finding(tuple(Line(text, 0) for text in texts), (reading,))


def _number(said: str) -> str:
    """The number as it was written, in half width, without blanks and signs around it."""
    return re.sub(r"\s+", "", quoted(unicodedata.normalize("NFKC", said), _LONGEST)).strip("#.,。、:")


async def _report(number: str, source: FeedSource, desk: Desk) -> Report | None:
    try:
        return await read_report(desk.fetcher, source, number, desk.city.timezone)
    except FeedRefused as fault:
        if fault.status not in _NO_SUCH:
            raise
        return None


async def _alike(number: str, source: FeedSource, desk: Desk) -> Report | None:
    """The one report whose number has the same letters and digits, or that was first answered with this token."""
    try:
        listed = () if source.options.get("lists_reports") is False else await _listed(source, desk)
        found = [one for one in listed if _bare(one.id) == _bare(number)]
        if len(found) == 1:
            return found[0]
        receipt = await read_token(desk.fetcher, source, number)
    except FeedRefused:  # few services list reports or know tokens; there is no such number, all the same
        return None
    return await _report(receipt.id, source, desk) if receipt.id else None


async def _listed(source: FeedSource, desk: Desk) -> tuple[Report, ...]:
    return (await read_reports(desk.fetcher, source, zone=desk.city.timezone)).records


def _bare(number: str) -> str:
    return _SIGNS.sub("", fold(number))


def _data(report: Report, request: Request) -> dict[str, object]:
    """What is told of a report, each time in the form in which a line says it."""
    expected = report.expected_at if report.status != "closed" else None
    day = expected.astimezone(request.now.tzinfo).date() if expected else None
    return {
        "reference": quoted(report.id, 60),
        "state": quoted(report.status, 40),
        "category": quoted(report.service_name, 40),
        "notes": quoted(report.status_notes, 200),
        "agency": quoted(report.agency, 60),
        "sent": clock(report.requested_at, request) if report.requested_at else "",
        "sent_at": report.requested_at.isoformat() if report.requested_at else "",
        "updated": clock(report.updated_at, request) if report.updated_at else "",
        "updated_at": report.updated_at.isoformat() if report.updated_at else "",
        "expected": day_words(day, request) if day else "",
        "expected_at": expected.isoformat() if expected else "",
        "overdue": bool(expected and expected < request.now),
    }


def _state(data: dict[str, object], request: Request) -> str:
    """The state in a sentence: what is reported, since when it is so, and when it was sent."""
    state = _STATES.get(str(data["state"]))
    said = say(_TEXTS, state, request.lang) if state else say(_TEXTS, "other", request.lang, state=data["state"])
    parts = [said]
    if data["updated"]:
        parts.append(say(_TEXTS, "closed_at" if state == "closed" else "updated", request.lang, time=data["updated"]))
    if data["sent"]:
        parts.append(say(_TEXTS, "sent", request.lang, time=data["sent"]))
    details = ("，" if request.lang == "zh-TW" else ", ").join(parts)
    key = "case_of" if data["category"] else "case"
    values = {"reference": data["reference"], "category": data["category"], "details": details}
    return say(_TEXTS, key, request.lang, **values)


TOOL = Tool(answer)
