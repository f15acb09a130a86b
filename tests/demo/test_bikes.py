"""Public bikes, read by the client of GBFS."""

from datetime import timedelta
from itertools import pairwise

from assistant.feeds.gbfs import BikeShare, read_gbfs
from tests.demo.conftest import MONDAY, DemoCity


def bikes_of(demo: DemoCity) -> BikeShare:
    return demo.read(lambda fetcher: read_gbfs(fetcher, demo.source("gbfs", "/gbfs/gbfs.json")))


def test_sixty_stations_add_up(demo: DemoCity) -> None:
    """Bikes, broken bikes and free docks are together what a station holds."""
    found = bikes_of(demo)
    assert (len(found.stations), found.skipped, dict(found.missing)) == (60, 0, {})
    for station in found.stations:
        status = found.status[station.id]
        held = (status.vehicles or 0) + (status.vehicles_disabled or 0) + (status.docks or 0)
        assert held == station.capacity, station.id
        assert sum(status.by_type.values()) == status.vehicles
        assert station.name.keys() == {"zh-TW", "en"}


def test_bikes_move_over_the_day(demo: DemoCity) -> None:
    """Every two hours the picture is another one, some station is nearly empty at some time and some nearly full."""
    pictures, shares = [], []
    for hour in range(0, 24, 2):
        found = bikes_of(demo.at(MONDAY.replace(hour=hour)))
        pictures.append({name: status.vehicles for name, status in found.status.items()})
        shares += [(found.status[one.id].vehicles or 0) / (one.capacity or 1) for one in found.stations]
    assert all(before != after for before, after in pairwise(pictures))
    assert min(shares) < 0.15
    assert max(shares) > 0.75


def test_the_typhoon_ends_rentals(demo: DemoCity) -> None:
    """No station rents, and a message says so; on the next quiet day all rent."""
    closed = bikes_of(demo.at(MONDAY, "typhoon"))
    assert {status.renting for status in closed.status.values()} == {False}
    assert "system_closure" in {alert.kind for alert in closed.alerts}
    assert {status.renting for status in bikes_of(demo.at(MONDAY + timedelta(days=1))).status.values()} == {True}
