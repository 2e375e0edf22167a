"""The command `chartmill`."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console

from pipeline import local
from pipeline.config import load_settings, load_source, parse_day, source_names
from pipeline.context import Work, open_context
from pipeline.errors import ChartmillError, ConfigError
from pipeline.keys import generate_secret
from pipeline.ledger import read_ledgers
from pipeline.quarantine import read_quarantine
from pipeline.release import read_manifest, releases, verify_release
from pipeline.report.summary import print_summary

app = typer.Typer(
    help="Nightly EHR exports in, de-identified Parquet training shards out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# Reports are read in logs as well, where 80 columns would cut them.
console = Console(width=None if sys.stdout.isatty() else 140)

Day = Annotated[str, typer.Option(help="The day of the export, YYYY-MM-DD.")]
Sources = Annotated[Path | None, typer.Option(help="Folder of source YAML files.")]


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
def summary(day: Day) -> None:
    """Show what became of a day, and the latest release."""
    show_summary(parse_day(day).isoformat())


@app.command()
def verify(release: Annotated[Path, typer.Argument(help="Folder of a release.")]) -> None:
    """Check the checksums and counts of a release, and load every config with `datasets`."""
    for name, splits in verify_release(release).items():
        listed = ", ".join(f"{split} {count}" for split, count in splits.items())
        console.print(f"{name}: {listed}")
    console.print("The release is complete: checksums and counts agree, and every config loads.")


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


def show_summary(day: str, before: str | None = None) -> None:
    """Print what became of a day and the latest release; if that is the release `before`, say that nothing changed."""
    context, release = open_context(load_settings()), latest_release()
    if release is None:
        raise ConfigError("there is no release yet: run `make run`, or `chartmill run --day 2026-01-15`")
    print_summary(console, read_ledgers(context, day), read_manifest(context, release))
    folder = context.data.path("releases", release)
    console.print(f"Release: {folder}\nReport:  {folder}/report.html", highlight=False, soft_wrap=True)
    if release == before:
        console.print(f"Nothing changed: release {release} already holds this.", highlight=False)


def configure_logging() -> None:
    """Send our log lines to standard error, without values of local variables in tracebacks."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback, colors=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def main() -> None:
    """Run the command; an error that a person can mend is one sentence on standard error.

    Exit codes: 0 well, 1 a check refused or storage failed, 2 something is configured wrongly.
    """
    configure_logging()
    try:
        app()
    except ChartmillError as error:
        print(f"chartmill: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, ConfigError) else 1)


if __name__ == "__main__":
    main()
