"""What the table of the trust stage shows, and the targets."""

from eval.answers.report import Measure

KEPT = "answers"
HEAD = """# Trust: figures of the last run

Written by `python -m eval trust`; `trust.json` says when, at what revision and on what machine. `product` is the whole
assistant, `extract` the assistant without a language model. n is the number of what is counted. A verdict is read from
the answer's first sentence by `eval/trust/verdict.py`; an answer without one is unclear, and counts as not right.
Questions are consistent where all wordings that are answered get verdicts that are right, or all wrong, or all unclear.
The last lines are totals of the answers stage.
"""
TRUST = (
    Measure("emergencies: recall", "emergencies", "recall", "calls", least=1.0),
    Measure("emergencies: false alarms", "emergencies", "false_alarms", "harmless", most=0.01),
    Measure("emergencies: a right number is named", "emergencies", "number_named", "calls", least=1.0),
    Measure("emergencies: the first of them is named", "emergencies", "first_number_named", "calls"),
    Measure("emergencies: ms p95, engine off", "emergencies", "p95_ms", "calls", most=100),
    Measure("yes or no: verdict right", "polarity", "right", "wordings", least=0.97),
    Measure("yes or no: verdict wrong", "polarity", "wrong", "wordings"),
    Measure("yes or no: verdict unclear", "polarity", "unclear", "wordings"),
    Measure("yes or no: abstained", "polarity", "abstained", "wordings"),
    Measure("yes or no: one verdict in all wordings", "polarity", "consistent", "questions", least=0.98),
    Measure("yes or no: one document in all wordings", "polarity", "same_document", "questions"),
    Measure("asked three times: same text", "stability", "same_text", "questions"),
    Measure("asked three times: same quotes", "stability", "same_quotes", "questions"),
    Measure("zh-TW answers with Simplified characters", KEPT, "simplified", "zh_answers", most=0),
    Measure("figures not in a cited source", KEPT, "invented_figures", "figures", most=0),
    Measure("quotes that are not in the source", KEPT, "bad_quotes", "quotes", most=0),
)
