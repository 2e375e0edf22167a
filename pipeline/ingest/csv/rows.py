"""Rows: where they begin and end, what their cells are, and how many there are.

A block without stray quotes is taken apart by pyarrow, several times as fast as by the standard library's `csv`, which
takes every other block. Both find the same cells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.csv

from pipeline.errors import SourceError
from pipeline.ingest.csv.dialect import MAX_ROW, Dialect

A = TypeVar("A")
Numbers = np.ndarray[Any, np.dtype[np.int64]]

_CR, _LF = b"\r\n"
_BOM = b"\xef\xbb\xbf"


class Odd(NamedTuple):
    """A row that is not in columns: its first line, its content, and the reason; none if it is blank. PHI."""

    line: int
    content: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows that stood together, as columns of strings. `starts` and `ends` are offsets in `data`. PHI.

    `trailing` counts rows with more cells than columns, the last of them empty.
    """

    data: bytes
    columns: list[pa.Array]
    lines: Numbers
    starts: Numbers
    ends: Numbers
    odd: list[Odd]
    trailing: int = 0

    def content(self, row: int) -> bytes:
        """Return a row as it stood, in UTF-8."""
        return self.data[self.starts[row] : self.ends[row]]


def read_rows(blocks: Iterator[bytes], dialect: Dialect, width: int, line: int) -> Iterator[Chunk]:
    """Yield all rows that are not empty lines; `line` is the number of the first line.

    Raises `SourceError` for a row that has no end.
    """

    def step(data: bytes, final: bool, line: int) -> tuple[Chunk, int]:
        return _read_clean(data, final, line, dialect, width) or _read_any(data, final, line, dialect, width)

    return _walk(blocks, step, line)


def count_rows(blocks: Iterator[bytes], dialect: Dialect) -> int:
    """Count what `read_rows` yields by quotes and line ends alone."""

    def step(data: bytes, final: bool, line: int) -> tuple[int, int]:
        layout = _layout(data, final, dialect)
        return (len(layout.starts), layout.used) if layout else _count_any(data, final, dialect)

    return sum(_walk(blocks, step))


def _walk(blocks: Iterator[bytes], step: Callable[[bytes, bool, int], tuple[A, int]], line: int = 1) -> Iterator[A]:
    """Yield what `step` makes of each block; what it does not use, a row that goes on, stands before the next."""
    rest = b""
    for block in chain(blocks, (None,)):
        data = rest + (block or b"")
        made, used = step(data, block is None, line)
        yield made
        line += len(_line_ends(data[:used]))
        rest = data[used:]
        if len(rest) > MAX_ROW:
            raise SourceError("unclosed_quote")


def _line_ends(data: bytes) -> Numbers:
    """Return the offset of the last byte of each line end."""
    values = np.frombuffer(data, np.uint8)
    ends = values == _LF
    if b"\r" in data:
        ends |= (values == _CR) & ~np.append(ends[1:], False)
    return np.flatnonzero(ends)


class _Layout(NamedTuple):
    """The rows of a block: offsets of each, the number of lines before it, and how far the last one reaches."""

    starts: Numbers
    ends: Numbers
    lines: Numbers
    used: int


def _layout(data: bytes, final: bool, dialect: Dialect) -> _Layout | None:
    """Find the rows of a block by parity of quotes; none if that cannot be trusted."""
    if dialect.escape or not (dialect.delimiter + dialect.quote).isascii():
        return None
    values = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(values == ord(dialect.quote)) if dialect.quote else np.empty(0, np.int64)
    opening = quotes[::2]
    # The quote before is one that closed, so that the two are one quote within a cell.
    fine = (*b"\r\n", ord(dialect.delimiter), ord(dialect.quote or dialect.delimiter))
    if not np.isin(values[opening[opening > 0] - 1], fine).all():
        return None
    line_ends = _line_ends(data)
    if not final and data.endswith(b"\r"):  # perhaps half of a line end
        line_ends = line_ends[:-1]
    ends = line_ends[np.searchsorted(quotes, line_ends) % 2 == 0] + 1
    used = int(ends[-1]) if ends.size else 0
    if final and used < len(data):
        if quotes.size % 2:
            return None
        used = len(data)
        ends = np.append(ends, used)
    starts = np.concatenate((np.zeros(1, np.int64), ends))[:-1]
    filled = ~np.isin(values[starts], (_CR, _LF))
    starts = starts[filled]
    return _Layout(starts, ends[filled], np.searchsorted(line_ends, starts), used)


