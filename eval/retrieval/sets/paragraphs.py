"""Paragraphs with their questions: DRCD dev, XQuAD across languages, published questions over answers alone."""

from collections.abc import Sequence
from pathlib import Path

from eval.datasets import Paragraph, load_drcd, load_faq, load_xquad
from eval.retrieval.bench import Bench, Query, file_stem
from eval.retrieval.figures import Measured, Target, by_group

_DRCD_TARGETS = (Target("all", "R@1", 0.96), Target("all", "R@5", 0.998))
_PUBLISHED_TARGETS = (Target("all", "R@1", 0.75), Target("all", "R@5", 0.93))
_ACROSS_TARGETS = (Target("en", "R@5", 0.92),)


def drcd(bench: Bench, file: Path) -> Measured:
    """Questions of DRCD dev over its 1,000 paragraphs."""
    paragraphs = load_drcd(file)
    return _asked(bench, "drcd", paragraphs, _queries(paragraphs, "zh-TW"), _DRCD_TARGETS)


def published_faq(bench: Bench, file: Path) -> Measured:
    """Published questions over the texts of their answers, without the questions."""
    entries = load_faq(file)
    repeated = len(entries) - len({entry.questions[0][0] for entry in entries})
    asked: dict[str, set[str]] = {}
    for entry in entries:
        asked.setdefault(entry.questions[0][0], set()).add(entry.id)
    queries = [Query(min(ids), question, "zh-TW", frozenset(ids)) for question, ids in asked.items()]
    note = f"{repeated} questions are published twice or more; either answer counts."
    return _asked(bench, "faq-published", entries, queries, _PUBLISHED_TARGETS, note)


def xquad(bench: Bench, folder: Path) -> Measured:
    """English and Chinese questions of XQuAD over its Chinese paragraphs."""
    chinese, english = (load_xquad(folder / f"xquad.{lang}.json") for lang in ("zh", "en"))
    queries = _queries(chinese, "zh") + _queries(
        [Paragraph(zh.id, "", "", en.questions) for zh, en in zip(chinese, english, strict=True)], "en"
    )
    return _asked(bench, "xquad-zh", chinese, queries, _ACROSS_TARGETS, "The paragraphs are in Simplified Chinese.")


def _queries(paragraphs: Sequence[Paragraph], lang: str) -> list[Query]:
    return [
        Query(f"{paragraph.id}-{lang}-{number}", question, lang, frozenset({paragraph.id}), groups=(lang,))
        for paragraph in paragraphs
        for number, (question, _) in enumerate(paragraph.questions, start=1)
    ]


def _asked(
    bench: Bench,
    name: str,
    paragraphs: Sequence[Paragraph],
    queries: Sequence[Query],
    targets: tuple[Target, ...],
    note: str = "",
) -> Measured:
    index = bench.of_texts(name, {f"{paragraph.id}.txt": paragraph.text for paragraph in paragraphs})
    rows = bench.ask(index, bench.sampled(queries), file_stem)
    return Measured(by_group(rows), rows, targets, note)
