"""Lists and checks of people's database at 100,000 rows: how much slower they are than at 1,000.

`python -m eval lists [--quick] [--limit ROWS]` fills databases with conversations, feedback, groups of unanswered
questions, reviewed answers and audit rows, in SQLite and, where its programs are installed, in PostgreSQL. It keeps
milliseconds and ratios in `results/lists.json` and tables in `results/lists.md`.
"""

from eval.lists.stage import run

__all__ = ["run"]
