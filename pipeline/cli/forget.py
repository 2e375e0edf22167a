"""The command that takes patients out."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline import stages
from pipeline.cli.base import app, console
from pipeline.config import load_settings
from pipeline.errors import ConfigError


@app.command()
def forget(
    patients: Annotated[str, typer.Option(help="CSV file, or URI, with the columns authority and id. PHI.")],
    releases: Annotated[
        str, typer.Option(help="What becomes of releases that hold them: rewrite, or withdraw.")
    ] = "rewrite",
    dry_run: Annotated[bool, typer.Option(help="Count what there is of them, and change nothing.")] = False,
    allow: Annotated[bool, typer.Option(help="Let them in again: what is sent from now on is kept.")] = False,
) -> None:
    """Forget patients: remove them from both zones and all releases, keep them out, and search for what is left."""
    if allow and dry_run:
        raise ConfigError("--allow changes one list only: leave out --dry-run")
    settings = load_settings()
    counts = stages.allow(settings, patients) if allow else stages.forget(settings, patients, releases, dry_run=dry_run)
    for name, outcome in counts.items():
        if name == "replaced":
            for old, new in outcome.items():
                console.print(f"release {old} withdrawn, {new or 'nothing'} in its place", highlight=False)
        else:
            console.print(f"{name.replace('_', ' ')}  {outcome}", highlight=False)
    if not (allow or dry_run):
        console.print("Nothing is left of them. Remove the file of patients too.")
