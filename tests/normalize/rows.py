"""A raw row of empty strings with a few values, and what normalize makes of such rows."""

from collections.abc import Iterable
from typing import Any

from pipeline.config import SourceConfig
from pipeline.keys import Keys
from pipeline.normalize.date_order import find_orders
from pipeline.normalize.records import Rejected, normalize_table
from pipeline.records import RawRecord, RawTable

SOURCE = SourceConfig(name="s", connector="csv", path="p", authority="CRMC", timezone="America/New_York")
DAY = "2026-01-15"
KEYS = Keys(b"k" * 32)
EMPTY = {name: "" for name in RawRecord._fields if name not in ("identity", "extras")}


def raw(**values: Any) -> dict[str, Any]:
    row = {**EMPTY, "source": "s", "file_id": "f", "position": 1, "kind": "observation", "patient_id": "7"}
    return {**row, "identity": [], "extras": [], **values}


def normalized(
    *rows: dict[str, Any], source: SourceConfig = SOURCE, whole_files: Iterable[dict[str, Any]] | None = None
) -> tuple[list[dict[str, Any]], list[Rejected]]:
    """Normalize rows; the order of dates is told from `whole_files`, or else from the rows themselves."""
    files = RawTable.from_rows(list(rows if whole_files is None else whole_files)).data
    table, rejected = normalize_table(RawTable.from_rows(list(rows)), source, DAY, KEYS, find_orders([files]))
    return table.data.to_pylist(), rejected
