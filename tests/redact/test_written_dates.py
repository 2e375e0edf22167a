"""A date in a note moves in the form in which it is written, and can be moved on."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import RedactionError
from pipeline.records import DATE_MARKS, hidden, without_marks
from pipeline.redact.written_dates import mark_date, mask_dates, move_dates

# Written, ten days later, 200 days earlier.
FORMS = [
    ("03/14/2025", "03/24/2025", "08/26/2024"),
    ("3/14/25", "3/24/25", "8/26/24"),
    ("3-14-2025", "3-24-2025", "8-26-2024"),
    ("12-28-2025", "01-07-2026", "06-11-2025"),
    ("28/12/2025", "07/01/2026", "11/06/2025"),
    ("14.03.2025", "24.03.2025", "26.08.2024"),
    ("3.4.2025", "13.4.2025", "15.9.2024"),
    ("12.28.2025", "01.07.2026", "06.11.2025"),
    ("2025-03-14", "2025-03-24", "2024-08-26"),
    ("2025/3/4", "2025/3/14", "2024/8/16"),
    ("2025-03-14T10:30:00.5-05:00", "2025-03-24T10:30:00.5-05:00", "2024-08-26T10:30:00.5-05:00"),
    ("2025-03-14 10:30", "2025-03-24 10:30", "2024-08-26 10:30"),
    ("20250314", "20250324", "20240826"),
    ("202503141030", "202503241030", "202408261030"),
    ("20250314T103000Z", "20250324T103000Z", "20240826T103000Z"),
    ("20250314103000-0500", "20250324103000-0500", "20240826103000-0500"),
    ("March 14, 2025", "March 24, 2025", "August 26, 2024"),
    ("MARCH 3RD, 2025", "MARCH 13TH, 2025", "AUGUST 15TH, 2024"),
    ("march 22nd 2025", "april 1st 2025", "september 3rd 2024"),
    ("Mar. 14 '25", "Mar. 24 '25", "Aug. 26 '24"),
    ("May 4, 2025", "May 14, 2025", "October 16, 2024"),
    ("Sept. 3, 2025", "Sept. 13, 2025", "Feb. 15, 2025"),
    ("Mar-14-25", "Mar-24-25", "Aug-26-24"),
    ("14 March 2025", "24 March 2025", "26 August 2024"),
    ("3-Mar-25", "13-Mar-25", "15-Aug-24"),
    ("04-May-2025", "14-May-2025", "16-Oct-2024"),
    ("03MAR2025", "13MAR2025", "15AUG2024"),
    ("the 21st of March, 2025", "the 31st of March, 2025", "the 2nd of September, 2024"),
    # The third of March 2025 was a Monday; what is wrong stays so.
    ("Monday, March 3rd, 2025", "Thursday, March 13th, 2025", "Thursday, August 15th, 2024"),
    ("Tuesday, March 3rd, 2025", "Friday, March 13th, 2025", "Friday, August 15th, 2024"),
    ("Mon 3/3/2025", "Thu 3/13/2025", "Thu 8/15/2024"),
    ("TUES, 4 MAR 2025 at 10:30 am", "FRI, 14 MAR 2025 at 10:30 am", "FRI, 16 AUG 2024 at 10:30 am"),
    ("3/14/2025-3/16/2025", "3/24/2025-3/26/2025", "8/26/2024-8/28/2024"),
    ("March 14, 2025 to April 2, 2025", "March 24, 2025 to April 12, 2025", "August 26, 2024 to September 14, 2024"),
    ("12/31/40", "01/10/41", "06/14/40"),
    # As fields of that precision move: by whole months, and by whole years.
    ("March 2025", "March 2025", "August 2024"),
    ("Mar '25", "Mar '25", "Aug '24"),
    ("03/2025", "03/2025", "08/2024"),
    ("2025-03", "2025-03", "2024-08"),
    ("2025", "2025", "2024"),
]

# No year, not a day of the calendar, a form that cannot hold what it would become, or not understood to the end.
TAGGED = [
    "3/14", "March 14", "March", "last spring", "Tuesday", "02/30/2025", "13/13/2025", "March 32, 2025",
    "March 14-16, 2025", "3/14-3/16/2025", "Jan-Mar 2025", "Q3 2025", "spring of 2024",
    "Thanksgiving 2024", "12/31/9999", "0999-01-01",
    "03/14/2025 2015", "March 2025 to 2026", "03/14/2025 zyxwell", "031452", "14 March 10 am", "14 March 10:30", "",
]  # fmt: skip


@pytest.mark.parametrize(("text", "later", "earlier"), FORMS)
def test_a_date_keeps_its_form(text: str, later: str, earlier: str) -> None:
    marked = mark_date(text)
    assert [without_marks(move_dates(marked, days)) for days in (0, 10, -200)] == [text, later, earlier]


@pytest.mark.parametrize("text", TAGGED)
def test_what_cannot_be_moved_is_tagged(text: str) -> None:
    assert mark_date(text) == "[DATE]"


DAYS = st.integers(-365, 365)
MONTHS = st.dates(date(1905, 1, 1), date(2099, 12, 31))
STYLES = st.sampled_from(
    [
        "%m/%d/%Y", "%-m/%-d/%Y", "%-m/%-d/%y", "%Y-%m-%d", "%Y%m%d", "%Y%m%d1030", "%d.%m.%Y", "%-d %B %Y", "%d%b%Y",
        "%-d-%b-%y", "%B %-d, %Y", "%b. %-d, %Y", "%A, %B %-d, %Y", "%a %-m/%-d/%Y", "%B %Y", "%b %Y", "%m/%Y", "%Y-%m",
        "%Y",
    ]
)  # fmt: skip


@given(MONTHS, STYLES, st.booleans(), DAYS, DAYS)
def test_what_was_moved_can_be_moved_on_and_back(day: date, style: str, upper: bool, was: int, days: int) -> None:
    text = day.strftime(style).upper() if upper else day.strftime(style)
    marked = f"Seen {mark_date(text)}, and well."
    assert "[DATE]" not in marked
    assert without_marks(marked) == f"Seen {text}, and well."
    moved = move_dates(marked, was)
    assert move_dates(moved, days, was) == move_dates(marked, days)
    assert move_dates(moved, 0, was) == marked


def test_nothing_in_a_date_can_be_found() -> None:
    marked = f"on {mark_date('14 May 2025')}."
    assert len(mask_dates(marked)) == len(marked)
    assert "May" not in mask_dates(marked)


def test_marks_that_say_nothing_are_refused() -> None:
    opening, end, close = DATE_MARKS
    with pytest.raises(RedactionError):
        move_dates(f"{opening}{hidden('2025-03-14')}{end}{hidden('Z')}x{end}{close}", 5)
    with pytest.raises(RedactionError):
        move_dates(f"{opening}{hidden('9999-12-31')}{end}{close}", 5)
