"""The record store ends the same in any order of commits."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from deltalake import write_deltalake

from pipeline.config import load_settings
from pipeline.context import open_context
from pipeline.records import SafeTable
from pipeline.store.records import Merge, RecordStore, newest
from tests.rows import safe_row

ROWS = [
    safe_row("a", version=1, text="first"),
    safe_row("a", version=2, text="second"),
    safe_row("a", version=2, text="second, resent", record_sha="f" * 32),
    safe_row("b", version=1, text="other"),
]


def content(store: RecordStore) -> list[Any]:
    return sorted((row["record_id"], row["text"]) for row in store.read(store.buckets()).data.to_pylist())


@pytest.mark.parametrize("order", list(permutations(range(4)))[::3])
def test_any_order_gives_the_same(order: tuple[int, ...], tmp_path: Path) -> None:
    settings = load_settings("k" * 32, phi=str(tmp_path / "phi"), data=str(tmp_path / "data"))
    store = RecordStore(open_context(settings))
    for i in order:
        store.merge(SafeTable.from_rows([ROWS[i]]))
    assert content(store) == [("a" * 32, "second, resent"), ("b" * 32, "other")]


def test_a_commit_says_what_it_did_and_repeats_nothing(context: Any) -> None:
    store = RecordStore(context)
    assert store.merge(SafeTable.from_rows([ROWS[1], ROWS[3]])) == Merge(inserted=2)
    files = store.files(ROWS[1]["bucket"])
    assert store.merge(SafeTable.from_rows([ROWS[0], ROWS[3]])) == Merge(unchanged=1, stale=1)
    assert store.files(ROWS[1]["bucket"]) == files
    changed = {**ROWS[3], "text": "[NAME]", "safe_sha": "9" * 32}
    assert store.merge(SafeTable.from_rows([changed])) == Merge(updated=1)
    assert ("b" * 32, "[NAME]") in content(store)


def test_newest_keeps_one_row_a_record() -> None:
    rows, left_out = newest([SafeTable.from_rows(ROWS[:2]), SafeTable.from_rows(ROWS[2:])])
    assert left_out == 2
    assert [row["text"] for row in rows.data.to_pylist()] == ["second, resent", "other"]
    assert newest([]) == (SafeTable.from_rows([]), 0)


def test_a_store_of_before_a_column_was_added_gets_it(context: Any) -> None:
    store, row = RecordStore(context), {**ROWS[1], "flags": ["future_start"]}
    old = SafeTable.from_rows([ROWS[0]]).data.drop_columns(["flags"])
    write_deltalake(f"{context.data.uri}/records", old, partition_by=["bucket"])
    assert [found["flags"] for found in store.read(store.buckets()).data.to_pylist()] == [None]
    store.merge(SafeTable.from_rows([row]))
    assert [found["flags"] for found in store.read(store.buckets()).data.to_pylist()] == [["future_start"]]
