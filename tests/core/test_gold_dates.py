"""Dates of two converters of HL7 v2 to FHIR: every row is run, or is named below with why it cannot be."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.dates import Moment, parse_moment
from pipeline.errors import RecordError

# The converter's own time zone when its cases were written, as its expectations show.
ZONE = ZoneInfo("Asia/Shanghai")

_BOTH = "is no HL7 v2 date but an ISO one, and dates are read whatever format they came in"
_HL7 = "is no FHIR date but an HL7 v2 one, and dates are read whatever format they came in"
_ZONE = "has no offset, which the converter needs; here the source's zone is used"
_HANDLING = "is a good date: what is wrong is the converter's parameter"
NOT_RUN = {
    ("GetInvalidDataForAddHyphensDate", "2020-11"): _BOTH,
    ("GetInvalidDataForFormatAsDateTime", "2020-11"): _BOTH,
    ("GetInvalidFhirToHl7v2DataForFormatAsDateTime", "19701231115959"): _HL7,
    ("GetInvalidDataForAddSeconds", "1970-01-01T00:01:00"): _ZONE,
    ("GetInvalidDataForAddSeconds", "1970-01-01T00:01"): _ZONE,
    ("GetInvalidTimeZoneHandling", "20050110045253"): _HANDLING,
    ("GetInvalidTimeZoneHandling", "20110103143428-0800"): _HANDLING,
    ("GetInvalidTimeZoneHandling", "19701231115959+0600"): _HANDLING,
}
_ARGUMENT = re.compile(r'@"([^"]*)"|"([^"]*)"|new DateTime\(([^)]*)\)|(null|string\.Empty)|(-?[\d.]+)')


@pytest.fixture(scope="module")
def rows(public_fixtures: Path) -> list[list[str]]:
    lines = (public_fixtures / "hl7v2" / "dates" / "gold_dates.tsv").read_text("utf-8").splitlines()[1:]
    return [line.split("\t") for line in lines]


def read(text: str, zone: ZoneInfo = ZONE) -> Moment:
    moment = parse_moment(text, zone=zone)
    assert moment is not None
    return moment


def refused(text: str) -> bool:
    try:
        parse_moment(text, zone=ZONE)
    except RecordError:
        return True
    return False


def instant(text: str) -> datetime:
    """Return the instant that an expectation states, to the millisecond as the converter gives it."""
    return milliseconds(read(text).span(ZONE)[0])


def milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def test_of_one_converter(rows: list[list[str]]) -> None:
    utc = ZoneInfo("UTC")
    cases = [row for row in rows if row[0] == "prime"]
    for _, name, given, expected in cases:
        text = given.split()[0]
        if expected == "(none emitted)":
            assert refused(text), name
            continue
        moment = read(text, utc)
        for value in (part.split("=")[1] for part in expected.split("; ")):
            if "T" in value:
                assert (moment.wall, moment.offset_text) == (read(value).wall, "+00:00"), name
            else:
                assert moment.iso == value, name
    assert len(cases) == 37


def arguments(text: str) -> list[str]:
    """Return the arguments of a case in C#: texts, numbers, dates as `y, m, d, ...`, and "" for null and empty."""
    return [match[1] or match[2] or match[3] or match[5] or "" for match in _ARGUMENT.finditer(text)]


def test_of_the_other_converter(rows: list[list[str]]) -> None:
    left_out = set()
    for source, name, call, _ in rows:
        if source != "ms-fhir-converter":
            continue
        text, *more = arguments(call)
        if (name, text) in NOT_RUN:
            left_out.add((name, text))
        elif "Invalid" in name:
            assert refused(text), call
        elif not text:
            assert parse_moment(text) is None
        elif "AddSeconds" in name:
            seconds, expected = more[0], more[1 if "DefaultTimeZone" in name else 2]
            shifted = read(text).span(ZONE)[0] + timedelta(seconds=float(seconds))
            assert milliseconds(shifted) == instant(expected), call
        elif "FhirToHl7v2" in name:
            assert read(text) == read(more[0]), call
        elif "UtcTimeZoneHandling" in name:
            year, month, day, *time = map(int, more[-1].split(", "))
            assert read(text).wall.replace(microsecond=0) == datetime(year, month, day, *time), call
            if len(more) == 3:
                assert read(text).span(ZONE)[0] == instant(more[1]), call
        elif "AddHyphensDate" in name:
            assert read(text).iso == more[-1], call
        else:
            assert name.startswith("GetValidDataForFormatAsDateTime"), name
            expected = more[-1]
            moment = read(text)
            assert (moment.utc if "T" in expected else moment.iso) == (
                read(expected).utc if "T" in expected else expected
            ), call
            if "utc" not in more and "T" in expected:
                assert moment.offset_text == read(expected).offset_text, call
    assert left_out == set(NOT_RUN)
