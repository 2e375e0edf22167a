"""What all commands share: the application, the console, and options that several have."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

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
