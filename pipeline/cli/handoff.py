"""Commands about the hand-off of releases to training."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pipeline import stages
from pipeline.cli.base import app, console
from pipeline.config import load_settings
from pipeline.context import open_context
from pipeline.handoff import handoffs as read_handoffs


@app.command()
def handoff(
    release: Annotated[str, typer.Argument(help="Name of a release.")],
    force: Annotated[bool, typer.Option(help="Hand it off once more, though it was already.")] = False,
) -> None:
    """Hand a release to training, unless that was done."""
    done = stages.handoff(load_settings(), release, force=force)
    known = f" as {done['external_id']}" if done["external_id"] else ""
    before = "" if done["new"] else " before; --force does it once more"
    console.print(
        f"Release {release}: {done['status']} by {done['launcher']}{known}, attempt {done['attempt']}{before}\n"
        f"Log: {done['log']}",
        highlight=False, soft_wrap=True,
    )  # fmt: skip


@app.command()
def handoffs() -> None:
    """List what became of each hand-off, the latest last."""
    data = open_context(load_settings()).data
    found = read_handoffs(data, datetime.now(UTC))
    for status in found:
        last = status.last
        known = f" as {last.external_id}" if last.external_id else ""
        console.print(
            f"{last.release}  {status.of(last)} by {last.launcher}{known}, attempt {last.number}, "
            f"begun {last.started}\n    {data.path(last.log)}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
    if not found:
        console.print("No release was handed off yet.")
