"""The search for leaks finds what is planted, wherever it hides."""

import gzip
import sqlite3
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.testing.leaks import Leak, find_leaks


def test_finds_what_is_planted(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("seen: ZYXWELL, Anna")
    (tmp_path / "log.gz").write_bytes(gzip.compress(b"zyxwell"))
    (tmp_path / "zyxwell.json").write_text("{}")
    pq.write_table(pa.table({"text": ["Zyxwell " * 50]}), tmp_path / "a.parquet", compression="zstd")
    with sqlite3.connect(tmp_path / "airflow.db") as database:
        database.execute("create table log (extra text)")
        database.execute("insert into log values ('Zyxwell')")
    database.close()
    (tmp_path / "clean.txt").write_text("nothing")
    found = {Path(leak.where).name for leak in find_leaks([tmp_path], ["Zyxwell"])}
    assert found == {"log.txt", "log.gz", "zyxwell.json", "a.parquet", "airflow.db"}


def test_leaves_out_the_phi_zone(tmp_path: Path) -> None:
    (tmp_path / "phi").mkdir()
    (tmp_path / "phi/x").write_text("Zyxwell")
    (tmp_path / "y").write_text("Zyxwell")
    assert find_leaks([tmp_path], ["Zyxwell"], outside=tmp_path / "phi") == [Leak(str(tmp_path / "y"), "Zyxwell")]


def test_a_search_of_nothing_is_no_proof(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="no file"):
        find_leaks([tmp_path], ["x"])
