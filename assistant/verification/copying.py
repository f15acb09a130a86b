"""Copying: characters that the model garbled while it copied are put right from what it copied."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from assistant.text import CJK, is_common
from assistant.verification.claim import Claim

_CHINESE = re.compile(f"[{CJK}]")
_SPACE = re.compile(r"\s")
_LONGEST_SLIP = 3  # characters


def restored(sentence: str, sources: Iterable[str]) -> str:
    """The sentence with each rare character that no source has replaced by what stands there in the source.

    Byte-level tokens let a small model write 第 46 梘 for 第 46 條. What stands in no source and cannot be put right
    stays; see `is_garbled`.
    """
    texts = list(sources)
    if not is_garbled(sentence, texts):
        return sentence
    known: set[str] = set().union(*texts)
    best = max(texts, key=lambda text: _alike(text, sentence), default="")
    parts = []
    for kind, a, b, c, d in SequenceMatcher(None, best, sentence, autojunk=False).get_opcodes():
        slipped = kind == "replace" and d - c <= _LONGEST_SLIP and _foreign(sentence[c:d], known)
        short = b - a <= _LONGEST_SLIP and not _SPACE.search(best[a:b])
        meant = best[a:b] if short else best[a : a + d - c]  # of a longer text, its beginning
        parts.append(meant if slipped else sentence[c:d])
    return "".join(parts)


def check_copying(claim: Claim) -> str:
    """Drop a sentence with a garbled character that could not be put right."""
    return "copying" if is_garbled(claim.sentence, [*claim.contexts, claim.question]) else ""


def is_garbled(sentence: str, sources: Iterable[str]) -> bool:
    """Whether a sentence has a rare Chinese character that none of its sources has."""
    return bool(_foreign(sentence, set().union(*sources)))


def _foreign(text: str, known: set[str]) -> list[str]:
    return [c for c in _CHINESE.findall(text) if c not in known and not is_common(c)]


def _alike(text: str, sentence: str) -> int:
    return sum(block.size for block in SequenceMatcher(None, text, sentence, autojunk=False).get_matching_blocks())
