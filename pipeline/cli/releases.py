"""Commands about releases: which there are, whether one is sound, what tells two apart, making and withdrawing one."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table

from pipeline import local
from pipeline.cli.base import app, console
from pipeline.config import load_settings
from pipeline.context import open_context
from pipeline.errors import ConfigError
from pipeline.handoff import in_use
from pipeline.release import (
    Diff,
    in_words,
    open_release,
    read_manifest,
    read_notice,
    revision,
    verify_release,
    withdrawn,
)
from pipeline.release import diff as compare
from pipeline.release import releases as complete
from pipeline.release import withdraw as withdraw_release

Release = Annotated[str, typer.Argument(help="A release: its name, or its folder or URI.")]


@app.command()
def releases() -> None:
    """List all releases, those that were withdrawn too."""
    context = open_context(load_settings())
    rows = {name: _row(read_manifest(context, name)) for name in complete(context)}
    if not rows.keys() | set(withdrawn(context)):
        raise ConfigError("there is no release yet: run `make run`, or `chartmill run --day 2026-01-15`")
    used = in_use(context.data, datetime.now(UTC))
    for name, row in rows.items():
        row["state"] = "a hand-off uses it" if name in used else "complete"
    for name in withdrawn(context):
        notice = read_notice(context, name)
        replaced = f", replaced by {notice['replaced_by']}" if notice["replaced_by"] else ""
        rows[name] = notice | {"state": f"withdrawn {notice['withdrawn'][:10]}: {notice['why']}{replaced}"}
    table = Table("release", "day", "policy", "examples", "tokens", "bytes", "state")
    for name, row in sorted(rows.items(), key=lambda entry: revision(entry[0])):
        numbers = (f"{row[column]:,}" for column in ("examples", "tokens", "bytes"))
        table.add_row(name, row["day"], row["policy"], *numbers, row["state"])
    console.print(table)


def _row(manifest: dict[str, Any]) -> dict[str, Any]:
    splits = [split for config in manifest["configs"].values() for split in config["splits"].values()]
    counts = {name: sum(split.get(name, 0) for split in splits) for name in ("examples", "tokens", "bytes")}
    return {"day": manifest["day"], "policy": manifest["policy"], **counts}


@app.command()
def withdraw(
    release: Annotated[str, typer.Argument(help="Name of a release.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove the data of a release for good; its folder says that it was withdrawn."""
    context = open_context(load_settings())
    if release not in (*complete(context), *withdrawn(context)):
        raise ConfigError(f"there is no release {release}: `chartmill releases` lists them")
    if not yes:
        typer.confirm(f"Remove the data of release {release} for good?", abort=True)
    withdraw_release(context, release, "by_hand", datetime.now(UTC))
    console.print(f"Release {release} is withdrawn. Copies made elsewhere are for you to remove.", highlight=False)


@app.command()
def verify(release: Annotated[str, typer.Argument(help="Folder or URI of a release.")]) -> None:
    """Check the checksums and counts of a release, and load every config with `datasets`."""
    for name, splits in verify_release(release).items():
        listed = ", ".join(f"{split} {count}" for split, count in splits.items())
        console.print(f"{name}: {listed}")
    console.print("The release is complete: checksums and counts agree, and every config loads.")


@app.command()
def diff(
    before: Release,
    after: Release,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")] = False,
) -> None:
    """Tell what came, went and changed between two releases, and how far the data has moved."""
    context = open_context(load_settings())
    found = compare(open_release(before, context), open_release(after, context))
    if as_json:
        print(orjson.dumps(asdict(found), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode())
    else:
        _print_diff(found)


def _print_diff(found: Diff) -> None:
    for line in found.made_of or ["Both were made with the same policy, tokenizer, recipes and versions."]:
        console.print(line, highlight=False)
    rows = Table(
        "config", "split", "examples", "tokens", "identifiers", "added", "removed", "changed", title="Rows",
        title_justify="left",
    )  # fmt: skip
    for config, splits in found.splits.items():
        for name, split in splits.items():
            pairs = (f"{a:,} → {b:,}" for a, b in (split.examples, split.tokens, split.entities))
            rows.add_row(config, name, *pairs, str(split.added), str(split.removed), str(split.changed))
    moved = Table("config", "what", "distance", "which is", title="Drift", title_justify="left")
    for config, distances in found.drift.items():
        for column, distance in distances.items():
            moved.add_row(config, column, f"{distance:.3f}", in_words(distance))
    console.print(rows)
    console.print(moved)
    console.print("A distance of 0.1: of 100 examples, 10 would have to fall into another class to make both the same.")
    was, now = found.patients
    console.print(f"Patients: {was:,} → {now:,}; {found.patients_in:,} came, {found.patients_out:,} went")


@app.command()
def rebuild(
    recipes: Annotated[Path | None, typer.Option(help="Folder of recipes; those of the settings if not given.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = os.cpu_count() or 1,
) -> None:
    """Release the records of the last release anew, with other recipes; nothing is handed off, no PHI is read."""
    settings = load_settings(recipes=recipes)
    name = local.release(settings, "", workers=workers, console=console, again=True)
    console.print(f"Release: {open_context(settings).data.path('releases', name)}", highlight=False, soft_wrap=True)
