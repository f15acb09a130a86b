"""National laws at article level: everyday questions, official short names, and English articles over Chinese ones."""

import json
import random
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from assistant.indexing.articles import article_of
from assistant.schema import Passage
from eval.datasets import HERE, load_rows
from eval.retrieval.bench import Bench, Query
from eval.retrieval.figures import Measured, Target, by_group
from eval.retrieval.rankers import Searched

_TARGET = (Target("all", "R@5", 0.90),)
_ACROSS_TARGET = (Target("all", "R@10", 0.55),)
_PAIRS = 1000
_SEED = 20261122
_LONGEST_QUERY = 300  # characters
_SHORTEST_ARTICLE = 40  # characters; "(Deleted)" and the like name no article


def everyday(bench: Bench, folder: Path) -> Measured:
    """Questions in everyday words; any of the articles that answer counts."""
    queries = [
        Query(
            row["id"],
            row["question"],
            row["lang"],
            frozenset(_names(row) + [name for other in row.get("also", ()) for name in _names(other)]),
            groups=(row["style"], row["split"]),
        )
        for row in load_rows(HERE / "national-laws.jsonl")
    ]
    rows = bench.ask(law_index(bench, folder), bench.sampled(queries), articles)
    return Measured(by_group(rows), rows, _TARGET)


def aliases(bench: Bench, folder: Path) -> Measured:
    """Official short names of the laws at hand as the whole question; any article of the law counts."""
    known = json.loads((folder / "aliases.json").read_text(encoding="utf-8"))
    at_hand = {path.stem for path in (folder / "zh").glob("*.json")}
    queries = [
        Query(f"{code}-{number}", name, "zh-TW", frozenset({code}))
        for code, names in known.items()
        if code in at_hand
        for number, name in enumerate(names, start=1)
    ]
    rows = bench.ask(law_index(bench, folder), bench.sampled(queries), law_code)
    note = f"{len(queries)} of the {sum(map(len, known.values()))} short names are of laws at hand."
    return Measured(by_group(rows), rows, _TARGET, note)


def english_articles(bench: Bench, folder: Path) -> Measured:
    """English articles as questions over the Chinese ones, of laws that nothing is fitted on."""
    pairs = [pair for pair in article_pairs(folder) if is_test_law(pair.id.split(" ")[0])]
    drawn = random.Random(_SEED).sample(pairs, min(_PAIRS, len(pairs)))
    rows = bench.ask(law_index(bench, folder), bench.sampled(drawn), articles)
    note = f"{len(drawn)} of {len(pairs)} pairs of the test half of the laws, cut to {_LONGEST_QUERY} characters."
    return Measured(by_group(rows), rows, _ACROSS_TARGET, note)


def article_pairs(folder: Path) -> list[Query]:
    """Every English article whose Chinese one is at hand, as a question that its pair answers."""
    pairs = []
    for path in sorted((folder / "en").glob("*.json")):
        if not (folder / "zh" / path.name).is_file():
            continue
        chinese = dict(_articles(folder / "zh" / path.name))
        for article, text in _articles(path):
            if len(text) >= _SHORTEST_ARTICLE and article in chinese:
                name = f"{path.stem} {article}"
                pairs.append(Query(name, " ".join(text.split())[:_LONGEST_QUERY], "en", frozenset({name})))
    return pairs


def is_test_law(code: str) -> bool:
    """Whether a law is of the half on which figures are reported; what is fitted on laws takes the other half."""
    return blake2b(code.encode(), digest_size=1).digest()[0] % 2 == 1


def law_index(bench: Bench, folder: Path) -> Searched:
    """The index of the Chinese laws, which several sets ask."""
    return bench.of_files("laws-zh", [folder / "zh"])


def articles(passage: Passage) -> list[str]:
    """The law and article of each part of a passage, as `K0040012 第44條`."""
    chunk = passage.chunk
    places = [chunk.locator_at(chunk.start), *(place for start, place in chunk.places if start < chunk.end)]
    found = dict.fromkeys(place.article for place in places if place.article)
    return [f"{law_code(passage)[0]} {article}" for article in found]


def law_code(passage: Passage) -> tuple[str]:
    """The code of a passage's law, which is its file's name."""
    return (Path(passage.document.source).stem,)


def _names(row: dict[str, object]) -> list[str]:
    numbers = row["articles"]
    assert isinstance(numbers, list)
    return [f"{row['law']} {article}" for article in numbers]


def _articles(path: Path) -> Iterator[tuple[str, str]]:
    """The articles of a law file by their Chinese number, as `第12條之1`."""
    for row in json.loads(path.read_text(encoding="utf-8-sig"))["法規內容"]:
        number = article_of(row.get("條號", ""))
        if number:
            yield _chinese_number(number), row.get("條文內容", "")


def _chinese_number(article: str) -> str:
    if not article.startswith("Article "):
        return article
    number, _, branch = article.removeprefix("Article ").partition("-")
    return f"第{number}條" + (f"之{branch}" if branch else "")
