"""Redact JSON lines, `{id, text}` each: batch by batch, one line out for each line in. PHI in, none out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

import orjson

from pipeline.errors import ConfigError, RedactionError
from pipeline.records import IDENTIFIER_TYPES, Identifier
from pipeline.redact.located import redact_located
from pipeline.redact.spans import Detector
from pipeline.redact.vault import NOBODY, Identity
from pipeline.storage import whole_file

# A batch is full at either.
_LINES = 256
_CHARS = 2 * 1024 * 1024
# No text that the detectors take makes a longer line, with all its characters escaped.
_LONGEST = 16 * 1024 * 1024
_TYPES = tuple(kind for kind in IDENTIFIER_TYPES if kind != "reference")

Known = Mapping[str, Identity]


@dataclass(slots=True)
class LineCounts:
    """How many lines went out, and how many of them hold a code in place of a text, by code."""

    lines: int = 0
    refused: Counter[str] = field(default_factory=Counter)


class _Line(NamedTuple):
    """A line as far as it could be read: a text or the code that says why there is none."""

    number: int
    id: str | int | None
    text: str
    code: str = ""


def redact_lines(source: Path, target: Path, detector: Detector, known: Known) -> LineCounts:
    """Write each line of `source` redacted to `target`, which appears when it is whole.

    A line that cannot be made safe becomes its id, its number and a code. Raises `ConfigError` if a file cannot be
    opened.
    """
    counts = LineCounts()
    if target.exists() and source.exists() and target.samefile(source):
        raise ConfigError("the output must be another file than the input")
    try:
        with source.open("rb") as lines, whole_file(target) as sink:
            for batch in _batches(_lines(lines)):
                for row in _redacted(batch, detector, known):
                    counts.lines += 1
                    if "error" in row:
                        counts.refused[row["error"]] += 1
                    sink.write(orjson.dumps(row) + b"\n")
    except OSError as error:
        raise ConfigError(f"{error.filename or target}: {error.strerror}") from None
    return counts


def read_known(path: Path) -> dict[str, Identity]:
    """Read what is known of whom a text is about: lines `{id, identifiers: [[type, value], ...]}`. PHI.

    Lines of one id add up. Raises `ConfigError` that says which line is wrong.
    """
    known: dict[str, Identity] = {}
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    key, identity = _known(line, f"{path}, line {number}")
                    known[key] = known.get(key, NOBODY) | identity
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    return known


def _known(line: bytes, where: str) -> tuple[str, Identity]:
    try:
        row = orjson.loads(line)
        identity = frozenset(Identifier(kind, str(value)) for kind, value in row["identifiers"])
        if all(identifier.type in _TYPES for identifier in identity):
            return str(row["id"]), identity
    except (ValueError, KeyError, TypeError):
        pass  # the message of any of these may quote the line
    raise ConfigError(
        f'{where}: not of the form {{"id": .., "identifiers": [[TYPE, VALUE], ..]}} with types of: {", ".join(_TYPES)}'
    )


def _lines(source: IO[bytes]) -> Iterator[_Line]:
    number = 0
    while line := source.readline(_LONGEST):
        number += 1
        if len(line) == _LONGEST and not line.endswith(b"\n"):
            while (rest := source.readline(_LONGEST)) and not rest.endswith(b"\n"):
                pass
            yield _Line(number, None, "", "line_too_long")
        elif line.strip():
            yield _parsed(number, line)


def _parsed(number: int, line: bytes) -> _Line:
    try:
        # Unlike orjson it reads lone surrogates: the line keeps its id, and the detectors refuse the text.
        row = json.loads(line)
    except (ValueError, RecursionError):
        return _Line(number, None, "", "bad_json")
    name = row.get("id") if isinstance(row, dict) else None
    if isinstance(name, bool) or not isinstance(name, str | int) or not _is_plain(name):
        return _Line(number, None, "", "bad_id")
    text = row.get("text")
    if not isinstance(text, str):
        return _Line(number, name, "", "no_text")
    return _Line(number, name, text, "" if text.strip() else "empty_text")


def _is_plain(name: str | int) -> bool:
    """Tell whether the id can be written again: a number of 64 bits, or valid Unicode."""
    try:
        orjson.dumps(name)
    except TypeError:
        return False
    return True


def _batches(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    batch: list[_Line] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line.text)
        if len(batch) >= _LINES or size >= _CHARS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _redacted(batch: Sequence[_Line], detector: Detector, known: Known) -> Iterator[dict[str, Any]]:
    good = [line for line in batch if not line.code]
    identities = [known.get(str(line.id), NOBODY) for line in good]
    outcomes = iter(redact_located(detector, [line.text for line in good], identities))
    for line in batch:
        outcome = RedactionError(line.code) if line.code else next(outcomes)
        if isinstance(outcome, RedactionError):
            yield {"id": line.id, "line": line.number, "error": outcome.code}
        else:
            yield {"id": line.id, "text": outcome.text, "spans": outcome.spans}
