"""Where rejected input is kept: encrypted, in the PHI zone, each piece with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from pipeline.context import Context, Work
from pipeline.records import QuarantineTable, StateTable
from pipeline.storage import read_table, write_table


@dataclass(slots=True)
class Quarantine:
    """Collects what one stage rejects in one partition, and counts it by reason."""

    stage: str
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, reason: str, *, file_id: str, position: int, content: str, path: str = "") -> None:
        """Put one unit or record into quarantine. `content` and `path` are PHI; `reason` is a code."""
        self.rows.append(
            {
                "stage": self.stage,
                "reason": reason,
                "file_id": file_id,
                "path": path,
                "position": position,
                "content": content,
            }
        )

    def add_row(self, reason: str, table: StateTable, row: int) -> None:
        """Put one row of a table into quarantine, as JSON."""
        content = table.data.slice(row, 1).to_pylist()[0]
        self.add(
            reason,
            file_id=content["file_id"],
            position=content["position"],
            content=orjson.dumps(content).decode(),
        )

    @property
    def reasons(self) -> Counter[str]:
        """Count the rejections by reason."""
        return Counter(row["reason"] for row in self.rows)

    @property
    def units(self) -> dict[tuple[str, int], str]:
        """Return the units, by file and position, that something was rejected of, with the first reason."""
        found: dict[tuple[str, int], str] = {}
        for row in self.rows:
            found.setdefault((row["file_id"], row["position"]), row["reason"])
        return found

    def write(self, work: Work, part: int) -> None:
        """Write what was collected; a file is there only if something was rejected."""
        context, path = work.context, f"{folder(work.source, work.day)}/{self.stage}-{part:04}.parquet"
        if self.rows:
            write_table(context.phi, context.keys, path, [QuarantineTable.from_rows(self.rows)], QuarantineTable)
        else:
            context.phi.remove(path)


FOLDER = "quarantine"


def folder(source: str, day: str) -> str:
    """Return the folder of a source and day, relative to the PHI zone."""
    return f"{FOLDER}/{source}/{day}"


def read_quarantine(work: Work) -> Iterator[QuarantineTable]:
    """Read all that was rejected of a source and day."""
    context, where = work.context, folder(work.source, work.day)
    for name in context.phi.list(where):
        yield from read_table(context.phi, context.keys, f"{where}/{name}", QuarantineTable)


def quarantined(context: Context, where: str = FOLDER) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the path and the rows of each file of quarantine below a folder. PHI."""
    for path in context.phi.find(where):
        if path.endswith(".parquet"):
            tables = read_table(context.phi, context.keys, path, QuarantineTable)
            yield path, [row for table in tables for row in table.data.to_pylist()]


def rewrite(context: Context, path: str, rows: list[dict[str, Any]]) -> None:
    """Put other rows into a file of quarantine; without rows it goes."""
    if rows:
        write_table(context.phi, context.keys, path, [QuarantineTable.from_rows(rows)], QuarantineTable)
    else:
        context.phi.remove(path)
