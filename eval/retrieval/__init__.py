"""Retrieval: whether the right passage comes first, on every set of the table, the product beside plain rankers."""

from eval.retrieval.stage import run

__all__ = ["run"]
