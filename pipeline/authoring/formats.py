"""Tell by its first bytes which connector reads a file, and read a table's rows."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.ingest.csv.dialect import DELIMITERS

# So much of a file is looked at, in bytes.
_LOOKED_AT = 64 * 1024 * 1024
_NULLS = ("NULL", "null", "N/A", "NA", "n/a", "NaN", "nan", "None", "none", "\\N", "(null)", "-", ".", "?")


def load(path: Path) -> bytes:
    """Return the content of a file, unpacked if it is gzipped, at most its first 64 MiB.

    Raises `ConfigError` if it cannot be unpacked or is empty.
    """
    with path.open("rb") as file:
        content = file.read(_LOOKED_AT)
    if content[:2] == b"\x1f\x8b":
        try:
            content = zlib.decompressobj(wbits=31).decompress(content, _LOOKED_AT)
        except (zlib.error, gzip.BadGzipFile):
            raise ConfigError("--from: the file cannot be unpacked") from None
    if not content.strip():
        raise ConfigError("--from: the file is empty")
    return content


def decode(content: bytes) -> tuple[str, str]:
    """Return the text and its encoding: UTF-16 or UTF-8 by its mark, else UTF-8 if it is that, else cp1252."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace"), "utf-16"
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        # The end of what was looked at may be within a character.
        if error.start > len(content) - 4:
            return content[: error.start].decode("utf-8-sig"), "utf-8"
        return content.decode("cp1252", "replace"), "cp1252"


def connector_of(text: str) -> str:
    """Return the name of the connector that reads a text.

    Raises `ConfigError` if it is of a format that none reads.
    """
    head = text[:65536].lstrip("\x0b\x1c \t\r\n")
    if re.match(r"(MSH|FHS|BHS)[^A-Za-z0-9\s]", head):
        return "hl7v2"
    if head.startswith(("{", "[")):
        if '"resourceType"' in text:
            return "fhir"
        raise ConfigError("--from: JSON without a resourceType is no FHIR; write a connector (see docs/connectors.md)")
    if head.startswith("<"):
        if re.search(r"<(\w+:)?ClinicalDocument\b", text):
            return "ccda"
        raise ConfigError("--from: XML that is no ClinicalDocument; write a connector (see docs/connectors.md)")
    if "\0" in head or head.startswith(("%PDF-", "PK\x03\x04")):
        raise ConfigError("--from: a binary file; unpack it, or export it as text")
    return "csv"


@dataclass(frozen=True, slots=True)
class Rows:
    """A table: its header and its rows, blanks around cells left out. PHI but for the header."""

    header: list[str]
    rows: list[list[str]]
    delimiter: str
    nulls: list[str]

    def column(self, number: int) -> list[str]:
        """Return the cells of a column that are not empty."""
        return [row[number] for row in self.rows if row[number] and row[number] not in self.nulls]


def read_rows(text: str) -> Rows:
    """Read a text as CSV.

    Raises `ConfigError` if it has no header, or no rows.
    """
    csv.field_size_limit(2**31 - 1)
    first = text.lstrip("\r\n").splitlines()[0]
    delimiter = max(DELIMITERS, key=lambda mark: len(next(csv.reader([first], delimiter=mark))))
    header, *rows = [
        [cell.strip() for cell in row] for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter) if row
    ]
    if any(re.fullmatch(r"[\d\s./:+-]*\d[\d\s./:+-]*|\S+@\S+", cell) for cell in header):
        raise ConfigError(
            "--from: the first line looks like data; the table needs a line with the names of its columns"
        )
    whole = [row for row in rows if len(row) == len(header)]
    if not whole:
        raise ConfigError("--from: the table has no rows as wide as its header")
    found = {cell for row in whole for cell in row}
    return Rows(header, whole, delimiter, [word for word in _NULLS if word in found])
