"""`city-assistant sbom`: what the product is made of, for procurement and for whoever watches vulnerabilities."""

from pathlib import Path
from typing import Annotated

import typer

from assistant.settings import load_settings

FAULT = 1


def sbom(
    out: Annotated[Path | None, typer.Option(help="Write here instead of to the screen.")] = None,
    licences: Annotated[bool, typer.Option("--licences", help="Only hold licences against the allow-list.")] = False,
) -> None:
    """Write a CycloneDX bill of materials: installed packages and model files, with licences and hashes."""
    from assistant.supply_chain.inventory import installed_packages, model_files
    from assistant.supply_chain.licences import find_fault, load_licences
    from assistant.supply_chain.sbom import write_bom  # here, so that other commands start without its libraries

    known = load_licences()
    packages = installed_packages(known)
    if licences:
        faults = [fault for one in packages if (fault := find_fault(one.name, one.licence, known))]
        typer.echo("\n".join(faults) or f"The licences of all {len(packages)} packages are allowed.")
        raise typer.Exit(FAULT if faults else 0)
    text = write_bom(packages, model_files(load_settings()))
    if out is None:
        typer.echo(text)
    else:
        out.write_text(f"{text}\n", encoding="utf-8")
        typer.echo(f"{out}: {len(packages)} packages.", err=True)
