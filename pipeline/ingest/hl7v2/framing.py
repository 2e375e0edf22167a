"""Cut a stream of bytes into messages, batch headers and lines that belong to none, in bounded memory.

    blocks ─pieces─▶ whole lines ─split─▶ chunks: messages, and runs of lines between them

Ends of lines are CR, LF and the two bytes with which MLLP frames a message, in any mixture. A header (MSH, FHS, BHS,
BTS, FTS) is one at the start of a line; a whole `MSH|^~\\&` is one anywhere, because files get concatenated.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from pipeline.errors import SourceError
from pipeline.ingest.hl7v2.batches import Batches
from pipeline.ingest.hl7v2.charsets import wide_codec

LARGEST = 64 * 1024 * 1024  # bytes of a message that is still read
KEPT = 1_000_000  # bytes of a longer one, and of lines outside of messages, that go to quarantine

BOM = codecs.BOM_UTF8
PAD = b" \t\0\x1a"
ENDS = b"\r\n\x0b\x1c"
_FRAME = b"\x0b\x1c"
UNMISTAKABLE = b"MSH|^~\\&"
# What follows the name of a header: "|", or another separator and the next delimiter, so that a line of text about
# MSH-2 is none; or nothing; or of a trailer, its count between separators.
_PUNCTUATION = rb"[!-/:-@\[-`{-~]"
HEADER_START = re.compile(
    rb"\||" + _PUNCTUATION + rb"{2}|" + _PUNCTUATION + rb"?[\r\n\x0b\x1c]"
    rb"|(?<=TS)(" + _PUNCTUATION + rb")\d+(?:\1|[\r\n\x0b\x1c])"
)

_NAMES = (b"MSH", b"FHS", b"BHS", b"BTS", b"FTS")
_END = re.compile(rb"[\r\n\x0b\x1c]")
_EACH_END = (b"\r", b"\n", b"\x0b", b"\x1c")
_LONG_LINE = 1024 * 1024  # a longer one is handed on before its end has come


class Chunk(NamedTuple):
    """The bytes of one message, or of lines that belong to none.

    `rejected` says why it is not a whole message: `outside_message`, `truncated`, `message_too_large`; `excluded`
    that it stands in the message before it already. `last` says that nothing follows.
    """

    content: bytes
    rejected: str = ""
    excluded: str = ""
    last: bool = False


def utf8_blocks(blocks: Iterable[bytes]) -> tuple[bool, Iterator[bytes]]:
    """Tell whether a stream is UTF-16 or UTF-32, and return it as bytes in which ASCII can be searched.

    Raises `SourceError`: `undecodable`, when it comes to that place.
    """
    remaining = iter(blocks)
    start = b""
    for block in remaining:
        start += block
        if len(start) >= 8:
            break
    codec = wide_codec(start)
    stream = chain((start,), remaining)
    return codec is not None, stream if codec is None else _transcoded(stream, codec)


def _transcoded(blocks: Iterator[bytes], codec: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for block in blocks:
            yield decoder.decode(block).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError:
        raise SourceError("undecodable") from None


def pieces(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a stream in runs of whole lines, and very long lines in parts.

    Each piece has in front the byte before it, which ends a line or, in a part of a long line, does not. The stream
    starts after the end of a line and ends with one more.
    """
    waiting = b"\r"
    for block in chain(blocks, (b"\r",)):
        waiting += block
        cut = 1 + max(waiting.rfind(end) for end in _EACH_END)
        if cut <= 1 and len(waiting) > _LONG_LINE:
            if waiting[0] in ENDS and len(body := waiting[1:].lstrip(PAD)) < _LONG_LINE:
                waiting = waiting[:1] + body  # padding may go on for ever
            else:
                header = waiting.rfind(b"M", -len(UNMISTAKABLE))  # which may not be there in full
                cut = header if header > 0 else len(waiting)
        if cut > 1:
            yield waiting[:cut]
            waiting = waiting[cut - 1 :]


def split(blocks: Iterable[bytes], batches: Batches) -> Iterator[Chunk]:
    """Yield the messages of a stream, and the runs of lines between them that belong to none, in order.

    Raises `SourceError` before the first chunk: `empty`, `not_hl7v2`.
    """
    gathered, begun, in_envelope, piece = _Gathered(), False, False, b""
    for piece in pieces(blocks):
        position = 1
        if in_envelope:
            position, in_envelope = _rest_of_line(piece, position)
        for end, start in _headers(piece):
            gathered.add(piece[position:end])
            framed = piece[end - 1] == _FRAME[0]
            if chunk := gathered.finish(cut=framed and gathered.in_frame):
                yield chunk
            begun, is_message = True, piece.startswith(b"MSH", start)
            gathered = _Gathered(is_message, framed or gathered.in_frame)
            position = start
            if is_message:
                batches.message()
            else:
                position, in_envelope = _rest_of_line(piece, start)
                batches.envelope(piece[start:position])
        gathered.add(piece[position:])
    if not begun:
        raise SourceError("not_hl7v2" if gathered.finish() else "empty")
    # Of a batch that has no trailer, a last line without an end was cut.
    cut = batches.is_open and (piece[0] not in ENDS or bool(piece[1:-1].strip(PAD)))
    if chunk := gathered.finish(cut or gathered.in_frame, last=True):
        yield chunk
    batches.close()


def _headers(piece: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the line before a header ends, and where the header starts."""
    for start in sorted(chain.from_iterable(_found(piece, name) for name in _NAMES)):
        line = start if piece[start - 1] in ENDS else _start_of_line(piece, start)
        if line and HEADER_START.match(piece, start + 3):
            yield line, start
        elif piece.startswith(UNMISTAKABLE, start):
            yield start, start


def _found(piece: bytes, name: bytes) -> Iterator[int]:
    position = piece.find(name, 1)
    while position > 0:
        yield position
        position = piece.find(name, position + 3)


def _start_of_line(piece: bytes, position: int) -> int:
    """Return the start of the line if only padding stands between it and a position, else 0."""
    if piece.startswith(BOM, position - len(BOM)):
        position -= len(BOM)
    while position and piece[position - 1] in PAD:
        position -= 1
    return position if position and piece[position - 1] in ENDS else 0


def _rest_of_line(piece: bytes, position: int) -> tuple[int, bool]:
    """Return where the line ends, and whether it goes on in the next piece."""
    end = _END.search(piece, position)
    return (end.start(), False) if end else (len(piece), True)


class _Gathered:
    """The bytes of one chunk, as they come, or as many of them as are kept."""

    def __init__(self, is_message: bool = False, framed: bool = False) -> None:
        self._is_message = is_message
        self.in_frame = framed  # of MLLP, which has not ended
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, data: bytes) -> None:
        if not self._is_message and not self._parts:
            data = data.lstrip(PAD + ENDS)
        if not data:
            return
        self.in_frame = self.in_frame and _FRAME[1:] not in data
        if self._size <= self._limit:
            self._parts.append(data)
            self._size += len(data)
            if self._size > self._limit:
                self._parts = [b"".join(self._parts)[:KEPT]]

    @property
    def _limit(self) -> int:
        return LARGEST if self._is_message else KEPT

    def finish(self, cut: bool = False, last: bool = False) -> Chunk | None:
        """Return the chunk, if there is anything in it; `cut` says that its end did not come."""
        content = b"".join(self._parts).strip(PAD + ENDS)
        if not self._is_message:
            return Chunk(content, "outside_message") if content.replace(BOM, b"").strip(PAD + ENDS) else None
        if self._size > self._limit:
            return Chunk(content, "message_too_large")
        return Chunk(content, "truncated" if cut else "", last=last)
