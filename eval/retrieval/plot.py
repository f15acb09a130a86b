"""The plot of the retrieval stage: recall at 1 and at 5 of each ranker on each set, small enough to read at once."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PLOTTED = (
    ("city", "zh-TW", "city zh"),
    ("city", "en", "city en"),
    ("drcd", "all", "DRCD"),
    ("faq-reworded", "zh-TW", "FAQ reworded zh"),
    ("faq-reworded", "en", "FAQ reworded en"),
    ("faq-published", "all", "FAQ published"),
    ("laws-zh", "all", "laws zh"),
    ("laws-alias", "all", "law short names"),
    ("laws-en-zh", "all", "laws en-zh"),
    ("xquad", "zh", "XQuAD zh"),
    ("xquad", "en", "XQuAD en-zh"),
)
_COLOURS = {"product": "#005a9c", "keyword": "#9a9a9a", "dense": "#c9a227", "ensemble": "#b0413e"}


def write_plot(folder: Path, stage: str, figures: Mapping[str, Any]) -> Path | None:
    """Draw the sets that were measured: a solid bar for R@1 and a pale one behind it for R@5.

    None where matplotlib (extra `eval`) is not installed, or nothing that is plotted was measured.
    """
    every = [
        (label, {ranker: groups[group] for ranker, groups in figures[name]["rankers"].items() if group in groups})
        for name, group, label in PLOTTED
        if "rankers" in figures.get(name, {})
    ]
    measured = [(label, by_ranker) for label, by_ranker in every if by_ranker]
    if not measured or find_spec("matplotlib") is None:
        return None
    path = folder / f"{stage}.svg"
    _draw(path, measured)
    return path


def _draw(path: Path, measured: Sequence[tuple[str, dict[str, dict[str, float]]]]) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.fonttype"] = "none"  # text stays text
    mpl.rcParams["svg.hashsalt"] = "retrieval"  # the same drawing for the same figures
    from matplotlib import pyplot

    rankers = [ranker for ranker in _COLOURS if any(ranker in by_ranker for _, by_ranker in measured)]
    height = 0.8 / len(rankers)
    figure, axes = pyplot.subplots(figsize=(7.5, 0.5 + 0.46 * len(measured)), layout="constrained")
    for number, ranker in enumerate(rankers):
        places = [row - 0.4 + height * (number + 0.5) for row in range(len(measured))]
        for measure, alpha in (("R@5", 0.35), ("R@1", 1.0)):
            widths = [by_ranker.get(ranker, {}).get(measure, 0.0) for _, by_ranker in measured]
            label = f"{ranker} {measure}"
            axes.barh(places, widths, height * 0.9, color=_COLOURS[ranker], alpha=alpha, linewidth=0, label=label)
    axes.set_yticks(range(len(measured)), [label for label, _ in measured])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of questions with the right passage first (solid), among the first five (pale)")
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    solid = [bar for bar in axes.containers if str(bar.get_label()).endswith("R@1")]
    axes.legend(solid, rankers, ncols=len(rankers), loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
