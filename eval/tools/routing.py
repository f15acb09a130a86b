"""Which services and arguments the router finds, whether it asks for what is missing, and when it keeps still."""

import itertools
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np

from assistant.models import embedder
from assistant.places import Gazetteer, load_gazetteer
from assistant.places.place import DISTRICT
from assistant.routing import LiveRoute, ServiceRouter, Wanted, open_service_router
from assistant.routing.service_examples import load_examples
from assistant.routing.values import words_in
from assistant.schema import Lang, Turn
from assistant.services import Argument, Service, load_services
from assistant.settings import Settings
from assistant.text import fold
from eval.answers.asked import language
from eval.datasets import CITY_QUESTIONS, HERE, load_rows
from eval.results import percentile
from eval.tools.calls import Row

# Words around a name that change nothing of what it means.
_ADDED = re.compile(
    "捷運站|地鐵站|火車站|公車站|站牌|車站|站|捷運|輕軌|區|里|大樓|門口|口|路口|出口|的|附近|旁邊|那邊|這邊|路|號|公車|線|市|"
    "the|mrt|metro|station|stop|district|building|line|route|bus|no|near|city"
)
_WORDINGS = ("description",)  # an argument that is the whole wording has no right value
DOCUMENT_SETS = (CITY_QUESTIONS, *(HERE / f"{name}.jsonl" for name in ("kaohsiung-faq", "unanswerable", "polarity")))
Figures = dict[str, Any]
Route = Callable[[str, Lang, tuple[Turn, ...], datetime, Any], LiveRoute]


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a question; `arguments` counts where the services are right, `asked` where something lacks."""

    id: str
    split: str
    lang: str
    kind: str
    tools: bool
    arguments: bool | None
    asked: bool | None
    documents: bool
    ms: float
    got: tuple[str, ...]
    wrong: str


@dataclass(frozen=True, slots=True)
class RoutingReport:
    """The questions of a run, and the figures of any part of them."""

    rows: tuple[Judged, ...]

    def figures(self, **only: str) -> Figures:
        """Shares with their counts, of the questions whose fields have the given values."""
        rows = [row for row in self.rows if all(getattr(row, name) == value for name, value in only.items())]
        live = [row for row in rows if row.kind != "none"]
        return {
            "tools": _share([row.tools for row in live]),
            "arguments": _share([row.arguments for row in live if row.arguments is not None]),
            "tools_and_arguments": _share([row.tools and row.arguments is True for row in live]),
            "restraint": _share([row.tools for row in rows if row.kind == "none"]),
            "missing_asked": _share([row.asked for row in rows if row.asked is not None]),
            "documents_beside": _share([row.documents for row in live if row.tools]),
            "ms_p50": round(percentile([row.ms for row in rows], 0.5), 1),
            "ms_p95": round(percentile([row.ms for row in rows], 0.95), 1),
        }

    @property
    def wrong(self) -> tuple[Judged, ...]:
        """The questions with anything wrong."""
        return tuple(row for row in self.rows if row.wrong)


def measure_routing(router: ServiceRouter, gazetteer: Gazetteer, questions: Sequence[Row]) -> RoutingReport:
    """Route each question by itself, at the moment at which it is asked."""
    router.prepare()
    return RoutingReport(tuple(_judged(router.route, gazetteer, row) for row in questions))


def run(settings: Settings, questions: Sequence[Row]) -> Figures:
    """The figures of the router and, beside them, of the nearest example alone; by half and by language."""
    services, gazetteer, weights = (
        load_services(settings.city_dir),
        load_gazetteer(settings.city_dir),
        embedder(settings),
    )
    router = open_service_router(settings, services, gazetteer, weights)
    report = measure_routing(router, gazetteer, questions)
    nearest = _nearest(settings, services, router)
    alone = RoutingReport(tuple(_judged(nearest, gazetteer, row) for row in questions))
    for row in report.wrong:
        print(f"{row.id} ({row.split}): {row.wrong}", flush=True)
    splits = [split for split in ("dev", "test") if any(row.split == split for row in report.rows)]
    return {
        "all": report.figures(),
        "document_sets": restraint_on_documents(router.route, questions),
        **{split: report.figures(split=split) for split in splits},
        **{lang: report.figures(lang=lang) for lang in ("zh-TW", "en", "mixed")},
        "examples_only": {name: alone.figures()[name] for name in ("tools", "restraint", "ms_p50")},
        "wrong": [asdict(row) for row in report.wrong],
    }


def restraint_on_documents(route: Route, questions: Sequence[Row]) -> Figures:
    """Of the questions of the document sets, those that no live service answers in the documents' place, by half.

    Args:
        questions: those on live services, of which one gives the moment.
    """
    moment = datetime.fromisoformat(questions[0]["as_of"])
    kept: dict[str, list[bool]] = {"dev": [], "test": []}
    for row in itertools.chain.from_iterable(map(load_rows, DOCUMENT_SETS)):
        for wording in row.get("wordings", (row,)):
            text = wording.get("text") or wording["question"]
            found = route(text, language(row["lang"]), (), moment, row.get("role", "citizen"))
            kept[row["split"]].append(not found.calls or (found.documents and not found.ask))
    return {f"{split}_restraint": _share(part) for split, part in kept.items()}


def same_words(got: str, want: str, gazetteer: Gazetteer) -> bool:
    """Whether two wordings mean the same place or line, but for words that add nothing, or the district around."""
    one, other = _plain(got), _plain(want)
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if shorter and shorter in longer:
        rest = longer.replace(shorter, "", 1)
        around = gazetteer.find_places(rest)
        is_district = bool(around) and around[0].text == rest and DISTRICT in around[0].kinds
        return not _ADDED.sub("", rest) or is_district
    return bool(_ADDED.sub("", one)) and _ADDED.sub("", one) == _ADDED.sub("", other)


def _judged(route: Route, gazetteer: Gazetteer, row: Row) -> Judged:
    lang: Lang = "en" if row["lang"] == "en" else "zh-TW"
    started = time.perf_counter()
    found = route(row["question"], lang, (), datetime.fromisoformat(row["as_of"]), row["role"])
    took_ms = 1000 * (time.perf_counter() - started)
    got = tuple(call.service.name for call in found.calls)
    tools = sorted(set(got)) == sorted(row["tools"])
    faults = [fault for call in found.calls for fault in _faults(call, row, gazetteer)] if tools else []
    faults += [
        f"a place is left out of {got}" for name in row["tools"] if tools and got.count(name) != _places_of(row, name)
    ]
    lacking = sorted(f"{call.service.name}.{name}" for call in found.calls for name in call.missing)
    asked = (tools and lacking == sorted(row["missing"]) and bool(found.ask)) if row["missing"] else None
    documents = found.documents == row["documents"] if row["tools"] else found.documents
    wrong = [] if tools else [f"{', '.join(got) or 'none'} for {', '.join(row['tools']) or 'none'}"]
    wrong += faults + ([f"asks for {lacking}, not for {row['missing']}"] if asked is False and tools else [])
    wrong += ["documents"] if row["tools"] and tools and not documents else []
    return Judged(
        row["id"],
        row["split"],
        row["lang"],
        "none" if not row["tools"] else "lacking" if row["missing"] else "both" if row["documents"] else "one",
        tools,
        not faults if tools and row["tools"] else None,
        asked,
        documents,
        took_ms,
        got,
        "; ".join(wrong),
    )


def _faults(call: Wanted, row: Row, gazetteer: Gazetteer) -> list[str]:
    want: Mapping[str, Any] = row["arguments"][call.service.name]
    got = {name: value for name, value in call.values.items() if name not in _WORDINGS}
    faults = [f"{name} is {got[name]}, not empty" for name in got.keys() - want.keys()]
    for name, value in want.items():
        argument = call.service.arguments[name]
        rights = value if isinstance(value, list) else [value]
        if not any(_is_right(got.get(name, ""), str(right), argument, gazetteer) for right in rights):
            faults.append(f"{name} is {got.get(name, 'empty')}, not {value}")
    return sorted(faults)


def _places_of(row: Row, name: str) -> int:
    """How many places a question asks a service about in one breath."""
    return max((len(value) for value in row["arguments"][name].values() if isinstance(value, list)), default=1)


def _is_right(got: str, want: str, argument: Argument, gazetteer: Gazetteer) -> bool:
    if argument.type in ("place", "route", "text"):
        return bool(got) and same_words(got, want, gazetteer)
    if argument.type == "choice" and want not in argument.words:
        said = words_in(want, argument.words)
        want = said[0][1] if said else want
    return got == want


def _nearest(settings: Settings, services: Sequence[Service], router: ServiceRouter) -> Route:
    """A router that takes the services of the example with the nearest embedding."""
    examples, model = load_examples(settings.city_dir, services), router.prepare()
    by_name = {service.name: service for service in services}

    def route(text: str, lang: Lang, history: tuple[Turn, ...], now: datetime, role: Any) -> LiveRoute:
        vector = np.asarray(router.embedder.embed_query(text), dtype=np.float32) - model.means[0]
        labels = examples[int(np.argmax(model.vectors[0] @ vector))].labels
        calls = tuple(Wanted(by_name[label]) for label in labels if label in by_name)
        return LiveRoute(calls, not calls)

    return route


def _plain(text: str) -> str:
    return re.sub(r"[\s.'’-]+", "", fold(text))


def _share(rights: Sequence[bool | None]) -> str:
    """A share with its count: 0.96 (144 of 150)."""
    right = sum(bool(one) for one in rights)
    return f"{right / len(rights):.3f} ({right} of {len(rights)})" if rights else "none"
