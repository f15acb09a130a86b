"""Injection and abuse: the detector of orders to the assistant, and attacks on all of it.

`python -m eval safety [--part fit detector attacks] [--system product extract] [--limit N] [--quick] [--resume]` keeps
figures in `results/safety.json`, tables in `results/safety.md`, and a line an attack in
`results/safety-items.jsonl`.

- `fit`: fits the detector to the train halves and writes `guardrails/injection-weights.toml`; only on request.
- `detector`: how many messages of the held-out halves are blocked, by set; no language model.
- `attacks`: a sample of messages, planted documents, made-up histories and unasked acts, put to the whole assistant.
"""

from eval.safety.stage import run

__all__ = ["run"]
