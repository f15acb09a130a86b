"""`city-assistant engine`: llama.cpp compiled for this machine: build, status, remove."""

import json
from typing import Annotated

import typer

from assistant.settings import load_settings

engine_app = typer.Typer(no_args_is_help=True, help="llama.cpp compiled for this machine: build, status, remove.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@engine_app.command("build")
def build_native(
    jobs: Annotated[int, typer.Option(min=0, help="Files to compile at once; 0: one for each core.")] = 0,
) -> None:
    """Compile llama.cpp once for this machine's processor, so that answers come faster; never required."""
    from assistant.models.native_build import build_engine

    path = build_engine(load_settings(), lambda line: typer.echo(line, err=True), jobs=jobs)
    typer.echo(f"In use from the next start on: {path}", err=True)


@engine_app.command("status")
def show_engine(as_json: Json = False) -> None:
    """Show which engine would run, and why."""
    from assistant.models.native import engine_status

    status = engine_status(load_settings())
    typer.echo(json.dumps(status, ensure_ascii=False) if as_json else f"{status['runs']}: {status['reason']}")


@engine_app.command("remove")
def remove_engine() -> None:
    """Delete what was compiled; the wheel's llama.cpp serves again."""
    from assistant.models.native import remove_native

    typer.echo(f"Deleted: {remove_native(load_settings())}.", err=True)
