"""Find the files of a source and day, and deal them into partitions of about the same size."""

from __future__ import annotations

import heapq
import zipfile
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import fsspec

from pipeline.config import SourceConfig
from pipeline.context import Context, Work
from pipeline.errors import ConfigError

MAX_PARTITIONS = 64
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One input file: its path is PHI, its id is a keyed hash of the path."""

    file_id: str
    path: str
    size: int

    @property
    def name(self) -> str:
        """Return the file's own name; of a member of an archive, the member's."""
        return self.path.split("::", 1)[0].rsplit("/", 1)[-1]


def find_files(source: SourceConfig, day: date) -> list[tuple[str, int]]:
    """Return path and size in bytes of every file of the day, sorted by path; of a ZIP archive, of its members.

    Raises `ConfigError` if there is none.
    """
    try:
        pattern = source.path.format(day=day)
    except (KeyError, IndexError, ValueError):
        raise ConfigError(f"source {source.name}: path may hold only {{day}} or {{day:%Y%m%d}} in braces") from None
    fs, root = fsspec.core.url_to_fs(pattern)
    if any(c in root for c in "*?["):
        found = fs.glob(root, detail=True)
    else:
        found = fs.find(root, detail=True) if fs.exists(root) else {}
    files = [(path, info["size"] or 0) for path, info in found.items() if info["type"] == "file"]
    if "://" in pattern:
        files = [(fs.unstrip_protocol(path), size) for path, size in files]
    if not files:
        raise ConfigError(
            f"source {source.name} has no files for {day}: nothing matches {pattern}; "
            "check the export, or the path in the source's YAML"
        )
    return sorted(member for path, size in files for member in _members(path, size))


def _members(path: str, size: int) -> list[tuple[str, int]]:
    """Return the files in a ZIP archive, or the file itself; an archive that cannot be opened is for its connector."""
    if not path.lower().endswith(".zip"):
        return [(path, size)]
    try:
        with fsspec.open(path, "rb") as stream, zipfile.ZipFile(stream) as archive:
            files = [info for info in archive.infolist() if not info.is_dir()]
    except zipfile.BadZipFile:
        return [(path, size)]
    if not files or any(info.flag_bits & _ENCRYPTED for info in files):
        return [(path, size)]
    return [(f"zip://{info.filename}::{path}", info.file_size) for info in files]


def deal(files: list[PlannedFile], partition_bytes: int) -> list[list[PlannedFile]]:
    """Deal files into at most 64 partitions, the largest first, each to the lightest partition."""
    total = sum(file.size for file in files)
    count = max(1, min(MAX_PARTITIONS, len(files), -(-total // partition_bytes)))
    partitions: list[list[PlannedFile]] = [[] for _ in range(count)]
    lightest = [(0, number) for number in range(count)]
    for file in sorted(files, key=lambda file: (-file.size, file.path)):
        load, number = heapq.heappop(lightest)
        partitions[number].append(file)
        heapq.heappush(lightest, (load + file.size, number))
    return partitions


def plan_files(context: Context, source: SourceConfig, day: date) -> list[list[PlannedFile]]:
    """Return the files of a day, dealt into partitions.

    Raises `ConfigError` if there is none.
    """
    files = [
        PlannedFile(context.keys.digest("file", source.name, path), path, size)
        for path, size in find_files(source, day)
    ]
    return deal(files, context.settings.partition_bytes)


def write_plan(work: Work, source: SourceConfig) -> list[int]:
    """Plan the run and return the numbers of its partitions."""
    partitions = plan_files(work.context, source, date.fromisoformat(work.day))
    work.write_json("plan", [[asdict(file) for file in partition] for partition in partitions])
    return list(range(len(partitions)))


def read_plan(work: Work) -> list[list[PlannedFile]]:
    """Return the files of each partition."""
    plan: list[list[dict[str, Any]]] = work.read_json("plan")
    return [[PlannedFile(**file) for file in partition] for partition in plan]
