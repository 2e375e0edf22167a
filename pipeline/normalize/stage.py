"""The normalize stage over one partition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.config import SourceConfig
from pipeline.context import Work
from pipeline.normalize.date_order import DATES, find_orders
from pipeline.normalize.records import normalize_table
from pipeline.quarantine import Quarantine
from pipeline.records import RawTable, RecordTable


def normalize_partition(work: Work, source: SourceConfig, part: int) -> dict[str, Any]:
    """Type the `raw` table of a partition; return the counts.

    Where the source does not say in which order its dates are written, they are read twice: each file lies whole in
    one partition, so that what its columns show does not depend on how the files were dealt.
    """
    quarantine = Quarantine("normalize")
    read = 0
    name = f"raw-{part:04}"
    orders = {} if source.date_order else find_orders(work.read_columns(name, ["file_id", *DATES]))

    def tables() -> Iterator[RecordTable]:
        nonlocal read
        for raw in work.read(name, RawTable):
            read += len(raw)
            table, rejected = normalize_table(raw, source, work.day, work.context.keys, orders)
            for refusal in rejected:
                quarantine.add_row(refusal.reason, raw, refusal.row)
            yield table

    written = work.write(f"record-{part:04}", tables(), RecordTable)
    quarantine.write(work, part)
    result = {"in": read, "out": written, "rejected": dict(sorted(quarantine.reasons.items()))}
    work.write_json(f"normalize-{part:04}", result)
    return result
