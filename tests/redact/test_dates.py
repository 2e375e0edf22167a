"""Years alone, ages of 90 and over in one class, and dates that move by one keyed shift."""

from datetime import date

import pytest

from pipeline.keys import Keys
from pipeline.redact.dates import birth_year, shift_days, shift_iso, year_only

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


def test_intervals_stay() -> None:
    for days in (-200, 7):
        first, second = (date.fromisoformat(str(shift_iso(iso, days))) for iso in ("2025-12-30", "2026-01-04"))
        assert (second - first).days == 5


# The patient of a stored record may turn out to be another one's: what was moved by one shift is moved to another.
SHIFTS = [(-365, 365), (-182, 7), (5, -183), (184, 30), (365, -1)]


@pytest.mark.parametrize(("was", "days"), SHIFTS)
@pytest.mark.parametrize(
    "iso", ["2024", "2025", "2024-02", "2025-01", "2024-02-29", "2025-12-31T23:59", "9998", "1001-01"]
)
def test_what_was_moved_can_be_moved_on(iso: str, was: int, days: int) -> None:
    assert shift_iso(shift_iso(iso, was), days, was) == shift_iso(iso, days)


@pytest.mark.parametrize("iso", ["9999-12-31", "9999", "1000-06"])
def test_dates_that_mean_never_do_not_pass(iso: str) -> None:
    assert shift_iso(iso, 1) is None
