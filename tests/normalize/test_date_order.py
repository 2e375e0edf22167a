"""Month and day are told apart by the whole file, or not at all; nothing depends on how it is cut."""

from datetime import date, datetime
from typing import Any

import pytest

from pipeline.config import SourceConfig
from pipeline.dates import feasible_orders
from pipeline.normalize.records import Rejected
from tests.normalize.rows import SOURCE, normalized, raw


def ordered(order: str) -> SourceConfig:
    return SOURCE.model_copy(update={"date_order": order})


def starts(*texts: str, source: SourceConfig = SOURCE, file: list[str] | None = None) -> list[date | str]:
    """Return the day of each row, or the reason why it is rejected."""
    rows, rejected = normalized(
        *(raw(position=number, start=text) for number, text in enumerate(texts)),
        source=source,
        whole_files=[raw(start=text) for text in file or texts],
    )
    found: dict[int, Any] = {row["position"]: row["start"].date() for row in rows}
    found |= {refusal.row: refusal.reason for refusal in rejected}
    return [found[number] for number in range(len(texts))]


APRIL, MARCH = date(2026, 4, 3), date(2026, 3, 4)
UNKNOWN = "ambiguous_date:start"
FILES = [
    (["03/04/2026", "03/15/2026"], [MARCH, date(2026, 3, 15)]),
    (["03/04/2026", "15/03/2026"], [APRIL, date(2026, 3, 15)]),
    (["03/04/2026", "05/06/2026"], [UNKNOWN, UNKNOWN]),
    (["03/04/2026", "15/03/2026", "03/15/2026"], [UNKNOWN, date(2026, 3, 15), date(2026, 3, 15)]),
    (["03/04/2026", "05/05/2026"], [UNKNOWN, date(2026, 5, 5)]),
    (["03/04/2026", "2026-03-15", "20260315"], [UNKNOWN, date(2026, 3, 15), date(2026, 3, 15)]),
    (["03/04/2026", "12/31/9999"], [MARCH]),
    (["3/4/26", "3/15/26"], [MARCH, date(2026, 3, 15)]),
    (["3/4/26 0:00:00", "3/15/26 0:00:00"], [MARCH, date(2026, 3, 15)]),
    (["99/03/04", "01/02/03"], [date(1999, 3, 4), date(2001, 2, 3)]),
    (["03.04.26", "15.03.26"], [UNKNOWN, UNKNOWN]),  # day or year first
    (["03.04.26", "15.03.26", "15.03.99"], [APRIL, date(2026, 3, 15), date(1999, 3, 15)]),
    (["03/04/2026", "31/31/2026"], [UNKNOWN, "bad_date:start"]),
]


@pytest.mark.parametrize(("texts", "expected"), FILES)
def test_by_evidence(texts: list[str], expected: list[date | str]) -> None:
    assert starts(*texts[: len(expected)], file=texts) == expected
    # Row by row, in any batch, it is the same.
    assert [starts(text, file=texts)[0] for text in texts[: len(expected)]] == expected


@pytest.mark.parametrize(
    ("order", "text", "expected"),
    [
        ("mdy", "03/04/2026", MARCH),
        ("dmy", "03/04/2026", APRIL),
        ("ymd", "26/03/04", MARCH),
        ("mdy", "15/03/2026", "bad_date:start"),
        ("dmy", "03/15/2026", "bad_date:start"),
    ],
)
def test_the_source_outweighs_what_the_file_shows(order: str, text: str, expected: date | str) -> None:
    assert starts(text, source=ordered(order), file=[text, "15/03/2026", "03/15/2026"]) == [expected]


def test_files_and_columns_stand_alone() -> None:
    rows, rejected = normalized(
        raw(file_id="us", start="03/04/2026"),
        raw(file_id="us", start="03/15/2026", end="04/03/2026"),
        raw(file_id="eu", start="03/04/2026"),
        raw(file_id="eu", start="15/03/2026"),
    )
    assert [row["start"] for row in rows] == [datetime(2026, 3, 4), datetime(2026, 4, 3), datetime(2026, 3, 15)]
    assert rejected == [Rejected(1, "ambiguous_date:end")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3/15/55", "1955-03-15"),
        ("3/15/26", "1926-03-15"),  # not yet come, so of the other century
        ("1/14/05", "2005-01-14"),  # or 121 years ago
        ("3/15/10", "ambiguous_year:birth_date"),
        ("15-Mar-10", "ambiguous_year:birth_date"),
        ("15-Mar-55", "1955-03-15"),
    ],
)
def test_the_century_of_a_birth(text: str, expected: str) -> None:
    rows, rejected = normalized(raw(birth_date=text), source=ordered("mdy"))
    assert [row["birth_date"] for row in rows] + [refusal.reason for refusal in rejected] == [expected]


@pytest.mark.parametrize(("text", "year"), [("3/15/55", 1955), ("3/15/26", 2026), ("1/15/27", 2027), ("3/15/27", 1927)])
def test_the_century_of_other_dates(text: str, year: int) -> None:
    (found,) = starts(text, source=ordered("mdy"))
    assert isinstance(found, date)
    assert found.year == year


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("1/2/2026", {"mdy", "dmy"}),
        ("1/2/03", {"mdy", "dmy"}),  # a year has two digits at least
        ("01/02/03", {"mdy", "dmy", "ymd"}),
        ("02/29/24", {"mdy"}),
        ("40/01/02", {"ymd"}),
        ("2026-01-02", set()),
        ("Jan 2 2026", set()),
    ],
)
def test_feasible_orders(text: str, orders: set[str]) -> None:
    assert feasible_orders(text) == orders
