"""Open311 GeoReport v2: the kinds of reports that a city takes, sending one exactly once, and following it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from assistant.errors import FeedError, FeedMalformed
from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.geometry import Point
from assistant.feeds.open311_records import (
    Definition,
    Receipt,
    Report,
    Service,
    parse_definition,
    parse_receipt,
    parse_reports,
    parse_services,
)
from assistant.feeds.paging import under

_LONGEST_DESCRIPTION = 4_000  # GeoReport v2, POST Service Request
_LOOK_BACK = timedelta(days=1)
_MARK = "[{reference}]"


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report to be sent.

    Attributes:
        service: code of the service.
        description: what the person wrote.
        reference: our own id of this report, the same for each attempt. It is sent at the end
            of the description, because no other field of the standard comes back when reports are listed.
        point, address: where; at least one of them.
        attributes: answers to the further questions by code, one value each.
        contact: `first_name`, `last_name`, `email`, `phone`, as far as the person gives them.
    """

    service: str
    description: str
    reference: str
    point: Point | None = None
    address: str = ""
    attributes: Mapping[str, str] | None = None
    contact: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a report; `new` is whether this call sent it."""

    receipt: Receipt
    new: bool


async def read_services(fetcher: Fetcher, source: FeedSource) -> Parsed[Service]:
    """The kinds of reports that the city takes; the source's address is the endpoint (".../v2").

    Options of the source: `format` ("json" or "xml"), `jurisdiction_id`, and `lists_reports`, which is false for a
    service that does not let reports be listed. Its key is the api_key for sending.

    Raises:
        FeedError: as `Fetcher.get`; FeedMalformed where the answer is no GeoReport. So do the other functions.
    """
    fetched = await fetcher.get(source, url=_url(source, "services"), params=_params(source))
    return replace(parse_services(fetched.content), fetched_at=fetched.fetched_at)


async def read_definition(fetcher: Fetcher, source: FeedSource, service: str) -> Definition:
    """The further questions of a service that has a definition."""
    url = _url(source, "services", service)
    return parse_definition((await fetcher.get(source, url=url, params=_params(source))).content)


async def read_reports(
    fetcher: Fetcher,
    source: FeedSource,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    service: str = "",
    status: str = "",
    zone: tzinfo | None = None,
) -> Parsed[Report]:
    """Reports sent between two moments, aware; the standard allows 90 days, which are also the default."""
    asked = {
        "start_date": start.isoformat(timespec="seconds") if start else "",
        "end_date": end.isoformat(timespec="seconds") if end else "",
        "service_code": service,
        "status": status,
    }
    params = _params(source) | {name: value for name, value in asked.items() if value}
    fetched = await fetcher.get(source, url=_url(source, "requests"), params=params)
    return replace(parse_reports(fetched.content, zone), fetched_at=fetched.fetched_at)


async def read_report(fetcher: Fetcher, source: FeedSource, number: str, zone: tzinfo | None = None) -> Report | None:
    """One report by its number; None where the answer does not have it (a service may also refuse with 404)."""
    fetched = await fetcher.get(source, url=_url(source, "requests", number), params=_params(source))
    return next((report for report in parse_reports(fetched.content, zone).records if report.id == number), None)


async def read_token(fetcher: Fetcher, source: FeedSource, token: str) -> Receipt:
    """The number of a report that was answered with a token; its `id` is empty as long as there is none."""
    now = replace(source, refresh_s=0.0)
    url = _url(source, "tokens", token)
    return parse_receipt((await fetcher.get(now, url=url, params=_params(source), max_age_s=0.0)).content)


async def send_report(fetcher: Fetcher, source: FeedSource, report: NewReport, now: datetime) -> Sent:
    """Send a report; called again with the same reference it finds the first one and sends no second.

    Show the person what will be sent before (`report_form`). A service that does not list reports (or lists them late
    or without descriptions) cannot be asked whether one came through: after a fault nobody should send it again.

    Raises:
        FeedTimeout, FeedUnreachable: nobody knows whether the report came through; call again with the same report.
        FeedRefused: the service did not take it; `parse_errors` of its content reads the reasons.
    """
    earlier = await find_report(fetcher, source, report, now)
    if earlier:
        return Sent(earlier, new=False)
    form = report_form(report, source)
    if source.key:
        form["api_key"] = source.key.get_secret_value()
    try:
        answer = await fetcher.post(source, url=_url(source, "requests"), data=form)
        return Sent(parse_receipt(answer.content), new=True)
    except FeedError:
        found = await _look_again(fetcher, source, report, now)
        if found is None:
            raise
        return Sent(found, new=True)


async def find_report(fetcher: Fetcher, source: FeedSource, report: NewReport, now: datetime) -> Receipt | None:
    """The report with our reference that was sent since yesterday, asked anew; None where reports are not listed."""
    if source.options.get("lists_reports") is False:
        return None
    fresh = replace(source, refresh_s=0.0)
    params = _params(source) | {
        "service_code": report.service,
        "start_date": (now - _LOOK_BACK).isoformat(timespec="seconds"),
    }
    fetched = await fetcher.get(fresh, url=_url(source, "requests"), params=params, max_age_s=0.0)
    mark = _MARK.format(reference=report.reference)
    for found in parse_reports(fetched.content).records:
        if mark in found.description:
            return Receipt(found.id, "", found.notice)
    return None


def report_form(report: NewReport, source: FeedSource) -> dict[str, str]:
    """The fields that are sent, without the api_key.

    Raises:
        FeedMalformed: the report says neither where it is nor what it is about.
    """
    if not report.description.strip() or (report.point is None and not report.address.strip()):
        raise FeedMalformed("The report lacks its place or its description.", "Say where it is and what is wrong.")
    mark = _MARK.format(reference=report.reference)
    room = _LONGEST_DESCRIPTION - len(mark) - 1
    form = _params(source) | {
        "service_code": report.service,
        "description": f"{report.description.strip()[:room]}\n{mark}",
    }
    if report.point:
        form |= {"lat": f"{report.point.lat:.6f}", "long": f"{report.point.lon:.6f}"}
    if report.address.strip():
        form["address_string"] = report.address.strip()
    form |= {f"attribute[{code}]": value for code, value in (report.attributes or {}).items()}
    allowed = ("first_name", "last_name", "email", "phone")
    return form | {name: value for name, value in (report.contact or {}).items() if name in allowed and value}


async def _look_again(fetcher: Fetcher, source: FeedSource, report: NewReport, now: datetime) -> Receipt | None:
    """Whether a report came through whose answer did not; a fault of this look tells nothing new."""
    try:
        return await find_report(fetcher, source, report, now)
    except FeedError:
        return None


def _url(source: FeedSource, *steps: str) -> str:
    ending = "xml" if source.options.get("format") == "xml" else "json"
    return f"{under(source.url, *steps)}.{ending}"


def _params(source: FeedSource) -> dict[str, str]:
    jurisdiction = str(source.options.get("jurisdiction_id", ""))
    return {"jurisdiction_id": jurisdiction} if jurisdiction else {}
