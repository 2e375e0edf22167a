"""Commands about runs: what will be done, doing it, what became of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipeline import local
from pipeline.authoring.estimate import Estimate, estimate
from pipeline.cli.base import Day, Sources, app, console
from pipeline.config import load_settings, load_source, parse_day, source_names
from pipeline.context import Context, Work, open_context
from pipeline.errors import ConfigError
from pipeline.handoff import handoffs
from pipeline.keys import generate_secret
from pipeline.ledger import read_ledgers
from pipeline.quarantine import read_quarantine
from pipeline.release import manifest_sha, read_manifest, releases
from pipeline.report.summary import print_summary


@app.command()
def run(
    day: Day,
    source: Annotated[list[str] | None, typer.Option(help="A source; all of them if not given.")] = None,
    sources: Sources = None,
    policy: Annotated[str | None, typer.Option(help="Name of a redaction policy.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = os.cpu_count() or 1,
) -> None:
    """Run a day from the export files to the hand-off, without Airflow."""
    settings = load_settings(sources=sources, policy=policy)
    names = source or source_names(settings)
    if not names:
        raise ConfigError(f"no sources in {settings.sources}: put a YAML file there, or give a folder with --sources")
    for name in names:
        load_source(settings, name)
    before = latest_release()
    local.run(settings, names, parse_day(day).isoformat(), workers=workers, console=console)
    show_summary(day, before)


@app.command()
def plan(
    day: Day,
    source: Annotated[list[str] | None, typer.Option(help="A source; all of them if not given.")] = None,
    sources: Sources = None,
    show: Annotated[bool, typer.Option(help="Show paths too. They may be PHI.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes that the run would have.")] = os.cpu_count() or 1,
) -> None:
    """List the files and partitions of a day, and estimate how long they take; nothing is run."""
    settings = load_settings(sources=sources)
    names = source or source_names(settings)
    if not names:
        raise ConfigError(f"no sources in {settings.sources}: put a YAML file there, or give a folder with --sources")
    context, date = open_context(settings), parse_day(day)
    estimates = [estimate(context, load_source(settings, name), date, workers) for name in names]
    if show:
        Console(stderr=True).print("Paths may be PHI.", style="bold red")
    for one in estimates:
        console.print(_plan_table(one, show=show))
        console.print(
            f"{one.source}: {len(one.partitions)} partitions, {one.size:,} bytes, about {one.seconds:.0f} s with "
            f"{workers} processes ({one.basis}; start-up, shards and release not counted)\n",
            highlight=False,
        )


def _plan_table(one: Estimate, *, show: bool) -> Table:
    table = Table("partition", "file", "bytes", *(["path"] if show else []))
    for number, files in enumerate(one.partitions):
        for file in files:
            table.add_row(str(number), file.file_id, f"{file.size:,}", *([file.path] if show else []))
    return table


@app.command()
def summary(day: Day) -> None:
    """Show what became of a day, and the latest release."""
    show_summary(parse_day(day).isoformat())


@app.command()
def quarantine(
    source: Annotated[str, typer.Argument(help="Name of the source.")],
    day: Day,
    sources: Sources = None,
    show: Annotated[bool, typer.Option(help="Show paths and content too. They are PHI.")] = False,
) -> None:
    """List what was rejected of a source and day: stage, reason, file and position."""
    settings = load_settings(sources=sources)
    load_source(settings, source)
    work = Work(open_context(settings), source, parse_day(day).isoformat(), local.RUN)
    rows = [row for table in read_quarantine(work) for row in table.data.to_pylist()]
    if show:
        Console(stderr=True).print("What follows is PHI.", style="bold red")
    for row in rows:
        console.print(
            f"{row['stage']}  {row['reason']}  file {row['file_id']}  position {row['position']}", highlight=False
        )
        if show:
            console.print(f"{row['path']}\n{row['content']}\n", highlight=False, markup=False)
    console.print(f"{len(rows)} rejected")


@app.command()
def keygen() -> None:
    """Print a new key for CHARTMILL_KEY."""
    print(generate_secret())


def latest_release() -> str | None:
    """Return the name of the latest release, if there is one."""
    names = releases(open_context(load_settings()))
    return names[-1] if names else None


def _handed_off(context: Context, sha: str) -> Iterator[str]:
    """Say how the hand-off of a release stands, and what its log says first: for a demo, which job it is."""
    for status in handoffs(context.data, datetime.now(UTC)):
        last = status.last
        if last.manifest_sha256 == sha:
            first = context.data.read_bytes(last.log).decode("utf-8", "replace").splitlines()[:1]
            yield f"Hand-off: {status.of(last)} ({last.launcher}), {context.data.path(last.log)}"
            yield from (f"          {line}" for line in first)


def show_summary(day: str, before: str | None = None) -> None:
    """Print what became of a day and the latest release; if that is the release `before`, say that nothing changed."""
    context, release = open_context(load_settings()), latest_release()
    if release is None:
        raise ConfigError("there is no release yet: run `make run`, or `chartmill run --day 2026-01-15`")
    print_summary(console, read_ledgers(context, day), read_manifest(context, release))
    folder = context.data.path("releases", release)
    console.print(f"Release: {folder}\nReport:  {folder}/report.html", highlight=False, soft_wrap=True)
    for line in _handed_off(context, manifest_sha(context, release)):
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    if release == before:
        console.print(f"Nothing changed: release {release} already holds this.", highlight=False)
