"""What a server says was deleted: entries with a DELETE request, in an export's `deleted` files or in a history."""

from __future__ import annotations

from pipeline.errors import RecordError
from pipeline.ingest.fhir.bundles import Entry
from pipeline.ingest.fhir.facts import Reading
from pipeline.ingest.fhir.readers import Excluded
from pipeline.ingest.fhir.resources import MAPPERS
from pipeline.records import RawRecord

# A deletion says nothing of the parts that a resource had. So many are taken back of those that have parts.
_PARTS = tuple(f"#{number}" for number in range(1, 41))
# The records that a resource may have become: kind and what follows its key.
_RECORDS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "Observation": (("observation", ("", *_PARTS)),),
    "FamilyMemberHistory": (("condition", ("", *_PARTS)),),
    "DiagnosticReport": (("note", ("", "#conclusion")), ("observation", ("",))),
}
_KINDS = {
    "Encounter": "encounter", "Condition": "condition", "Procedure": "procedure", "ServiceRequest": "procedure",
    "ProcedureRequest": "procedure", "ReferralRequest": "procedure", "AllergyIntolerance": "allergy",
    "Immunization": "immunization", "MedicationRequest": "medication", "MedicationStatement": "medication",
    "MedicationAdministration": "medication", "MedicationDispense": "medication",
}  # fmt: skip


def tombstones(entry: Entry, reading: Reading) -> tuple[RawRecord, ...]:
    """Return what takes back all records of a deleted resource; of a Patient, all that is theirs.

    Raises `RecordError` if the entry names none, `Excluded` if its type makes no records.
    """
    target = reading.scope.locate(entry.deleted.strip("/"))
    if not target.id and "/" not in entry.deleted:
        raise RecordError("conditional_delete")
    if not target.type or not target.id:
        raise RecordError("delete_of_nothing")
    key = f"{target.type}/{target.id}"
    if target.type == "Patient":
        return (
            RawRecord(
                kind="patient",
                key=key,
                version=entry.version,
                deleted="patient",
                patient_id=target.id,
                patient_authority=reading.server,
            ),
        )
    if target.type not in MAPPERS:
        raise Excluded("deleted_unsupported")
    records = _RECORDS.get(target.type) or ((_KINDS.get(target.type, "note"), ("",)),)
    if reading.narrative:
        records = (*records, ("note", ("#narrative",)))
    return tuple(
        RawRecord(kind=kind, key=key + suffix, version=entry.version, deleted="record")
        for kind, suffixes in records
        for suffix in suffixes
    )
