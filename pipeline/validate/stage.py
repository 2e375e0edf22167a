"""The validate stage over one partition: contract, and the last count of units and records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from pipeline.context import Work
from pipeline.quarantine import Quarantine, read_quarantine
from pipeline.records import SafeTable
from pipeline.validate.contract import broken_rows

Place = tuple[str, int]


def validate_partition(work: Work, part: int) -> dict[str, Any]:
    """Split the `safe` table of a partition into accepted and quarantined rows; return the counts."""
    quarantine = Quarantine("validate")
    read = 0
    accepted: set[Place] = set()

    def tables() -> Iterator[SafeTable]:
        nonlocal read
        for safe in work.read(f"safe-{part:04}", SafeTable):
            read += len(safe)
            broken = broken_rows(safe)
            for row, reason in broken.items():
                quarantine.add_row(reason, safe, row)
            good = safe.filter(pa.array([row not in broken for row in range(len(safe))]))
            accepted.update(zip(good.data["file_id"].to_pylist(), good.data["position"].to_pylist(), strict=True))
            yield good

    written = work.write(f"accepted-{part:04}", tables(), SafeTable)
    quarantine.write(work, part)
    result = {
        "in": read,
        "out": written,
        "rejected": dict(sorted(quarantine.reasons.items())),
        "units": len(accepted),
        "units_rejected": _units_rejected(work, part, accepted),
    }
    work.write_json(f"validate-{part:04}", result)
    return result


def _units_rejected(work: Work, part: int, accepted: set[Place]) -> dict[str, int]:
    """Count by reason the units of the partition of which no record was accepted."""
    files = set(work.read_json(f"ingest-{part:04}")["files"])
    reasons: dict[Place, str] = {}
    for table in read_quarantine(work):
        for row in table.data.select(["stage", "file_id", "position", "reason"]).to_pylist():
            place = (row["file_id"], row["position"])
            if row["file_id"] in files and row["stage"] != "ingest" and place not in accepted:
                reasons.setdefault(place, row["reason"])
    counts: dict[str, int] = {}
    for reason in sorted(reasons.values()):
        counts[reason] = counts.get(reason, 0) + 1
    return counts
