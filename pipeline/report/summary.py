"""The tables that a run ends with."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from pipeline.ledger import Ledger
from pipeline.release import examples_by_split


def _reasons(counts: dict[str, int]) -> str:
    return "\n".join(f"{count} {reason}" for reason, count in counts.items()) or "0"


def print_summary(console: Console, ledgers: list[Ledger], manifest: dict[str, Any]) -> None:
    """Print where every unit went, the examples by split, and what was redacted."""
    units = Table(
        "source", "day", "units read", "accepted", "rejected", "excluded", "records", "deletions", "records rejected",
        "records excluded",
        title="Where every unit went", title_justify="left", show_lines=True,
    )  # fmt: skip
    for ledger in ledgers:
        units.add_row(
            ledger.source, ledger.day, str(ledger.units["read"]), str(ledger.units["accepted"]),
            _reasons(ledger.units["rejected"]), _reasons(ledger.units["excluded"]),
            str(ledger.records["accepted"]), str(ledger.records["deletions"]), _reasons(ledger.records["rejected"]),
            _reasons(ledger.records.get("excluded", {})),
        )  # fmt: skip
    examples = Table("config", "train", "validation", "test", title="Examples", title_justify="left")
    for name, splits in examples_by_split(manifest).items():
        examples.add_row(name, *(str(count) for count in splits.values()))
    entities = Table("identifier", "redacted", title="Identifiers in text", title_justify="left")
    for entity, count in manifest["entities"].items():
        entities.add_row(entity, str(count))
    findings = Table("source", "day", "finding", "count", title="Findings that refused nothing", title_justify="left")
    for ledger in ledgers:
        for finding, count in ledger.findings.items():
            findings.add_row(ledger.source, ledger.day, finding, str(count))
    for table in (units, findings, examples, entities):
        for column in table.columns:
            column.overflow = "fold"  # a reason that is cut is none
        if table.row_count:
            console.print(table)
