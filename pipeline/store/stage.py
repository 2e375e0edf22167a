"""The commit stage: check the ledger, then bring a run's accepted records into the record store."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from pipeline.config import SourceConfig
from pipeline.context import Work
from pipeline.errors import GateError
from pipeline.ledger import check_ledger, make_ledger, write_ledger
from pipeline.records import SafeTable
from pipeline.store.records import RecordStore, newest


def commit_run(work: Work, source: SourceConfig) -> dict[str, Any]:
    """Commit a run and keep its ledger; return what changed in the store.

    Raises `GateError`, and commits nothing, if units or records are missing or too many were rejected.
    """
    tables = [table for part in work.parts for table in work.read(f"accepted-{part:04}", SafeTable)]
    rows, superseded = newest(tables)
    ledger = make_ledger(work, superseded, len(rows) - rows.data["deleted"].null_count)
    try:
        check_ledger(ledger, source)
    except GateError as error:
        write_ledger(work.context, replace(ledger, refused=str(error)))
        raise
    merge = RecordStore(work.context).merge(rows)
    write_ledger(work.context, ledger)
    return asdict(merge)
