"""The audit log shows what was done, once, and that somebody changed it."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fsspec
import orjson
import pyarrow.parquet as pq
import pytest

from pipeline.audit import append, last_sequence, log_redaction, read_entries, verify
from pipeline.config import Settings
from pipeline.context import Context, Work, open_context
from pipeline.errors import StorageError
from pipeline.ledger import Ledger, write_ledger
from pipeline.records import AuditTable
from pipeline.storage import Zone

DAY, NOW = "2026-01-15", datetime(2026, 1, 16, 3, 0, tzinfo=UTC)
Rows = list[dict[str, Any]]


def found(record: str, kind: str, count: int, detector: str = "known") -> dict[str, Any]:
    return {"record_id": record * 32, "class": kind, "detector": detector, "count": count}


def redacted(context: Context, *parts: Rows, source: str = "csv", day: str = DAY) -> Work:
    """Leave behind what the redact stage leaves of a run."""
    work = Work(context, source, day, "local")
    work.purge()
    work.write_json("plan", [[] for _ in parts])
    for part, rows in enumerate(parts):
        work.write(f"audit-{part:04}", [AuditTable.from_rows(rows)], AuditTable)
        counts = {"in": 10, "out": 9, "rejected": {"residue:text": 1}, "policy": "safe_harbor@1", "detector": "model-1"}
        work.write_json(f"redact-{part:04}", counts)
    return work


PARTS = ([found("b", "NAME", 2), found("a", "DATE", 1, "dates")], [found("a", "NAME", 3), found("b", "NAME", 1)])


def test_an_entry_says_what_was_done_and_no_value(context: Context) -> None:
    log_redaction(redacted(context, *PARTS), NOW)
    (entry,) = read_entries(context)
    assert {name: entry[name] for name in ("sequence", "previous", "event", "source", "day", "run", "time")} == {
        "sequence": 1, "previous": "", "event": "redact", "source": "csv", "day": DAY, "run": "local",
        "time": "2026-01-16T03:00:00+00:00",
    }  # fmt: skip
    assert entry["policy"] == "safe_harbor@1"
    assert entry["detector"] == "model-1"
    assert entry["chartmill"]
    assert entry["rows"] == {"read": 20, "safe": 18}
    assert entry["rejected"] == {"residue:text": 2}
    assert entry["found"] == {"DATE": {"dates": 1}, "NAME": {"known": 6}}
    rows = pq.read_table(context.data.path(entry["records"]["file"])).to_pylist()
    assert rows == [found("a", "DATE", 1, "dates"), found("a", "NAME", 3), found("b", "NAME", 3)]
    assert entry["records"]["rows"] == 3
    assert verify(context) == (1, [])


def test_a_retry_is_logged_once_and_another_run_again(context: Context) -> None:
    work = redacted(context, *PARTS)
    log_redaction(work, NOW)
    append(context, "sweep", "3", {"rows": 1}, NOW)
    log_redaction(work, NOW)
    assert [entry["event"] for entry in read_entries(context)] == ["redact", "sweep"]
    log_redaction(redacted(context, *PARTS), NOW)
    assert [entry["event"] for entry in read_entries(context)] == ["redact", "sweep", "redact"]
    assert verify(context) == (3, [])


@pytest.mark.parametrize("step", ["write_bytes", "create"])
def test_what_was_killed_is_logged_by_the_retry(context: Context, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    work = redacted(context, *PARTS)
    done = getattr(Zone, step)

    def killed(zone: Zone, path: str, content: bytes) -> None:
        done(zone, path, content)
        if "audit" in path:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Zone, step, killed)
        with pytest.raises(KeyboardInterrupt):
            log_redaction(work, NOW)
    log_redaction(work, NOW)
    assert verify(context) == (1, [])
    assert context.phi.list("audit") == ["00000001"]


def log_many(settings: Settings, name: str) -> None:
    context = open_context(settings)
    for number in range(10):
        append(context, "sweep", f"{name}-{number}", {"rows": number}, NOW)


def test_writers_at_once_lose_nothing(settings: Settings) -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        for outcome in [pool.submit(log_many, settings, name) for name in ("one", "other")]:
            outcome.result()
    context = open_context(settings)
    assert verify(context) == (20, [])
    assert len({entry["id"] for entry in read_entries(context)}) == 20


def test_object_storage_takes_each_entry_once() -> None:
    zone = Zone(fsspec.filesystem("memory"), "/audit-test")
    zone.create("log/1", b"one")
    with pytest.raises(FileExistsError):
        zone.create("log/1", b"other")
    assert zone.read_bytes("log/1") == b"one"


def entry_path(context: Context, number: int) -> Path:
    return Path(context.data.path("audit", "log", f"{number:08}.json"))


def changed(context: Context) -> None:
    path = entry_path(context, 2)
    path.write_bytes(path.read_bytes().replace(b'"NAME":{"known":6}', b'"NAME":{"known":5}'))


def changed_and_signed_by_a_thief(context: Context) -> None:
    entry = orjson.loads(entry_path(context, 2).read_bytes()) | {"digest": "0" * 32, "found": {}}
    entry_path(context, 2).write_bytes(orjson.dumps(entry))


def swapped(context: Context) -> None:
    one, other = entry_path(context, 2), entry_path(context, 3)
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def put_in(context: Context) -> None:
    entry_path(context, 5).write_bytes(entry_path(context, 2).read_bytes())


def cut_short(context: Context) -> None:
    path = entry_path(context, 4)
    path.write_bytes(path.read_bytes()[:20])


def record_file(context: Context) -> Path:
    (entry,) = [entry for entry in read_entries(context) if entry["sequence"] == 2]
    return Path(context.data.path(entry["records"]["file"]))


def rebuilt_from_an_older_log(context: Context) -> None:
    """Take the last entry away, and have another one written by who has the key."""
    entry_path(context, 4).unlink()
    Path(context.phi.path("audit", "00000004")).rename(context.phi.path("kept"))
    append(context, "sweep", "9", {"rows": 1}, NOW)
    Path(context.phi.path("kept")).rename(context.phi.path("audit", "00000004"))


FAULTS: list[tuple[Callable[[Context], object], list[str]]] = [
    (changed, ["entry 2 was changed, or was not written with this key"]),
    (changed_and_signed_by_a_thief, [
        "entry 2 was changed, or was not written with this key",
        "entry 2 is not the one that was written under this number", "entry 3 does not follow the one before it",
    ]),
    (swapped, [
        "entry 2 was moved: it was written as entry 3", "entry 2 is not the one that was written under this number",
        "entry 3 was moved: it was written as entry 2", "entry 3 is not the one that was written under this number",
        "entry 4 does not follow the one before it",
    ]),
    (put_in, ["entry 5 was moved: it was written as entry 2"]),
    (cut_short, ["entry 4 cannot be read"]),
    (lambda context: entry_path(context, 2).unlink(), ["entry 2 is missing"]),
    (lambda context: entry_path(context, 4).unlink(), ["entry 4 is missing"]),
    (rebuilt_from_an_older_log, ["entry 4 is not the one that was written under this number"]),
    (lambda context: record_file(context).write_bytes(b"other"), ["was changed"]),
    (lambda context: record_file(context).unlink(), ["is missing"]),
    (lambda context: entry_path(context, 1).with_name("note.txt").write_text("x"), ["audit/log/note.txt is no entry"]),
    (
        lambda context: write_ledger(context, Ledger("fhir", DAY, 1, {}, {})),
        ["records of fhir of 2026-01-15 were committed without an entry"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "told"), FAULTS, ids=[str(number) for number in range(len(FAULTS))])
def test_verify_tells_what_is_wrong(context: Context, fault: Callable[[Context], object], told: list[str]) -> None:
    append(context, "sweep", "1", {"rows": 1}, NOW)
    log_redaction(redacted(context, *PARTS), NOW)
    append(context, "release", "a", {"release": DAY}, NOW)
    append(context, "handoff", "a", {"release": DAY}, NOW)
    assert verify(context) == (4, [])
    fault(context)
    problems = verify(context)[1]
    assert len(problems) == len(told)
    assert all(problem.endswith(expected) for problem, expected in zip(sorted(problems), sorted(told), strict=True))


def test_what_was_cut_off_stays_missed(context: Context) -> None:
    for number in range(3):
        append(context, "sweep", str(number), {"rows": 1}, NOW)
    entry_path(context, 3).unlink()
    append(context, "sweep", "3", {"rows": 1}, NOW)
    assert last_sequence(context) == 4
    assert verify(context) == (3, ["entry 3 is missing"])


def test_a_last_entry_that_is_damaged_stops_the_next(context: Context) -> None:
    append(context, "sweep", "0", {"rows": 1}, NOW)
    entry_path(context, 1).write_bytes(b"{")
    with pytest.raises(StorageError, match="entry 1 of the audit log cannot be read: see `chartmill audit verify`"):
        append(context, "sweep", "1", {"rows": 1}, NOW)
