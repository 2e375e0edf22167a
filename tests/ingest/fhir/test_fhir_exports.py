"""What a server sends around its resources: manifests, deletions, histories, complaints, and files that are long."""

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

import pytest

from pipeline.ingest.connector import BLOCK, SourceFile
from pipeline.ingest.fhir.connector import FhirConnector
from tests.ingest.fhir.support import SUBJECT, concept, read, read_file, source_file

PATIENT = {"resourceType": "Patient", "id": "p1"}
CONDITION = {"resourceType": "Condition", "id": "c1", **SUBJECT}
DRUG = {"resourceType": "Medication", "id": "m1", "code": concept("1191", "Aspirin", "urn:rx")}
ORDER = {"resourceType": "MedicationRequest", "id": "o1", **SUBJECT,
         "medicationReference": {"reference": "Medication/m1"}}  # fmt: skip


def deletion(url: str, **entry: Any) -> dict[str, Any]:
    return {"request": {"method": "DELETE", "url": url}, **entry}


def bundle(kind: str, *entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries), **more}


# Of each entry: what becomes of it, key, scope of the deletion.
DELETED = {
    "Condition/c1": [("condition", "Condition/c1", "record")],
    "https://host/fhir/Encounter/e1/_history/4": [("encounter", "Encounter/e1", "record")],
    "Patient/p1": [("patient", "Patient/p1", "patient")],
    "DiagnosticReport/d1": [
        ("note", "DiagnosticReport/d1", "record"),
        ("note", "DiagnosticReport/d1#conclusion", "record"),
        ("observation", "DiagnosticReport/d1", "record"),
    ],
    "Claim/1": "deleted_unsupported",
    "Condition?code=1": "conditional_delete",
    "nonsense": "conditional_delete",
}


@pytest.mark.parametrize(("url", "expected"), DELETED.items(), ids=DELETED)
def test_a_deletion_takes_back_what_the_resource_became(url: str, expected: list[tuple[str, str, str]] | str) -> None:
    (unit,) = read(bundle("transaction", deletion(url)))
    outcome = [(one.kind, one.key, one.deleted) for one in unit.records]
    assert (outcome or unit.excluded or unit.rejected) == expected


def test_a_deleted_observation_takes_back_its_components() -> None:
    component = [{"code": concept(str(number)), "valueInteger": number} for number in range(12)]
    made = read({"resourceType": "Observation", "id": "o", **SUBJECT, "component": component})[0].records
    taken = read(bundle("transaction", deletion("Observation/o")))[0].records
    assert {one.key for one in made} <= {one.key for one in taken}


def test_a_deleted_patient_is_named() -> None:
    (unit,) = read(bundle("transaction", deletion("Patient/p1")), patient_identifier="urn:mrn")
    assert (unit.records[0].patient_id, unit.records[0].patient_authority) == ("p1", "CRMC/fhir")


def test_a_history_says_when() -> None:
    units = read(
        bundle(
            "history",
            deletion("Condition/c1", response={"status": "204", "lastModified": "2026-01-16T01:00:00Z"}),
            {"resource": CONDITION, "response": {"lastModified": "2026-01-15T01:00:00Z"}},
            deletion("Condition/c2"),
            meta={"lastUpdated": "2026-01-17"},
        )
    )
    assert [(unit.records[0].deleted, unit.records[0].version) for unit in units] == [
        ("record", "2026-01-16T01:00:00Z"),
        ("", "2026-01-15T01:00:00Z"),
        ("record", "2026-01-17"),
    ]


def test_deleted_files_of_an_export_are_lines_of_bundles() -> None:
    lines = [bundle("transaction", deletion("Patient/p1"), deletion("Condition/c1")), PATIENT, bundle("transaction")]
    units, _ = read_file(source_file("del.ndjson", lines))
    assert [(unit.position, unit.records[0].deleted) for unit in units] == [(1, "patient"), (1, "record"), (2, "")]


def test_bundles_in_bundles_are_opened() -> None:
    inner = bundle("searchset", {"resource": CONDITION}, {"resource": PATIENT})
    units = read([bundle("batch-response", {"resource": inner}, {"response": {"status": "201"}}), PATIENT])
    assert [unit.excluded or unit.records[0].kind for unit in units] == [
        "condition",
        "patient",
        "no_resource",
        "patient",
    ]


def outcome(*codes: str) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code} for code in codes]}


