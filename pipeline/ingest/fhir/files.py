"""Files of FHIR: what they are wrapped in, and how many resources they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import orjson

from pipeline.errors import SourceError
from pipeline.ingest.connector import SourceFile

_BOM = b"\xef\xbb\xbf"
# A line break, blanks, and a character: one match a line that is not blank.
_LINE = re.compile(rb"\n[^\S\n]*\S")


def load(file: SourceFile) -> bytes:
    """Return the content of a file, unpacked and without byte order mark.

    Raises `SourceError`.
    """
    data = file.read()
    data = data.removeprefix(_BOM)
    if not data or data.isspace():
        raise SourceError("empty")
    return data


def parse_document(data: bytes) -> Any:
    """Return the one JSON document that a file is: a resource, a Bundle or a list; `None` for NDJSON.

    Raises `SourceError`.
    """
    head, _, rest = data.lstrip().partition(b"\n")
    first = _parse(head)
    if _is_resource(first):
        return None if rest.strip() else first
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        if any(_is_resource(_parse(line)) for line in BytesIO(data)):
            return None  # lines, of which the first one is damaged
        raise SourceError(_why_not(data, error)) from None
    if document == []:
        raise SourceError("empty")
    if not any(map(_is_resource, document if isinstance(document, list) else [document])):
        raise SourceError("not_fhir")
    return document


def count_lines(data: bytes) -> int:
    """Count the lines that are not blank."""
    return sum(1 for _ in _LINE.finditer(b"\n" + data))


def lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and content of every line that is not blank."""
    for number, line in enumerate(BytesIO(data), 1):
        if not line.isspace():
            yield number, line


def is_cut(error: orjson.JSONDecodeError) -> bool:
    """Tell whether JSON only lacks its end."""
    return error.pos >= len(error.doc.rstrip())


def _parse(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _is_resource(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("resourceType"), str)


def _why_not(data: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "undecodable"
    return "truncated" if data.lstrip()[:1] in (b"{", b"[") and is_cut(error) else "not_fhir"
