"""Commands about redaction policies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from pipeline.cli.base import app, console
from pipeline.config import load_settings
from pipeline.redact.policy import load_policy, read_policy
from pipeline.redact.review import Section, introduction, markdown, sections, unmentioned

policy_app = typer.Typer(help="Redaction policies: what passes, and why.", no_args_is_help=True)
app.add_typer(policy_app, name="policy")


@policy_app.command()
def check(
    name: Annotated[str | None, typer.Argument(help="A policy's name or YAML file; else the one configured.")] = None,
    strict: Annotated[bool, typer.Option(help="Refuse a policy that does not name every column.")] = False,
    form: Annotated[Literal["table", "markdown"], typer.Option("--format", help="How to print it.")] = "table",
) -> None:
    """Check a policy against the rule, and print in plain words what it lets through."""
    is_file = bool(name) and str(name).endswith((".yaml", ".yml"))
    found = read_policy(Path(str(name))) if is_file else load_policy(load_settings(policy=name))
    if form == "markdown":
        print(markdown(found), end="")
    else:
        console.print(introduction(found), highlight=False)
        for section in sections(found):
            console.print(_table(section))
        console.print(f"The policy is sound: {found.label}", highlight=False)
    if dropped := unmentioned(found):
        Console(stderr=True).print(
            f"Not named, and so dropped: {', '.join(dropped)}. Name them, with a reason.", highlight=False
        )
        if strict:
            raise typer.Exit(1)


def _table(section: Section) -> Table:
    table = Table(*section.header, title=section.title, title_justify="left", show_lines=True)
    for row in section.rows:
        table.add_row(*(cell.replace("[", r"\[") for cell in row))
    return table
