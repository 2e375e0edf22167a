"""Claims, state and logs of hand-offs, in the safe zone.

    handoff/MANIFEST/attempt-2.json    one attempt; whoever creates the file owns the attempt
    handoff/MANIFEST/attempt-2.log     its output, written while it runs
    handoff/MANIFEST/state.json        all attempts in one document, for people and other programs

An attempt that runs renews its lease with each beat. The next attempt can be claimed when the last one has ended, or
when its lease is over because its worker is gone. Its number is taken by creating its file, which only one can do.
"""

from __future__ import annotations

import os
import re
import secrets
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import orjson
from fsspec.implementations.local import LocalFileSystem

from pipeline.errors import HandoffError
from pipeline.storage import Zone

FOLDER = "handoff"
BEAT = timedelta(seconds=10)
# Longer than a command has to end in once its worker is gone, and than clocks of two machines should differ.
LEASE = timedelta(seconds=90)

_NAME = re.compile(r"attempt-(\d+)\.json")

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Record:
    """One attempt as its file says it. Times are ISO 8601 in UTC."""

    release: str
    manifest_sha256: str
    number: int
    submission: int
    launcher: str
    owner: str
    started: str
    beat: str
    status: str = "running"
    ended: str | None = None
    exit_code: int | None = None
    http_status: int | None = None
    external_id: str | None = None

    @property
    def path(self) -> str:
        """Return the attempt's file, relative to the safe zone."""
        return f"{_folder(self.manifest_sha256)}/attempt-{self.number}.json"

    @property
    def log(self) -> str:
        """Return the attempt's log, relative to the safe zone."""
        return f"{_folder(self.manifest_sha256)}/attempt-{self.number}.log"

    @property
    def finished(self) -> bool:
        """Tell whether the attempt did what it was for, so that no other is needed."""
        return self.status not in ("running", "failed")

    @property
    def lease_ends(self) -> datetime:
        """Return when the attempt counts as lost, unless it gives a sign of life before."""
        return datetime.fromisoformat(self.beat) + LEASE


@dataclass(frozen=True, slots=True)
class Status:
    """A hand-off as it stands: its attempts, the latest last."""

    attempts: tuple[Record, ...]
    now: datetime

    @property
    def last(self) -> Record:
        """Return the latest attempt."""
        return self.attempts[-1]

    def of(self, record: Record) -> str:
        """Return the status of an attempt; one that was running when its worker went is `lost`."""
        alive = record is self.last and self.now < record.lease_ends
        return "lost" if record.status == "running" and not alive else record.status

    def as_dict(self) -> dict[str, Any]:
        """Return the content of `state.json`."""
        attempts = [asdict(record) | {"status": self.of(record), "log": record.log} for record in self.attempts]
        names = ("release", "manifest_sha256", "launcher", "status", "exit_code", "http_status", "external_id", "log")
        return {name: attempts[-1][name] for name in names} | {"attempts": attempts}


def handoffs(zone: Zone, now: datetime) -> list[Status]:
    """Return all hand-offs, the one that was begun last at the end."""
    found = [Status(records, now) for sha in zone.list(FOLDER) if (records := read_attempts(zone, sha))]
    return sorted(found, key=lambda status: status.last.started)


def read_attempts(zone: Zone, manifest_sha: str) -> tuple[Record, ...]:
    """Return the attempts to hand off a manifest, the latest last."""
    folder = _folder(manifest_sha)
    numbers = sorted(int(found[1]) for name in zone.list(folder) if (found := _NAME.fullmatch(name)))
    return tuple(Record(**zone.read_json(f"{folder}/attempt-{number}.json")) for number in numbers)


@dataclass(slots=True)
class Attempt:
    """An attempt that this process owns."""

    zone: Zone
    record: Record
    now: Clock
    # Whether an earlier attempt of the same submission may have got through.
    repeated: bool = False
    # On object storage a file cannot grow: the log is kept here, and copied with each beat.
    _local_log: Path | None = field(default=None, init=False)

    @contextmanager
    def log(self) -> Iterator[IO[bytes]]:
        """Give the attempt's log to write to, a file with a descriptor that commands can have too."""
        if isinstance(self.zone.fs, LocalFileSystem):
            with open(self.zone.path(self.record.log), "ab", buffering=0) as sink:
                yield sink
            return
        with tempfile.NamedTemporaryFile(buffering=0) as sink:
            self._local_log = Path(sink.name)
            try:
                yield sink
            finally:
                self._copy_log()
                self._local_log = None

    def beat(self) -> None:
        """Renew the lease, and bring the log up to date.

        Storage may fail for a moment, but not until the lease is over. Raises `HandoffError` if another run took the
        hand-off over: the work must stop then.
        """
        try:
            if f"attempt-{self.record.number + 1}.json" in self.zone.list(_folder(self.record.manifest_sha256)):
                raise HandoffError(f"the hand-off of release {self.record.release} was taken over by another run")
            self._copy_log()
            self._write(replace(self.record, beat=_text(self.now())))
        except OSError:
            if self.now() >= self.record.lease_ends:
                raise

    def end(self, status: str, **outcome: Any) -> None:
        """Record how the attempt ended."""
        self._write(replace(self.record, status=status, ended=_text(self.now()), **outcome))
        write_state(self.zone, self.record.manifest_sha256, self.now())

    def _write(self, record: Record) -> None:
        self.zone.write_json(record.path, asdict(record))
        self.record = record

    def _copy_log(self) -> None:
        if self._local_log:
            self.zone.fs.put_file(str(self._local_log), self.zone.path(self.record.log))


def claim(zone: Zone, release: str, manifest_sha: str, launcher: str, now: Clock, *, force: bool) -> Attempt | Record:
    """Claim the next attempt; return the one that did it already, if there is one and `force` does not ask for more.

    Raises `HandoffError` if another run is at it.
    """
    before, moment = read_attempts(zone, manifest_sha), now()
    if before and before[-1].status == "running" and moment < before[-1].lease_ends:
        raise HandoffError(
            f"release {release} is being handed off by {before[-1].owner} since {before[-1].started}: wait for it; "
            f"if that process is gone, run this again after {_text(before[-1].lease_ends)}"
        )
    submission = before[-1].submission if before else 1
    done = [record for record in before if record.submission == submission and record.finished]
    if done and not force:
        return done[-1]
    submission += bool(done)
    record = Record(
        release, manifest_sha, len(before) + 1, submission, launcher, _owner(), _text(moment), _text(moment)
    )  # fmt: skip
    try:
        zone.create(record.path, orjson.dumps(asdict(record), option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2))
    except FileExistsError:
        raise HandoffError(f"another run began to hand off release {release} just now: wait for it") from None
    write_state(zone, manifest_sha, moment)
    return Attempt(zone, record, now, repeated=any(earlier.submission == submission for earlier in before))


def write_state(zone: Zone, manifest_sha: str, now: datetime) -> None:
    """Write `state.json` anew from the attempts; nothing is decided by it."""
    zone.write_json(f"{_folder(manifest_sha)}/state.json", Status(read_attempts(zone, manifest_sha), now).as_dict())


def _folder(manifest_sha: str) -> str:
    return f"{FOLDER}/{manifest_sha}"


def _owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
