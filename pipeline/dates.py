"""Dates and times as exports write them: value, precision and offset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.errors import RecordError

# HL7 v2 DTM (chapter 2A.2.21): YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]
_HL7 = re.compile(
    r"(?P<y>\d{4})(?:(?P<mo>\d{2})(?:(?P<d>\d{2})(?:(?P<h>\d{2})(?:(?P<mi>\d{2})"
    r"(?:(?P<s>\d{2})(?P<f>\.\d{1,9})?)?)?)?)?)?(?P<z>[+-]\d{4})?"
)
# ISO 8601 and RFC 3339, as FHIR and most databases write it, a blank for the T allowed
_ISO = re.compile(
    r"(?P<y>\d{4})(?:-(?P<mo>\d{1,2})(?:-(?P<d>\d{1,2})(?:[T ](?P<h>\d{1,2}):(?P<mi>\d{2})"
    r"(?::(?P<s>\d{2})(?P<f>\.\d{1,9})?)?\s?(?P<z>Z|UTC|[+-]\d{2}:?\d{2})?)?)?)?"
)
_SLASHED = re.compile(
    r"(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-](?P<y>\d{4})"
    r"(?:[T ](?P<h>\d{1,2}):(?P<mi>\d{2})(?::(?P<s>\d{2})(?P<f>\.\d{1,9})?)?\s?(?P<ap>[AaPp][Mm])?)?"
)
_MISSING = re.compile(r'(?:""|0+|9+|0{4}-?00-?00.*|9999-?99-?99.*|n/?a|null|none|unknown)?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as known: wall-clock time, how precise it is, and its offset from UTC if known."""

    wall: datetime
    precision: str
    offset: timedelta | None

    @property
    def offset_text(self) -> str | None:
        """Return the offset as `+05:30`, or `None`."""
        if self.offset is None:
            return None
        minutes = int(self.offset.total_seconds() // 60)
        return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"

    @property
    def utc(self) -> datetime:
        """Return the instant in UTC, naive; a wall-clock time without offset counts as UTC."""
        return self.wall - (self.offset or timedelta())

    @property
    def iso(self) -> str:
        """Return the date in ISO 8601, as precise as it is known, without the time of day."""
        digits = {"year": 4, "month": 7}.get(self.precision, 10)
        return self.wall.date().isoformat()[:digits]


def parse_moment(text: str, *, order: str = "mdy", zone: ZoneInfo | None = None) -> Moment | None:
    """Read a date or time as HL7 v2, FHIR or a table writes it; `None` where the text says that there is none.

    `order` tells the month from the day in 03/04/2025. A time without offset is in `zone`.
    Raises `RecordError("bad_date")`.
    """
    text = text.strip()
    if _MISSING.fullmatch(text):
        return None
    match = _HL7.fullmatch(text) or _ISO.fullmatch(text) or _SLASHED.fullmatch(text)
    if match is None:
        raise RecordError("bad_date")
    part = match.groupdict()
    if "a" in part:
        part["mo"], part["d"] = (part["a"], part["b"]) if order == "mdy" else (part["b"], part["a"])
    hour = int(part["h"] or 0)
    if part.get("ap"):
        hour = hour % 12 + (12 if part["ap"].lower() == "pm" else 0)
    microsecond = int(((part["f"] or ".")[1:] + "000000")[:6])
    try:
        wall = datetime(int(part["y"]), int(part["mo"] or 1), int(part["d"] or 1), hour, int(part["mi"] or 0),
                        int(part["s"] or 0), microsecond)  # fmt: skip
    except ValueError:
        raise RecordError("bad_date") from None
    return Moment(wall, _precision(part), _offset(part, wall, zone))


def _precision(part: dict[str, str | None]) -> str:
    for name, precision in (("s", "second"), ("mi", "minute"), ("h", "minute"), ("d", "day"), ("mo", "month")):
        if part[name]:
            return precision
    return "year"


def _offset(part: dict[str, str | None], wall: datetime, zone: ZoneInfo | None) -> timedelta | None:
    written = part.get("z")
    if written in ("Z", "UTC"):
        return timedelta()
    if written:
        sign = -1 if written[0] == "-" else 1
        return sign * timedelta(hours=int(written[1:3]), minutes=int(written[-2:]))
    return wall.replace(tzinfo=zone).utcoffset() if zone and part["h"] else None


def end_of_day(day: str, zone: ZoneInfo) -> datetime:
    """Return the last microsecond of a day in a zone, in UTC, naive."""
    local = datetime.fromisoformat(day).replace(hour=23, minute=59, second=59, microsecond=999999, tzinfo=zone)
    return local.astimezone(UTC).replace(tzinfo=None)
