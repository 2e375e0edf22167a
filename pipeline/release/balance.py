"""How examples and patients spread over classes, with small cells hidden.

Cells of fewer than 11 patients are not shown to those who only read about a release, the rule of CMS for its data.
Source: https://resdac.org/articles/cms-cell-size-suppression-policy
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.release.content import add_classes
from pipeline.shard import CLASSES, NOT_STATED

SMALLEST = 11
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Cell:
    """A class of a column as people may read it: numbers, or `<11` or `hidden` where they are not shown."""

    name: str
    examples: str
    patients: str
    share: float


def balance(config: dict[str, Any]) -> dict[str, list[Cell]]:
    """Return the cells of each column of a config, over all splits; the largest first, and at most 20.

    What a column never states is left out.
    """
    tables = {}
    for column in CLASSES:
        counts = add_classes(split["classes"][column] for split in config["splits"].values())
        if set(counts) - {NOT_STATED}:
            tables[column] = _cells(counts)
    return tables


def _cells(counts: dict[str, dict[str, int]]) -> list[Cell]:
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1]["patients"], entry[0]))
    hidden = {name for name, count in ranked if count["patients"] < SMALLEST}
    if len(hidden) == 1 and len(ranked) > 1:
        # One alone would follow from the total.
        hidden.add(next(name for name, _ in reversed(ranked) if name not in hidden))
    most = ranked[0][1]["patients"]
    cells = []
    for name, count in ranked[:_SHOWN]:
        if name not in hidden:
            cells.append(Cell(name, f"{count['examples']:,}", f"{count['patients']:,}", count["patients"] / most))
        else:
            small = count["patients"] < SMALLEST
            cells.append(Cell(name, "hidden", f"<{SMALLEST}" if small else "hidden", 0.0))
    return cells
