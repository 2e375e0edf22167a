"""Years alone, ages of 90 and over in one class, and dates that move by one keyed shift."""

from datetime import date

import pytest

from pipeline.keys import Keys
from pipeline.records import without_marks
from pipeline.redact.dates import birth_year, shift_days, shift_iso, year_only
from pipeline.redact.written_dates import mark_date, move_dates

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


# The patient of a stored record may turn out to be another one's: what was moved by one shift is moved to another.
SHIFTS = [(-365, 365), (-182, 7), (5, -183), (184, 30), (365, -1)]


@pytest.mark.parametrize(("was", "days"), SHIFTS)
@pytest.mark.parametrize(
    "iso", ["2024", "2025", "2024-02", "2025-01", "2024-02-29", "2025-12-31T23:59", "9998", "1001-01"]
)
def test_what_was_moved_can_be_moved_on(iso: str, was: int, days: int) -> None:
    assert shift_iso(shift_iso(iso, was), days, was) == shift_iso(iso, days)


@pytest.mark.parametrize(("was", "days"), SHIFTS)
@pytest.mark.parametrize(
    "text",
    [
        "1/9/2025", "12/28/2025", "01/09/2025", "1/28/25", "2025-1-9", "2025-10-12", "12/31/40", "1/1/41", "2/29/00",
        "May 4, 2025", "June 14th, 2025", "JUN 14, 2025", "MAY 4 2025", "4 may 2025", "04-December-2025", "1 Feb. 2024",
    ],
)  # fmt: skip
def test_a_date_in_a_note_can_be_moved_on(text: str, was: int, days: int) -> None:
    marked = f"Seen {mark_date(text)}, and well."
    assert "[DATE]" not in marked
    assert move_dates(move_dates(marked, was), days, was) == move_dates(marked, days)


@pytest.mark.parametrize("iso", ["9999-12-31", "9999", "1000-06"])
def test_dates_that_mean_never_do_not_pass(iso: str) -> None:
    assert shift_iso(iso, 1) is None
    assert mark_date("12/31/9999") == "[DATE]"
