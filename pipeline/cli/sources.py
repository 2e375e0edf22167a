"""Commands for who adds a source: draft it, look at it, read with it.

Each imports what it needs itself: pandas and spaCy take seconds, and most commands need neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.cli.base import Sources, app, console
from pipeline.config import SourceConfig, load_settings, load_source, parse_day
from pipeline.context import open_context
from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from pipeline.authoring.export import Exported
    from pipeline.authoring.preview import Preview, Stages

OptionalDay = Annotated[str | None, typer.Option(help="The day of the export, YYYY-MM-DD; today if not given.")]
_PHI = Console(stderr=True)


@app.command("new-source")
def new_source(
    name: Annotated[str, typer.Argument(help="Name of the source: a to z, 0 to 9, _.")],
    file: Annotated[Path, typer.Option("--from", help="A file of the export.", exists=True, dir_okay=False)],
    sources: Sources = None,
    tests: Annotated[Path, typer.Option(help="Folder of tests; the source gets one in it.")] = Path("tests/sources"),
    patient: Annotated[str, typer.Option(help="CSV: the column of the patient id, if it is not found.")] = "",
) -> None:
    """Draft a source from a file: its YAML, a fictional fixture, and a test. Prints no value of the file."""
    from pipeline.authoring.draft import draft_source

    draft = draft_source(name, file, load_settings(sources=sources).sources, tests / name, patient)
    for line in draft.found:
        console.print(line, highlight=False, markup=False)
    console.print("\nWritten:", highlight=False)
    for path in draft.written:
        console.print(f"  {path}", highlight=False, markup=False, soft_wrap=True)
    console.print("\nNext:", highlight=False)
    for number, step in enumerate(draft.steps, 1):
        console.print(f"  {number}. {step}", highlight=False, markup=False, soft_wrap=True)


@app.command()
def preview(
    source: Annotated[str, typer.Argument(help="Name of the source.")],
    number: Annotated[int, typer.Option("-n", min=1, help="How many records.")] = 5,
    day: OptionalDay = None,
    sources: Sources = None,
    policy: Annotated[str | None, typer.Option(help="Name of a redaction policy.")] = None,
) -> None:
    """Show the first records of a day raw, normalized and redacted, side by side. Two of the three are PHI."""
    from pipeline.authoring.preview import preview as preview_records

    settings = load_settings(sources=sources, policy=policy)
    shown = preview_records(open_context(settings), load_source(settings, source), _day(day), number)
    _PHI.print("What follows is PHI, all but the column `redacted`.", style="bold red")
    for position, stages in enumerate(shown.records, 1):
        console.print(_stages_table(position, stages, shown))
    console.print(
        f"{shown.counts.read} units in the file: {shown.counts.accepted} accepted, "
        f"{shown.counts.rejected.total()} rejected, {shown.counts.excluded.total()} excluded",
        highlight=False,
    )


@app.command()
def records(
    file: Annotated[str, typer.Argument(help="A file, a folder or a glob.")],
    out: Annotated[Path, typer.Option(help="The file to write: one JSON object a line. It holds PHI.")],
    source: Annotated[str | None, typer.Option(help="Read as this source does.")] = None,
    connector: Annotated[str | None, typer.Option(help="Or with a connector: a name, or package.module:Class.")] = None,
    option: Annotated[list[str] | None, typer.Option(help="Option of the connector, KEY=VALUE in YAML.")] = None,
    authority: Annotated[str, typer.Option(help="Assigning authority, with --connector.")] = "LOCAL",
    timezone: Annotated[str, typer.Option(help="Zone of times without an offset, with --connector.")] = "UTC",
    date_order: Annotated[str, typer.Option(help="mdy or dmy, with --connector.")] = "mdy",
    day: OptionalDay = None,
    sources: Sources = None,
) -> None:
    """Write the normalized records of files as JSON lines. They are PHI: the file is readable by its owner alone.

    An object has the columns of `record`: times in ISO 8601, `identity` as a list of {"type", "value"}, `extras` as
    an object, null where there is nothing.
    """
    from pipeline.authoring.export import export_records

    settings = load_settings(sources=sources)
    if (source is None) == (connector is None):
        raise ConfigError("give one of --source and --connector")
    if source is not None:
        chosen = load_source(settings, source)
    else:
        chosen = _adhoc(
            {"connector": connector, "authority": authority, "timezone": timezone, "date_order": date_order}, option
        )
    _PHI.print(f"{out} holds PHI: keep it in the PHI zone, and delete it when you are done.", style="bold red")
    exported = export_records(open_context(settings), chosen, file, out, _day(day))
    for line in _counts(exported):
        console.print(line, highlight=False, markup=False)
    if exported.whole:
        raise typer.Exit(1)


def _day(text: str | None) -> date:
    return parse_day(text) if text else date.today()


def _adhoc(fields: Mapping[str, Any], options: list[str] | None) -> SourceConfig:
    """Return a source that no YAML file describes."""
    parsed: dict[str, Any] = {}
    for option in options or ():
        key, equals, value = option.partition("=")
        try:
            parsed[key] = yaml.safe_load(value)
        except yaml.YAMLError:
            equals = ""
        if not equals or not key:
            raise ConfigError("--option must be KEY=VALUE, with a value in YAML, such as conformance=off")
    try:
        return SourceConfig(name="adhoc", path="", options=parsed, **fields)
    except ValidationError as error:
        names = ", ".join(f"--{problem['loc'][0]}".replace("_", "-") for problem in error.errors(include_input=False))
        raise ConfigError(f"{names}: not a value that a source may have") from None


def _counts(exported: Exported) -> list[str]:
    lines = [
        f"{exported.files} files, {exported.units.read} units read, {exported.units.accepted} accepted, "
        f"{exported.records} records written"
    ]
    for name, counter in (
        ("rejected", exported.units.rejected), ("excluded", exported.units.excluded),
        ("findings", exported.units.findings),
        ("records refused by normalize", exported.refused),
    ):  # fmt: skip
        lines += [f"{name}: {counter.total()}"] if counter else []
        lines += [f"  {code}  {count}" for code, count in sorted(counter.items())]
    return lines


def _stages_table(position: int, stages: Stages, shown: Preview) -> Table:
    """Lay out one record: a row for each field that has a value in one of the states."""
    outcome = f", refused: {stages.refused}" if stages.refused else ""
    table = Table(
        "field", "raw (PHI)", "normalized (PHI)", "redacted", title=f"{position}. {stages.raw['kind']}{outcome}",
        title_justify="left", show_lines=True,
    )  # fmt: skip
    targets = {name: rule.target or name for name, rule in shown.policy.file.fields.items() if rule.action != "drop"}
    record, safe = stages.record or {}, stages.safe or {}
    names = list(dict.fromkeys([*stages.raw, *record]))
    for name in names:
        cells = [_cell(stages.raw.get(name)), _cell(record.get(name)), _cell(safe.get(targets.get(name, "")))]
        if any(cells):
            table.add_row(name, *map(Text, cells))
    return table


def _cell(value: Any) -> str:
    if isinstance(value, list):
        pairs = [tuple(one.values()) if isinstance(one, dict) else one for one in value]
        return "\n".join(": ".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in pairs)
    return "" if value is None else str(value)
