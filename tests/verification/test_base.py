"""The verdict on a draft sentence: shown with its citations, or dropped for the first reason."""

import time

import pytest

from assistant.schema import Citation, Locator
from assistant.text import keyword_tokens
from assistant.verification import Verdict, Verifier, verify_sentence
from assistant.verification.base import CHECKS
from assistant.verification.support import SupportScorer

TEXT = "渡輪全票每次30元。學生憑證每次15元。逾時服務電話：07-1234567。"


def cite(n: int, quote: str) -> Citation:
    start = TEXT.find(quote)
    return Citation(
        n, "ferry", "ferry.md", "渡輪票價", "交通局", Locator(section="票種"), quote, start, start + len(quote)
    )


CITATIONS = [cite(1, "渡輪全票每次30元。"), cite(2, "學生憑證每次15元。"), cite(3, "逾時服務電話：07-1234567。")]


def verify(sentence: str, *citations: Citation, text: str = TEXT) -> Verdict:
    verifier = Verifier(
        support=SupportScorer(keyword_tokens, lambda _token: 1.0, lambda _a, _b: 0.0),
        context_of=lambda citation: "\n".join((citation.title, citation.locator.section or "", citation.quote)),
        text_of=lambda _document_id: text,
    )
    return verify_sentence(sentence, citations or CITATIONS, "zh-TW", verifier)


def test_a_true_sentence_is_shown_with_its_citation() -> None:
    """What a quote says passes, bound to that quote alone."""
    verdict = verify("渡輪全票每次30元。")
    assert verdict.passed
    assert [citation.n for citation in verdict.citations] == [1]


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("An adult ticket costs NT$30.", "language"),
        ("圖書館提供免費上網服務。", "support"),
        ("渡輪全票每次35元。", "figures: 35"),
        ("渡輪全票每次30元，電話07-7654321。", "figures"),
        ("渡輪全票每次30天。", "figures: 30"),
        ("渡輪學生憑證免費。", "polarity"),
        ("學生憑證每次15元，您符合資格。", "promise"),
        ("渡輪全票每次30元，見《渡輪條例》。", "support"),
    ],
)
def test_a_sentence_is_dropped_for_the_first_check_that_it_fails(sentence: str, reason: str) -> None:
    """A dropped sentence has a reason and no citations."""
    verdict = verify(sentence)
    assert not verdict.passed
    assert verdict.dropped_for.startswith(reason)
    assert verdict.citations == ()


def test_each_check_is_one_function_in_an_ordered_list() -> None:
    """A new check is a file and a line: every one takes the claim and is named for its file."""
    names = [(check.__module__.rpartition(".")[2], check.__name__) for check in CHECKS]
    assert [function for _, function in names] == [f"check_{module}" for module, _ in names]
    assert [module for module, _ in names] == [
        "language",
        "promise",
        "support",
        "copying",
        "figures",
        "polarity",
        "quotes",
    ]


def test_the_checks_are_fast() -> None:
    """All checks of a sentence take well under 30 ms, embedding aside."""
    start = time.process_time()
    for _ in range(20):
        verify("渡輪全票每次30元、學生15元。")
    assert (time.process_time() - start) / 20 < 0.03


def test_a_figure_brings_the_citation_that_holds_it() -> None:
    """A sentence whose figures stand in two quotes cites both of them."""
    verdict = verify("渡輪全票每次30元、學生15元。")
    assert verdict.passed
    assert [citation.n for citation in verdict.citations] == [1, 2]


def test_a_sentence_whose_quote_has_changed_in_its_document_is_dropped() -> None:
    """A quote that no longer stands in the stored text is never shown."""
    assert verify("渡輪全票每次30元。", text=f"新版{TEXT}").dropped_for == "quote"


def test_without_citations_nothing_passes() -> None:
    """No evidence, no sentence."""
    verifier = Verifier(SupportScorer(keyword_tokens, lambda _t: 1.0, lambda _a, _b: 1.0), lambda c: "", lambda d: "")
    assert not verify_sentence("渡輪全票每次30元。", [], "zh-TW", verifier).passed
