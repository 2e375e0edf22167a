"""Time reading: from export files to normalized Parquet on disk, beside what others need for a bare parse.

python benchmarks/ingest.py [--size MB] [--peer-size MB] [--memory-size MB]

Prints a Markdown table. See README.md for what is compared.
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import peers
from machine import machine, timed

from pipeline.config import SourceConfig, load_settings
from pipeline.context import Work, open_context
from pipeline.ingest.plan import write_plan
from pipeline.ingest.read import ingest_partition
from pipeline.normalize import normalize_partition

ROOT = Path(__file__).resolve().parent.parent
DAY = "2026-01-15"
MB = 1_000_000
VERSIONS = ("pandas", "pyarrow", "hl7apy", "fhir.resources")
# The file of the sample that is repeated, the connector's options, and the peer.
FEEDS: dict[str, tuple[str, dict[str, object], str, Callable[[Path], int]]] = {
    "hl7v2": (f"hl7v2/{DAY}/oru.hl7", {}, "hl7apy.parse_message", peers.hl7apy),
    "fhir": (f"fhir/{DAY}/Observation.ndjson", {"conformance": "sample"}, "fhir.resources model_validate", peers.fhir),
    "csv": (f"csv/{DAY}/observations.csv", {"mapping": "cedar_ridge"}, "pandas.read_csv", peers.pandas_csv),
}


def write_repeated(feed: str, target: Path, size: int) -> None:
    """Write the sample's file over and over, each time with other record numbers, until it has `size` bytes."""
    content = (ROOT / "data" / "sample" / FEEDS[feed][0]).read_bytes()
    header, _, rows = content.partition(b"\n") if feed == "csv" else (b"", b"", content)
    with target.open("wb") as file:
        file.write(header + b"\n" if header else b"")
        for number in itertools.count(1):
            # The keys of the sample's records: message control ids, resource ids and row ids differ in each copy.
            copy = rows.replace(b"CRMC2026", b"CRMC%d-" % number).replace(b"OBV", b"OB%dV" % number)
            file.write(copy.replace(b'"id":"', b'"id":"%d-' % number))
            if file.tell() >= size:
                return


def source_of(feed: str, folder: Path) -> SourceConfig:
    """Return a source over the files of a folder."""
    return SourceConfig(
        name=feed, connector=feed, path=f"{folder}/*", authority="CRMC", timezone="America/New_York",
        options=FEEDS[feed][1],
    )  # fmt: skip


def work_of(home: Path, feed: str) -> Work:
    """Return the work files of a run, in zones below a folder."""
    settings = load_settings("0" * 64, phi=str(home / "phi"), data=str(home / "data"), partition_bytes=1)
    return Work(open_context(settings), feed, DAY, "bench")


def take(home: Path, feed: str, folder: Path, part: int) -> None:
    """Take one partition from files to normalized records on disk."""
    work, source = work_of(home, feed), source_of(feed, folder)
    ingest_partition(work, source, part)
    normalize_partition(work, source, part)


def warm_up(feed: str, ready: Barrier) -> None:
    """Take a small file, so that all is imported, and wait until the other processes have."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "in"
        folder.mkdir()
        write_repeated(feed, folder / Path(FEEDS[feed][0]).name, 1)
        write_plan(work_of(Path(home), feed), source_of(feed, folder))
        take(Path(home), feed, folder, 0)
    ready.wait()


def ours(feed: str, folder: Path, workers: int) -> float:
    """Return the seconds from the files of a folder, one partition each, to records; start-up is not counted."""
    with tempfile.TemporaryDirectory() as home:
        parts = write_plan(work_of(Path(home), feed), source_of(feed, folder))
        context = get_context("spawn")
        ready = context.Barrier(workers)
        with ProcessPoolExecutor(workers, context, warm_up, (feed, ready)) as pool:
            list(pool.map(abs, range(workers)))
            jobs = [(Path(home), feed, folder, part) for part in parts]
            return timed(lambda: list(pool.map(take, *zip(*jobs, strict=True))))


def resident(feed: str, size: int) -> int:
    """Return the peak resident memory, in bytes, of a process that takes one file of `size` bytes."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "in"
        folder.mkdir()
        write_repeated(feed, folder / Path(FEEDS[feed][0]).name, size)
        ran = subprocess.run(
            [sys.executable, __file__, "--take", feed, "--in", folder], check=True, capture_output=True, text=True
        )
        return int(ran.stdout.split()[-1])


def take_alone(feed: str, folder: Path) -> None:
    """Take the one file of a folder in this process, and print the peak of its memory."""
    with tempfile.TemporaryDirectory() as home:
        write_plan(work_of(Path(home), feed), source_of(feed, folder))
        take(Path(home), feed, folder, 0)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def rows(feeds: list[str], size: int, peer_size: int, memory_size: int) -> Iterator[str]:
    """Measure each feed and yield the rows of the table."""
    for feed in feeds:
        sample, _, name, peer = FEEDS[feed]
        with tempfile.TemporaryDirectory() as home:
            folder, small = Path(home) / "in", Path(home) / f"small-{Path(sample).name}"
            folder.mkdir()
            write_repeated(feed, small, 1)
            peer(small)  # warm, as ours is
            stem, suffix = Path(sample).stem, Path(sample).suffix
            for half in (1, 2):
                write_repeated(feed, folder / f"{stem}-{half}{suffix}", size // 2)
            write_repeated(feed, small, peer_size)
            total = sum(path.stat().st_size for path in folder.iterdir())
            one, two = ours(feed, folder, 1), ours(feed, folder, 2)
            rate = total / one
            peer_rate = small.stat().st_size / timed(lambda peer=peer, small=small: peer(small))  # type: ignore[misc]
        peak = resident(feed, memory_size)
        yield (
            f"| {feed} | {rate / MB:.2f} MB/s | {name}: {peer_rate / MB:.2f} MB/s | {rate / peer_rate:.2f} "
            f"| {one / two:.2f} | {peak / 2**20:.0f} MiB for {memory_size / MB:,.0f} MB |"
        )


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description="Time reading, beside what others need for a bare parse.")
    parser.add_argument("--size", type=float, default=20, help="MB of each feed that are timed")
    parser.add_argument("--peer-size", type=float, default=2, help="MB of each feed that the peer parses")
    parser.add_argument("--memory-size", type=float, default=200, help="MB of the one file whose reading is weighed")
    parser.add_argument("--feed", action="append", choices=list(FEEDS), help="all of them if not given")
    parser.add_argument("--take", help=argparse.SUPPRESS)
    parser.add_argument("--in", dest="folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.take:
        take_alone(arguments.take, arguments.folder)
        return
    print(f"{machine(*VERSIONS)}; {json.dumps({k: v for k, v in vars(arguments).items() if v is not None})}\n")
    print("| feed | chartmill, one process | peer | ratio | two workers / one | peak resident memory |")
    print("|---|---|---|---|---|---|")
    for row in rows(
        arguments.feed or list(FEEDS),
        int(arguments.size * MB),
        int(arguments.peer_size * MB),
        int(arguments.memory_size * MB),
    ):
        print(row, flush=True)


if __name__ == "__main__":
    main()
