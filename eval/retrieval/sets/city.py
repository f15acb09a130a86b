"""The city's own questions on its own index: the right document, by language and role."""

from assistant.store import Access
from eval.datasets import AS_OF, Item, load_items
from eval.retrieval.bench import Bench, Query, each_passage
from eval.retrieval.figures import Measured, by_group


def measure(bench: Bench) -> Measured:
    """Ask all questions that the corpus answers."""
    queries = [_query(item) for item in load_items(bench.dataset) if item.answerable]
    rows = bench.ask(bench.city(), bench.sampled(queries), each_passage)
    return Measured(by_group(rows), rows)


def _query(item: Item) -> Query:
    return Query(
        item.id,
        item.question,
        item.lang,
        frozenset(item.documents),
        access_of(item),
        (item.lang, item.role, item.split),
    )


def access_of(item: Item) -> Access:
    """What the person who asks may see, on the day of the question."""
    return Access.of("staff" if item.role == "staff" else "citizen", item.as_of or AS_OF, item.bureau)
