"""Citations: neighbouring evidence sentences of one chunk become one verbatim quote with its place."""

from collections.abc import Sequence
from itertools import pairwise

from assistant.schema import Citation, EvidenceSentence


def cite_evidence(evidence: Sequence[EvidenceSentence], first: int = 1) -> list[Citation]:
    """One citation for each run of neighbouring sentences, numbered in the order of the evidence."""
    return [_citation(number, run) for number, run in enumerate(_runs(evidence), start=first)]


def _runs(evidence: Sequence[EvidenceSentence]) -> list[list[EvidenceSentence]]:
    runs = [[evidence[0]]] if evidence else []
    for before, after in pairwise(evidence):
        if _adjacent(before, after):
            runs[-1].append(after)
        else:
            runs.append([after])
    return runs


def _adjacent(before: EvidenceSentence, after: EvidenceSentence) -> bool:
    chunk = before.passage.chunk
    between = chunk.text[before.end - chunk.start : after.start - chunk.start]
    return chunk.id == after.passage.chunk.id and before.end <= after.start and not between.strip()


def _citation(number: int, run: Sequence[EvidenceSentence]) -> Citation:
    chunk, document = run[0].passage.chunk, run[0].passage.document
    start, end = run[0].start, run[-1].end
    return Citation(
        n=number,
        document_id=document.id,
        source=document.source,
        title=document.title,
        bureau=document.bureau,
        locator=chunk.locator_at(start),
        quote=chunk.text[start - chunk.start : end - chunk.start],
        start=start,
        end=end,
        url=document.url,
        effective_from=document.effective_from,
    )
