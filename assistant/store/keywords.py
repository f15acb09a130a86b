"""The keyword index: BM25 over Chinese uni- and bigrams and stemmed English words, in Tantivy."""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import tantivy

from assistant.text import keyword_tokens

TITLE_WEIGHT = 0.3
LEAST_CHUNKS = 200  # in a smaller index, rarity is judged as in one of this size: one document makes no word common
_ANALYZER = "city"
_WRITER_HEAP_BYTES = 64_000_000


class KeywordIndex:
    """Adds, removes and finds chunks by keyword; every search is filtered inside the query."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = _schema()
        self._index = tantivy.Index(self._schema, path=str(folder))
        self._analyzer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
            .filter(tantivy.Filter.stemmer("english"))
            .build()
        )
        self._index.register_tokenizer(_ANALYZER, self._analyzer)
        self._writer: tantivy.IndexWriter | None = None

    def add(self, chunk_id: str, document_id: str, title: str, body: str, audience: str, days: tuple[int, int]) -> None:
        """Add a chunk; it is found after the next `commit`."""
        self._open_writer().add_document(
            tantivy.Document(
                chunk_id=chunk_id,
                document_id=document_id,
                audience=audience,
                effective_from=days[0],
                effective_to=days[1],
                title=" ".join(keyword_tokens(title)),
                body=" ".join(keyword_tokens(body)),
            )
        )

    def remove_document(self, document_id: str) -> None:
        """Remove every chunk of a document; it is gone after the next `commit`."""
        self._open_writer().delete_documents_by_term("document_id", document_id)

    def commit(self) -> None:
        """Make what was added and removed durable and visible."""
        if self._writer is not None:
            self._writer.commit()
        self.reload()

    def reload(self) -> None:
        """See what another process committed."""
        self._index.reload()
        self.idf.cache_clear()

    def close(self) -> None:
        """Release the writer's lock."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    def search(self, query: str, limit: int, audiences: Sequence[str], day: int) -> list[tuple[str, float]]:
        """Chunk ids with their BM25 scores, best first; empty where the query has no token."""
        tokens = self.query_tokens(query)
        if not tokens:
            return []
        words: list[tuple[tantivy.Occur, tantivy.Query]] = []
        for token in tokens:
            body = tantivy.Query.term_query(self._schema, "body", token, "freq")
            title = tantivy.Query.term_query(self._schema, "title", token, "freq")
            words.append((tantivy.Occur.Should, body))
            words.append((tantivy.Occur.Should, tantivy.Query.boost_query(title, TITLE_WEIGHT)))
        must = [tantivy.Query.boolean_query(words), *self._filters(audiences, day)]
        query_all = tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in must])
        searcher = self._index.searcher()
        hits = searcher.search(query_all, limit, count=False).hits
        return [(str(searcher.doc(address).get_first("chunk_id")), float(score)) for score, address in hits]

    def query_tokens(self, text: str) -> list[str]:
        """The distinct index terms of a text, in order."""
        return list(dict.fromkeys(self._analyzer.analyze(" ".join(keyword_tokens(text)))))

    @lru_cache(maxsize=50_000)  # noqa: B019  # the index lives as long as the process
    def idf(self, token: str) -> float:
        """Inverse document frequency of an index term by BM25's formula (Robertson and Zaragoza 2009)."""
        searcher = self._index.searcher()
        total, having = max(searcher.num_docs, LEAST_CHUNKS), searcher.doc_freq("body", token)
        return math.log(1 + (total - having + 0.5) / (having + 0.5))

    def _filters(self, audiences: Sequence[str], day: int) -> Iterable[tantivy.Query]:
        integer = tantivy.FieldType.Integer
        allowed = tantivy.Query.term_set_query(self._schema, "audience", list(audiences))
        begun = tantivy.Query.range_query(self._schema, "effective_from", integer, None, day)
        not_over = tantivy.Query.range_query(self._schema, "effective_to", integer, day, None)
        return [tantivy.Query.const_score_query(part, 0.0) for part in (allowed, begun, not_over)]

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(_WRITER_HEAP_BYTES, 1)
        return self._writer


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("chunk_id", "document_id", "audience"):
        builder.add_text_field(name, stored=name == "chunk_id", tokenizer_name="raw", index_option="basic")
    for name in ("effective_from", "effective_to"):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in ("title", "body"):
        builder.add_text_field(name, tokenizer_name=_ANALYZER, index_option="freq")
    return builder.build()
