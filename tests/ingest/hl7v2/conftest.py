"""What the tests of the HL7 v2 connector share: reading bytes, and small messages."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.ingest.connector import SourceFile, Unit
from pipeline.ingest.hl7v2 import Hl7v2Connector
from pipeline.records import RawRecord

Read = Callable[..., list[Unit]]
Records = Callable[..., list[RawRecord]]

MSH = r"MSH|^~\&|APP|CRMC|EHR|CRMC|20260115101500||{type}|42|P|2.5.1"
PID = "PID|1||700001^^^CRMC^MR||Quill^Ada^B||19500314|F"


@pytest.fixture
def read() -> Read:
    """Read a file's content; counting it must give the number of units."""

    def run(content: bytes | str, findings: Counter[str] | None = None, **options: Any) -> list[Unit]:
        data = content.encode() if isinstance(content, str) else content
        connector = Hl7v2Connector(options)
        file = SourceFile("a.hl7", lambda: io.BytesIO(data))
        units = list(connector.read(file))
        assert connector.count(file) == len(units)
        if findings is not None:
            findings.update(connector.findings)
        assert [unit.position for unit in units] == list(range(1, len(units) + 1))
        return units

    return run


@pytest.fixture
def records(read: Read) -> Records:
    """Read one message of the given type, with a patient, that has the given segments after them."""

    def run(*segments: str, kind: str = "", type: str = "ORU^R01^ORU_R01", pid: str = PID) -> list[RawRecord]:
        (unit,) = read("\r".join((MSH.format(type=type), pid, *segments)))
        assert not unit.rejected
        return [record for record in unit.records if kind in ("", record.kind)]

    return run
