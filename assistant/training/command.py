"""`city-assistant train`: the command line of training."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress as Bar

from assistant.models import judge as judge_model
from assistant.models.e5_wheel import encoder_folder
from assistant.settings import load_settings
from assistant.training.examples import examples_of, load_material, load_squad
from assistant.training.judge import Progress, is_held_out, train_judge

app = typer.Typer(no_args_is_help=True, help="Train what is this project's own, on this machine.")
SHIPPED = Path(judge_model.__file__).with_name(judge_model.WEIGHTS)
Files = Annotated[list[Path], typer.Option(help="Passages with questions, one JSON object a line; repeatable.")]
Squads = Annotated[list[Path], typer.Option(help="Reading sets in the layout of SQuAD 1.1; repeatable.")]


@app.callback()
def _group() -> None:
    """More models will be trained here."""


@app.command("judge")
def train_the_judge(
    data: Files,
    squad: Squads = [],  # noqa: B006  # typer copies it
    out: Annotated[Path, typer.Option(help="Where the weights go; default: into the project.")] = SHIPPED,
    epochs: Annotated[int, typer.Option(help="Passes over the data, after one over data and reading sets.")] = 2,
    share: Annotated[float, typer.Option(help="Share of the reading sets' passages that is used.")] = 1.0,
) -> None:
    """Train the judge of answers: first on everything once, then on the data alone."""
    own = [one for path in data for one in load_material(path) if not is_held_out(one.id)]
    public = load_squad(squad)
    public = public[: round(share * len(public))]
    first = examples_of(own, 0) + examples_of(public, 0)
    later = [examples_of(own, seed) for seed in range(1, epochs + 1)]
    with Bar() as bar:
        packed = train_judge(encoder_folder(load_settings().models_dir), [first, *later], _shown(bar))
    out.write_bytes(packed)
    typer.echo(f"{out}: {len(packed):,} bytes, from {len(own)} passages and {len(public)} of reading sets.")


def _shown(bar: Bar) -> Callable[[Progress], None]:
    task = bar.add_task("training")

    def show(progress: Progress) -> None:
        bar.update(task, completed=progress.step, total=progress.steps, description=f"loss {progress.loss:.2f}")

    return show
