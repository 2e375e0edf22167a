"""Damage files of every format for as long as FUZZ_SECONDS says, and read them.

What must hold of any bytes: nothing is raised but `SourceError`, the count is that of the outcomes, and normalize takes
what was read. `make fuzz` runs it; what fails is printed as small as Hypothesis can make it, and kept in `.hypothesis`.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from pipeline.config import SourceConfig
from pipeline.ingest.columns import raw_table
from pipeline.ingest.connector import SourceFile, Unit
from pipeline.ingest.read import FileCounts, read_file
from pipeline.ingest.registry import CONNECTORS, load_connector
from pipeline.keys import Keys
from pipeline.normalize.date_order import find_orders
from pipeline.normalize.records import normalize_table
from pipeline.testing.reading import in_memory

pytestmark = pytest.mark.fuzz

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "sample"
FILES = ROOT / "tests" / "testing" / "files"
SECONDS = float(os.environ.get("FUZZ_SECONDS", "600"))
KEYS = Keys.from_text("0123456789abcdef0123456789abcdef")
OPTIONS: Mapping[str, Mapping[str, Any]] = {"csv": {"mapping": "cedar_ridge"}, "fhir": {"conformance": "all"}}
# A piece of a file of the sample: reading all of one for each case would leave few cases.
_PIECE = 6000
TOKENS = [
    b"", b"\0", b"\r", b"\n", b"\r\n", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b", b"\x0b", b"\x1c\r", b"\x80", b"\xc3",
    b'"', b'""', b"|", b"^", b"~", b"\\", b"&", b",", b";", b"\t", b"MSH|^~\\&|", b"FHS|", b"BTS|9", b"PID|1||",
    b"OBX|1|ED|", b"{", b"}", b"[", b"]", b"null", b"1e999", b"-0", b"\\ud800", b'"resourceType":"Patient"',
    b'{"resourceType":"Bundle","entry":[', b"<", b">", b"</", b"<!DOCTYPE a [", b"&amp;", b"&#0;", b"]]>",
    b"9" * 400, b"a" * 5000, b"20261399", b"0000-00-00", b"99/99/9999", "İß\u202e\u0000".encode(),
    b"1:80", b"<5", b"10-20",
]  # fmt: skip


@cache
def originals(connector: str) -> list[tuple[str, bytes]]:
    """Return files of the format: the first of each kind in the sample, and those of the conformance suite."""
    folders = [SAMPLE / connector / "2026-01-15", FILES / connector]
    paths = [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())]
    return [(path.name, path.read_bytes()[:_PIECE]) for path in paths if not path.name.endswith(".records.jsonl")]


def damage(content: bytes, other: bytes, draw: Callable[[Any], Any]) -> bytes:
    """Change a file in one of the ways in which files are changed on their way."""
    at = draw(st.integers(0, len(content)))
    to = draw(st.integers(at, min(len(content), at + 200)))
    match draw(st.integers(0, 9)):
        case 0:
            return content[:at]
        case 1:
            return content[:at] + draw(st.binary(max_size=8)) + content[to:]
        case 2:
            return content[:at] + draw(st.sampled_from(TOKENS)) + content[to:]
        case 3:
            return content[:at] + draw(st.sampled_from(TOKENS)) + content[at:]
        case 4:
            return content[:at] + content[at:to] * draw(st.integers(2, 6)) + content[to:]
        case 5:
            start = draw(st.integers(0, len(other)))
            return content[:at] + other[start : start + 400] + content[at:]
        case 6:
            ends = draw(st.sampled_from([b"\r", b"\n", b"\r\n", b"\n\n", b"\x85"]))
            return bytes(content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", ends))
        case 7:
            encoding = draw(st.sampled_from(["utf-16", "utf-16-le", "latin-1", "cp1252", "utf-8-sig", "utf-7"]))
            return content.decode("utf-8", "replace").encode(encoding, "replace")
        case 8:
            flips = draw(
                st.lists(st.tuples(st.integers(0, max(0, len(content) - 1)), st.integers(0, 255)), max_size=20)
            )
            changed = bytearray(content)
            for place, value in flips:
                changed[place : place + 1] = bytes([value])
            return bytes(changed)
        case _:
            return content[at:]


@st.composite
def files(draw: Any, connector: str) -> tuple[str, bytes]:
    """Draw a file of the sample, or bytes made of tokens, and damage it up to four times."""
    known = originals(connector)
    name, content = draw(st.sampled_from(known))
    if draw(st.integers(0, 9)) == 0:
        content = b"".join(draw(st.lists(st.sampled_from(TOKENS), max_size=30)))
    _, other = draw(st.sampled_from([pair for each in CONNECTORS for pair in originals(each)] or known))
    for _ in range(draw(st.integers(0, 4))):
        content = damage(content, other, draw)
    return name, content


def check(connector: str, name: str, content: bytes) -> None:
    """Read a file as a run does, and normalize what comes out."""
    source = SourceConfig(name="fuzz", connector=connector, path="", authority="X", options=OPTIONS.get(connector, {}))
    counts, records = FileCounts(), 0
    for batch in read_file(load_connector(source), in_memory(name, content), counts):
        if batch.rows:
            raw = raw_table("fuzz", "file", batch)
            table, refused = normalize_table(raw, source, "2026-01-15", KEYS, find_orders([raw.data]))
            assert len(table) + len(refused) == batch.rows
            records += batch.rows
    assert counts.read == counts.outcomes
    assert counts.records == records


class Loses(CONNECTORS["fhir"]):  # type: ignore[misc, name-defined]
    """Loses what it cannot read."""

    def read(self, file: SourceFile) -> Iterator[Unit]:
        return (unit for unit in super().read(file) if not unit.rejected)


def test_a_lost_unit_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CONNECTORS, "fhir", Loses)
    with pytest.raises(AssertionError):
        _fuzz("fhir", time.monotonic() + 60)


@pytest.mark.parametrize("connector", sorted(CONNECTORS))
def test_damaged_files(connector: str) -> None:
    if not originals(connector):
        pytest.skip(f"there is no sample of {connector} yet: put files into tests/testing/files/{connector}")
    cases = _fuzz(connector, time.monotonic() + SECONDS / len(CONNECTORS))
    print(f"{connector}: {cases} files")
    assert cases


def _fuzz(connector: str, until: float) -> int:
    """Check damaged files until then; return how many."""
    cases = 0

    @hypothesis.settings(
        max_examples=200, deadline=None, derandomize=False, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(files(connector))
    def cases_of(file: tuple[str, bytes]) -> None:
        nonlocal cases
        cases += 1
        check(connector, *file)

    while time.monotonic() < until:
        cases_of()
    return cases
