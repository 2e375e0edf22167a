"""Cut a file into messages and a message into segments and fields; nothing here knows what a field means."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.errors import RecordError, SourceError
from pipeline.ingest.hl7v2.charsets import codec_of
from pipeline.ingest.hl7v2.escapes import ABSENT, Delimiters, unescape

NULL = '""'  # the sender says: delete what you have

_BOM = codecs.BOM_UTF8
_PAD = b" \t\0\x1a"
_ENDS = b"\r\n\x0b\x1c"  # ends of lines; MLLP frames a message with 0x0B and 0x1C 0x0D
_ENVELOPE = (b"FHS", b"BHS", b"BTS", b"FTS")
_UNMISTAKABLE = b"MSH|^~\\&"
_PUNCTUATION = rb"[!-/:-@\[-`{-~]"

# A header is a header at the start of a line, before a field separator: "|", or any other that the next
# delimiter follows, so that a line of text about MSH-2 is none. A whole MSH|^~\& is one anywhere: files get
# concatenated.
_HEADER = re.compile(
    rb"[\r\n\x0b\x1c][ \t\0\x1a]*(?:\xef\xbb\xbf)?(MSH|FHS|BHS|BTS|FTS)"
    rb"(?=\||" + _PUNCTUATION + rb"{2}|" + _PUNCTUATION + rb"?(?:[\r\n\x0b\x1c]|\Z))|(MSH)(?=\|\^~\\&)"
)
_HEADER_START = re.compile(rb"(?:\||" + _PUNCTUATION + rb"{2}|" + _PUNCTUATION + rb"?\Z)")
_END = re.compile(rb"[\r\n\x0b\x1c]")
_WIDE = {  # the marks of UTF-32 first: they start like those of UTF-16
    codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32", codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16", b"M\0S\0": "utf-16-le", b"\0M\0S": "utf-16-be",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chunk:
    """The bytes of one message, or of lines that belong to none.

    `cut` says that the transmission ended before the message did, `last` that nothing follows it.
    """

    content: bytes
    is_message: bool
    cut: bool = False
    last: bool = False


def prepare(data: bytes) -> bytes:
    """Return a file's content as bytes in which ASCII can be searched, after an end of line.

    Raises `SourceError`.
    """
    for mark, codec in _WIDE.items():
        if data.startswith(mark):
            try:
                data = data.decode(codec).encode()
            except UnicodeError:
                raise SourceError("undecodable") from None
            break
    if _is_blank(data):
        raise SourceError("empty")
    data = b"\r" + data
    if not _HEADER.search(data):
        raise SourceError("not_hl7v2")
    return data


def split(data: bytes) -> Iterator[Chunk]:
    """Yield the messages of a prepared file, and the runs of lines between them that belong to none."""
    begin, in_message, framed, enclosed = 0, False, False, False
    for match in _HEADER.finditer(data):
        start = match.start(match.lastindex or 0)
        yield from _chunk(data, begin, match.start(), in_message, framed)
        begin, in_message = start, data.startswith(b"MSH", start)
        framed = in_message and data[match.start()] == 0x0B
        enclosed = data[start : start + 3] in (b"FHS", b"BHS") or (in_message and enclosed)
        if not in_message:
            end = _END.search(data, start)
            begin = end.start() if end else len(data)
    # Of a batch that has no trailer, a last line without an end was cut.
    cut = enclosed and data[-1] not in _ENDS
    yield from _chunk(data, begin, len(data), in_message, framed, cut, last=True)


def _chunk(
    data: bytes, begin: int, end: int, in_message: bool, framed: bool, cut: bool = False, last: bool = False
) -> Iterator[Chunk]:
    content = data[begin : max(begin, end)].strip(_PAD + _ENDS)
    if in_message:
        yield Chunk(content, True, cut or (framed and data.find(b"\x1c", begin, end + 1) < 0), last)
    elif not _is_blank(content):
        yield Chunk(content, False)


def _is_blank(data: bytes) -> bool:
    return not data.replace(_BOM, b"").strip(_PAD + _ENDS)


def count(data: bytes) -> int:
    """Count what `split` yields, line by line instead."""
    total, between, stray = 0, True, False
    for line in _END.split(data):
        body = line.lstrip(_PAD).removeprefix(_BOM)
        name = body[:3]
        header = (name == b"MSH" or name in _ENVELOPE) and _HEADER_START.match(body, 3) is not None
        if not header and _UNMISTAKABLE not in line:
            if between and not stray and not _is_blank(body):
                total, stray = total + 1, True
            continue
        if header:
            total, between, stray = total + (name == b"MSH"), name != b"MSH", False
            body = body[3:]
        elif between and not stray and not _is_blank(body[: body.index(_UNMISTAKABLE)]):
            total += 1
        if more := body.count(_UNMISTAKABLE):
            total, between, stray = total + more, False, False
    return total


def _plain(text: str) -> str:
    return "" if text == NULL else text.strip()


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment; `fields[n]` is the text of field n as it stands (`fields[0]` is the name)."""

    name: str
    fields: list[str]
    delimiters: Delimiters

    def raw(self, number: int) -> str:
        """Return a field as it stands."""
        return self.fields[number] if number < len(self.fields) else ""

    def get(self, number: int, component: int = 1) -> str:
        """Return a component of a field's first repetition, as text; a null is empty."""
        fields = self.fields
        if number >= len(fields) or not (raw := fields[number]):
            return ""
        if raw.isalnum():  # most fields: there is no delimiter in it
            return raw if component == 1 else ""
        if self.delimiters.repetition in raw:
            raw = raw.split(self.delimiters.repetition, 1)[0]
        return self.pick(raw, component)

    def pick(self, raw: str, component: int) -> str:
        """Return a component of one repetition, as text; a null is empty."""
        delimiters = self.delimiters
        if delimiters.component in raw:
            parts = raw.split(delimiters.component, component)
            raw = parts[component - 1] if len(parts) >= component else ""
        elif component != 1:
            return ""
        if delimiters.escape in raw:
            raw = unescape(raw, delimiters)
        return _plain(raw)

    def coded(self, number: int) -> tuple[str, str, str]:
        """Return the code, text and coding system of a field's first repetition."""
        raw = self.raw(number)
        delimiters = self.delimiters
        if delimiters.repetition in raw:
            raw = raw.split(delimiters.repetition, 1)[0]
        code, text, system, *_ = (*raw.split(delimiters.component, 3), "", "")
        if delimiters.escape in raw:
            code, text, system = (unescape(part, delimiters) for part in (code, text, system))
        return _plain(code), _plain(text), _plain(system)

    def repetitions(self, number: int) -> list[str]:
        """Return the repetitions of a field that are not empty, as they stand."""
        raw = self.raw(number)
        if not raw or raw == NULL:
            return []
        return [part for part in raw.split(self.delimiters.repetition) if part]

    def components(self, raw: str) -> list[str]:
        """Return the components of one repetition as they stand."""
        return raw.split(self.delimiters.component)

    def subcomponents(self, raw: str) -> list[str]:
        """Return the subcomponents of one component, as text."""
        return [self.text(part).strip() for part in raw.split(self.delimiters.subcomponent)]

    def text(self, raw: str) -> str:
        """Return text for reading, whole, whatever delimiters the sender forgot to escape."""
        if raw == NULL:
            return ""
        return unescape(raw, self.delimiters) if self.delimiters.escape in raw else raw


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `segments[0]` is its MSH."""

    segments: list[Segment]

    @property
    def header(self) -> Segment:
        """Return the MSH segment."""
        return self.segments[0]


def parse(content: bytes, default: str = "utf-8") -> Message:
    """Parse one message; `default` is the codec of messages that name no character set.

    Raises `RecordError`: `bad_msh`, `unknown_charset`, `undecodable`.
    """
    delimiters = _delimiters(content, default)
    try:
        text = content.decode(delimiters.codec)
    except UnicodeDecodeError:
        raise RecordError("undecodable") from None
    separator = delimiters.field
    lines = _lines(text, separator)
    segments = [Segment(line[:3], line.split(separator), delimiters) for line in lines]
    segments[0].fields.insert(1, separator)  # MSH-1 is the separator itself
    if not segments[0].get(9):
        raise RecordError("bad_msh")
    return Message(segments)


def _delimiters(content: bytes, default: str) -> Delimiters:
    line = _END.split(content, maxsplit=1)[0]
    fields = line.split(line[3:4]) if len(line) > 3 else []
    if len(fields) < 9 or not 1 <= len(fields[1]) <= 5 or not fields[1].isascii():
        raise RecordError("bad_msh")
    characters = line[3:4].decode("ascii", "replace") + fields[1].decode("ascii")
    if len(set(characters)) < len(characters) or not all(char.isprintable() for char in characters):
        raise RecordError("bad_msh")
    if any(char.isalnum() or char == " " for char in characters):
        raise RecordError("bad_msh")
    field, component, repetition, escape, subcomponent, truncation = [*characters, *[ABSENT] * 4][:6]
    delimiters = Delimiters(field, component, repetition, escape, subcomponent, truncation, default)
    named = fields[17] if len(fields) > 17 else b""
    name = named.split(repetition.encode())[0].decode("ascii", "replace").strip()
    if not name or name == NULL:
        return delimiters
    codec = codec_of(name)
    if codec is None:
        raise RecordError("unknown_charset")
    return replace(delimiters, codec=codec)


def _lines(text: str, separator: str) -> list[str]:
    """Return one line a segment; a line that starts no segment goes on with the one before."""
    lines: list[str] = []
    blank = 0
    for line in text.replace("\r\n", "\r").replace("\n", "\r").replace("\x1c", "\r").split("\r"):
        if line[3:4] == separator and _is_name(line[:3]):
            if line.startswith("ADD") and lines:  # the rest of the last field of the segment before
                lines[-1] += line[4:]
            else:
                lines.append(line)
        elif not line.strip():
            blank += 1
            continue
        elif _starts_segment(line.strip(), separator) or not lines:
            lines.append(line.strip())
        else:
            lines[-1] += "\n" * (blank + 1) + line
        blank = 0
    return lines


def _is_name(name: str) -> bool:
    return name.isascii() and name.isalnum() and name.isupper() and name[0].isalpha()


def _starts_segment(line: str, separator: str) -> bool:
    """Tell whether an indented or bare line is a segment; bare, only what no report would say."""
    if line[3:4] == separator:
        return _is_name(line[:3])
    return line in ("PID", "PD1", "PV1", "PV2", "ORC", "OBR", "OBX", "NTE", "NK1", "EVN")
