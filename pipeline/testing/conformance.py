"""What every connector must do, whatever its format: one function a demand, each of which raises `AssertionError`.

No message holds a value of the file: it may be a real one. `suite.py` makes these a test.
"""

from __future__ import annotations

import gzip
import re
import tracemalloc
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.errors import SourceError
from pipeline.ingest.connector import Connector, SourceFile
from pipeline.records import DELETIONS, IDENTIFIER_TYPES, KINDS
from pipeline.testing.reading import Reading, in_memory, read_all, read_units, repeated, same, trickling

_CODE = re.compile(r"[a-z][a-z0-9_]{1,60}(:[^\s:]{1,60})?")
_WORD = re.compile(rb"[A-Za-z0-9]{3,}")
# What is planted for a word of the file: letters, digits, and three capitals, which could pass for a type.
_PLANTED = (b"Quorbington", b"84773921", b"QZX")
_CUTS = 600
_WORDS = 250
_REPEATED = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Subject:
    """A connector and a file to try it on.

    `make` returns a fresh connector. `identifies` are values of the file that name or number a person. `anonymous`
    are the kinds of records that may come without identifiers. `streams` is false for a format whose files are small
    enough to be read whole.
    """

    make: Callable[[], Connector]
    name: str
    content: bytes
    siblings: tuple[SourceFile, ...] = ()
    identifies: Collection[str] = ()
    anonymous: Collection[str] = ()
    streams: bool = True

    def file(self, content: bytes | None = None, name: str = "") -> SourceFile:
        """Return the file, or one of its name with other content."""
        return in_memory(name or self.name, self.content if content is None else content, self.siblings)

    def read(self, content: bytes | None = None, name: str = "") -> Reading:
        """Read with a fresh connector; what it raises is told without its words, which may be the file's."""
        try:
            return read_all(self.make(), self.file(content, name))
        except AssertionError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the connector must not raise it
            raise AssertionError(f"{_where(error)}: only SourceError may be raised") from None


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    line = f"{trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} in {line}"


def _balanced(reading: Reading, what: str) -> None:
    counts = reading.counts
    assert counts.read == counts.outcomes, (
        f"{what}: `count` says {counts.read} units, and {counts.outcomes} have an outcome"
    )


def accounts_for_every_unit(subject: Subject) -> None:
    """`count` and `read` agree, the positions of records ascend, and there is something to read."""
    reading = subject.read()
    _balanced(reading, "the file")
    assert reading.counts.read, "the file has no units: give one that has some"
    positions = [record["position"] for record in reading.records]
    assert positions == sorted(positions), "the positions of records do not ascend"
    assert not positions or positions[0] >= 1, "positions are 1-based"


def makes_valid_records(subject: Subject) -> None:
    """Kinds, types of identifiers, deletions and codes are of those that there are, and every value is a text."""
    reading = subject.read()
    for record in reading.records:
        assert record["kind"] in KINDS, "a kind that there is none of"
        assert record["deleted"] in ("", *DELETIONS), "a deletion that there is none of"
        assert record["patient_id"] or record["deleted"], f"a {record['kind']} without a patient: reject the unit"
        empty = [name for name, value in record.items() if value is None]
        assert not empty, f"null in {empty[0]}: an empty value is an empty text"
        for pair in record["identity"]:
            assert pair["type"] in IDENTIFIER_TYPES, "a type of identifier that there is none of"
            assert pair["value"].strip(), f"an empty identifier of type {pair['type']}"
    for code in reading.codes:
        assert _CODE.fullmatch(code), "a reason or finding that is no code: lower_snake, optional `:FIELD`"


