"""Personal data: recall and precision by kind, false alarms on harmless texts, disguises, speed and memory.

`python -m eval privacy` keeps figures in `results/privacy.json`, tables in `results/privacy.md` and what was missed in
`results/privacy-items.jsonl`; it needs no model and takes about a minute. Of public sets only counts are kept.
"""

from eval.privacy.stage import run

__all__ = ["run"]
