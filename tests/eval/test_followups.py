"""The conversations of the follow-up set, and how their turns are counted."""

from collections import Counter
from typing import Any

import pytest

from eval.followups import CHAINS, WAYS, load_chains, shares

KINDS = {
    "first", "ellipsis", "pronoun", "slot", "correction", "complaint", "topic", "topic_short", "return", "choice",
}  # fmt: skip


@pytest.fixture(scope="module")
def chains() -> list[dict[str, Any]]:
    return load_chains(CHAINS)


def test_the_set_has_sixty_conversations_in_two_splits(chains: list[dict[str, Any]]) -> None:
    """Ids are unique, splits are even, and each conversation has two to four turns."""
    assert Counter(chain["lang"] for chain in chains) == {"zh-TW": 36, "en": 24}
    assert Counter(chain["split"] for chain in chains) == {"dev": 30, "test": 30}
    assert len({chain["id"] for chain in chains}) == len(chains)
    assert all(2 <= len(chain["turns"]) <= 4 for chain in chains)


def test_every_turn_has_its_documents_and_its_full_wording(chains: list[dict[str, Any]]) -> None:
    """The first turn opens, every kind occurs, and only a choice needs choices before it."""
    turns = [turn for chain in chains for turn in chain["turns"]]
    assert {turn["kind"] for turn in turns} == KINDS
    assert all(turn["documents"] and turn["standalone"] for turn in turns)
    for chain in chains:
        assert [turn["kind"] == "first" for turn in chain["turns"]].index(True) == 0
        for before, turn in zip(chain["turns"], chain["turns"][1:], strict=False):
            assert turn["kind"] != "choice" or "choices" in before


def test_shares_count_the_turns_after_the_first() -> None:
    """By kind and together, in each way."""
    ranks = dict.fromkeys(WAYS, 1)
    first = {"kind": "first", "split": "dev", "lang": "en", "dragged": False, "resolve_ms": 0.1, **ranks}
    later = first | {"kind": "slot", "dragged": True, "alone": 0, "joined": 3}
    figures = shares([first, later])
    assert figures["first"]["R@1 alone"] == 1.0
    after = figures["after the first"]
    assert (after["n"], after["R@5 alone"], after["R@1 joined"], after["R@5 joined"]) == (1, 0.0, 0.0, 1.0)
    assert after["earlier topic kept"] == 1.0
