"""Answers: whole answers of the product, of the product without a model, and of a plain pipeline, on every set.

`python -m eval answers [--set NAME ...] [--system NAME ...] [--split dev|test] [--limit N] [--quick] [--resume]` asks
the systems in turns, question by question, and keeps figures in `results/answers.json`, a table in `results/answers.md`
and a line a question and system in `results/answers-items.jsonl`. A set that is measured alone replaces only its own
lines; `--resume` asks only what has no line yet, or ended in a fault; runs with `--limit` or `--quick` have files of
their own (`answers-quick`). Product and baseline are asked of one engine process, each in a slot of its own, so that
each finds the beginning of its own prompts in the cache. The words of questions and answers on data that is not shipped
are kept in the home, under `eval/`.

- `city`: the city's own questions; `unanswerable`: near misses on the same index.
- `faq`: reworded questions on the city's published ones.
- `drcd`: 300 questions of DRCD dev over its 1,000 paragraphs; `drcd-removed`: 100 of them without their paragraphs.
- `robustness`: noise, rejection, integration and counterfactual documents (the abilities of RGB, Chen et al. 2024).
- `mtrag`: 60 last turns of MTRAG-UN's conversations on government pages: answer, abstain or ask back.
"""

from eval.answers.judge import has_fact
from eval.answers.stage import run

__all__ = ["has_fact", "run"]
