"""Join a message that was sent in parts: DSC-1 names the part that goes on, MSH-14 says that it is one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from pipeline.ingest.hl7v2.framing import LARGEST, Chunk

_INTERACTIVE = b"I"  # DSC-2: each part is an answer by itself
_LAST_LINE = re.compile(rb"[\r\n][^\r\n]*\Z")
_FIRST_LINE = re.compile(rb"[^\r\n]*")
_PATIENT = re.compile(rb"[\r\n]PID\W")


def join(chunks: Iterable[Chunk], findings: Counter[str]) -> Iterator[Chunk]:
    """Yield chunks, parts of a message as the whole followed by an excluded `continuation` for each further part.

    A part belongs to the message right before it, if it has the same delimiters and character set, and no patient of
    its own: with one it is a message by itself. Findings: `continuation_missing` where the part that DSC names does
    not follow, `continuation_without_start` where what MSH-14 goes on with was not sent before.
    """
    waiting: list[Chunk] = []  # the parts of one message
    for chunk in chunks:
        if waiting:
            if not _goes_on(waiting, chunk):
                yield from _whole(waiting, findings, ended=False)
                waiting = []
            else:
                waiting.append(chunk)
                if not _pointer(chunk):
                    yield from _whole(waiting, findings, ended=True)
                    waiting = []
                continue
        if chunk.rejected:
            yield chunk
            continue
        if _header(chunk)[13:14] not in ([], [b""]):
            findings["continuation_without_start"] += 1
        if _pointer(chunk):
            waiting = [chunk]
        else:
            yield chunk
    if waiting:
        yield from _whole(waiting, findings, ended=False)


def _goes_on(parts: list[Chunk], chunk: Chunk) -> bool:
    if chunk.rejected or _PATIENT.search(chunk.content):
        return False
    if sum(len(part.content) for part in parts) + len(chunk.content) > LARGEST:
        return False
    before, here = _header(parts[0]), _header(chunk)
    return (
        here[13:14] == [_pointer(parts[-1])]
        and before[:2] == here[:2]
        and before[17:18] in (here[17:18], [])
        and parts[0].content[3:4] == chunk.content[3:4]
    )


def _whole(parts: list[Chunk], findings: Counter[str], ended: bool) -> Iterator[Chunk]:
    if not ended:
        findings["continuation_missing"] += 1
    lines = [_LAST_LINE.sub(b"", part.content) if _pointer(part) else part.content for part in parts]
    segments = [_FIRST_LINE.sub(b"", content, count=1) for content in lines[1:]]
    if len(parts) == 1:
        yield parts[0]
    else:
        yield Chunk(lines[0] + b"".join(segments), last=parts[-1].last)
        for part in parts[1:]:
            yield Chunk(part.content, excluded="continuation")


def _header(chunk: Chunk) -> list[bytes]:
    """Return the fields of MSH; index n is MSH-(n+1), except that 0 is the name."""
    line = _FIRST_LINE.match(chunk.content)
    return line[0].split(chunk.content[3:4]) if line and len(line[0]) > 3 else []


def _pointer(chunk: Chunk) -> bytes:
    """Return DSC-1, if the message ends with one and its parts are those of one message."""
    start = chunk.content.rfind(b"DSC")
    if start < 1 or chunk.content[start - 1] not in b"\r\n" or _LAST_LINE.search(chunk.content, start):
        return b""
    fields = chunk.content[start:].split(chunk.content[3:4])
    return b"" if fields[2:3] == [_INTERACTIVE] else b"".join(fields[1:2])