def _read_clean(data: bytes, final: bool, line: int, dialect: Dialect, width: int) -> tuple[Chunk, int] | None:
    """Take a block apart by pyarrow; none if anything in it is out of the ordinary."""
    layout = _layout(data, final, dialect)
    if layout is None or not layout.starts.size or data.startswith(_BOM) or _wrong_bytes(data[: layout.used]):
        return None
    names = [str(number) for number in range(width)]
    refused: list[pa.csv.InvalidRow] = []

    def refuse(row: pa.csv.InvalidRow) -> str:
        refused.append(row)
        return "skip"

    try:
        table = pa.csv.read_csv(
            pa.BufferReader(pa.py_buffer(data).slice(0, layout.used)),
            pa.csv.ReadOptions(use_threads=False, block_size=layout.used + 1, column_names=names),
            pa.csv.ParseOptions(
                delimiter=dialect.delimiter, quote_char=dialect.quote or False, newlines_in_values=True,
                invalid_row_handler=refuse,
            ),
            pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )  # fmt: skip
    except pa.ArrowInvalid:
        return None
    if table.num_rows + len(refused) != len(layout.starts):
        return None
    columns = [column.combine_chunks() for column in table.columns]
    whole = Chunk(data, columns, layout.lines + line, layout.starts, layout.ends, [])
    chunk = _without(whole, [row.number - 1 for row in refused], dialect) if refused else whole
    return (chunk, layout.used) if chunk else None


def _without(whole: Chunk, refused: list[int], dialect: Dialect) -> Chunk | None:
    """Return a chunk less the rows with too many or too few cells; none if one of them can be taken."""
    odd: list[Odd] = []
    for row in refused:
        alone, _ = _read_any(whole.content(row), True, int(whole.lines[row]), dialect, len(whole.columns))
        if len(alone.odd) != 1:
            return None
        odd += alone.odd
    lines, starts, ends = (np.delete(each, refused) for each in (whole.lines, whole.starts, whole.ends))
    return Chunk(whole.data, whole.columns, lines, starts, ends, odd)


def _read_any(data: bytes, final: bool, line: int, dialect: Dialect, width: int) -> tuple[Chunk, int]:
    """Take a block apart row by row."""
    lines = data.splitlines(keepends=True)
    if not final and lines and not lines[-1].endswith(b"\n"):
        lines.pop()
    offsets = [0, *accumulate(map(len, lines))]
    dirty = _wrong_bytes(data) != ""
    # Row by row into one list: many small lists that live on would keep the garbage collector busy.
    flat: list[str] = []
    taken: list[tuple[int, int]] = []
    odd: list[Odd] = []
    trailing = begin = 0
    # A row that reaches beyond the last line takes the line that is added, and has no end.
    reader = dialect.reader((*lines, b"\n"))
    for cells in reader:
        end = min(reader.line_num, len(lines))
        cut = bool(cells) and reader.line_num > len(lines)
        if cut and not final:
            break
        content = data[offsets[begin] : offsets[end]]
        wrong = "truncated" if cut else dirty and _wrong_bytes(content)
        if not wrong and len(cells) != width and cells:
            if len(cells) > width and not any(map(str.strip, cells[width:])):
                del cells[width:]
                trailing += 1
            elif not any(map(str.strip, cells)):
                odd.append(Odd(line + begin, content, ""))
                cells = []
            else:
                wrong = "row_too_long" if len(cells) > width else "row_too_short"
        if wrong:
            odd.append(Odd(line + begin, content, wrong))
        elif cells:
            flat += cells
            taken.append((begin, end))
        begin = end
    rows = np.array(taken, np.int64).reshape(-1, 2)
    where = np.array(offsets, np.int64)
    columns = [pa.array(flat[number::width], pa.string()) for number in range(width)]
    chunk = Chunk(data, columns, rows[:, 0] + line, where[rows[:, 0]], where[rows[:, 1]], odd, trailing)
    return chunk, offsets[begin]


def _wrong_bytes(data: bytes) -> str:
    if b"\0" in data:
        return "nul_byte"
    try:
        data.decode()
    except UnicodeDecodeError:
        return "undecodable"
    return ""


def _count_any(data: bytes, final: bool, dialect: Dialect) -> tuple[int, int]:
    """Count the rows of a block by their shape; return the number of bytes that they take, too."""
    text = data.decode("utf-8", "surrogateescape")
    count = used = 0
    for match in _row_pattern(dialect.delimiter, dialect.quote, dialect.escape).finditer(text):
        if match.end() == len(text) and not final:
            break
        count, used = count + 1, match.end()
    return count, len(text[:used].encode("utf-8", "surrogateescape"))


@cache
def _row_pattern(delimiter: str, quote: str, escape: str | None) -> re.Pattern[str]:
    """Return the shape of a row. The quantifiers are possessive: no input makes the search go back."""
    mark, escaped = re.escape(delimiter), rf"|{re.escape(escape)}(?:.|\Z)" if escape else ""
    but = re.escape(escape or "")
    plain = rf"(?:[^{mark}\r\n{but}]{escaped})*+"
    cell = plain
    if quote:
        # A quote opens a cell only at its start, and a doubled one is a quote; after the closing one the rest of the
        # cell is text, of which an escape may not be the first letter.
        q = re.escape(quote)
        cell = rf"(?:{q}(?:[^{q}{but}]|{q}{q}{escaped})*+(?:{q}(?:[^{mark}\r\n]{plain})?+|\Z)|{plain})"
    return re.compile(rf"[\r\n]*+(?!\Z){cell}(?:{mark}{cell})*+(?:\r\n?|\n|\Z)", re.DOTALL)
