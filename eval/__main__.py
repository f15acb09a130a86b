"""Runs one stage of the evaluation: python -m eval documents | retrieval | evidence | answers | trust | ..."""

import argparse
import importlib
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

from assistant.errors import AssistantError
from assistant.quiet import silence_libraries
from assistant.settings import Settings

DATASET = Path(__file__).parent / "datasets" / "kaohsiung-starter.jsonl"
RUNS = {
    "documents": "eval.documents.stage",
    "retrieval": "eval.retrieval",
    "evidence": "eval.evidence",
    "scale": "eval.scale.stage",
    "calibrate": "eval.calibrate",
    "support": "eval.support",
    "followups": "eval.followups",
    "answers": "eval.answers",
    "trust": "eval.trust",
    "engine": "eval.engine",
    "emergencies": "eval.emergencies",
    "tools": "eval.tools.stage",
    "privacy": "eval.privacy",
    "safety": "eval.safety",
    "lists": "eval.lists",
}


def main() -> int:
    """Run the stage named on the command line and keep its results."""
    silence_libraries()
    from assistant.settings import load_settings
    from eval.answers import sets as answer_sets
    from eval.answers.systems import SYSTEMS
    from eval.documents import stage as documents
    from eval.retrieval.rankers import RANKERS
    from eval.retrieval.stage import SETS
    from eval.safety import stage as safety
    from eval.scale import stage as scale
    from eval.tools import stage as tools
    from eval.trust import stage as trust

    stages = [name for name, module in RUNS.items() if find_spec(module) is not None]
    sets = [*SETS, *(name for name in answer_sets.SETS if name not in SETS)]
    parts = list(dict.fromkeys([*documents.PARTS, *trust.PARTS, *tools.PARTS, *safety.PARTS]))
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    parser.add_argument("stage", choices=stages)
    parser.add_argument("--dataset", type=Path, default=DATASET, help="JSONL of questions; see eval/datasets/README.md")
    parser.add_argument("--split", choices=["dev", "test", "all"], default="all")
    parser.add_argument(
        "--limit",
        type=int,
        default=0,
        help="only N questions (retrieval, answers, trust: of each set; tools, safety: spread over it; lists: N rows)",
    )
    parser.add_argument(
        "--quick", action="store_true", help="documents, retrieval, answers, trust, tools, safety, lists: small samples"
    )
    parser.add_argument("--set", nargs="+", choices=sets, help="retrieval, answers: only these sets")
    parser.add_argument("--ranker", nargs="+", choices=list(RANKERS), help="retrieval: only these rankers")
    parser.add_argument("--system", nargs="+", choices=SYSTEMS, help="answers, trust, safety: only these systems")
    parser.add_argument("--resume", action="store_true", help="answers, trust, tools, safety: keep what was measured")
    parser.add_argument("--part", nargs="+", choices=parts, help="documents, trust, tools, safety: only these parts")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    scale.add_options(parser)
    options = parser.parse_args()
    own: dict[str, Mapping[str, object] | tuple[str, ...]] = {
        "retrieval": SETS,
        "answers": answer_sets.SETS,
        "documents": documents.PARTS,
        "trust": trust.PARTS,
        "tools": tools.PARTS,
        "safety": safety.PARTS,
    }
    foreign = {*(options.set or ()), *(options.part or ())}.difference(own.get(options.stage, ()))
    if foreign:
        parser.error(f"{options.stage} has no {', '.join(sorted(foreign))}")
    run: Callable[[Settings, argparse.Namespace], None] = importlib.import_module(RUNS[options.stage]).run
    try:
        run(load_settings(), options)
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
