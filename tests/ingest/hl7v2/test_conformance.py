"""What hl7apy finds amiss is counted by rule and place, and refuses nothing."""

from __future__ import annotations

import io
from typing import Any

import pytest

from pipeline.errors import ConfigError
from pipeline.ingest.connector import SourceFile
from pipeline.ingest.hl7v2 import Hl7v2Connector

HEADER = r"MSH|^~\&|A|B|C|D|20260115||ADT^A01^ADT_A01|1|P|{version}"
BODY = "\rEVN||20260115\rPID|1||7^^^H^MR||Quill^Ada\rPV1|1|I\r"
GOOD = HEADER.format(version="2.5") + BODY


def _findings(content: str, level: Any = "all") -> dict[str, int]:
    connector = Hl7v2Connector({"conformance": level})
    units = list(connector.read(SourceFile("a.hl7", lambda: io.BytesIO(content.encode()))))
    assert all(unit.records for unit in units)
    return dict(connector.findings)


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (GOOD.replace("EVN||20260115\r", ""), "missing:EVN"),
        (GOOD.replace("Quill^Ada", ""), "missing:PID-5"),
        (GOOD.replace("EVN||20260115\r", "EVN||20260115\rEVN||20260115\r"), "repeated:EVN"),
        (GOOD.replace("|I\r", "|Quill\nError: Missing required child QUILL.ADA\r"), "table:PV1-2"),
        (GOOD.replace("2.5", "1.9"), "version"),
    ],
)
def test_what_is_amiss_is_counted(content: str, finding: str) -> None:
    found = _findings(content)
    assert found.get(f"hl7_conformance:{finding}") == 1, found
    assert not any("QUILL" in code.upper() or "ADA" in code.upper() for code in found)


def test_a_valid_message_has_no_finding() -> None:
    assert _findings(GOOD) == {}


@pytest.mark.parametrize(("level", "looked_at"), [("all", 25), ("sample", 20), ("off", 0), (False, 0)])
def test_how_many_are_looked_at(level: Any, looked_at: int) -> None:
    bad = GOOD.replace("EVN||20260115\r", "")
    assert _findings(bad * 25, level).get("hl7_conformance:missing:EVN", 0) == looked_at


def test_another_level_is_refused() -> None:
    with pytest.raises(ConfigError, match="off, sample or all"):
        Hl7v2Connector({"conformance": "some"})