def reads_the_same_twice(subject: Subject) -> None:
    """Two readings are equal: by one instance, by a fresh one, and after a file that cannot be read."""
    connector = subject.make()
    first = read_all(connector, subject.file())
    second = read_all(connector, subject.file())
    assert not (what := same(first, second)), f"the same instance reads it differently a second time: {what}"
    read_all(connector, subject.file(subject.content[: len(subject.content) // 2]))
    third = read_all(connector, subject.file())
    assert not (what := same(first, third)), f"it reads it differently after a damaged file: {what}"
    assert not (what := same(first, subject.read())), f"a fresh instance reads it differently: {what}"


def does_not_mind_how_bytes_come(subject: Subject) -> None:
    """A stream that gives a few bytes at a time is read like one that gives all at once."""
    connector = subject.make()
    slow = read_all(connector, trickling(subject.name, subject.content, subject.siblings))
    assert not (what := same(subject.read(), slow)), f"in blocks of a few bytes it is read differently: {what}"


def gives_the_same_units_in_batches(subject: Subject) -> None:
    """`batches` holds what `read` yields."""
    units = read_units(subject.make(), subject.file())
    batches = subject.read()
    units.counts.read = batches.counts.read
    assert not (what := same(units, batches)), f"`batches` and `read` differ: {what}"


def takes_gzip(subject: Subject) -> None:
    """A gzipped file is read like the plain one, and one that is cut is rejected as such."""
    packed = gzip.compress(subject.content, mtime=0)
    reading = subject.read(packed, f"{subject.name}.gz")
    assert not (what := same(subject.read(), reading)), f"gzipped it is read differently: {what}"
    cut = subject.read(packed[:-9], f"{subject.name}.gz")
    _balanced(cut, "a gzipped file that is cut")
    assert any(code.startswith("file_") for code in cut.counts.rejected), "a gzipped file that is cut passes as whole"


def survives_a_cut_anywhere(subject: Subject) -> None:
    """Cut at any byte, a file is read or rejected; nothing comes out that was not in it."""
    whole = subject.read().counts
    step = max(1, len(subject.content) // _CUTS)
    for length in range(0, len(subject.content), step):
        reading = subject.read(subject.content[:length])
        _balanced(reading, f"cut at byte {length}")
        # The file itself may count as one: it is truncated.
        assert reading.counts.outcomes <= whole.outcomes + 1, f"cut at byte {length} it has more units than whole"


def survives_other_bytes(subject: Subject) -> None:
    """Other line ends, encodings and formats, and damaged bytes: no crash, and every unit has an outcome."""
    for what, content in _variants(subject.content):
        _balanced(subject.read(content), what)
        connector = subject.make()
        assert _refuses(connector.count, subject, content) == _refuses(_drain(connector), subject, content), (
            f"{what}: of `count` and `read`, one raises SourceError and the other does not"
        )


def _drain(connector: Connector) -> Callable[[SourceFile], object]:
    return lambda file: next(iter(connector.read(file)), None)


def _refuses(function: Callable[[SourceFile], object], subject: Subject, content: bytes) -> bool:
    try:
        function(subject.file(content))
    except SourceError:
        return True
    return False


def _variants(content: bytes) -> Iterator[tuple[str, bytes]]:
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    text = content.decode("utf-8", "replace")
    yield "an empty file", b""
    yield "blanks alone", b" \r\n\t\n"
    yield "line ends CR LF", lines.replace(b"\n", b"\r\n")
    yield "line ends LF", lines
    yield "line ends CR", lines.replace(b"\n", b"\r")
    yield "blank lines between", lines.replace(b"\n", b"\n\n")
    yield "no line end at the end", content.rstrip(b"\r\n")
    yield "blank lines at the end", content + b"\r\n\r\n"
    yield "a byte order mark", b"\xef\xbb\xbf" + content
    yield "Latin-1", text.encode("latin-1", "replace").replace(b"e", b"\xe9")
    yield "UTF-16", text.encode("utf-16")
    yield "UTF-16 without a mark", text.encode("utf-16-le")
    yield "a NUL in the middle", content[: len(content) // 2] + b"\0" + content[len(content) // 2 :]
    yield "bytes that are no text", bytes(range(256)) * 4
    yield "a byte that is no UTF-8 in every word", _WORD.sub(lambda word: word[0][:2] + b"\xff" + word[0][2:], content)
    yield "the file twice", content + content
    for name, other in (("HL7 v2", b"MSH|^~\\&|A\r"), ("JSON", b'{"a": [1]}'), ("XML", b"<?xml version='1.0'?><a/>"),
                        ("CSV", b"a,b\n1,2\n"), ("PDF", b"%PDF-1.7\n"), ("ZIP", b"PK\x03\x04")):  # fmt: skip
        yield f"a file of {name}", other


def keeps_values_out_of_codes(subject: Subject) -> None:
    """Whatever word of the file is another, its reasons, exclusions and findings do not hold it.

    Each word is replaced in turn by one that stands out: a code that quotes the file would quote it.
    """
    for planted, content in _planted(subject.content):
        reading = subject.read(content)
        needle = planted.decode().casefold()
        for code in reading.codes:
            assert needle not in code.casefold(), "a reason or finding quotes the file: count it under a fixed code"


def _planted(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield what was planted and the content with it, a word of the content replaced wherever it stands."""
    words = list(dict.fromkeys(_WORD.findall(content)))
    for word in words[:: max(1, len(words) // _WORDS)]:
        pattern = re.compile(rb"(?<![A-Za-z0-9])" + re.escape(word) + rb"(?![A-Za-z0-9])")
        for planted in _PLANTED:
            if planted != word:
                yield planted, pattern.sub(planted, content)


def names_who_is_in_it(subject: Subject) -> None:
    """Every record says whom it is about, unless its kind may not; what the author said identifies does.

    Each value in `identifies` is replaced by one that stands out, which must then be an identifier.
    """
    for record in subject.read().records:
        if record["kind"] not in subject.anonymous and not record["deleted"]:
            assert record["identity"], (
                f"a {record['kind']} without identifiers: fill `identity`, or say `anonymous={{{record['kind']!r}}}`"
            )
    for number, value in enumerate(subject.identifies):
        assert value.encode() in subject.content, f"identifies[{number}] does not stand in the file"
        planted = "84773921" if any(c.isdigit() for c in value) else "Quorbington"
        told = subject.read(subject.content.replace(value.encode(), planted.encode())).identifiers
        assert any(planted in one for one in told), f"identifies[{number}] is in no identifier: notes keep it"


def reads_in_bounded_memory(subject: Subject) -> None:
    """A file of 4 MiB is counted and read, unit by unit, in less than half of its size, or one of 12 MiB in no more."""
    if not subject.streams:
        return
    functions: Mapping[str, Callable[[Connector, SourceFile], Any]] = {
        "count": lambda connector, file: connector.count(file),
        "read": lambda connector, file: sum(1 for _ in connector.read(file)),
    }
    for name, function in functions.items():
        peak = _peak(function, subject, _REPEATED)
        if peak >= _REPEATED // 2:
            grown = _peak(function, subject, 3 * _REPEATED) - peak
            assert grown < _REPEATED // 2, (
                f"`{name}` takes {peak >> 10} KiB for a file of {_REPEATED >> 10} KiB, and {grown >> 10} KiB more for "
                "one three times as large: read `file.blocks()`, or say `streams=False` if such files are small"
            )


def _peak(function: Callable[[Connector, SourceFile], Any], subject: Subject, size: int) -> int:
    """Return the peak of what Python allocates while the content is read over and over, in bytes."""
    file = repeated(subject.name, subject.content, size)
    tracemalloc.start()
    try:
        function(subject.make(), file)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


CHECKS: tuple[Callable[[Subject], None], ...] = (
    accounts_for_every_unit,
    makes_valid_records,
    names_who_is_in_it,
    reads_the_same_twice,
    does_not_mind_how_bytes_come,
    gives_the_same_units_in_batches,
    takes_gzip,
    survives_a_cut_anywhere,
    survives_other_bytes,
    keeps_values_out_of_codes,
    reads_in_bounded_memory,
)
