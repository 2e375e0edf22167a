"""Files of FHIR: lines that are read as a stream, or one document that is read whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from pipeline.errors import SourceError
from pipeline.ingest.connector import SourceFile

_BOM = b"\xef\xbb\xbf"
# So much of a file is looked at to tell lines of resources, of which the first is damaged, from one document.
_HEAD = 64 * 1024 * 1024
# A line break, blanks, and a character: one match a line that is not blank.
_LINE = re.compile(rb"\n[^\S\n]*\S")
_BUNDLE = re.compile(rb'"resourceType"\s*:\s*"Bundle"')


class Line(NamedTuple):
    """A line that is not blank, and its number."""

    number: int
    content: bytes


def whole_lines(file: SourceFile) -> Iterator[bytes]:
    """Yield the content in pieces that end where a line does, without byte order mark.

    A line that is longer than a block makes a piece of its own. Raises `SourceError` if it cannot be unpacked.
    """
    waiting: list[bytes] = []
    for number, block in enumerate(file.blocks()):
        if number == 0:
            block = block.removeprefix(_BOM)
        end = block.rfind(b"\n") + 1
        if end:
            yield b"".join((*waiting, block[:end]))
            waiting = []
        waiting.append(block[end:])
    if rest := b"".join(waiting):
        yield rest


def read_document(file: SourceFile) -> Any:
    """Return the one JSON document that a file is, or `None` if it is lines of resources.

    A document is read whole; of lines, no more than needed to tell. Raises `SourceError`.
    """
    head: list[bytes] = []
    size = 0
    pieces = whole_lines(file)
    for piece in pieces:
        head.append(piece)
        size += len(piece)
        if not piece.isspace():
            break
    else:
        raise SourceError("empty")
    first, _, after = piece.lstrip().partition(b"\n")
    resource = parse(first)
    if is_resource(resource):
        more = bool(after.strip()) or any(not piece.isspace() for piece in pieces)
        return None if more else resource
    looked = first.startswith(b"[") or first.strip() == b"{"
    for piece in pieces:
        head.append(piece)
        size += len(piece)
        if size > _HEAD and not looked:
            if _has_resource(head):
                return None
            looked = True
    data = b"".join(head)
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        if _has_resource([data]):
            return None  # lines, of which the first one is damaged
        raise SourceError(_why_not(data, error)) from None
    if document == []:
        raise SourceError("empty")
    if not is_manifest(document) and not any(map(is_resource, document if isinstance(document, list) else [document])):
        raise SourceError("not_fhir")
    return document


def count_lines(piece: bytes) -> int:
    """Count the lines that are not blank."""
    return sum(1 for _ in _LINE.finditer(b"\n" + piece))


def lines(file: SourceFile) -> Iterator[Line]:
    """Yield every line that is not blank."""
    every = (line for piece in whole_lines(file) for line in split_lines(piece))
    for number, line in enumerate(every, 1):
        if not line.isspace():
            yield Line(number, line)


def may_hold_bundle(piece: bytes) -> bool:
    """Tell whether a Bundle may stand in some lines."""
    return _BUNDLE.search(piece) is not None


def is_resource(value: Any) -> bool:
    """Tell whether a value looks like a resource."""
    return isinstance(value, dict) and isinstance(value.get("resourceType"), str)


def is_manifest(value: Any) -> bool:
    """Tell whether a value looks like the manifest of a bulk export, which is no resource."""
    return isinstance(value, dict) and isinstance(value.get("output"), list) and "transactionTime" in value


def is_cut(error: orjson.JSONDecodeError) -> bool:
    """Tell whether JSON only lacks its end."""
    return error.pos >= len(error.doc.rstrip())


def split_lines(piece: bytes) -> Iterator[bytes]:
    """Yield the lines of a piece, each with its line break."""
    start = 0
    while start < len(piece):
        end = piece.find(b"\n", start) + 1 or len(piece)
        yield piece[start:end]
        start = end


def parse(line: bytes | str) -> Any:
    """Return what JSON says; `None` if it is none."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _has_resource(pieces: list[bytes]) -> bool:
    return any(is_resource(parse(line)) for piece in pieces for line in split_lines(piece))


def _why_not(data: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "undecodable"
    return "truncated" if data.lstrip()[:1] in (b"{", b"[") and is_cut(error) else "not_fhir"
