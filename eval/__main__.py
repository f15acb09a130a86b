"""Runs one stage of the evaluation: python -m eval documents | retrieval | evidence | scale | calibrate | answers."""

import argparse
import sys
from pathlib import Path

from assistant.errors import AssistantError
from assistant.quiet import silence_libraries

DATASET = Path(__file__).parent / "datasets" / "kaohsiung-starter.jsonl"


def main() -> int:
    """Run the stage named on the command line and keep its results."""
    silence_libraries()
    from assistant.settings import load_settings
    from eval import answers, calibrate, evidence, retrieval
    from eval.documents import stage as documents
    from eval.retrieval.rankers import RANKERS
    from eval.retrieval.stage import SETS
    from eval.scale import stage as scale

    stages = {
        "documents": documents.run,
        "retrieval": retrieval.run,
        "evidence": evidence.run,
        "scale": scale.run,
        "calibrate": calibrate.run,
        "answers": answers.run,
    }
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    parser.add_argument("stage", choices=list(stages))
    parser.add_argument("--dataset", type=Path, default=DATASET, help="JSONL of questions; see eval/datasets/README.md")
    parser.add_argument("--split", choices=["dev", "test", "all"], default="all")
    parser.add_argument("--limit", type=int, default=0, help="only N questions (retrieval: of each set)")
    parser.add_argument("--quick", action="store_true", help="documents, retrieval: samples, in under three minutes")
    parser.add_argument("--set", nargs="+", choices=list(SETS), help="retrieval: only these sets")
    parser.add_argument("--ranker", nargs="+", choices=list(RANKERS), help="retrieval: only these rankers")
    parser.add_argument("--part", nargs="+", choices=list(documents.PARTS), help="documents: only these parts")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    scale.add_options(parser)
    options = parser.parse_args()
    try:
        stages[options.stage](load_settings(), options)
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
