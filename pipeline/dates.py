"""Dates and times as exports write them: value, precision and offset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipeline.errors import RecordError

# In which order day, month and year of 03/04/05 may stand.
ORDERS = frozenset(("mdy", "dmy", "ymd"))

_TIME = (
    r"(?:(?P<h>\d{1,2})(?:[:.](?P<mi>\d{2})(?:[:.](?P<s>\d{2})(?P<f>[.,]\d{1,9})?)?)?"
    r"\s?(?P<ap>[AaPp]\.?[Mm]\.?)?\s?(?P<z>[Zz]|[A-Z]{3,4}|[+-]\d{2}(?::?\d{2})?)?)"
)
# What nearly every value of a database or a FHIR server looks like; the standard library reads it fastest.
_USUAL = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:[0-5]\d)?")
# HL7 v2 DTM (chapter 2A.2.21), C-CDA TS, and ISO 8601 basic: YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]
_COMPACT = re.compile(
    r"(?P<y>\d{4})(?:(?P<mo>\d{2})(?:(?P<d>\d{2})(?:T?(?P<h>\d{2})(?:(?P<mi>\d{2})"
    r"(?:(?P<s>\d{2})(?P<f>\.\d{1,9})?)?)?)?)?)?(?P<z>Z|[+-]\d{4})?"
)
# ISO 8601 and RFC 3339, as FHIR and most databases write it
_ISO = re.compile(rf"(?P<y>\d{{4}})(?P<sep>[-/.])(?P<mo>\d{{1,2}})(?:(?P=sep)(?P<d>\d{{1,2}})(?:[Tt\s]\s*{_TIME})?)?")
# 1/5/2026 3:04 PM, 15.01.2026: which part is which, the caller must know
_SEPARATED = re.compile(
    rf"(?P<a>\d{{1,2}})(?P<sep>[-/.])(?P<b>\d{{1,2}})(?P=sep)(?P<c>\d{{4}}|\d{{2}})(?:[T,]?\s*(?<!\d){_TIME})?"
)
_NAMED = tuple(
    re.compile(rf"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?{form}(?:(?:[,:T]\s*|\s+)(?:at\s+)?{_TIME})?", re.I)
    for form in (
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[-\s./]*(?P<mon>[a-z]{3,9})\.?,?[-\s./]*(?P<y>\d{4}|\d{2})",
        r"(?P<mon>[a-z]{3,9})\.?\s*(?:(?P<d>\d{1,2})(?:st|nd|rd|th)?(?:,\s*|\s+))?(?P<y>\d{4})",
        r"(?P<y>\d{4})[-\s](?P<mon>[a-z]{3,9})[-\s](?P<d>\d{1,2})",
    )
)
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_HOURS = {
    "Z": 0, "UTC": 0, "GMT": 0, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
    "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
_MISSING = re.compile(r'(?:""|n/?a|null|nil|none|unknown|unk|-|\?)?', re.IGNORECASE)

# What software writes where there is no date: the first or last day that it knows.
_SENTINELS = frozenset(
    date.fromisoformat(day) for day in (
        "0001-01-01", "1601-01-01", "1753-01-01", "1800-01-01", "1840-12-31", "1899-12-30", "1899-12-31",
        "1900-01-01", "2079-06-06", "2099-12-31",
    )
)  # fmt: skip
_LAST_YEAR, _SENTINEL_YEAR = 2300, 2900
_FIRST_YEAR, _FIRST_YEAR_BY_HOUR = 1800, 1900
_OLDEST = 120
_FARTHEST_OFFSET = 14
_YEAR = timedelta(days=366)

Part = dict[str, str | None]


class Moment(NamedTuple):
    """A point in time as known: wall-clock time, how precise it is, and its offset from UTC if known."""

    wall: datetime
    precision: str
    offset: timedelta | None

    @property
    def offset_text(self) -> str | None:
        """Return the offset as `+05:30`, or `None`."""
        return None if self.offset is None else _written_offset(self.offset)

    @property
    def utc(self) -> datetime:
        """Return the instant in UTC, naive; a wall-clock time without offset counts as UTC."""
        return self.wall - (self.offset or timedelta())

    @property
    def iso(self) -> str:
        """Return the date in ISO 8601, as precise as it is known, without the time of day."""
        digits = {"year": 4, "month": 7}.get(self.precision, 10)
        return self.wall.date().isoformat()[:digits]

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the first instant that it may be and the first that it may no longer be, in UTC, naive.

        A date without a time is one in `zone`.
        """
        first = self.wall - (_offset_in(zone, self.wall) if self.offset is None else self.offset)
        days = {"year": 366, "month": 31, "day": 1}.get(self.precision, 0)
        return first, first + timedelta(days=days, minutes=0 if days else 1)


