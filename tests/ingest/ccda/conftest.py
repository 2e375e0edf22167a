"""What the tests of the C-CDA connector share: reading documents, and small ones of a made-up patient."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import NamedTuple

import pytest

from pipeline.ingest.ccda.connector import CcdaConnector
from pipeline.ingest.connector import SourceFile, Unit
from pipeline.records import RawRecord

PATIENT = """<recordTarget><patientRole>
<id root="1.3.6.1.4.1.99" extension="700001"/><id root="2.16.840.1.113883.4.1" extension="987-65-4320"/>
<addr><streetAddressLine>12 Larch Way</streetAddressLine><city>Fernvale</city><state>OR</state>
<postalCode>97001</postalCode></addr><telecom value="tel:+1(555)555-0142"/>
<patient><name><given>Ada</given><given>B</given><family>Quill</family></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19500314"/></patient>
</patientRole></recordTarget>"""


class Read(NamedTuple):
    """The unit of a file, and what was found in it."""

    unit: Unit
    findings: dict[str, int]

    def records(self, kind: str = "") -> list[RawRecord]:
        assert not self.unit.rejected
        return [record for record in self.unit.records if kind in ("", record.kind)]

    def one(self, kind: str) -> RawRecord:
        (found,) = self.records(kind)
        return found


Reads = Callable[..., Read]


def document(
    body: str = "", *, header: str = "", patient: str = PATIENT, code: str = "11506-3", set_id: str = ""
) -> str:
    """Return a progress note of a made-up patient, unless another patient or code is given."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:sdtc="urn:hl7-org:sdtc">
<id root="1.3.6.1.4.1.99.1" extension="D1"/><code code="{code}" codeSystem="2.16.840.1.113883.6.1"/>
<title>Progress Note</title><effectiveTime value="20260115101500-0500"/>{set_id}{patient}{header}
<component>{body}</component></ClinicalDocument>"""


def section(*entries: str, code: str = "51848-0", title: str = "Assessment", text: str = "Stable.") -> str:
    """Return the body of a document of one section."""
    wrapped = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f"""<structuredBody><component><section><code code="{code}" codeSystem="2.16.840.1.113883.6.1"/>
<title>{title}</title><text>{text}</text>{wrapped}</section></component></structuredBody>"""


@pytest.fixture
def read() -> Reads:
    """Read a file; counting it must give the number of units, which is one."""

    def run(content: bytes | str, **options: object) -> Read:
        data = content.encode() if isinstance(content, str) else content
        connector = CcdaConnector(options)
        file = SourceFile("a.xml", lambda: io.BytesIO(data))
        (unit,) = connector.read(file)
        assert connector.count(file) == unit.position == 1
        return Read(unit, dict(connector.findings))

    return run
