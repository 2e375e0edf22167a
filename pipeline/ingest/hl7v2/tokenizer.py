"""Cut a message into segments and fields; nothing here knows what a field means."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from pipeline.errors import RecordError
from pipeline.ingest.hl7v2.charsets import codec_of_all
from pipeline.ingest.hl7v2.escapes import ABSENT, Delimiters, unescape

NULL = '""'  # the sender says: delete what you have

_BARE = frozenset({"PID", "PD1", "PV1", "PV2", "ORC", "OBR", "OBX", "NTE", "NK1", "EVN"})


def _plain(text: str) -> str:
    return "" if text == NULL else text.strip()


class Segment(NamedTuple):
    """One segment; `fields[n]` is the text of field n as it stands (`fields[0]` is the name)."""

    name: str
    fields: list[str]
    delimiters: Delimiters

    def raw(self, number: int) -> str:
        """Return a field as it stands."""
        return self.fields[number] if number < len(self.fields) else ""

    def is_null(self, number: int) -> bool:
        """Tell whether the sender asks to delete what a field held before, which an empty field does not."""
        return number < len(self.fields) and self.fields[number] == NULL

    def get(self, number: int, component: int = 1) -> str:
        """Return a component of a field's first repetition, as text; a null is empty."""
        fields = self.fields
        if number >= len(fields) or not (raw := fields[number]):
            return ""
        if raw.isalnum():  # most fields: there is no delimiter in it
            return raw if component == 1 else ""
        delimiters = self.delimiters
        if delimiters.repetition in raw:
            raw = raw.split(delimiters.repetition, 1)[0]
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
        return "" if raw == NULL else raw.strip()

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


class Message(NamedTuple):
    """One message; `segments[0]` is its MSH."""

    segments: list[Segment]

    @property
    def header(self) -> Segment:
        """Return the MSH segment."""
        return self.segments[0]


def parse(content: bytes, default: str = "utf-8", transcoded: bool = False) -> Message:
    """Parse one message; `default` is the codec of messages that name no character set.

    What was `transcoded` to UTF-8 is read as that, whatever its header says. Raises `RecordError`: `bad_msh`,
    `unknown_charset`, `undecodable`.
    """
    delimiters = _delimiters(content, default, transcoded)
    try:
        text = content.decode(delimiters.codec)
    except UnicodeDecodeError:
        raise RecordError("undecodable") from None
    separator = delimiters.field
    segments = [Segment(line[:3], line.split(separator), delimiters) for line in _lines(text, separator)]
    segments[0].fields.insert(1, separator)  # MSH-1 is the separator itself
    if not segments[0].get(9):
        raise RecordError("bad_msh")
    return Message(segments)


def _delimiters(content: bytes, default: str, transcoded: bool) -> Delimiters:
    line = content[: 1 + content.find(b"\r")] or content
    line = line.split(b"\n", 1)[0].rstrip(b"\r\x0b\x1c")
    fields = line.split(line[3:4], 18) if len(line) > 3 else []
    if len(fields) < 9:
        raise RecordError("bad_msh")
    charsets = fields[17] if len(fields) > 17 and not transcoded else b""
    return _of_header(line[3:4] + fields[1], charsets.strip(), "utf-8" if transcoded else default)


@lru_cache(maxsize=1024)
def _of_header(characters: bytes, charsets: bytes, default: str) -> Delimiters:
    try:
        text = characters.decode("ascii")
    except UnicodeDecodeError:
        raise RecordError("bad_msh") from None
    if not 2 <= len(text) <= 6 or len(set(text)) < len(text):
        raise RecordError("bad_msh")
    if any(char.isalnum() or char == " " or not char.isprintable() for char in text):
        raise RecordError("bad_msh")
    field, component, repetition, escape, subcomponent, truncation = [*text, *[ABSENT] * 4][:6]
    names = [name.strip() for name in charsets.decode("ascii", "replace").split(repetition)]
    codec = default if names[0] == NULL else codec_of_all(names, default)
    if codec is None:
        raise RecordError("unknown_charset")
    return Delimiters(field, component, repetition, escape, subcomponent, truncation, codec)


def _lines(text: str, separator: str) -> list[str]:
    """Return one line a segment; a line that starts no segment goes on with the one before."""
    lines: list[str] = []
    blank = 0
    if "\n" in text or "\x1c" in text:
        text = text.replace("\r\n", "\r").replace("\n", "\r").replace("\x1c", "\r")
    for line in text.split("\r"):
        if _starts_with_name(line[:4], separator):
            if line.startswith("ADD") and lines:  # the rest of the last field of the segment before
                lines[-1] += line[4:]
            else:
                lines.append(line)
        elif not line.strip():
            blank += 1
            continue
        elif _is_segment(line.strip(), separator) or not lines:
            lines.append(line.strip())
        else:
            lines[-1] += "\n" * (blank + 1) + line
        blank = 0
    return lines


@lru_cache(maxsize=4096)
def _starts_with_name(start: str, separator: str) -> bool:
    name = start[:3]
    return start[3:] == separator and name.isascii() and name.isalnum() and name.isupper() and name[0].isalpha()


def _is_segment(line: str, separator: str) -> bool:
    """Tell whether an indented or bare line is a segment; bare, only what no report would say."""
    return _starts_with_name(line[:4], separator) or line in _BARE
