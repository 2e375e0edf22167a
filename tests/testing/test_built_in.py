"""The connectors that chartmill brings conform; their files are made up."""

from pathlib import Path

import pytest

from pipeline.ingest.registry import CONNECTORS
from pipeline.testing import connector_suite

FILES = Path(__file__).parent / "files"
CSV = {
    "tables": {
        "vitals": {
            "files": ["vitals*.csv"],
            "kind": "observation",
            "key": ["row_id"],
            "columns": {
                "patient_id": "mrn",
                "start": "taken",
                "code": "loinc",
                "code_system": {"const": "http://loinc.org"},
                "value_number": "value",
                "unit": "unit",
            },
            "identity": [{"type": "name", "column": "name"}, {"type": "id", "column": "mrn"}],
        }
    }
}

test_hl7v2 = connector_suite(
    "hl7v2",
    files=FILES / "hl7v2",
    identifies=["9000001", "Fictional", "617-555-0101", "V90000001"],
    anonymous={"observation"},
)
test_fhir = connector_suite(
    "fhir",
    files=FILES / "fhir",
    identifies=["Fictional", "617-555-0101", "1901-02-03"],
    anonymous={"observation"},
)
test_csv = connector_suite("csv", files=FILES / "csv", options=CSV, identifies=["9000001", "Fictional, Testa"])
test_ccda = connector_suite(
    "ccda",
    files=FILES / "ccda",
    identifies=["700001", "Quill", "Fictional", "555-0142", "12 Larch Way"],
    anonymous={"condition"},
    streams=False,
)


@pytest.mark.parametrize("name", sorted(CONNECTORS))
def test_every_connector_has_its_suite(name: str) -> None:
    assert f"test_{name}" in globals(), f"add a line and a folder of files for {name}"
