"""Finds the passages, the evidence sentences in them, and how likely they answer the question."""

from assistant.retrieval.agreement import disagreement
from assistant.retrieval.answer_type import missing_kinds
from assistant.retrieval.citing import cite_evidence
from assistant.retrieval.confidence import answerability
from assistant.retrieval.evidence import select_evidence
from assistant.retrieval.hybrid import retrieve
from assistant.retrieval.judging import JudgeTexts, judge_passages
from assistant.retrieval.retriever import Found, Retriever, open_retriever, prepare_retrieval
from assistant.retrieval.weighing import Scales, Weighed

__all__ = [
    "Found",
    "JudgeTexts",
    "Retriever",
    "Scales",
    "Weighed",
    "answerability",
    "cite_evidence",
    "disagreement",
    "judge_passages",
    "missing_kinds",
    "open_retriever",
    "prepare_retrieval",
    "retrieve",
    "select_evidence",
]
