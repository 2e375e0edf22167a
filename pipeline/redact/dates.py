"""What becomes of dates: the year alone, or the date moved by a keyed shift, in such a way that it can be moved on."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache

from pipeline.keys import Keys
from pipeline.records import DATE_MARKS, MARKED_DATE

# From this age on all are one class.
OLD = 90
_MINUTE = timedelta(minutes=1)
_MICROSECOND = timedelta(microseconds=1)
_DAYS = 365
_YEAR = 365.25
_MONTH_DAYS = _YEAR / 12
# Years that a shift leaves with four digits.
_MOVABLE = range(1001, 9999)


def is_old(iso: str | None, day: str) -> bool:
    """Tell whether a date lies so far back that it tells of an age of 90 or over, in the year of the export."""
    return bool(iso) and int(str(iso)[:4]) <= int(day[:4]) - OLD


def year_only(iso: str | None, day: str) -> str | None:
    """Return the year of a date; none if it is old."""
    return None if not iso or is_old(iso, day) else iso[:4]


def birth_year(iso: str | None, day: str) -> str | None:
    """Return the year of birth, or `90+` for whoever is or turns 90 in the year of the export."""
    return "90+" if is_old(iso, day) else iso and iso[:4]


@lru_cache(maxsize=1 << 16)
def shift_days(keys: Keys, patient_key: str) -> int:
    """Return the patient's shift: 1 to 365 days, back or forth."""
    number = keys.number("date_shift", patient_key) % (2 * _DAYS)
    return number - _DAYS if number < _DAYS else number - _DAYS + 1


def shift_iso(iso: str | None, days: int, was: int = 0) -> str | None:
    """Move an ISO date or time that was moved by `was` days to where `days` would have brought it.

    Its precision stays: a year moves by whole years and a month by whole months, so that each can be moved back. A
    year so near the ends of the calendar that it could leave it gives nothing.
    """
    if not iso or (not was and int(iso[:4]) not in _MOVABLE):
        return None
    if len(iso) == 4:
        return f"{int(iso) + round(days / _YEAR) - round(was / _YEAR):04}"
    if len(iso) == 7:
        months = int(iso[:4]) * 12 + int(iso[5:]) - 1 + round(days / _MONTH_DAYS) - round(was / _MONTH_DAYS)
        return f"{months // 12:04}-{months % 12 + 1:02}"
    moved = date.fromisoformat(iso[:10]) + timedelta(days - was)
    return moved.isoformat() + iso[10:]


@lru_cache(maxsize=1 << 16)
def anchor(keys: Keys, patient_key: str) -> datetime:
    """Return the patient's keyed point in time, from which the order of a chart is counted.

    It lies within 20 years before 2000, to the microsecond.
    """
    span = int(timedelta(days=20 * 365) / timedelta(microseconds=1))
    return datetime(2000, 1, 1) - timedelta(microseconds=keys.number("anchor", patient_key) % span)


def version_of(keys: Keys, patient_key: str, moment: datetime) -> int:
    """Return a moment in microseconds from the patient's anchor."""
    return (moment - anchor(keys, patient_key)) // _MICROSECOND


def since_epoch(keys: Keys, patient_key: str, version: int) -> int:
    """Return a version, in microseconds from the patient's anchor, in such from 1970, comparable between patients."""
    return version + (anchor(keys, patient_key) - datetime(1970, 1, 1)) // _MICROSECOND


def move_version(keys: Keys, version: int, was: str, now: str) -> int:
    """Return a version that was counted from one patient's anchor counted from another's."""
    return version + (anchor(keys, was) - anchor(keys, now)) // _MICROSECOND


def sequence_of(keys: Keys, patient_key: str, moment: datetime | None) -> int | None:
    """Return a moment in whole minutes from the patient's anchor, which counts as a whole minute here."""
    return None if moment is None else (moment - _whole_minute(anchor(keys, patient_key))) // _MINUTE


def move_sequence(keys: Keys, sequence: int | None, was: str, now: str) -> int | None:
    """Return a sequence that was counted from one patient's anchor counted from another's."""
    minutes = (_whole_minute(anchor(keys, was)) - _whole_minute(anchor(keys, now))) // _MINUTE
    return None if sequence is None else sequence + minutes


