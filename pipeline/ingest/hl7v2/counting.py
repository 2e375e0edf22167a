"""Count the units of a stream line by line, by other means than `framing.split` cuts it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from pipeline.errors import SourceError
from pipeline.ingest.hl7v2.framing import BOM, ENDS, HEADER_START, PAD, UNMISTAKABLE

_NAMES = frozenset({b"MSH", b"FHS", b"BHS", b"BTS", b"FTS"})
_TO_CR = bytes.maketrans(ENDS, b"\r" * len(ENDS))
_INDENTED = frozenset(bytes((byte,)) for byte in PAD + BOM[:1])
_LONG_LINE = 1024 * 1024
_HEAD = 64  # bytes of a long line in which a header shows


def count_units(blocks: Iterable[bytes]) -> int:
    """Count the messages of a stream, and the runs of lines between them that belong to none.

    Raises `SourceError`: `empty`, `not_hl7v2`.
    """
    total, begun, between, stray = 0, False, True, False
    for line in _lines(blocks):
        if not between and line[:3] not in _NAMES and line[:1] not in _INDENTED and UNMISTAKABLE not in line:
            continue  # most lines: one of a message
        body = line.lstrip(PAD).removeprefix(BOM)
        name = body[:3]
        if name in _NAMES and HEADER_START.match(body + b"\r", 3):
            begun, between, stray = True, name != b"MSH", False
            total += name == b"MSH"
            body = body[3:]
        elif between and not stray and not _is_blank(body.partition(UNMISTAKABLE)[0]):
            total, stray = total + 1, True
        if more := body.count(UNMISTAKABLE):
            total, begun, between, stray = total + more, True, False, False
    if not begun:
        raise SourceError("not_hl7v2" if stray else "empty")
    return total


def _is_blank(text: bytes) -> bool:
    return not text.replace(BOM, b"").strip(PAD)


def _lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of a stream, a long one squeezed to what counts in it."""
    tail = b""
    for block in chain(blocks, (b"\r",)):
        lines = (tail + block.translate(_TO_CR)).split(b"\r")
        tail = lines.pop()
        if len(tail) > _LONG_LINE:
            tail = _squeezed(tail)
        yield from lines


def _squeezed(line: bytes) -> bytes:
    line = line.lstrip(PAD) or line[:1]
    if len(line) <= _LONG_LINE:
        return line
    short = len(UNMISTAKABLE) - 1  # of one that goes on in the next block
    return line[:_HEAD] + UNMISTAKABLE * line.count(UNMISTAKABLE, _HEAD - short) + line[-short:]