@lru_cache(maxsize=256)
def _written_offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _offset_in(zone: ZoneInfo, wall: datetime) -> timedelta:
    return wall.replace(tzinfo=zone).utcoffset() or timedelta()


def parse_moment(
    text: str,
    *,
    zone: ZoneInfo | None = None,
    orders: frozenset[str] = ORDERS,
    day: date | None = None,
    birth: bool = False,
) -> Moment | None:
    """Read a date or time as HL7 v2, FHIR, C-CDA or a table writes it; `None` where the text says that there is none.

    A time without offset is in `zone`. `orders` are those in which day, month and year may stand in the column. The
    century of a two-digit year follows from `day`, that of the export: the latest that puts the date no more than a
    year after it; a birth is not after it, and no more than 120 years before. Hour 24 is the next midnight, a leap
    second counts as the second before.

    Raises `RecordError`: `bad_date`, `ambiguous_date`, `ambiguous_year`, or `sentinel_date` for a date that stands for
    a missing one, such as 1900-01-01.
    """
    text = text.strip()
    if _MISSING.fullmatch(text):
        return None
    try:
        moment = _usual(text, zone) or _read(text, zone, orders, day, birth)
    except ValueError:
        moment = None
    if moment is None or moment.wall.year >= _SENTINEL_YEAR:
        digits = set(re.sub(r"\D", "", text.split("T")[0].split(" ")[0]))
        raise RecordError("sentinel_date" if moment or digits in ({"0"}, {"9"}) else "bad_date")
    if moment.precision not in ("year", "month") and moment.wall.date() in _SENTINELS:
        raise RecordError("sentinel_date")
    if not _FIRST_YEAR <= moment.wall.year <= _LAST_YEAR:
        raise RecordError("bad_date")
    return moment


def feasible_orders(text: str) -> frozenset[str]:
    """Return the orders in which a date such as 03/04/05 can be one; none where the text has another form."""
    match = _SEPARATED.fullmatch(text.strip())
    return frozenset(order for order, *_ in _readings(match.groupdict())) if match else frozenset()


def _usual(text: str, zone: ZoneInfo | None) -> Moment | None:
    if not _USUAL.fullmatch(text):
        return None
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        return None
    offset = wall.utcoffset()
    if offset is None:
        return Moment(wall, "second", _offset_in(zone, wall) if zone else None)
    return Moment(wall.replace(tzinfo=None), "second", _checked(offset))


def _read(text: str, zone: ZoneInfo | None, orders: frozenset[str], day: date | None, birth: bool) -> Moment | None:
    match = _COMPACT.fullmatch(text) or _ISO.fullmatch(text)
    if match:
        part = match.groupdict()
        # Seconds since 1970 have ten digits too.
        if len(text) == len("YYYYMMDDHH") and text.isdigit() and int(text[:4]) < _FIRST_YEAR_BY_HOUR:
            return None
        return _moment(part, int(part["y"] or 0), int(part["mo"] or 1), int(part["d"] or 1), zone)
    if match := _SEPARATED.fullmatch(text):
        part = match.groupdict()
        dates = {
            (_century(year, month, of_month, day, birth), month, of_month)
            for order, year, month, of_month in _readings(part)
            if order in orders
        }
        if len(dates) > 1:
            raise RecordError("ambiguous_date")
        return _moment({**part, "d": "1"}, *dates.pop(), zone) if dates else None
    for form in _NAMED:
        if match := form.fullmatch(text):
            part = match.groupdict()
            name, of_month = str(part["mon"]).lower(), int(part["d"] or 1)
            month = next(number for number, full in enumerate((*_MONTHS, name), 1) if full.startswith(name))
            year = _century(str(part["y"]), month, of_month, day, birth)
            return _moment({**part, "mo": name}, year, month, of_month, zone)
    return None


