"""Reports to the city, listed, sent and followed by the client of Open311."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from assistant.demo import open_demo_city
from assistant.feeds.geometry import Point
from assistant.feeds.open311 import NewReport, read_report, read_reports, read_services, send_report
from tests.browser.serving import serve_in_thread
from tests.demo.conftest import CITY_DIR, MONDAY, DemoCity

CATEGORIES = "pothole streetlight garbage noise illegal_parking tree water_leak stray_animal graffiti drain".split()
REPORT = NewReport("pothole", "路上有一個洞", "ref-1", point=Point(22.63, 120.3))


@pytest.fixture
def desk() -> Iterator[DemoCity]:
    """A city of its own, because reports stay sent."""
    app = open_demo_city(CITY_DIR, clock=lambda: MONDAY)
    with serve_in_thread(app) as url:  # type: ignore[arg-type]
        yield DemoCity(url, app)


def test_the_ten_categories_are_taken(demo: DemoCity) -> None:
    """The codes are those of the service, each with a name and who does the work."""
    found = demo.read(lambda fetcher: read_services(fetcher, demo.source("open311", "/open311/v2"))).records
    assert [one.code for one in found] == CATEGORIES
    assert all(one.name and one.group and not one.has_definition for one in found)


def test_earlier_reports_are_listed_and_worked_on(demo: DemoCity) -> None:
    """Two weeks of reports, the old ones mostly closed, none from the future; a week later one has moved on."""
    source = demo.source("open311", "/open311/v2")
    found = demo.read(lambda fetcher: read_reports(fetcher, source)).records
    assert len(found) > 60
    assert all(one.requested_at and one.updated_at and one.requested_at <= one.updated_at <= MONDAY for one in found)
    newest, oldest = found[0], found[-1]
    assert (newest.status, oldest.status) == ("open", "closed")
    demo.at(MONDAY + timedelta(days=12))
    later = demo.read(lambda fetcher: read_report(fetcher, source, newest.id))
    assert later is not None
    assert (later.status, later.requested_at) == ("closed", newest.requested_at)


def test_filters_choose_reports(demo: DemoCity) -> None:
    """By kind and status together."""
    source = demo.source("open311", "/open311/v2")
    found = demo.read(lambda fetcher: read_reports(fetcher, source, service="noise", status="closed")).records
    assert found
    assert {(one.service, one.status) for one in found} == {("noise", "closed")}


def test_a_report_is_taken_once_and_followed(desk: DemoCity) -> None:
    """The same reference gives the same number, by our client and by a bare repetition of the request."""
    source = desk.source("open311", "/open311/v2")
    first = desk.read(lambda fetcher: send_report(fetcher, source, REPORT, MONDAY))
    again = desk.read(lambda fetcher: send_report(fetcher, source, REPORT, MONDAY))
    assert (first.new, again.new) == (True, False)
    form = {"service_code": "pothole", "description": "路上有一個洞\n[ref-1]", "lat": "22.63", "long": "120.3"}
    repeated = httpx.post(f"{desk.url}/open311/v2/requests.json", data=form).json()[0]["service_request_id"]
    assert first.receipt.id == again.receipt.id == repeated
    found = desk.read(lambda fetcher: read_report(fetcher, source, first.receipt.id))
    assert found is not None
    assert (found.status, found.service, found.point) == ("open", "pothole", Point(22.63, 120.3))
    other = NewReport("pothole", "路上有一個洞", "ref-2", point=Point(22.63, 120.3))
    assert desk.read(lambda fetcher: send_report(fetcher, source, other, MONDAY)).receipt.id != first.receipt.id


@pytest.mark.parametrize(
    "form",
    [
        {"description": "a hole", "lat": "22.6", "long": "120.3"},
        {"service_code": "dragons", "description": "a dragon", "lat": "22.6", "long": "120.3"},
        {"service_code": "pothole", "description": " ", "lat": "22.6", "long": "120.3"},
        {"service_code": "pothole", "description": "a hole"},
    ],
)
def test_a_report_that_lacks_something_is_refused(demo: DemoCity, form: dict[str, str]) -> None:
    """The standard's list of errors comes back."""
    answer = httpx.post(f"{demo.url}/open311/v2/requests.json", data=form)
    assert (answer.status_code, answer.json()[0]["code"]) == (400, 400)


def test_an_unknown_number_is_not_found(demo: DemoCity) -> None:
    """Nobody is told of a case that there is not."""
    assert httpx.get(f"{demo.url}/open311/v2/requests/KH1.json").status_code == 404