def test_complaints_are_counted_by_code() -> None:
    units, findings = read_file(source_file("errors.ndjson", [outcome("not-found", "Jane Doe"), outcome("not-found")]))
    assert [unit.excluded for unit in units] == ["operation_outcome"] * 2
    assert findings == {"operation_outcome:not-found": 2, "operation_outcome:other": 1}
    answer = bundle("batch-response", {"response": {"status": "404", "outcome": outcome("not-found")}})
    units, findings = read_file(source_file("x", answer))
    assert (units[0].excluded, dict(findings)) == ("no_resource", {"operation_outcome:not-found": 1})


MANIFEST = {
    "transactionTime": "2026-01-15T00:00:00Z",
    "output": [
        {"type": "Condition", "url": "https://h/f/1"},
        {"type": "Medication", "url": "https://h/f/drugs.ndjson"},
    ],
    "deleted": [{"type": "Bundle", "url": "https://h/f/gone.ndjson"}],
}


def test_a_manifest_is_left_out_and_says_what_did_not_come() -> None:
    siblings = (source_file("1.ndjson", []), source_file("drugs.ndjson.gz", []))
    (unit,), findings = read_file(source_file("manifest.json", MANIFEST, siblings))
    assert (unit.excluded, dict(findings)) == ("bulk_manifest", {"manifest_file_missing:deleted": 1})


DRUG_FILES = {
    "by name": (
        (source_file("Medication.000.ndjson", [DRUG]), source_file("MedicationRequest.1.ndjson", [])),
        "Aspirin",
    ),
    "by manifest": ((source_file("drugs.ndjson", [DRUG]), source_file("manifest.json", MANIFEST)), "Aspirin"),
    "packed": ((source_file("1.Medication.ndjson.gz", gzip.compress(json.dumps(DRUG).encode())),), "Aspirin"),
    "not there": ((), ""),
    "not readable": ((source_file("Medication.ndjson", b"\x1f\x8b damaged" + b"x" * 40),), ""),
}


@pytest.mark.parametrize(("siblings", "display"), DRUG_FILES.values(), ids=DRUG_FILES)
def test_a_medication_of_another_file_gives_its_code(siblings: tuple[SourceFile, ...], display: str) -> None:
    (unit,), findings = read_file(source_file("MedicationRequest.ndjson", [ORDER], siblings))
    assert unit.records[0].display == display
    assert findings["medication_not_found"] == (0 if display else 1)


def test_a_medication_of_the_same_file_gives_its_code() -> None:
    units, _ = read_file(source_file("export.ndjson", [ORDER, DRUG]))
    assert [unit.excluded or unit.records[0].display for unit in units] == ["Aspirin", "medication_list"]


class Lines(BytesIO):
    """So many lines, which are made as they are read."""

    def __init__(self, line: bytes, count: int) -> None:
        super().__init__()
        self.source = self.made(line, count)
        self.rest = b""

    def made(self, line: bytes, count: int) -> Iterator[bytes]:
        for _ in range(count):
            yield line * 100

    def read(self, size: int | None = -1) -> bytes:
        while len(self.rest) < (size or 0) and (more := next(self.source, b"")):
            self.rest += more
        found, self.rest = self.rest[:size], self.rest[size:]
        return found

    def peek(self, size: int = 0) -> bytes:
        found = self.read(size)
        self.rest = found + self.rest
        return found


def test_lines_are_read_in_bounded_memory() -> None:
    line = json.dumps(CONDITION | {"note": [{"text": "x" * 10_000}]}).encode() + b"\r\n"

    def opened() -> BinaryIO:
        return Lines(line, 80)

    file = SourceFile("Condition.ndjson", opened)
    tracemalloc.start()
    units = read_count(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert units == 8_000
    assert len(line) * units > 2 * 8 * BLOCK
    assert peak < 8 * BLOCK


def read_count(file: SourceFile) -> int:
    connector = FhirConnector({"conformance": "off"})
    found = sum(1 for _ in connector.read(file))
    assert connector.count(file) == found
    return found


@pytest.mark.parametrize("size", [3, 7, 64, 4096])
def test_lines_may_lie_across_blocks(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"\xef\xbb\xbf" + b"\r\n".join(json.dumps(one).encode() for one in (PATIENT, CONDITION, {"id": 1}))
    blocks = [content[start : start + size] for start in range(0, len(content), size)]
    monkeypatch.setattr(SourceFile, "blocks", lambda self: iter(blocks))
    units, _ = read_file(source_file("x", content))
    assert [(unit.position, unit.rejected) for unit in units] == [(1, ""), (2, ""), (3, "no_resource_type")]
