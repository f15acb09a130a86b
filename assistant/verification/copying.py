"""Copying: characters that the model garbled while it copied are put right from what it copied."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from assistant.text import CJK, is_common
from assistant.verification.claim import Claim

_CHINESE = re.compile(f"[{CJK}]")
_SPACE = re.compile(r"\s")
_LONGEST_SLIP = 3  # characters
_NEARLY_VERBATIM = 0.9  # share of a sentence that stands in one source, in order


def restored(sentence: str, sources: Iterable[str]) -> str:
    """The sentence with what the model garbled replaced by what stands there in the source that it copied.

    Byte-level tokens let a small model write 第 46 梘 for 第 46 條, 輻共巴士 for 復康巴士. A slip is some characters of
    which no source has any: rare ones, or any in a sentence that is a source's nearly word for word. What stands in no
    source and cannot be put right stays; see `is_garbled`.
    """
    texts = list(sources)
    known: set[str] = set().union(*texts)
    if not any(character not in known for character in _CHINESE.findall(sentence)):
        return sentence
    best = max(texts, key=lambda text: _alike(text, sentence), default="")
    verbatim = _alike(best, sentence) >= _NEARLY_VERBATIM * len(sentence)
    parts = []
    for kind, a, b, c, d in SequenceMatcher(None, best, sentence, autojunk=False).get_opcodes():
        slipped = kind == "replace" and d - c <= _LONGEST_SLIP and _is_slip(sentence[c:d], known, verbatim)
        short = b - a <= _LONGEST_SLIP and not _SPACE.search(best[a:b])
        meant = best[a:b] if short else best[a : a + d - c]  # of a longer text, its beginning
        parts.append(meant if slipped else sentence[c:d])
    return "".join(parts)


def _is_slip(text: str, known: set[str], verbatim: bool) -> bool:
    unknown = [character for character in _CHINESE.findall(text) if character not in known]
    return any(not is_common(character) for character in unknown) or (verbatim and bool(unknown))


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
