from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.dates import parse_moment
from pipeline.errors import RecordError

NEW_YORK = ZoneInfo("America/New_York")

CASES = [
    ("20260115", "2026-01-15T00:00:00", "day", None),
    ("2026", "2026-01-01T00:00:00", "year", None),
    ("202601", "2026-01-01T00:00:00", "month", None),
    ("202601151030", "2026-01-15T10:30:00", "minute", "-05:00"),
    ("2026011510", "2026-01-15T10:00:00", "minute", "-05:00"),
    ("20260715103015.1234+0530", "2026-07-15T10:30:15.123400", "second", "+05:30"),
    ("2026-01-15", "2026-01-15T00:00:00", "day", None),
    ("2026-01", "2026-01-01T00:00:00", "month", None),
    ("2026-07-15T10:30:00", "2026-07-15T10:30:00", "second", "-04:00"),
    ("2026-01-15T10:30:00Z", "2026-01-15T10:30:00", "second", "+00:00"),
    ("2026-01-15 10:30", "2026-01-15T10:30:00", "minute", "-05:00"),
    ("2026-01-15T10:30:00.5-08:00", "2026-01-15T10:30:00.500000", "second", "-08:00"),
    ("01/15/2026", "2026-01-15T00:00:00", "day", None),
    ("1/5/2026 3:07 PM", "2026-01-05T15:07:00", "minute", "-05:00"),
]


@pytest.mark.parametrize(("text", "wall", "precision", "offset"), CASES)
def test_read(text: str, wall: str, precision: str, offset: str | None) -> None:
    moment = parse_moment(text, zone=NEW_YORK)
    assert moment is not None
    assert (moment.wall.isoformat(), moment.precision, moment.offset_text) == (wall, precision, offset)


@pytest.mark.parametrize("text", ["", '""', "00000000", "99999999", "0000-00-00", "N/A", "null", " "])
def test_says_that_there_is_none(text: str) -> None:
    assert parse_moment(text) is None


@pytest.mark.parametrize("text", ["19931399", "2026-02-30", "13/13/2026", "yesterday", "2026-1-15T99:00", "20261"])
def test_refused(text: str) -> None:
    with pytest.raises(RecordError, match="bad_date") as caught:
        parse_moment(text)
    assert text not in str(caught.value)


def test_day_first() -> None:
    moment = parse_moment("03/04/2026", order="dmy")
    assert moment is not None
    assert moment.wall == datetime(2026, 4, 3)


def test_utc() -> None:
    moment = parse_moment("20260115103000-0500")
    assert moment is not None
    assert moment.utc == datetime(2026, 1, 15, 15, 30)
