"""Streams: the same units in blocks of any size, bounded memory, batch trailers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import SourceError
from pipeline.ingest.hl7v2 import counting, framing
from pipeline.ingest.hl7v2.batches import Batches

MSH = rb"MSH|^~\&|A|B|C|D|2026||ADT^A01|1|P|2.5"
FHS, BHS = rb"FHS|^~\&|A" + b"\r", rb"BHS|^~\&|A" + b"\r"
ONE = MSH + b"\rPID|1||7\r"
PIECES = [
    b"\r", b"\n", b"\r\n", b"\x0b", b"\x1c", b"\x1c\r", b" ", b"\0", b"\x1a", b"\xef\xbb\xbf", b"x", b"M", b"MSH",
    b"MSH|", b"MSH^^", b"MSH|^~\\", b"FHS|", b"BHS|^~\\&", b"BTS|1", b"FTS", MSH, b"PID|1||7", b"long " * 20,
]  # fmt: skip
SIZES = (1, 2, 3, 7, 64)


def _blocks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def _read(data: bytes, size: int = 0) -> tuple[list[framing.Chunk] | str, Counter[str]]:
    """Return the chunks, or the code under which the file is refused, and the findings."""
    findings: Counter[str] = Counter()
    size = size or len(data) or 1
    try:
        found = list(framing.split(framing.utf8_blocks(_blocks(data, size))[1], Batches(findings)))
    except SourceError as error:
        with pytest.raises(SourceError, match=error.code):
            counting.count_units(framing.utf8_blocks(_blocks(data, size))[1])
        return error.code, findings
    assert counting.count_units(framing.utf8_blocks(_blocks(data, size))[1]) == len(found)
    return found, findings


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map(b"".join))
def test_blocks_of_any_size_give_the_same(data: bytes) -> None:
    whole = _read(data)
    assert all(_read(data, size) == whole for size in SIZES)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map(b"".join), st.sampled_from(SIZES))
def test_lines_that_are_handed_on_in_parts_give_the_same(data: bytes, size: int) -> None:
    whole = _read(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(framing, "_LONG_LINE", 24)
        patch.setattr(counting, "_LONG_LINE", 100)
        chunks, findings = _read(data, size)
    if isinstance(chunks, str):
        assert (chunks, findings) == whole
    else:
        assert isinstance(whole[0], list)
        assert ([chunk.rejected for chunk in chunks], findings) == ([chunk.rejected for chunk in whole[0]], whole[1])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("size", SIZES)
def test_wide_encodings_in_blocks(encoding: str, size: int) -> None:
    text = ONE.decode() + "NTE|1||Zoë 山田\r"
    chunks, _ = _read((text * 3).encode(encoding), size)
    assert [chunk.content.decode() for chunk in chunks if isinstance(chunk, framing.Chunk)] == [text.strip()] * 3


def test_a_message_that_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "LARGEST", 1000)
    monkeypatch.setattr(framing, "KEPT", 100)
    chunks, _ = _read(ONE + MSH + b"\rOBX|1|TX|||" + b"x" * 5000 + b"\r" + ONE + b"\x1c" + b"junk" * 1000, 64)
    assert isinstance(chunks, list)
    assert [(chunk.rejected, len(chunk.content) <= 100) for chunk in chunks[:2]] == [
        ("", True),
        ("message_too_large", True),
    ]
    assert len(chunks) == 3


def test_padding_without_end_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "_LONG_LINE", 64)
    pieces = list(framing.pieces(_blocks(ONE + b"\0" * 5000 + ONE, 16)))
    assert max(map(len, pieces)) < 100
    chunks, _ = _read(ONE + b"\0" * 5000 + ONE, 16)
    assert [chunk.rejected for chunk in chunks if isinstance(chunk, framing.Chunk)] == ["", ""]


@pytest.mark.parametrize(
    ("data", "findings"),
    [
        (FHS + BHS + ONE + ONE + b"BTS|2\rFTS|1\r", {}),
        (BHS + ONE + b"BTS\r", {}),
        (BHS + ONE + b"BTS|\r", {}),
        (BHS + ONE + b"BTS|1|comment\r" + BHS + b"BTS|0\r", {}),
        (FHS + ONE + b"FTS|1\r", {}),
        (ONE + ONE, {}),
        (BHS + ONE + b"BTS|2\r", {"batch_count_mismatch": 1}),
        (BHS + ONE + b"BTS|one\r", {"batch_count_mismatch": 1}),
        (BHS + MSH[:5] + b"\rBTS|1\r", {}),  # a broken message counts
        (FHS + BHS + ONE + b"BTS|1\rFTS|2\r", {"file_count_mismatch": 1}),
        (BHS + ONE + BHS + ONE + b"BTS|1\r", {"batch_without_trailer": 1}),
        (BHS + ONE, {"batch_without_trailer": 1}),
        (FHS + BHS + ONE + b"FTS|1\r", {"batch_without_trailer": 1}),
        (FHS + BHS + ONE + b"BTS|1\r", {"file_without_trailer": 1}),
        (FHS + ONE + FHS + ONE + b"FTS|1\r", {"file_without_trailer": 1}),
        (ONE + b"BTS|1\r", {"batch_without_header": 1}),
        (ONE + b"BTS|1\rFTS|1\r", {"batch_without_header": 1, "file_without_header": 1}),
        (b"BHS@~^\\&@A\r" + ONE + b"BTS@3\r", {"batch_count_mismatch": 1}),
    ],
)
def test_trailers(data: bytes, findings: dict[str, int]) -> None:
    assert _read(data)[1] == findings
