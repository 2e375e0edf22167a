"""Writers that commit at the same time lose no record and make none twice."""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from pipeline.config import load_settings
from pipeline.context import open_context
from pipeline.records import SafeTable
from pipeline.store.records import RecordStore
from tests.rows import safe_row

WRITERS = 4


def commit(folder: str, writer: int) -> None:
    """Commit records that all writers have, in their own version, and one of the writer's own."""
    store = RecordStore(open_context(load_settings("k" * 32, phi=f"{folder}/phi", data=f"{folder}/data")))
    # All wait for the last one, so that they make the table at the same time too.
    (Path(folder) / f"ready-{writer}").touch()
    while len(list(Path(folder).glob("ready-*"))) < WRITERS:
        time.sleep(0.001)
    shared = [safe_row(name, version=writer, text=str(writer)) for name in "abc"]
    store.merge(SafeTable.from_rows([*shared, safe_row(str(writer), text="own")]))


def test_concurrent_commits(tmp_path: Path) -> None:
    with ProcessPoolExecutor(WRITERS, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(commit, [str(tmp_path)] * WRITERS, range(WRITERS)))
    store = RecordStore(open_context(load_settings("k" * 32, phi=str(tmp_path / "phi"), data=str(tmp_path / "data"))))
    rows = sorted((row["record_id"][0], row["text"]) for row in store.read(store.buckets()).data.to_pylist())
    last = str(WRITERS - 1)
    assert rows == [*((str(n), "own") for n in range(WRITERS)), ("a", last), ("b", last), ("c", last)]
