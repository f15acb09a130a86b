"""A small invented city for the tests of places."""

from assistant.feeds.geometry import Point
from assistant.places import Gazetteer, Place


def place(zh: str, en: str, kind: str, district: str = "東河區", **more: object) -> Place:
    """A place at a point that does not matter, unless one is given."""
    values: dict[str, object] = {"point": Point(23.0, 120.0), "source": "test", **more}
    return Place(name={"zh-TW": zh, "en": en}, kind=kind, district=district, **values)  # type: ignore[arg-type]


EAST = place("東河區", "Donghe District", "district", aliases=("東河", "Donghe"), approximate=True)
WEST = place("西埔區", "Sipu District", "district", "西埔區", aliases=("西埔", "Sipu", "Xipu"), approximate=True)
METRO = place("東河", "Donghe", "metro_station", codes=("R7",), point=Point(23.01, 120.0))
RAILWAY = place("東河", "Donghe", "railway_station", point=Point(23.02, 120.0))
NATION = place("民族", "Minzu", "railway_station", weak=("民族", "Minzu"), point=Point(23.05, 120.0))
HOSPITAL = place("東河醫院", "Donghe Hospital", "hospital", aliases=("河醫",), point=Point(23.0, 120.01))
CLINIC = place("西埔醫院", "Sipu Hospital", "hospital", "西埔區", point=Point(23.0, 120.03))
MAIN_EAST = place("中正路", "Zhongzheng Rd.", "road", aliases=("Jhongjheng Rd.",), approximate=True)
MAIN_WEST = place("中正路", "Zhongzheng Rd.", "road", "西埔區", aliases=("Jhongjheng Rd.",), approximate=True)
FIRST = place("河岸一路", "Hean 1st Rd.", "road", also_in=("西埔區",), approximate=True)
PIER = place("海風碼頭", "Sea Breeze Pier", "pier", aliases=("Pier-3",))

TOWN = Gazetteer(
    [EAST, WEST, METRO, RAILWAY, NATION, HOSPITAL, CLINIC, MAIN_EAST, MAIN_WEST, FIRST, PIER],
    decoys=["東河流域"],
    elsewhere=["臺南", "Tainan"],
)
