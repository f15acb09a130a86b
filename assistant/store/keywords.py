"""The keyword index: BM25 over Chinese uni- and bigrams and stemmed English words, in Tantivy."""

from collections.abc import Sequence
from pathlib import Path

import tantivy

from assistant.store.keyword_search import POSTINGS, KeywordSearch
from assistant.store.partitions import partition_of
from assistant.store.terms import Term
from assistant.text import keyword_tokens

_WRITER_HEAP_BYTES = 64_000_000


class KeywordIndex:
    """Adds, removes and finds chunks by keyword; every search is filtered inside the query.

    Args:
        most_postings: how many occurrences of words a search reads to choose its candidates by.
    """

    def __init__(self, folder: Path, most_postings: int = POSTINGS) -> None:
        self._most_postings = most_postings
        folder.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(_schema(), path=str(folder))
        self._analyzer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
            .filter(tantivy.Filter.stemmer("english"))
            .build()
        )
        self._writer: tantivy.IndexWriter | None = None
        self._committed = KeywordSearch(self._index, self._most_postings)

    def add(
        self,
        chunk_id: str,
        document_id: str,
        title: str,
        body: str,
        audience: str,
        language: str,
        days: tuple[int, int],
    ) -> None:
        """Add a chunk; it is found after the next `commit`."""
        partition = partition_of(audience, language, days)
        self._open_writer().add_document(
            tantivy.Document(
                chunk_id=chunk_id,
                document_id=document_id,
                partition=partition.label,
                effective_from=days[0],
                effective_to=days[1],
                title=" ".join(partition.word(token) for token in self._tokens(title)),
                body=" ".join(partition.word(token) for token in self._tokens(body)),
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
        self._committed = KeywordSearch(self._index, self._most_postings)

    def close(self) -> None:
        """Release the writer's lock."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    def search(self, terms: Sequence[Term], limit: int, audiences: Sequence[str], day: int) -> list[tuple[str, float]]:
        """Chunk ids with their BM25 scores, best first; empty where no term stands in the index."""
        return self._committed.search(terms, limit, audiences, day)

    def terms(self, text: str) -> list[Term]:
        """The distinct words of a text as terms of one token each, in order."""
        return [Term(((token,),)) for token in self.query_tokens(text)]

    def query_tokens(self, text: str) -> list[str]:
        """The distinct index terms of a text, in order."""
        return list(dict.fromkeys(self._tokens(text)))

    def rarity(self, term: Term) -> float:
        """How rare all wordings of a term are together, among all chunks."""
        return self._committed.rarity(term)

    def idf(self, token: str) -> float:
        """How rare an index term is among all chunks."""
        return self._committed.idf(token)

    def _tokens(self, text: str) -> list[str]:
        return self._analyzer.analyze(" ".join(keyword_tokens(text)))

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(_WRITER_HEAP_BYTES, 1)
        return self._writer


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("chunk_id", "document_id", "partition"):
        builder.add_text_field(name, stored=name == "chunk_id", tokenizer_name="raw", index_option="basic")
    for name in ("effective_from", "effective_to"):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in ("title", "body"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    return builder.build()