def _whole_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS)
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})"), "ymd"),
    (re.compile(r"(?P<m>\d{1,2})(?P<s>[-/.])(?P<d>\d{1,2})(?P=s)(?P<y>\d{4}|\d{2})"), "mdy"),
    (
        re.compile(rf"(?P<m>{_MONTH})(?P<s>\.?\s+)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?P<c>,?\s+)(?P<y>\d{{4}})", re.I),
        "Mdy",
    ),
    (re.compile(rf"(?P<d>\d{{1,2}})(?P<s>[\s-]+)(?P<m>{_MONTH})(?P<c>\.?,?[\s-]+)(?P<y>\d{{4}})", re.I), "dMy"),
)  # fmt: skip


def mark_date(text: str) -> str:
    """Return a date of a text between marks; one whose year or form is not clear becomes the tag `[DATE]`.

    The opening mark says whether day and month take two digits, and whether a month's name is written in full: of
    "12/10/2025" and of "May" one could not tell once they have moved.
    """
    found = _parsed(text.strip())
    if found is None or found[0].year not in _MOVABLE:
        return "[DATE]"
    _, part, _ = found
    padded = not any(len(part[name] or "") == 1 for name in ("m", "d"))
    in_full = len(part["m"] or "") > 3
    return DATE_MARKS[padded + 2 * in_full] + text.strip() + DATE_MARKS[-1]


def move_dates(text: str, days: int) -> str:
    """Move the marked dates of a text, each written in the form in which it stood."""

    def moved(match: re.Match[str]) -> str:
        opening, content = match.group()[0], match.group()[1:-1]
        found = _parsed(content)
        if found is None:
            raise AssertionError("what stands between marks is a date")
        when, part, form = found
        padded, in_full = DATE_MARKS.index(opening) % 2 == 1, DATE_MARKS.index(opening) >= 2
        return opening + _write(when + timedelta(days), part, form, padded, in_full) + DATE_MARKS[-1]

    return MARKED_DATE.sub(moved, text) if days else text


def tag_old_dates(text: str, day: str) -> str:
    """Return a text whose marked dates tell of no age of 90 or over: those that would are tags."""

    def judged(match: re.Match[str]) -> str:
        found = _parsed(match.group()[1:-1])
        return "[DATE]" if found is None or is_old(found[0].isoformat(), day) else match.group()

    return MARKED_DATE.sub(judged, text)


def mask_dates(text: str) -> str:
    """Return a text of the same length in which nothing can be found in its marked dates."""
    return MARKED_DATE.sub(lambda match: DATE_MARKS[0] * len(match.group()), text)


def _parsed(text: str) -> tuple[date, dict[str, str | None], str] | None:
    """Return the date, its parts and its form, if it has one that is known."""
    for pattern, form in _FORMS:
        match = pattern.fullmatch(text)
        if match is not None:
            part = match.groupdict()
            try:
                return date(_full_year(part["y"]), _month(part["m"]), int(part["d"])), part, form
            except ValueError:
                return None
    return None


def _full_year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (1900 if year > 40 else 2000)


def _month(text: str) -> int:
    return int(text) if text.isdigit() else next(i for i, name in enumerate(_MONTHS, 1) if name[:3] == text[:3].title())


def _write(moved: date, part: dict[str, str | None], form: str, padded: bool, in_full: bool) -> str:
    def number(value: int) -> str:
        return f"{value:02}" if padded else str(value)

    written_month, separator = part["m"] or "", part["s"]
    year = str(moved.year)[-len(part["y"] or "") :]
    if form == "ymd":
        return f"{year}{separator}{number(moved.month)}{separator}{number(moved.day)}"
    if form == "mdy":
        return f"{number(moved.month)}{separator}{number(moved.day)}{separator}{year}"
    name = _MONTHS[moved.month - 1][: None if in_full else 3]
    name = name.upper() if written_month.isupper() else name
    if form == "Mdy":
        return f"{name}{separator}{moved.day}{part['c']}{year}"
    return f"{number(moved.day)}{separator}{name}{part['c']}{year}"
