"""Buckets with many files are made one file, and nothing else changes."""

from typing import Any

import pytest

from pipeline.context import Context
from pipeline.errors import StorageError
from pipeline.records import SafeTable
from pipeline.store import RecordStore
from pipeline.store.records import _MANY
from tests.rows import safe_row


def nights(context: Context, bucket: int, count: int) -> None:
    for night in range(count):
        row = safe_row(f"{bucket}{night:x}", bucket=bucket, text=f"Note of night {night}.")
        RecordStore(context).merge(SafeTable.from_rows([row | {"record_id": f"{bucket}{night:031x}"}]))


def content(context: Context) -> list[dict[str, Any]]:
    store = RecordStore(context)
    return sorted(store.read(store.buckets()).data.to_pylist(), key=lambda row: str(row["record_id"]))


def test_many_files_become_one_and_rows_stay(context: Context) -> None:
    nights(context, 1, _MANY + 1)
    nights(context, 2, _MANY)
    store, before = RecordStore(context), content(context)
    assert [len(store.files(bucket)) for bucket in (1, 2)] == [_MANY + 1, _MANY], "each night leaves a file"
    few = store.files(2)
    assert store.compact() == 1
    assert len(store.files(1)) == 1
    assert store.files(2) == few
    assert content(context) == before
    assert store.compact() == 0
    # What is in the store can still be replaced, and what a plan speaks of can still be read.
    old = safe_row("1", bucket=1) | {"record_id": f"1{0:031x}", "version": 9, "text": "Corrected."}
    store.merge(SafeTable.from_rows([old]))
    assert len(content(context)) == len(before)
    assert "Corrected." in {row["text"] for row in content(context)}


def test_a_store_that_is_not_there_needs_none(context: Context) -> None:
    assert RecordStore(context).compact() == 0


def test_a_commit_that_gets_in_first_wins(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    nights(context, 1, _MANY + 1)
    store = RecordStore(context)
    opened, row = store._compact_once, safe_row("f", bucket=1, text="Came meanwhile.")

    def late(buckets: Any) -> None:
        if "Came meanwhile." not in {row["text"] for row in content(context)}:
            store.merge(SafeTable.from_rows([row]))
        opened(buckets)

    monkeypatch.setattr(store, "_compact_once", late)
    try:
        store.compact()
    except StorageError:  # pragma: no cover - it is tried again
        pytest.fail("compaction must be tried again")
    assert len(content(context)) == _MANY + 2
