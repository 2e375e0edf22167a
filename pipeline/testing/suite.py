"""The conformance suite as one line in a test file.

test_vitals = connector_suite(VitalsConnector, files=Path(__file__).parent / "fixtures", options={"unit": "/min"})
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from pipeline.config import load_settings, load_source
from pipeline.ingest.connector import Connector
from pipeline.ingest.registry import connector_class
from pipeline.testing.conformance import CHECKS, Subject
from pipeline.testing.reading import Reading, in_memory

GOLDEN = ".records.jsonl"
UPDATE = "UPDATE_GOLDEN"


def connector_suite(
    connector: str | Callable[[Mapping[str, Any]], Connector],
    *,
    files: Path,
    options: Mapping[str, Any] | None = None,
    identifies: Collection[str] = (),
    anonymous: Collection[str] = (),
    streams: bool = True,
) -> Callable[[Callable[[Subject], None], Subject], None]:
    """Return a test of a connector, one case for each demand and file: bind it to a name that starts with `test_`.

    `files` is a sample file or a folder of them; their content must be fictional. `identifies` lists values in them
    that name or number a person; `anonymous` the kinds of records that may come without identifiers; `streams=False`
    is for formats of small files. Records are compared with those kept beside a file, in `FILE.records.jsonl`: write
    them anew with `UPDATE_GOLDEN=1 pytest`, and read what changed.
    """
    import pytest

    make = partial(connector_class(connector, "connector_suite") if isinstance(connector, str) else connector)
    found = sample_files(files)
    subjects = [
        Subject(
            make=partial(make, options or {}),
            name=path.name,
            content=path.read_bytes(),
            siblings=tuple(in_memory(other.name, other.read_bytes()) for other in found if other != path),
            identifies=[value for value in identifies if value.encode() in path.read_bytes()],
            anonymous=anonymous,
            streams=streams,
        )
        for path in found
    ]
    places = {path.name: path for path in found}

    def keeps_its_records(subject: Subject) -> None:
        compare_golden(subject, places[subject.name])

    def every_value_that_identifies_is_somewhere(subject: Subject) -> None:
        missing = [n for n, value in enumerate(identifies) if not any(value.encode() in s.content for s in subjects)]
        assert not missing, f"identifies[{missing[0]}] stands in none of the files"

    checks = (keeps_its_records, every_value_that_identifies_is_somewhere, *CHECKS)

    @pytest.mark.parametrize("subject", subjects, ids=[subject.name for subject in subjects])
    @pytest.mark.parametrize("check", checks, ids=[check.__name__ for check in checks])
    def conforms(check: Callable[[Subject], None], subject: Subject) -> None:
        check(subject)

    return conforms


def source_suite(source: Path, *, files: Path, **more: Any) -> Callable[[Callable[[Subject], None], Subject], None]:
    """Return the test of `connector_suite` for the connector and options of a source's YAML file.

    The memory of a connector does not depend on the source, and is left out.
    """
    config = load_source(load_settings(sources=source.parent), source.stem)
    return connector_suite(config.connector, files=files, options=config.options, streams=False, **more)


def sample_files(files: Path) -> list[Path]:
    """Return a file, or the files of a folder, but for tests and kept records.

    Raises `AssertionError` if there are none: a test of nothing proves nothing.
    """
    candidates = [files] if files.is_file() else sorted(files.glob("*"))
    found = [p for p in candidates if p.is_file() and not p.name.endswith((GOLDEN, ".py", ".pyc"))]
    if not found:
        raise AssertionError(f"no sample files at {files}")
    return found


def golden(reading: Reading) -> bytes:
    """Return the outcomes of a file as lines of JSON: each record without its empty fields, and the counts."""
    lines = [{name: value for name, value in record.items() if value} for record in reading.records]
    told = [{"person": {k: v for k, v in person._asdict().items() if v}} for person in reading.people]
    told += [{"link": link._asdict()} for link in reading.links]
    counts = reading.counts.as_dict() | {"rejected_at": sorted(reading.rejected)}
    return b"".join(orjson.dumps(line, option=orjson.OPT_SORT_KEYS) + b"\n" for line in [*lines, *told, counts])


def compare_golden(subject: Subject, path: Path) -> None:
    """Compare the records of a file with those that are kept beside it, or keep them if UPDATE_GOLDEN is set."""
    kept = path.with_name(path.name + GOLDEN)
    now = golden(subject.read())
    if os.environ.get(UPDATE):
        kept.write_bytes(now)
    assert kept.exists(), f"no {kept.name} yet: set {UPDATE}=1 once, read what it wrote, and commit it"
    before, after = kept.read_bytes().splitlines(), now.splitlines()
    for number, (one, other) in enumerate(zip(before, after, strict=False), 1):
        assert orjson.loads(one) == orjson.loads(other), (
            f"line {number} of {kept.name} is read differently now: set {UPDATE}=1 if that is meant"
        )
    assert len(before) == len(after), f"{kept.name} has {len(before)} lines, now it would have {len(after)}"
