"""A small invented city with live services, for the tests of routing."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from assistant.feeds.geometry import Point
from assistant.places import Gazetteer, Place
from assistant.routing.mentions import PlaceFinder
from assistant.routing.service_router import ServiceRouter
from assistant.services import Service, load_services
from tests.doubles import WordEmbeddings

NOW = datetime(2026, 11, 18, 14, 20, tzinfo=ZoneInfo("Asia/Taipei"))  # a Wednesday


def _place(zh: str, en: str, kind: str, district: str, **more: object) -> Place:
    values: dict[str, object] = {"point": Point(23.0, 120.0), "source": "test", **more}
    return Place(name={"zh-TW": zh, "en": en}, kind=kind, district=district, **values)  # type: ignore[arg-type]


TOWN = Gazetteer(
    [
        _place("青嶺區", "Qingling District", "district", "青嶺區", aliases=("青嶺", "Qingling")),
        _place("河東區", "Hedong District", "district", "河東區", aliases=("河東", "Hedong")),
        _place("青嶺", "Qingling", "metro_station", "青嶺區"),
        _place("月光夜市", "Moonlight Night Market", "night_market", "青嶺區"),
        _place("青嶺醫院", "Qingling Hospital", "hospital", "青嶺區"),
        _place("河東醫院", "Hedong Hospital", "hospital", "河東區"),
        _place("中央路", "Central Road", "road", "青嶺區"),
        _place("海岸路", "Coast Road", "road", "河東區"),
        _place("石門村", "Shimen Village", "village", "河東區", aliases=("石門", "Shimen")),
    ]
)
FINDER = PlaceFinder(TOWN, ("青嶺市", "Qingling City"), ("臺南", "Tainan"))

_SERVICE = """
[[service]]
name = "{name}"
audience = "{audience}"
title = {{ "zh-TW" = "{name}", en = "{name}" }}
description = {{ "zh-TW" = "{name}", en = "{name}" }}

[service.examples]
"zh-TW" = {zh}
en = {en}
"""
_EXAMPLES = {
    "weather": (
        ["明天會下雨嗎", "青嶺天氣怎麼樣", "現在幾度", "晚上會冷嗎", "週末天氣好嗎", "河東下午會下雨嗎"],
        ["Will it rain tomorrow?", "weather in Qingling", "how cold is it now", "weather this weekend"],
    ),
    "bus": (
        ["88還有多久到青嶺站", "下一班公車幾點到", "公車到哪了", "紅30快來了嗎", "公車還要幾分鐘"],
        ["When is the next bus at Qingling?", "how long until bus 88", "is the bus late", "next bus please"],
    ),
    "emergency": (
        ["青嶺醫院急診要等多久", "哪家急診人比較少", "急診現在人多嗎", "急診還有床嗎"],
        ["How long is the wait in the ER of Qingling Hospital?", "which emergency room is not busy"],
    ),
    "ride": (
        ["幫我叫車從石門到青嶺", "我要預約明天八點的車", "訂一台車去青嶺醫院", "幫我訂車"],
        ["Book me a ride from Shimen to Qingling", "I want to book a ride for two", "reserve a ride tomorrow"],
    ),
    "report": (
        ["路燈壞了我要報修", "我要通報路面有坑洞", "中央路有人違停要檢舉", "請派人來清垃圾"],
        ["I want to report a pothole", "the street light is broken, please repair it"],
    ),
    "case": (
        ["我的案件處理到哪了", "案號 A-1234 進度", "查詢案件編號 5678901"],
        ["What is the status of my report?", "track case 1234567"],
    ),
    "clinic": (
        ["幫我預約皮膚科視訊門診", "我要掛明天的視訊看診", "預約視訊看診"],
        ["Book me a video visit with a dermatologist", "I want a video appointment"],
    ),
    "drones": (
        ["無人機發現哪些裂縫", "無人機巡檢結果"],
        ["What cracks did the drone find?", "drone inspection results"],
    ),
    "events": (
        ["這週末有什麼活動", "下個月有音樂會嗎", "有什麼展覽"],
        ["What is on this weekend?", "any concerts next month"],
    ),
}
_ARGUMENTS = {
    "weather": """
[service.arguments.place]
type = "place"

[service.arguments.time]
type = "time"
""",
    "bus": """
