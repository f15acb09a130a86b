"""Search in time: versions of a rule are found on the days that a question asks for, in a real index."""

from datetime import date

import pytest

from assistant.indexing.versions import link_versions
from assistant.retrieval import retrieve
from assistant.retrieval.asked_time import AskedTime, asked_day
from assistant.retrieval.in_time import before_change, holds_on, in_force_now, passages_in_time
from assistant.schema import PUBLIC, Document, Passage
from assistant.store import Access, Store
from tests.doubles import WordEmbeddings, add_document

TODAY = date(2026, 7, 1)
ANYONE = Access((PUBLIC,), TODAY)
FARE = "公車票價每段{}元。"


@pytest.fixture
def rules(store: Store) -> Store:
    """Three versions of a fare and one to come, of which each says what it replaces, and a guide without dates."""
    first, second, third, fourth = (date(year, 1, 1) for year in (2022, 2024, 2026, 2027))
    add_document(store, "fare-1", FARE.format(10), effective_from=first)
    add_document(store, "fare-2", FARE.format(12), effective_from=second, supersedes="fare-1")
    add_document(store, "fare-3", FARE.format(15), effective_from=third, supersedes="fare-2")
    add_document(store, "fare-4", FARE.format(18), effective_from=fourth, supersedes="fare-3")
    add_document(store, "guide", "公車票價每段")
    add_document(store, "pool", "游泳池門票每次50元。")
    store.commit()
    link_versions(store)
    return store


def search_in(store: Store, question: str, access: Access = ANYONE) -> list[str]:
    """The ids of the documents that are found for a question in its time."""
    asked = asked_day(question, access.as_of)
    return [p.document.id for p in passages_in_time(DaySearch(store, question, access), asked, store, access)]


class DaySearch:
    """The plain search of a question on a day; counts how often it was asked."""

    def __init__(self, store: Store, question: str, access: Access = ANYONE) -> None:
        self.store, self.question, self.access = store, question, access
        self.days: list[date] = []

    def __call__(self, day: date) -> list[Passage]:
        self.days.append(day)
        vector = WordEmbeddings().embed_query(self.question)
        return retrieve(
            self.store, self.store.terms(self.question), vector, Access(self.access.audiences, day), "zh-TW"
        )


@pytest.mark.parametrize(
    ("question", "versions"),
    [
        ("公車票價多少？", {"fare-3"}),
        ("2023年的公車票價多少？", {"fare-1"}),
        ("2024年的時候公車票價多少？", {"fare-2"}),
        ("我2024年買的公車票，票價多少？", {"fare-2", "fare-3"}),
        ("修正前的公車票價多少？", {"fare-2"}),
        ("以前公車票價多少？", {"fare-2", "fare-3"}),
        ("明年起公車票價多少？", {"fare-4"}),
        ("明年公車票價多少？", {"fare-3", "fare-4"}),
    ],
)
def test_a_question_finds_the_versions_of_its_time(rules: Store, question: str, versions: set[str]) -> None:
    """Ended and coming versions are found only where the question asks for their time."""
    assert set(search_in(rules, question)) - {"guide", "pool"} == versions


def test_the_version_of_the_asked_time_comes_before_a_guide_without_dates(rules: Store) -> None:
    """What held then and not now is what a question about the past is after."""
    question = "2023年的公車票價每段多少？"
    assert DaySearch(rules, question)(date(2023, 12, 31))[0].document.id == "guide"
    assert search_in(rules, question)[0] == "fare-1"


def test_the_present_costs_one_search(rules: Store) -> None:
    """A question that names no other time is searched once, on the day in question."""
    search = DaySearch(rules, "公車票價多少？")
    passages_in_time(search, None, rules, ANYONE)
    assert search.days == [TODAY]


def test_formerly_is_today_where_nothing_changed(store: Store) -> None:
    """A rule that began without a predecessor leaves only what holds today, also for a certain wording."""
    add_document(store, "parking", "停車收費每小時30元。", effective_from=date(2025, 1, 1))
    store.commit()
    assert search_in(store, "修正前的停車收費標準是多少？") == ["parking"]


def test_the_change_is_found_where_titles_alone_link_the_versions(store: Store) -> None:
    """Laws of one title are versions without naming each other, and the former one is found by its end."""
    add_document(store, "law-1", "違規停車罰鍰600元。", title="停車條例", type="law", effective_from=date(2020, 1, 1))
    add_document(store, "law-2", "違規停車罰鍰900元。", title="停車條例", type="law", effective_from=date(2025, 1, 1))
    store.commit()
    link_versions(store)
    assert search_in(store, "修正前違規停車罰鍰多少？") == ["law-1"]


def test_the_change_is_found_after_a_gap(store: Store) -> None:
    """Where a rule ended before its successor began, its own last day counts."""
    add_document(store, "aid-1", "補助5萬元。", effective_from=date(2024, 1, 1), effective_to=date(2024, 6, 30))
    add_document(store, "aid-2", "補助6萬元。", effective_from=date(2025, 1, 1), supersedes="aid-1")
    store.commit()
    link_versions(store)
    search = DaySearch(store, "補助多少？")
    then = before_change(search, search(TODAY), store, ANYONE)
    assert [passage.document.id for passage in then] == ["aid-1"]


def test_versions_for_staff_stay_hidden(store: Store) -> None:
    """The version before is found only by those who may see it."""
    add_document(store, "memo-1", "值班費每次100元。", effective_from=date(2024, 1, 1), audience="staff")
    add_document(store, "memo-2", "值班費每次200元。", effective_from=date(2025, 1, 1), supersedes="memo-1")
    store.commit()
    link_versions(store)
    assert search_in(store, "修正前的值班費多少？") == ["memo-2"]
    assert search_in(store, "修正前的值班費多少？", Access((PUBLIC, "staff"), TODAY)) == ["memo-1"]


def test_the_version_in_force_is_named_over_several_changes(rules: Store) -> None:
    """From a version that ended, the chain of versions leads to today's among the passages of today."""
    present = DaySearch(rules, "公車票價多少？")(TODAY)
    ended = [document for document in rules.documents(ANYONE) if document.id in {"fare-1", "guide"}]
    assert {key: newer.id for key, newer in in_force_now(ended, present, rules, ANYONE).items()} == {"fare-1": "fare-3"}


@pytest.mark.parametrize(
    ("day", "holds"),
    [(date(2023, 12, 31), False), (date(2024, 1, 1), True), (date(2025, 12, 31), True), (date(2026, 1, 1), False)],
)
def test_a_document_holds_from_its_first_to_its_last_day(day: date, holds: bool) -> None:
    """Both days of the span belong to it."""
    document = Document("a", "a.md", "a", effective_from=date(2024, 1, 1), superseded=date(2026, 1, 1))
    assert holds_on(document, day) is holds


def test_both_times_together_are_no_more_than_was_asked_for(rules: Store) -> None:
    """Passages of two days are one list of the wanted length, each chunk once."""
    asked = AskedTime("past", date(2023, 1, 1), certain=False, said="2023")
    passages = passages_in_time(DaySearch(rules, "公車票價多少？"), asked, rules, ANYONE, k=2)
    assert len({passage.chunk.id for passage in passages}) == 2


def test_scores_stay_within_their_range(rules: Store) -> None:
    """What is preferred for its time has a score of at most 1, in falling order."""
    asked = AskedTime("past", date(2023, 1, 1), certain=True, said="2023")
    scores = [p.score for p in passages_in_time(DaySearch(rules, "公車票價每段10元"), asked, rules, ANYONE)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 1.0
