"""Runs the scale stage alone: python -m eval.scale --sizes 1000 100000."""

import argparse
import sys
from pathlib import Path

from assistant.quiet import silence_libraries


def main() -> int:
    """Measure the sizes named on the command line."""
    silence_libraries()
    from assistant.settings import load_settings
    from eval.scale.stage import add_options, run

    parser = argparse.ArgumentParser(prog="python -m eval.scale", description=__doc__)
    add_options(parser)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "results")
    run(load_settings(), parser.parse_args())
    return 0


if __name__ == "__main__":
    sys.exit(main())
