"""Messages that were sent in parts are read as one, and every part has an outcome."""

from __future__ import annotations

import io

import pytest

from pipeline.ingest.connector import SourceFile, Unit
from pipeline.ingest.hl7v2 import Hl7v2Connector

HEADER = r"MSH|^~\&|A|B|C|D|2026||ORU^R01|1|P|2.5|"
START = HEADER + "\rPID|1||7^^^H^MR\rOBR|1|P|F|X\rOBX|1|TX|A||one "
WHOLE = HEADER + "\rPID|1||8^^^H^MR\r"


def _read(content: str) -> tuple[list[Unit], dict[str, int]]:
    connector = Hl7v2Connector({})
    file = SourceFile("a.hl7", lambda: io.BytesIO(content.encode()))
    units = list(connector.read(file))
    assert connector.count(file) == len(units)
    return units, connector.findings


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_segments_and_a_cut_segment_go_on(end: str) -> None:
    parts = (START + "\rADD|\rDSC|p1|F\r", HEADER + "|p1\rADD|two \rDSC|p2\r", HEADER + "|p2\rADD|three\rNTE|1||end\r")
    units, findings = _read("".join(parts).replace("\r", end) + WHOLE)
    assert [unit.excluded for unit in units] == ["", "continuation", "continuation", ""]
    (result,) = [record for record in units[0].records if record.kind == "observation"]
    assert (result.value_text, result.text) == ("one two three", "end")
    assert not findings


@pytest.mark.parametrize(
    ("content", "excluded", "findings"),
    [
        (START + "\rDSC|p1|F\r" + WHOLE, ["", ""], {"continuation_missing": 1}),
        (START + "\rDSC|p1|F\r", [""], {"continuation_missing": 1}),
        (
            START + "\rDSC|p1\r" + HEADER + "|p1\rNTE|1||x\rDSC|p2\r",
            ["", "continuation"],
            {"continuation_missing": 1},
        ),
        (START + "\rDSC|p1|I\r" + WHOLE, ["", ""], {}),  # answers to a query, each by itself
        (START + "\rDSC|\r" + WHOLE, ["", ""], {}),
        (WHOLE + HEADER + "|p9\rPID|1||9^^^H^MR\r", ["", ""], {"continuation_without_start": 1}),
        (
            START + "\rDSC|p1\r" + HEADER + "|p1\rPID|1||7^^^H^MR\rOBX|2|TX|B||two\r",
            ["", ""],
            {"continuation_missing": 1, "continuation_without_start": 1},
        ),
    ],
)
def test_what_cannot_be_joined_stays_as_it_is(content: str, excluded: list[str], findings: dict[str, int]) -> None:
    units, found = _read(content)
    assert [unit.excluded for unit in units] == excluded
    assert all(unit.records for unit in units if not unit.excluded)
    assert found == findings
