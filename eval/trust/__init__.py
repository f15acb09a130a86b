"""Trust: emergencies, the same verdict over wordings, the same answer each time, and what all answers were held to.

`python -m eval trust [--part NAME ...] [--system NAME ...] [--split dev|test] [--quick] [--resume]` keeps figures in
`results/trust.json`, a table in `results/trust.md` and a line a question and system in `results/trust-items.jsonl`.

- `emergencies`: calls for help and harmless look-alikes, with the engine off.
- `polarity`: may-I and must-I questions in five wordings each; `verdict.py` reads the answers' verdicts.
- `stability`: the same questions three times, each time in a conversation of its own.
- `answers`: totals over what `python -m eval answers` has kept.
"""

from eval.trust.stage import run

__all__ = ["run"]
