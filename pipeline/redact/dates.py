"""What becomes of dates: the year alone, or the date moved by a patient's keyed shift."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from pipeline.keys import Keys

_OLD = 90
_MINUTE = timedelta(minutes=1)
_DAYS = 365


def year_only(iso: str | None, day: str) -> str | None:
    """Return the year of a date; none if it lies so far back that it tells of an age of 90 or over."""
    if not iso:
        return None
    return None if int(iso[:4]) <= int(day[:4]) - _OLD else iso[:4]


def birth_year(iso: str | None, day: str) -> str | None:
    """Return the year of birth, or `90+` for whoever is or turns 90 in the year of the export."""
    if not iso:
        return None
    return "90+" if int(iso[:4]) <= int(day[:4]) - _OLD else iso[:4]


def shift_days(keys: Keys, patient_key: str) -> int:
    """Return the patient's shift: 1 to 365 days, back or forth."""
    number = keys.number("date_shift", patient_key) % (2 * _DAYS)
    return number - _DAYS if number < _DAYS else number - _DAYS + 1


def shift_iso(iso: str | None, days: int) -> str | None:
    """Move an ISO date or time; its precision stays: a year stays a year, a month a month."""
    if not iso:
        return None
    if len(iso) == 4:
        # Mid-year, so that the year moves only with a shift of more than half of one.
        return str((date(int(iso), 7, 1) + timedelta(days)).year)
    if len(iso) == 7:
        return (date(int(iso[:4]), int(iso[5:]), 15) + timedelta(days)).isoformat()[:7]
    moved = date.fromisoformat(iso[:10]) + timedelta(days)
    return moved.isoformat() + iso[10:]


def anchor(keys: Keys, patient_key: str) -> datetime:
    """Return the patient's keyed point in time, from which the order of a chart is counted.

    It lies within 20 years before 2000, to the microsecond.
    """
    span = int(timedelta(days=20 * 365) / timedelta(microseconds=1))
    return datetime(2000, 1, 1) - timedelta(microseconds=keys.number("anchor", patient_key) % span)


def minutes_after(moment: datetime | None, start: datetime) -> int | None:
    """Return the whole minutes from `start` to `moment`."""
    return None if moment is None else (moment - start) // _MINUTE


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


def shifter(days: int) -> Callable[[str], str]:
    """Return a function that moves a date inside a text and writes it in the form in which it stood.

    A date whose year or form is not clear becomes the tag `[DATE]`.
    """

    def shift(text: str) -> str:
        for pattern, form in _FORMS:
            match = pattern.fullmatch(text.strip())
            if match is None:
                continue
            part = match.groupdict()
            try:
                moved = date(_full_year(part["y"]), _month(part["m"]), int(part["d"])) + timedelta(days)
            except ValueError:
                break
            return _write(moved, part, form)
        return "[DATE]"

    return shift


def _full_year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (1900 if year > 40 else 2000)


def _month(text: str) -> int:
    return int(text) if text.isdigit() else next(i for i, name in enumerate(_MONTHS, 1) if name[:3] == text[:3].title())


def _write(moved: date, part: dict[str, str | None], form: str) -> str:
    def like(number: int, written: str | None) -> str:
        return f"{number:02}" if written and len(written) == 2 else str(number)

    written_month, separator = part["m"] or "", part["s"]
    year = str(moved.year)[-len(part["y"] or "") :]
    if form == "ymd":
        return f"{year}{separator}{like(moved.month, written_month)}{separator}{like(moved.day, part['d'])}"
    if form == "mdy":
        return f"{like(moved.month, written_month)}{separator}{like(moved.day, part['d'])}{separator}{year}"
    name = _MONTHS[moved.month - 1][: None if len(written_month) > 3 else 3]
    name = name.upper() if written_month.isupper() else name
    if form == "Mdy":
        return f"{name}{separator}{moved.day}{part['c']}{year}"
    return f"{like(moved.day, part['d'])}{separator}{name}{part['c']}{year}"
