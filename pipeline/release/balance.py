"""How examples and patients spread over classes, with small cells hidden.

Cells of fewer than 11 patients are not shown to those who only read about a release, the rule of CMS for its data.
Source: https://resdac.org/articles/cms-cell-size-suppression-policy
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
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
    # What is hidden is listed by name: their order would tell which is larger.
    listed = [one for one in ranked if one[0] not in hidden]
    listed += sorted((one for one in ranked if one[0] in hidden), key=itemgetter(0))
    most = ranked[0][1]["patients"]
    return [_cell(name, count, hidden=name in hidden, most=most) for name, count in listed[:_SHOWN]]


def _cell(name: str, count: dict[str, int], *, hidden: bool, most: int) -> Cell:
    if not hidden:
        return Cell(name, f"{count['examples']:,}", f"{count['patients']:,}", count["patients"] / most)
    return Cell(name, "hidden", f"<{SMALLEST}" if count["patients"] < SMALLEST else "hidden", 0.0)
