"""The audit log: what was done, entry by entry, so that a change of it shows. Holds counts and codes, no PHI.

    audit/log/00000012.json                one entry, created once and never written again
    audit/records/SOURCE/DAY/ID.parquet    what was found in each record of a run: classes, detectors, counts

Each entry holds a keyed digest of itself and that of the entry before: without the key no entry can be changed, put
in or moved. That entries at the end are gone, the entries' digests in the PHI zone show (`audit/00000012` there).
An entry is a file of its own, since object storage cannot append; of two writers of a number the later takes the next.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.context import Context, Work
from pipeline.errors import StorageError
from pipeline.keys import Keys
from pipeline.ledger import read_ledgers
from pipeline.records import AuditTable

Entry = dict[str, Any]

_LOG = "audit/log"
_RECORDS = "audit/records"
# Of the PHI zone.
_WITNESSES = "audit"
_NAME = re.compile(r"\d{8}\.json")
_COLUMNS = ["record_id", "class", "detector"]


def log_redaction(work: Work, now: datetime) -> None:
    """Log what redaction did in a run, before its records are committed: once, however often this is tried.

    If the run is done anew, it is logged anew.
    """
    context = work.context
    # Sealed files differ each time that they are written: these name the attempt, and nothing else does.
    sealed = [context.phi.read_bytes(f"{work.folder}/redact-{part:04}.json") for part in work.parts]
    identity = hashlib.sha256(b"".join(sealed)).hexdigest()[:16]
    if not work.has_json("audit"):
        work.write_json("audit", {"after": last_sequence(context)})
    counts = [work.read_json(f"redact-{part:04}") for part in work.parts]
    found = _found(work)
    path, content = f"{_RECORDS}/{work.source}/{work.day}/{identity}.parquet", _parquet(found)
    context.data.write_bytes(path, content)
    fields = {
        "source": work.source,
        "day": work.day,
        "run": work.run,
        "policy": _all(counts, "policy"),
        "detector": _all(counts, "detector"),
        "rows": {"read": sum(part["in"] for part in counts), "safe": sum(part["out"] for part in counts)},
        "rejected": _sum(counts, "rejected"),
        "excluded": _sum(counts, "excluded"),
        "found": _by_class(found),
        "records": {"file": path, "rows": len(found), "sha256": hashlib.sha256(content).hexdigest()},
    }
    append(context, "redact", identity, fields, now, after=work.read_json("audit")["after"])


def append(
    context: Context, event: str, identity: str, fields: Mapping[str, Any], now: datetime, *, after: int = 0
) -> None:
    """Append an entry, unless one behind the entry `after` has the same event and identity.

    Raises `StorageError` if the last entry cannot be read.
    """
    while True:
        last = last_sequence(context)
        for entry in _backwards(context, last, after):
            if (entry["event"], entry["id"]) == (event, identity):
                return _witness(context, entry)
        known = next(_backwards(context, last, 0), None)
        entry = {
            "sequence": last + 1, "previous": known["digest"] if known else "", "event": event, "id": identity,
            "time": now.astimezone(UTC).isoformat(timespec="seconds"), "chartmill": version("chartmill"), **fields,
        }  # fmt: skip
        entry["digest"] = _digest(context.keys, entry)
        with suppress(FileExistsError):
            context.data.create(_path(last + 1), orjson.dumps(entry, option=orjson.OPT_SORT_KEYS) + b"\n")
            return _witness(context, entry)


def last_sequence(context: Context) -> int:
    """Return the number of the last entry, also if it is gone."""
    numbers = [*_numbers(context), *_witnesses(context)]
    return max(numbers, default=0)


def read_entries(context: Context) -> Iterator[Entry]:
    """Yield the entries in their order, whether they are sound or not.

    Raises `StorageError` for one that is no JSON.
    """
    for number in _numbers(context):
        yield _read(context, number)


def verify(context: Context) -> tuple[int, list[str]]:
    """Check log and files; return how many entries there are, and what is wrong."""
    problems = [f"audit/log/{name} is no entry" for name in context.data.list(_LOG) if not _NAME.fullmatch(name)]
    numbers, witnesses = set(_numbers(context)), set(_witnesses(context))
    before: str | None = ""
    logged = set()
    for number in range(1, last_sequence(context) + 1):
        if number not in numbers:
            problems.append(f"entry {number} is missing")
            before = None
            continue
        try:
            entry = _read(context, number)
        except StorageError:
            problems.append(f"entry {number} cannot be read")
            before = None
            continue
        problems += _entry_problems(context, number, entry, before)
        if number in witnesses and context.phi.read_bytes(_witness_path(number)).decode() != entry.get("digest"):
            problems.append(f"entry {number} is not the one that was written under this number")
        problems += _record_problems(context, number, entry)
        before = entry.get("digest")
        logged.add((entry.get("source"), entry.get("day")))
    problems += [
        f"records of {ledger.source} of {ledger.day} were committed without an entry"
        for ledger in read_ledgers(context)
        if not ledger.refused and (ledger.source, ledger.day) not in logged
    ]
    return len(numbers), problems


def _entry_problems(context: Context, number: int, entry: Entry, before: str | None) -> Iterator[str]:
    """Yield what is wrong with an entry; `before` is the digest of the one before it, if there is one that is known."""
    if entry.get("digest") != _digest(context.keys, entry):
        yield f"entry {number} was changed, or was not written with this key"
    elif entry["sequence"] != number:
        yield f"entry {number} was moved: it was written as entry {entry['sequence']}"
    elif before is not None and entry["previous"] != before:
        yield f"entry {number} does not follow the one before it"


def _record_problems(context: Context, number: int, entry: Entry) -> Iterator[str]:
    if not (records := entry.get("records")):
        return
    try:
        found = hashlib.sha256(context.data.read_bytes(records["file"])).hexdigest()
    except FileNotFoundError:
        yield f"{records['file']} of entry {number} is missing"
        return
    if found != records["sha256"]:
        yield f"{records['file']} of entry {number} was changed"


def _read(context: Context, number: int) -> Entry:
    try:
        entry = orjson.loads(context.data.read_bytes(_path(number)))
    except orjson.JSONDecodeError:
        entry = None
    if not isinstance(entry, dict):
        raise StorageError(f"entry {number} of the audit log cannot be read: see `chartmill audit verify`")
    return entry


def _backwards(context: Context, last: int, after: int) -> Iterator[Entry]:
    for number in sorted(_numbers(context), reverse=True):
        if after < number <= last:
            yield _read(context, number)


def _digest(keys: Keys, entry: Entry) -> str:
    content = {name: value for name, value in entry.items() if name != "digest"}
    return keys.digest("audit", orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode())


def _witness(context: Context, entry: Entry) -> None:
    with suppress(FileExistsError):
        context.phi.create(_witness_path(entry["sequence"]), entry["digest"].encode())


def _path(number: int) -> str:
    return f"{_LOG}/{number:08}.json"


def _witness_path(number: int) -> str:
    return f"{_WITNESSES}/{number:08}"


def _numbers(context: Context) -> list[int]:
    return [int(name[:8]) for name in context.data.list(_LOG) if _NAME.fullmatch(name)]


def _witnesses(context: Context) -> list[int]:
    return [int(name) for name in context.phi.list(_WITNESSES) if name.isdigit()]


def _found(work: Work) -> pa.Table:
    tables = [table.data for part in work.parts for table in work.read(f"audit-{part:04}", AuditTable)]
    rows = pa.concat_tables([AuditTable.from_rows([]).data, *tables])
    summed = rows.group_by(_COLUMNS).aggregate([("count", "sum")]).rename_columns([*_COLUMNS, "count"])
    return summed.sort_by([(name, "ascending") for name in _COLUMNS])


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _by_class(found: pa.Table) -> dict[str, dict[str, int]]:
    classes: dict[str, dict[str, int]] = {}
    sums = found.group_by(["class", "detector"]).aggregate([("count", "sum")])
    for row in sums.sort_by([("class", "ascending"), ("detector", "ascending")]).to_pylist():
        classes.setdefault(row["class"], {})[row["detector"]] = row["count_sum"]
    return classes


def _sum(counts: list[Entry], name: str) -> dict[str, int]:
    return dict(sum((Counter(part.get(name, {})) for part in counts), Counter[str]()))


def _all(counts: list[Entry], name: str) -> str:
    """Return what the parts of a run say; a run may have been begun with one version and ended with another."""
    return ", ".join(sorted({part[name] for part in counts}))