def _readings(part: Part) -> Iterator[tuple[str, str, int, int]]:
    """Yield the orders in which three numbers are a date, with the year as written, the month and the day."""
    a, b, c = (str(part[name]) for name in "abc")
    for order, year, month, of_month in (("mdy", c, a, b), ("dmy", c, b, a), ("ymd", a, b, c)):
        if len(year) > 1 and len(of_month) < 3:
            with suppress(ValueError):
                date(int(year) if len(year) == 4 else 2000 + int(year), int(month), int(of_month))
                yield order, year, int(month), int(of_month)


def _century(year: str, month: int, of_month: int, day: date | None, birth: bool) -> int:
    """Return the full year of one as written."""
    if len(year) == 4:
        return int(year)
    if day is None:
        raise RecordError("ambiguous_year")
    candidates = []
    latest = day if birth else day + _YEAR
    for century in (2000, 1900):
        with suppress(ValueError):
            candidate = date(century + int(year), month, of_month)
            if candidate <= latest and not (birth and day.year - candidate.year > _OLDEST):
                candidates.append(candidate.year)
    if birth and len(candidates) > 1:
        raise RecordError("ambiguous_year")
    if not candidates:
        raise ValueError
    return candidates[0]


def _moment(part: Part, year: int, month: int, of_month: int, zone: ZoneInfo | None) -> Moment:
    """Put a moment together. Raises `ValueError` for an hour, offset and so on that there is none of."""
    hour, minute, second = (int(part[name] or 0) for name in ("h", "mi", "s"))
    if half := part.get("ap"):
        if hour > 12:
            raise ValueError
        hour = hour % 12 + (12 if half[0] in "Pp" else 0)
    elif part["h"] and not part["mi"] and part.get("sep", part.get("mon")):
        # An hour alone is one only in HL7's compact form, in ISO 8601 after a T, or with AM or PM.
        raise ValueError
    microsecond = int(((part["f"] or ".")[1:] + "000000")[:6])
    next_midnight = hour == 24 and not minute and not second and not microsecond
    wall = datetime(
        year, month, of_month, 0 if next_midnight else hour, minute, 59 if second == 60 else second, microsecond
    )
    if next_midnight:
        wall += timedelta(days=1)
    return Moment(wall, _precision(part), _offset(part, wall, zone))


def _precision(part: Part) -> str:
    for name, precision in (("s", "second"), ("mi", "minute"), ("h", "minute"), ("d", "day"), ("mo", "month")):
        if part.get(name):
            return precision
    return "year"


def _offset(part: Part, wall: datetime, zone: ZoneInfo | None) -> timedelta | None:
    written = (part.get("z") or "").upper()
    if not written:
        return _offset_in(zone, wall) if zone and part["h"] else None
    if written[0] not in "+-":
        if written not in _HOURS:
            raise ValueError
        return timedelta(hours=_HOURS[written])
    digits = written[1:].replace(":", "").ljust(4, "0")
    if int(digits[2:]) > 59:
        raise ValueError
    return _checked((-1 if written[0] == "-" else 1) * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


def _checked(offset: timedelta) -> timedelta:
    if abs(offset) > timedelta(hours=_FARTHEST_OFFSET):
        raise ValueError
    return offset


def end_of_day(day: str, zone: ZoneInfo) -> datetime:
    """Return the last microsecond of a day in a zone, in UTC, naive."""
    local = datetime.fromisoformat(day).replace(hour=23, minute=59, second=59, microsecond=999999, tzinfo=zone)
    return local.astimezone(UTC).replace(tzinfo=None)
