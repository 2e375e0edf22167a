from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.errors import StorageError
from pipeline.keys import Keys
from pipeline.records import Identifier, RawRecord, RawTable, RecordTable, SafeTable
from pipeline.storage import Zone, read_table, write_table

KEYS = Keys(b"k" * 32)


def raw_table(text: str) -> RawTable:
    empty = dict.fromkeys(RawRecord._fields, "")
    row = {**empty, "source": "s", "file_id": "f", "position": 1, "kind": "note", "text": text}
    return RawTable.from_rows([{**row, "identity": [Identifier("name", "Roe")._asdict()], "extras": [("a", "b")]}])


def test_a_table_comes_back_and_is_unreadable_at_rest(tmp_path: Path) -> None:
    zone = Zone.open(str(tmp_path / "phi"), private=True)
    assert write_table(zone, KEYS, "work/x.parquet", [raw_table("Zyxwell"), raw_table("two")], RawTable) == 2
    content = (tmp_path / "phi/work/x.parquet").read_bytes()
    assert b"Zyxwell" not in content
    assert b"text" not in content
    assert [t.data["text"].to_pylist() for t in read_table(zone, KEYS, "work/x.parquet", RawTable)] == [
        ["Zyxwell"],
        ["two"],
    ]
    assert (tmp_path / "phi").stat().st_mode & 0o077 == 0


def test_a_table_opens_with_its_own_key_only(tmp_path: Path) -> None:
    zone = Zone.open(str(tmp_path))
    write_table(zone, KEYS, "x.parquet", [raw_table("a")], RawTable)
    with pytest.raises(OSError, match=r"AAD|decrypt|Decrypt|authentication|metadata"):
        list(read_table(zone, Keys(b"j" * 32), "x.parquet", RawTable))


def test_a_purged_table_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="start the whole run"):
        list(read_table(Zone.open(str(tmp_path)), KEYS, "gone.parquet", RawTable))


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    zone = Zone.open(str(tmp_path))

    def broken() -> object:
        yield raw_table("a")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_table(zone, KEYS, "x.parquet", broken(), RawTable)  # type: ignore[arg-type]
    assert zone.list("") == []
    assert not zone.exists("x.parquet")


def test_rows_of_another_state_are_refused() -> None:
    with pytest.raises(AssertionError, match="'raw' where 'safe'"):
        SafeTable(raw_table("a").data)
    with pytest.raises(AssertionError, match="unknown"):
        RecordTable(pa.table({"text": ["a"]}))


def test_equal_documents_give_equal_bytes(tmp_path: Path) -> None:
    zone = Zone.open(str(tmp_path))
    zone.write_json("a.json", {"b": 1, "a": 2})
    zone.write_json("b.json", {"a": 2, "b": 1})
    assert zone.read_bytes("a.json") == zone.read_bytes("b.json")
    assert zone.read_json("a.json") == {"a": 2, "b": 1}
