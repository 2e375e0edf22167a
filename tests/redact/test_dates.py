"""Years alone, ages of 90 and over in one class, and dates that move by one keyed shift."""

from datetime import date

import pytest

from pipeline.keys import Keys
from pipeline.records import without_marks
from pipeline.redact.dates import birth_year, mark_date, move_dates, shift_days, shift_iso, year_only

DAY = "2026-01-15"


@pytest.mark.parametrize(
    ("iso", "year"),
    [("2026-01-15T10:30", "2026"), ("1999", "1999"), ("1937-01-01", "1937"), ("1936-12-31", None), (None, None)],
)
def test_year_only(iso: str | None, year: str | None) -> None:
    assert year_only(iso, DAY) == year


@pytest.mark.parametrize(
    ("iso", "year"),
    [("1950-03-14", "1950"), ("1937-01-01", "1937"), ("1936-12-31", "90+"), ("1931", "90+"), (None, None)],
)
def test_birth_year(iso: str | None, year: str | None) -> None:
    assert birth_year(iso, DAY) == year


@pytest.mark.parametrize(
    ("iso", "moved"),
    [
        ("2026-01-15", "2026-02-14"), ("2026-01-15T10:30", "2026-02-14T10:30"), ("2026-01", "2026-02"),
        ("2026", "2026"), (None, None),
    ],
)  # fmt: skip
def test_a_shift_keeps_the_precision(iso: str | None, moved: str | None) -> None:
    assert shift_iso(iso, 30) == moved


def test_a_shift_is_one_for_a_patient_and_never_nothing() -> None:
    keys = Keys(b"k" * 32)
    days = [shift_days(keys, str(number)) for number in range(2000)]
    assert days == [shift_days(keys, str(number)) for number in range(2000)]
    assert 0 not in days
    assert (min(days), max(days)) == (-365, 365)


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("03/14/2025", "03/24/2025"), ("3/14/25", "3/24/25"), ("2025-03-14", "2025-03-24"),
        ("14 Mar 2025", "24 Mar 2025"),
        ("March 14, 2025", "March 24, 2025"), ("MARCH 14, 2025", "MARCH 24, 2025"), ("12-28-2025", "01-07-2026"),
        ("3/14", "[DATE]"), ("last spring", "[DATE]"), ("02/30/2025", "[DATE]"),
    ],
)  # fmt: skip
def test_a_date_in_a_note_keeps_its_form(text: str, moved: str) -> None:
    assert without_marks(move_dates(mark_date(text), 10)) == moved


def test_intervals_stay() -> None:
    for days in (-200, 7):
        first, second = (date.fromisoformat(str(shift_iso(iso, days))) for iso in ("2025-12-30", "2026-01-04"))
        assert (second - first).days == 5
