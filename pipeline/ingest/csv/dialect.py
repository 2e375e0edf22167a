"""How a file is written: encoding, delimiter, quotes; and its bytes as UTF-8."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from charset_normalizer import from_bytes

from pipeline.errors import SourceError
from pipeline.ingest.connector import SourceFile
from pipeline.ingest.csv.parts import Format

DELIMITERS = (",", "\t", ";", "|")
# A cell of which there is no end in so many bytes has lost its closing quote. It also bounds the memory that is used.
MAX_ROW = 16 * 1024 * 1024

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# What these are where no mark says which byte comes first.
_UNMARKED = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}
# How other formats start that end up in a folder of tables: HL7 v2, JSON, XML, PDF, ZIP (as in .xlsx), Excel, pictures,
# databases, columns.
_OTHER_FORMATS = re.compile(
    rb'\s*(?:(?:MSH|FHS|BHS)[|^]|\{\s*"|\{\s*\}|\[\s*[\[{]|<\?xml|<!|%PDF-)'
    rb"|PK\x03\x04|\xd0\xcf\x11\xe0|\x89PNG|\xff\xd8\xff|GIF8|SQLite format 3|PAR1|BZh|7z\xbc\xaf"
    rb"|\x28\xb5\x2f\xfd|\xfd7zXZ"
)
_SAMPLE, _TELLING = 64 * 1024, 32
# The header is within so many bytes, or on the first line that is not skipped.
_HEAD = 1024 * 1024


def _kept_apart(error: UnicodeError) -> tuple[str, int]:
    """Turn bytes that do not decode into lone surrogates, as `surrogateescape` does, in encodings of any width."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC80 | byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("chartmill.csv", _kept_apart)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written. `quote` is empty where quotes mean nothing."""

    encoding: str
    delimiter: str
    quote: str
    escape: str | None

    def reader(self, lines: Iterable[bytes]) -> Any:
        """Return the standard library's reader of lines in UTF-8."""
        # The limit is 128 KiB unless set, and the notes of a long stay are longer. It is the process's.
        csv.field_size_limit(2**31 - 1)
        return csv.reader(
            (line.decode("utf-8", "surrogateescape") for line in lines),
            delimiter=self.delimiter,
            escapechar=self.escape,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
        )


def find_encoding(file: SourceFile, given: str | None) -> str:
    """Return the encoding by its byte order mark, as given, as UTF-8, or as the text looks like.

    Raises `SourceError` if the file is empty or of another format.
    """
    blocks = file.blocks()
    head = next(blocks, b"")
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding
    if not head.strip():
        head = head.lstrip() or b"".join(blocks).lstrip()
        if not head:
            raise SourceError("empty")
    if _OTHER_FORMATS.match(head):
        raise SourceError("not_csv")
    if given and codecs.lookup(given).name not in _UNMARKED:
        return given
    for encoding, zeros in (("utf-16-le", head[1:200:2]), ("utf-16-be", head[:200:2])):
        if zeros.count(0) * 2 > len(zeros):
            return encoding
    if given:
        return _UNMARKED[codecs.lookup(given).name]
    for block in chain([head], blocks):
        if not block.isascii():
            return _encoding_of(block + next(blocks, b""))
    return "utf-8"


def _encoding_of(sample: bytes) -> str:
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(sample)
    wrong = len(re.findall("[\udc80-\udcff]", text))
    # Of text in other encodings, next to nothing decodes by chance: then it is UTF-8 with damage.
    if not wrong or len(re.findall("[^\x00-\x7f\udc80-\udcff]", text)) >= wrong:
        return "utf-8"
    lines = b"".join(line for line in sample.splitlines(keepends=True) if not line.isascii())[:_SAMPLE]
    # The languages of Western Europe have few letters beyond ASCII, too few to tell encodings apart by them.
    if sum(byte > 0x7F for byte in lines) < max(_TELLING, len(lines) // 10):
        return "cp1252"
    best = from_bytes(lines).best()
    return best.encoding if best else "cp1252"


def content(file: SourceFile, encoding: str) -> Iterator[bytes]:
    """Yield the content in UTF-8, without a byte order mark; bytes that do not decode stay bytes that do not."""
    blocks = file.blocks()
    if codecs.lookup(encoding).name == "utf-8":
        recoded = blocks
    else:
        decode = codecs.getincrementaldecoder(encoding)("chartmill.csv").decode
        texts = (decode(block, final) for block, final in chain(((block, False) for block in blocks), [(b"", True)]))
        recoded = (text.encode("utf-8", "surrogateescape") for text in texts)
    head = b""
    for block in recoded:
        head += block
        if len(head) >= len(codecs.BOM_UTF8):
            break
    yield head.removeprefix(codecs.BOM_UTF8)
    yield from recoded


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose header was read: how it is written, its columns, and how far they reach in bytes and lines."""

    dialect: Dialect
    header: list[str]
    size: int
    lines: int

    def rows(self, file: SourceFile) -> Iterator[bytes]:
        """Yield the content under the header, in UTF-8."""
        skip = self.size
        for block in content(file, self.dialect.encoding):
            yield block[skip:]
            skip = max(0, skip - len(block))


def open_table(file: SourceFile, given: Format, known: Collection[str]) -> Opened:
    """Read the header of a file. If the delimiter is not given, it is the one that finds most of the names `known`.

    Raises `SourceError`.
    """
    encoding = find_encoding(file, given.encoding)
    head = b""
    for block in content(file, encoding):
        head += block
        if len(head) >= _HEAD and len(head.splitlines()) > given.skip_lines + 1:
            break
    quote = "" if given.quote == "none" else given.quote
    found = [
        _header(head, Dialect(encoding, delimiter, quote, given.escape), given)
        for delimiter in ([given.delimiter] if given.delimiter else DELIMITERS)
    ]
    names = {column_name(name) for name in known}

    def score(opened: Opened) -> tuple[int, int]:
        return sum(column_name(cell) in names for cell in opened.header), len(opened.header)

    return max(found, key=score)


def column_name(cell: str) -> str:
    """Return the name of a column as it is compared: without blanks around it, whatever its case."""
    return cell.strip().casefold()


def _header(head: bytes, dialect: Dialect, given: Format) -> Opened:
    lines = head.splitlines(keepends=True)
    body = lines[given.skip_lines :]
    reader = dialect.reader(body)
    first: list[str] = next((cells for cells in reader if any(map(str.strip, cells))), [])
    if not first:
        raise SourceError("empty")
    if any("\0" in cell for cell in first):
        raise SourceError("not_csv")
    if given.header:
        return Opened(dialect, list(given.header), sum(map(len, lines[: given.skip_lines])), given.skip_lines)
    if any("\udc80" <= letter <= "\udcff" for cell in first for letter in cell):
        raise SourceError("undecodable")
    used = given.skip_lines + reader.line_num
    return Opened(dialect, first, sum(map(len, lines[:used])), used)
