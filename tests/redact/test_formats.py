"""From an export file to the safe row, in each format: what the policy does not name does not pass, and what is one
patient's stays one patient's."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import stages
from pipeline.config import load_settings
from pipeline.context import Work, open_context
from pipeline.records import RecordTable, without_marks
from pipeline.redact.fields import redact_table
from pipeline.redact.policy import load_policy
from pipeline.redact.vault import Vault
from tests.conftest import KEY
from tests.redact.nights import FindsDates

DAY = "2026-01-15"
Row = dict[str, Any]


class Hospital:
    """Sources over small files, all of one assigning authority, and redaction without a language model."""

    def __init__(self, home: Path, policy: str = "safe_harbor") -> None:
        self.home = home
        self.settings = load_settings(
            KEY, phi=str(home / "phi"), data=str(home / "data"), sources=home / "sources", policy=policy
        )

    def redact(self, connector: str, files: Mapping[str, str], day: str = DAY, **options: Any) -> list[Row]:
        """Take files of one day to safe rows; the record of each row stands beside it as `record`."""
        folder = self.home / connector / day
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_bytes(content.encode())
        source = {
            "name": connector, "connector": connector, "path": str(self.home / connector / "{day}" / "*"),
            "authority": "CRMC", "timezone": "America/New_York", "options": options,
        }  # fmt: skip
        (self.home / "sources").mkdir(exist_ok=True)
        (self.home / "sources" / f"{connector}.yaml").write_text(yaml.safe_dump(source))
        parts = stages.plan(self.settings, connector, day, "r")
        for part in parts:
            stages.ingest(self.settings, connector, day, "r", part)
            stages.normalize(self.settings, connector, day, "r", part)
        stages.index(self.settings, connector, day, "r")
        context = open_context(self.settings)
        work, policy, found = Work(context, connector, day, "r"), load_policy(self.settings), []
        for record in (table for part in parts for table in work.read(f"record-{part:04}", RecordTable)):
            outcome = redact_table(
                record, context=context, policy=policy, detector=FindsDates(), vault=Vault(context), day=day
            )
            assert outcome.refused == []
            pairs = zip(record.data.to_pylist(), outcome.safe.data.to_pylist(), strict=True)
            found += [{**safe, "record": record} for record, safe in pairs]
        return found


def only(rows: list[Row], kind: str) -> Row:
    (found,) = [row for row in rows if row["kind"] == kind]
    return found


# A name that no detector knows, and that the vault has not: only the policy keeps it back.
STRANGER = "Vexmoor Plinth"

HL7 = {
    "a.hl7": "\r".join([
        r"MSH|^~\&|APP|CRMC|EHR|CRMC|20260115101500||ORU^R01^ORU_R01|42|P|2.5.1",
        "PID|1||700001^^^CRMC^MR||Quill^Ada^B||19500314|F||||||||||||||||||||||||||||||||" + STRANGER,
        "PV1|1|I|4W^390^A^CRMC|E",
        "ORC|RE|P1|L1",
        "OBR|1|P1|L1|2345-7^Glucose^LN|||202601141021",
        f"OBX|1|NM|2345-7^Glucose^LN||110|mg/dL{{{STRANGER}}}|||||F|||202601141021",
        f"OBX|2|NM|{STRANGER}^Glucose^99LOCAL||111|mg/dL|||{STRANGER}||F|||202601141021",
        f"ZXT|1|{STRANGER}|{STRANGER}^^^",
    ]) + "\r",
}  # fmt: skip
EPIC = "urn:oid:1.2.840.114350.1.13.0.1.7.2.696580"
EXTENSION = [{"url": "http://example.org/friend", "valueString": STRANGER}]
FHIR = {
    "Patient.ndjson": json.dumps({
        "resourceType": "Patient", "id": "700001", "birthDate": "1950-03-14",
        "name": [{"family": "Quill", "given": ["Ada"]}], "extension": EXTENSION,
    }),
    "Observation.ndjson": json.dumps({
        "resourceType": "Observation", "id": "o1", "status": "final", "subject": {"reference": "Patient/700001"},
        "category": [{"coding": [{"system": EPIC, "code": STRANGER}], "text": STRANGER}],
        "code": {"coding": [{"system": EPIC, "code": STRANGER}]}, "effectiveDateTime": "2026-01-14T10:21:00-05:00",
        "valueQuantity": {"value": 110, "unit": STRANGER, "code": STRANGER}, "extension": EXTENSION,
    }),
}  # fmt: skip
CSV = {
    "patients.csv": f"mrn,last,first,dob,sex,state,friend\n700001,Quill,Ada,1950-03-14,F,{STRANGER},{STRANGER}\n",
    "labs.csv": "id,mrn,taken,code,system,value,unit,status,friend\n"
    f"1,700001,2026-01-14T10:21:00,2345-7,LOINC,110,{STRANGER},{STRANGER},{STRANGER}\n"
    f"2,700001,2026-01-14T10:21:00,{STRANGER},LOCAL,111,mg/dL,final,{STRANGER}\n",
}
MAPPING: dict[str, Any] = {
    "patients": {
        "files": ["patients.csv"], "kind": "patient", "key": ["mrn"],
        "columns": {"patient_id": "mrn", "birth_date": "dob", "sex": "sex", "state": "state"},
        "identity": [{"type": "name", "columns": ["last", "first"]}, {"type": "id", "column": "mrn"}],
    },
    "labs": {
        "files": ["labs.csv"], "kind": "observation", "key": ["id"],
        "columns": {"patient_id": "mrn", "start": "taken", "code": "code", "code_system": "system",
                    "value_number": "value", "unit": "unit", "status": "status"},
    },
    "notes": {
        "files": ["notes.csv"], "kind": "note", "key": ["id"],
        "columns": {"patient_id": "mrn", "start": "written", "text": "text"},
    },
}  # fmt: skip


@pytest.mark.parametrize("policy", ["safe_harbor", "date_shift"])
@pytest.mark.parametrize(
    ("connector", "files", "options"),
    [("hl7v2", HL7, {}), ("fhir", FHIR, {}), ("csv", CSV, {"tables": MAPPING})],
)
def test_what_the_policy_does_not_name_does_not_pass(
    tmp_path: Path, connector: str, files: dict[str, str], options: dict[str, Any], policy: str
) -> None:
    rows = Hospital(tmp_path, policy).redact(connector, files, **options)
    assert {row["kind"] for row in rows} >= {"patient", "observation"}
    for row in rows:
        record = row.pop("record")
        assert "Vexmoor" in str(record), "the name came as far as redaction"
        assert not {"Vexmoor", "Plinth"} & set(str(row).replace(",", " ").replace("'", " ").split())
        assert {name for name in ("identity", "extras") if name in row} == set()
    assert 110.0 in [row["value_number"] for row in rows]


def note(connector: str, number: str, text: str) -> dict[str, str]:
    """Return a note of one patient, of 14 January, as each format has it."""
    if connector == "hl7v2":
        lines = [
            r"MSH|^~\&|APP|CRMC|EHR|CRMC|20260115101500||MDM^T02^MDM_T02|42|P|2.5.1", "EVN|T02|20260115101500",
            f"PID|1||{number}^^^CRMC^MR||Quill^Ada", "PV1|1|I",
            "TXA|1|PN|TX|20260114||||||||D1||||||AU", f"OBX|1|TX|11506-3^Note^LN||{text}||||||F",
        ]  # fmt: skip
        return {"a.hl7": "\r".join(lines) + "\r"}
    if connector == "csv":
        return {"notes.csv": f'id,mrn,written,text\n1,{number},2026-01-14,"{text}"\n'}
    patient = {"resourceType": "Patient", "id": number}
    attachment = {"contentType": "text/plain", "data": base64.b64encode(text.encode()).decode()}
    document = {
        "resourceType": "DocumentReference", "id": "d1", "status": "current",
        "subject": {"reference": f"Patient/{number}"}, "date": "2026-01-14", "content": [{"attachment": attachment}],
    }  # fmt: skip
    return {"Patient.ndjson": json.dumps(patient), "DocumentReference.ndjson": json.dumps(document)}


def test_one_patient_has_one_key_and_one_shift_in_every_format_and_night(tmp_path: Path) -> None:
    hospital, seen = Hospital(tmp_path, "date_shift"), set()
    nights = [("hl7v2", DAY), ("fhir", DAY), ("csv", DAY), ("csv", "2026-01-16")]
    for connector, day in nights:
        options = {"tables": MAPPING} if connector == "csv" else {}
        text = "Seen on 01/14/2026 and again."
        row = only(hospital.redact(connector, note(connector, "700001", text), day, **options), "note")
        month, of_month, year = without_marks(row["text"]).split()[2].split("/")
        seen.add((row["patient_key"], row["start"], f"{year}-{month}-{of_month}"))
    assert len(seen) == 1, seen
    ((key, start, in_text),) = seen
    assert start == in_text != "2026-01-14"
    other = only(hospital.redact("csv", note("csv", "700002", "Well."), "2026-01-17", tables=MAPPING), "note")
    assert other["patient_key"] != key
    assert other["start"] != start


@pytest.mark.parametrize(("written", "precision"), [("2026", 4), ("2026-01", 7), ("2026-01-14", 10)])
def test_a_shifted_date_is_as_precise_as_it_was(tmp_path: Path, written: str, precision: int) -> None:
    files = {"notes.csv": f"id,mrn,written,text\n1,700001,{written},Well.\n"}
    row = only(Hospital(tmp_path, "date_shift").redact("csv", files, tables=MAPPING), "note")
    assert len(row["start"]) == precision


def test_an_old_date_in_a_note_does_not_move_but_goes(tmp_path: Path) -> None:
    text = "Born 03/17/1931, seen 01/14/2026."
    row = only(Hospital(tmp_path, "date_shift").redact("csv", note("csv", "700001", text), tables=MAPPING), "note")
    assert without_marks(row["text"]).startswith("Born [DATE], seen ")
    assert "[DATE]" not in row["text"][13:]
