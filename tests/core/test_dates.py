"""Dates as HL7 v2, FHIR, C-CDA and tables write them; for the order of 03/04/2026 see tests/normalize."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.dates import Moment, parse_moment
from pipeline.errors import RecordError

NEW_YORK = ZoneInfo("America/New_York")
DAY = date(2026, 1, 15)


def read(text: str) -> Moment | None:
    return parse_moment(text, zone=NEW_YORK, orders=frozenset(("mdy",)), day=DAY)


CASES = [
    ("20260115", "2026-01-15T00:00:00", "day", None),
    ("2026", "2026-01-01T00:00:00", "year", None),
    ("202601", "2026-01-01T00:00:00", "month", None),
    ("202601151030", "2026-01-15T10:30:00", "minute", "-05:00"),
    ("2026011510", "2026-01-15T10:00:00", "minute", "-05:00"),
    ("20260115-0500", "2026-01-15T00:00:00", "day", "-05:00"),
    ("20260715103015.1234+0530", "2026-07-15T10:30:15.123400", "second", "+05:30"),
    ("20260115T0800", "2026-01-15T08:00:00", "minute", "-05:00"),
    ("20260115T080000Z", "2026-01-15T08:00:00", "second", "+00:00"),
    ("2026-01-15", "2026-01-15T00:00:00", "day", None),
    ("2026-1-5", "2026-01-05T00:00:00", "day", None),
    ("2026/01/15", "2026-01-15T00:00:00", "day", None),
    ("2026-01", "2026-01-01T00:00:00", "month", None),
    ("2026-07-15T10:30:00", "2026-07-15T10:30:00", "second", "-04:00"),
    ("2026-01-15T10:30:00Z", "2026-01-15T10:30:00", "second", "+00:00"),
    ("2026-01-15T10:30:00+05:30", "2026-01-15T10:30:00", "second", "+05:30"),
    ("2026-01-15T10:30:00+0530", "2026-01-15T10:30:00", "second", "+05:30"),
    ("2026-01-15 10:30:00+00", "2026-01-15T10:30:00", "second", "+00:00"),
    ("2026-01-15 10:30:00 UTC", "2026-01-15T10:30:00", "second", "+00:00"),
    ("2026-01-15 10:30:00 PST", "2026-01-15T10:30:00", "second", "-08:00"),
    ("2026-01-15 10:30", "2026-01-15T10:30:00", "minute", "-05:00"),
    ("2026-01-15T10:30:00.5-08:00", "2026-01-15T10:30:00.500000", "second", "-08:00"),
    ("2026-01-15T08:00:00.123-05:00", "2026-01-15T08:00:00.123000", "second", "-05:00"),
    ("2026-01-15 08:00:00.1234567", "2026-01-15T08:00:00.123456", "second", "-05:00"),
    ("2026-01-15T24:00", "2026-01-16T00:00:00", "minute", "-05:00"),
    ("20251231240000", "2026-01-01T00:00:00", "second", "-05:00"),
    ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59", "second", "+00:00"),
    ("1/5/2026", "2026-01-05T00:00:00", "day", None),
    ("1.5.2026", "2026-01-05T00:00:00", "day", None),
    ("01-15-2026", "2026-01-15T00:00:00", "day", None),
    ("1/5/2026 3:07 PM", "2026-01-05T15:07:00", "minute", "-05:00"),
    ("1/5/2026 12:07:08 a.m.", "2026-01-05T00:07:08", "second", "-05:00"),
    ("1/5/2026 3 PM", "2026-01-05T15:00:00", "minute", "-05:00"),
    ("1/5/26 0:00:00", "2026-01-05T00:00:00", "second", "-05:00"),
    ("15-Jan-2026", "2026-01-15T00:00:00", "day", None),
    ("15-JAN-26", "2026-01-15T00:00:00", "day", None),
    ("15JAN2026:08:00:00", "2026-01-15T08:00:00", "second", "-05:00"),
    ("15-JAN-26 03.04.05.000000 PM", "2026-01-15T15:04:05", "second", "-05:00"),
    ("Jan 15 2026", "2026-01-15T00:00:00", "day", None),
    ("Sept. 3, 2025", "2025-09-03T00:00:00", "day", None),
    ("January 15, 2026 3:04 PM", "2026-01-15T15:04:00", "minute", "-05:00"),
    ("Thursday, 15 January 2026 15:04", "2026-01-15T15:04:00", "minute", "-05:00"),
    ("2026-Jan-15", "2026-01-15T00:00:00", "day", None),
    ("Jan 2026", "2026-01-01T00:00:00", "month", None),
    ("1900-01-02", "1900-01-02T00:00:00", "day", None),
    ("1900", "1900-01-01T00:00:00", "year", None),
]


@pytest.mark.parametrize(("text", "wall", "precision", "offset"), CASES)
def test_read(text: str, wall: str, precision: str, offset: str | None) -> None:
    moment = read(text)
    assert moment is not None
    assert (moment.wall.isoformat(), moment.precision, moment.offset_text) == (wall, precision, offset)


@pytest.mark.parametrize("text", ["", '""', "N/A", "null", "NULL", " ", "unknown", "-"])
def test_says_that_there_is_none(text: str) -> None:
    assert read(text) is None


SENTINELS = [
    "0", "0000", "00000000", "0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "9999", "99999999", "9999-99-99",
    "1900-01-01", "19000101", "01/01/1900", "1900-01-01T00:00:00Z", "1899-12-30", "1899-12-30 08:15:00", "1753-01-01",
    "0001-01-01", "0001-01-01T00:00:00", "9999-12-31", "9999-12-31T23:59:59.9999999Z", "12/31/9999", "2999-01-01",
]  # fmt: skip


@pytest.mark.parametrize("text", SENTINELS)
def test_stands_for_a_missing_date(text: str) -> None:
    with pytest.raises(RecordError, match="sentinel_date"):
        read(text)


REFUSED = [
    "19931399", "2026-02-30", "13/13/2026", "yesterday", "2026-1-15T99:00", "20261", "24:00", "08:00:00", "260115",
    "46037", "46037.5", "1768435200", "1768435200000", "1768435200.5", "2026-01-15T10:30:00+36:00",
    "2026-01-15T10:30:00+05:75", "2026-01-15 10:30 XYZ", "2026-01-15 10", "2026-01-15T24:01", "2026-01-15T10:61",
    "1/5/2026 13:07 PM", "1/5/226", "1/5/6", "15-Foo-2026", "31 Feb 2026", "1500-01-01",
    "2500-01-01", "2026-01/15", "20260115103000.-1",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    with pytest.raises(RecordError, match="bad_date") as caught:
        read(text)
    assert text not in str(caught.value)


def test_a_two_digit_year_needs_the_day_of_the_export() -> None:
    with pytest.raises(RecordError, match="ambiguous_year"):
        parse_moment("15-Jan-26")


def test_utc() -> None:
    moment = parse_moment("20260115103000-0500")
    assert moment is not None
    assert moment.utc == datetime(2026, 1, 15, 15, 30)


def test_span() -> None:
    moment = read("2026-01-15")
    assert moment is not None
    assert moment.span(NEW_YORK) == (datetime(2026, 1, 15, 5), datetime(2026, 1, 16, 5))
