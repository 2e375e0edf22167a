"""The tables that a run ends with."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from pipeline.ledger import Ledger
from pipeline.release import examples_by_split


def _reasons(counts: dict[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in counts.items()) or "-"


def print_summary(console: Console, ledgers: list[Ledger], manifest: dict[str, Any]) -> None:
    """Print where every unit went, the examples by split, and what was redacted."""
    units = Table("source", "day", "units read", "accepted", "rejected", "excluded", title="Units", title_justify="left")
    for ledger in ledgers:
        units.add_row(
            ledger.source, ledger.day, str(ledger.units["read"]), str(ledger.units["accepted"]),
            _reasons(ledger.units["rejected"]), _reasons(ledger.units["excluded"]),
        )  # fmt: skip
    console.print(units)
    examples = Table("config", "train", "validation", "test", title="Examples", title_justify="left")
    for name, splits in examples_by_split(manifest).items():
        examples.add_row(name, *(str(count) for count in splits.values()))
    console.print(examples)
    entities = Table(*manifest["entities"], title="Identifiers redacted in text", title_justify="left")
    entities.add_row(*(str(count) for count in manifest["entities"].values()))
    console.print(entities)
