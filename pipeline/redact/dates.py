"""What becomes of dates: the year alone, or the date moved by a keyed shift, in such a way that it can be moved on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from pipeline.keys import Keys

# From this age on all are one class.
OLD = 90
_MINUTE = timedelta(minutes=1)
_MICROSECOND = timedelta(microseconds=1)
_DAYS = 365
_YEAR = 365.25
_MONTH_DAYS = _YEAR / 12
# Years that a shift leaves with four digits.
MOVABLE = range(1001, 9999)


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
    if not iso or (not was and int(iso[:4]) not in MOVABLE):
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