[service.arguments.stop]
type = "place"
required = true
part = "at"
ask = { "zh-TW" = "請問在哪一站等車？", en = "At which stop are you waiting?" }

[service.arguments.route]
type = "route"
""",
    "emergency": """
[service.arguments.place]
type = "place"

[service.arguments.hospital]
type = "place"
kinds = ["hospital"]
""",
    "ride": """
[service.arguments.from]
type = "place"
required = true
part = "from"
ask = { "zh-TW" = "請問從哪裡上車？", en = "Where do you get on?" }

[service.arguments.to]
type = "place"
required = true
part = "to"
ask = { "zh-TW" = "請問要去哪裡？", en = "Where do you want to go?" }

[service.arguments.time]
type = "time"
required = true
ask = { "zh-TW" = "請問什麼時候？", en = "When?" }

[service.arguments.passengers]
type = "number"
""",
    "report": """
[service.arguments.category]
type = "choice"
required = true
ask = { "zh-TW" = "請問是什麼問題？", en = "What is the problem?" }

[service.arguments.category.words]
pothole = ["坑洞", "大洞", "pothole"]
streetlight = ["路燈", "street light"]
garbage = ["垃圾", "rubbish"]
tree = ["路樹", "樹", "tree"]
noise = ["噪音", "noise"]

[service.arguments.place]
type = "place"
required = true
ask = { "zh-TW" = "請問在哪裡？", en = "Where is it?" }

[service.arguments.description]
type = "text"
""",
    "case": """
[service.arguments.reference]
type = "reference"
required = true
ask = { "zh-TW" = "請問案件編號？", en = "What is its number?" }
""",
    "clinic": """
[service.arguments.specialty]
type = "choice"
required = true
ask = { "zh-TW" = "請問哪一科？", en = "Which specialty?" }

[service.arguments.specialty.words]
dermatology = ["皮膚科", "dermatology", "dermatologist"]
cardiology = ["心臟科", "cardiology"]

[service.arguments.time]
type = "time"
required = true
ask = { "zh-TW" = "請問什麼時間？", en = "At what time?" }
""",
    "events": """
[service.arguments.time]
type = "time"

[service.arguments.topic]
type = "text"

[service.arguments.topic.words]
music = ["音樂會", "concert"]
children = ["親子"]
exhibition = ["展覽", "exhibition"]
""",
}
NONE = """
[examples]
"zh-TW" = ["公車票價多少", "公車可以帶狗嗎", "怎麼申請補助", "急診要收多少錢", "停班的標準是什麼", "身分證怎麼補辦"]
en = ["How much is the bus fare?", "Are dogs allowed on the bus", "How do I apply for money", "what does the ER cost"]

[asides]
"zh-TW" = ["你好", "謝謝你", "再見"]
en = ["hello", "thanks", "bye"]

[near.weather]
"zh-TW" = ["氣象局是誰管的", "下雨的定義"]
en = ["Who runs the weather office?"]
"""
SEVERAL = """
[[several]]
services = ["bus"]
documents = true
"zh-TW" = ["88還有多久到，票價多少"]
en = ["When is the next bus, and how much is the fare?"]
"""


def write_city(folder: Path) -> Path:
    """The files of the city that routing reads."""
    tables = []
    for name, (zh, en) in _EXAMPLES.items():
        audience = "staff" if name == "drones" else "public"
        tables.append(_SERVICE.format(name=name, audience=audience, zh=zh, en=en) + _ARGUMENTS.get(name, ""))
    (folder / "services.toml").write_text("\n".join(tables), encoding="utf-8")
    (folder / "services-none.toml").write_text(NONE, encoding="utf-8")
    (folder / "services-several.toml").write_text(SEVERAL, encoding="utf-8")
    return folder


def add_service(folder: Path, name: str, zh: list[str], en: list[str]) -> None:
    """Another service, by its table alone."""
    table = _SERVICE.format(name=name, audience="public", zh=zh, en=en)
    path = folder / "services.toml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{table}", encoding="utf-8")


def services_of(folder: Path) -> dict[str, Service]:
    """The services of the city by name."""
    return {service.name: service for service in load_services(folder)}


def open_router(folder: Path) -> ServiceRouter:
    """The router of the city, with its model beside the city's files."""
    return ServiceRouter(load_services(folder), FINDER, WordEmbeddings(), folder, folder / "home")
