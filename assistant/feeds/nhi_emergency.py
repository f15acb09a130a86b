"""How full emergency rooms are, as Taiwan's National Health Insurance publishes it: snapshots, never "now"."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.tables import first, parse_rows, rows_of
from assistant.feeds.values import moment, text, truth, whole

STANDARD = "NHI emergency-room"
_YES_NO = {"是": True, "有": True, "Y": True, "否": False, "無": False, "N": False}
_NAMES = {  # of the service, in lower case, and the heading of the page
    "hosp_name": "醫院簡稱",
    "wait_see_cnt": "看診等待人數",
    "wait_bed_cnt": "推床等待人數",
    "wait_general_cnt": "住院等待人數",
    "wait_icu_cnt": "加護病房等待人數",
    "inform": "滿床通報狀態",
    "txt_date": "抓取時間",
}


@dataclass(frozen=True, slots=True)
class EmergencyRoom:
    """The people who waited in one emergency room at `snapshot_at`; None where the hospital did not say.

    Attributes:
        hospital: its short name, as published; `hospital_id` its number with the insurance.
        area_code: of its county, in the insurance's list; `level` 1 medical centre, 2 regional, 3 district hospital.
        waiting_to_be_seen: for a doctor.
        waiting_for_trolley: for a place in the emergency room itself.
        waiting_for_bed: for a bed on a ward.
        waiting_for_intensive_care: for a bed in intensive care.
        full: whether the hospital has reported to 119 that all its beds are taken.
        snapshot_at: when the figures were taken; they may be hours old.
    """

    hospital: str
    waiting_to_be_seen: int | None
    waiting_for_trolley: int | None
    waiting_for_bed: int | None
    waiting_for_intensive_care: int | None
    full: bool | None
    snapshot_at: datetime | None
    hospital_id: str = ""
    area_code: str = ""
    level: str = ""

    @property
    def reports(self) -> bool:
        """Whether any figure was given; "-" in each column says nothing about how many wait."""
        figures = (
            self.waiting_to_be_seen,
            self.waiting_for_trolley,
            self.waiting_for_bed,
            self.waiting_for_intensive_care,
        )
        return any(figure is not None for figure in figures)


def parse_nhi_emergency(content: bytes, zone: tzinfo) -> Parsed[EmergencyRoom]:
    """Read the status of emergency rooms (https://info.nhi.gov.tw/INAE4000/INAE4001S01), times in `zone`.

    The page's own service answers in JSON with names such as waiT_SEE_CNT; those who collect it publish JSON and CSV
    with the page's headings, such as 看診等待人數.

    Raises:
        FeedMalformed: it is neither JSON nor CSV, or no row names a hospital.
    """
    rows = rows_of(content, STANDARD)
    return parse_rows(rows, lambda row: _room(row, zone), STANDARD, need="a hospital and a column of figures")


async def read_nhi_emergency(fetcher: Fetcher, source: FeedSource, zone: tzinfo) -> Parsed[EmergencyRoom]:
    """Fetch and read the status of all emergency rooms.

    The insurance's own service is asked by POST with the option `query`: `{AREA_NO = "", CONT_TYPE = ""}` for all.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    fetched = await fetcher.get(source, query=source.options.get("query"))
    return replace(parse_nhi_emergency(fetched.content, zone), fetched_at=fetched.fetched_at)


def _room(row: Mapping[str, Any], zone: tzinfo) -> EmergencyRoom | None:
    told = {_NAMES.get(name.lower(), name): value for name, value in row.items()}
    hospital = text(first(told, "醫院簡稱", "醫院名稱"))
    if not hospital or not any(name.endswith("等待人數") for name in told):
        return None
    return EmergencyRoom(
        hospital=hospital,
        waiting_to_be_seen=_people(told.get("看診等待人數")),
        waiting_for_trolley=_people(told.get("推床等待人數")),
        waiting_for_bed=_people(told.get("住院等待人數")),
        waiting_for_intensive_care=_people(told.get("加護病房等待人數")),
        full=_yes_or_no(told.get("滿床通報狀態")),
        snapshot_at=moment(text(told.get("抓取時間")).replace("/", "-"), zone),
        hospital_id=text(row.get("hosP_ID")),
        area_code=text(row.get("areA_NO_N")),
        level=text(row.get("conT_TYPE")),
    )


def _people(value: object) -> int | None:
    """A number of people; "-" and whatever is no number is unknown, never 0."""
    found = whole(value)
    return found if found is not None and found >= 0 else None


def _yes_or_no(value: object) -> bool | None:
    said = text(value)
    return _YES_NO[said] if said in _YES_NO else truth(value)
