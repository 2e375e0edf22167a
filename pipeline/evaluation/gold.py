"""Read texts with gold spans: JSON lines, the XML of the i2b2 challenges of 2014 and 2006, and lists of terms. PHI."""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree as safe_xml
import orjson
from defusedxml import DefusedXmlException

from pipeline.errors import ConfigError

FORMATS = ("jsonl", "i2b2")
TERM = "TERM"  # the label of all of a term


class GoldSpan(NamedTuple):
    """What people marked in a text: half-open character offsets, and the label of their scheme."""

    start: int
    end: int
    label: str


class Document(NamedTuple):
    """A text and what people marked in it."""

    id: str
    text: str
    spans: tuple[GoldSpan, ...]


def read_gold(path: Path, form: str = "jsonl") -> Iterator[Document]:
    """Yield the documents of a file, or of a folder of files.

    Raises `ConfigError` that says where the set is not what its format says.
    """
    try:
        files = sorted(path.glob("*.xml" if form == "i2b2" else "*.jsonl")) if path.is_dir() else [path]
        if not files:
            raise ConfigError(f"there are no files of the format {form} in {path}")
        for file in files:
            yield from _READERS[form](file)
    except OSError:
        raise ConfigError(f"{path} cannot be read: give a file, or a folder of files") from None


def read_terms(path: Path, column: str = "") -> Iterator[Document]:
    """Yield each term of a list: a line of text, or, with `column` (a name, or a number from 1), a cell of a CSV.

    Empty lines and those that begin with # are no terms. Raises `ConfigError` if the list has no such column.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"{path} cannot be read as UTF-8 text: give a list with a term on each line") from None
    lines = [line for line in lines if line.strip() and not line.startswith("#")]
    terms = _cells(path, lines, column) if column else lines
    for number, term in enumerate(map(str.strip, terms), 1):
        yield Document(str(number), term, (GoldSpan(0, len(term), TERM),) if term else ())


def _cells(path: Path, lines: list[str], column: str) -> Iterator[str]:
    rows = csv.reader(lines)
    if column.isdecimal():
        place = int(column) - 1
    else:
        header = next(rows, [])
        if column not in header:
            raise ConfigError(f"{path} has no column of that name: give its number, from 1, or a name of its first row")
        place = header.index(column)
    for row in rows:
        if not 0 <= place < len(row):
            raise ConfigError(f"{path}: row {rows.line_num} has no such column")
        yield row[place]


def _read_jsonl(path: Path) -> Iterator[Document]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line.removeprefix(BOM_UTF8))
                spans = [GoldSpan(span["start"], span["end"], span["label"]) for span in row["spans"]]
                document = Document(str(row["id"]), row["text"], tuple(spans))
                _check(document)
            # The message of each of these may quote the line.
            except (ValueError, KeyError, TypeError):
                raise ConfigError(
                    f"{path}, line {number}: not of the form "
                    '{"id": .., "text": .., "spans": [{"start": .., "end": .., "label": ..}]} with offsets in the text'
                ) from None
            yield document


def _read_i2b2(path: Path) -> Iterator[Document]:
    try:
        root = safe_xml.fromstring(path.read_bytes())
        records = root.findall("RECORD")
        documents = [_inline(record, path.stem) for record in records] if records else [_standoff(root, path.stem)]
        for document in documents:
            _check(document)
    except (ParseError, DefusedXmlException, ValueError, KeyError, TypeError):
        raise ConfigError(
            f"{path} is not of the form of i2b2 2014 (TEXT, and TAGS with start, end and TYPE) or 2006 (RECORD, PHI), "
            "or its offsets are not those of its text"
        ) from None
    yield from documents


def _standoff(root: Element, name: str) -> Document:
    """Read the form of 2014. Each tag repeats what it marks, which shows whether its offsets are those of the text."""
    text, tags = root.findtext("TEXT"), root.find("TAGS")
    if text is None or tags is None:
        raise ValueError("no text or tags")
    spans = []
    for tag in tags:
        start, end = int(tag.attrib["start"]), int(tag.attrib["end"])
        if "text" in tag.attrib and _bare(tag.attrib["text"]) != _bare(text[start:end]):
            raise ValueError("offsets are not those of the text")
        spans.append(GoldSpan(start, end, tag.attrib["TYPE"]))
    return Document(name, text, tuple(spans))


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _inline(record: Element, name: str) -> Document:
    """Read the form of 2006, with the marks in the text."""
    pieces, spans, at = [], [], 0
    for text, label in _pieces(record.iter("TEXT")):
        if label:
            spans.append(GoldSpan(at, at + len(text), label))
        pieces.append(text)
        at += len(text)
    return Document(f"{name}-{record.attrib['ID']}", "".join(pieces), tuple(spans))


def _pieces(texts: Iterable[Element]) -> Iterator[tuple[str, str]]:
    for element in texts:
        yield element.text or "", ""
        for mark in element:
            yield "".join(mark.itertext()), mark.attrib["TYPE"]
            yield mark.tail or "", ""


def _check(document: Document) -> None:
    """Raise `TypeError` or `ValueError` unless texts are texts and offsets lie in them."""
    if not isinstance(document.text, str):
        raise TypeError("text")
    for span in document.spans:
        if not isinstance(span.label, str) or type(span.start) is not int or type(span.end) is not int:
            raise TypeError("span")
        if not 0 <= span.start < span.end <= len(document.text):
            raise ValueError("span")


_READERS = {"jsonl": _read_jsonl, "i2b2": _read_i2b2}
