"""Commands about the audit log."""

from __future__ import annotations

import sys
from typing import Annotated

import orjson
import typer

from pipeline import audit
from pipeline.cli.base import app, console
from pipeline.config import load_settings, parse_day
from pipeline.context import open_context

audit_app = typer.Typer(help="The audit log: what was done to which day.", no_args_is_help=True)
app.add_typer(audit_app, name="audit")


@audit_app.command()
def verify() -> None:
    """Check that the audit log and its files are as they were written; exit with 1 if not."""
    entries, problems = audit.verify(open_context(load_settings()))
    for problem in problems:
        console.print(problem, highlight=False)
    if problems:
        raise typer.Exit(1)
    console.print(f"The audit log is as it was written: {entries} entries.")


@audit_app.command()
def show(
    day: Annotated[str | None, typer.Option(help="Entries on this day of exports only, YYYY-MM-DD.")] = None,
) -> None:
    """Print the entries of the audit log, one JSON object a line."""
    wanted = parse_day(day).isoformat() if day else None
    for entry in audit.read_entries(open_context(load_settings())):
        if wanted in (None, entry.get("day")):
            sys.stdout.write(orjson.dumps(entry, option=orjson.OPT_SORT_KEYS).decode() + "\n")
