"""The patient, the visit, and what is said of them in one segment each: diagnoses, allergies, procedures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.errors import RecordError
from pipeline.ingest.hl7v2.context import Context, comment_text, first, leftovers
from pipeline.ingest.hl7v2.fields import ADMIT_REASON, ENCOUNTER, FACTS, PATIENT
from pipeline.ingest.hl7v2.identity import identifiers
from pipeline.ingest.hl7v2.structure import Patient
from pipeline.ingest.hl7v2.tokenizer import Message, Segment
from pipeline.records import Identifier, RawRecord

_MEDICAL_RECORD = ("MR", "MRN", "PI", "PT", "PN", "PE")  # identifier types, best first
_NOT_THE_PATIENTS = ("SS", "SSN", "DL", "PPN", "HC", "MC", "MA", "AN", "VN")  # shared, public or of a visit
_VISIT_STATUS = {
    **dict.fromkeys(("A01", "A02", "A04", "A06", "A07", "A12", "A13", "A15", "A16"), "in-progress"),
    **dict.fromkeys(("A05", "A14"), "planned"),
    **dict.fromkeys(("A11", "A27", "A38"), "cancelled"),
    "A03": "finished",
}


def context(message: Message, patient: Patient) -> Context:
    """Tell who and which visit the records of a patient belong to.

    Raises `RecordError`: `no_patient_id`.
    """
    header = message.header
    event = next((segment for segment in patient.others if segment.name == "EVN"), None)
    number, authority = _patient_id(patient.pid.segment)
    return Context(
        code=header.get(9),
        event=header.get(9, 2) or (event.get(1) if event else ""),
        version=header.get(7) or (event.get(2) if event else ""),
        patient_id=number,
        patient_authority=authority,
        encounter_id=_visit_number(patient),
    )


def _patient_id(pid: Segment) -> tuple[str, str]:
    listed = [raw for raw in pid.repetitions(3) if pid.pick(raw, 1)]
    for wanted in _MEDICAL_RECORD:
        for raw in listed:
            if pid.pick(raw, 5) == wanted:
                return _number(pid, raw)
    for raw in listed:
        if pid.pick(raw, 5) not in _NOT_THE_PATIENTS:
            return _number(pid, raw)
    for raw in (raw for number in (2, 4) for raw in pid.repetitions(number)):
        if pid.pick(raw, 1):
            return _number(pid, raw)
    for raw in (*pid.repetitions(18), *listed, *pid.repetitions(19)):
        if pid.pick(raw, 1):
            return _number(pid, raw)
    raise RecordError("no_patient_id")


def _number(pid: Segment, raw: str) -> tuple[str, str]:
    """Return an id and its assigning authority: the namespace, else the universal id."""
    components = pid.components(raw)
    authority = pid.subcomponents(components[3]) if len(components) > 3 else [""]
    return pid.pick(raw, 1), authority[0] or (authority[1] if len(authority) > 1 else "")


def _visit_number(patient: Patient) -> str:
    visit = patient.visit.get("PV1")
    if visit is None:
        return ""
    return visit.get(19) or visit.get(50) or patient.pid.segment.get(18)


def patient_record(
    context: Context, patient: Patient, identity: Sequence[Identifier], unplaced: Sequence[Segment]
) -> RawRecord:
    """Return the record of a patient; `unplaced` are segments that no other record keeps."""
    pid = patient.pid.segment
    addresses = [raw for raw in pid.repetitions(11) if pid.pick(raw, 4) or pid.pick(raw, 5)]
    address = addresses[0] if addresses else ""
    comments = [*patient.pid.comments, *(segment for segment in unplaced if segment.name == "NTE")]
    others = [segment for segment in unplaced if segment.name != "NTE"]
    text = comment_text(comments)
    return replace(context, encounter_id="").record(
        "patient",
        # Results say less of the patient than admissions do, and come later: they must not replace them.
        key=f"{context.patient_scope}|{context.code}",
        **{column: first(pid, places) for column, places in PATIENT.items()},
        state=pid.pick(address, 4),
        postal_code=pid.pick(address, 5),
        text=text,
        text_format="text/plain" if text else "",
        identity=tuple(dict.fromkeys(identity)),
        extras=leftovers((pid, *patient.others, *comments)) | leftovers(others, whole=True),
    )


def encounter_record(context: Context, patient: Patient) -> RawRecord | None:
    """Return the record of the visit, if it has a number."""
    visit = patient.visit.get("PV1")
    if visit is None or not context.encounter_id:
        return None
    more = patient.visit.get("PV2")
    columns = {column: first(visit, places) for column, places in ENCOUNTER.items()}
    derived = "finished" if columns["end"] else ("in-progress" if columns["start"] else "")
    return context.record(
        "encounter",
        key=f"{context.encounter_id}|{context.code}",
        **columns,
        title=first(more, ADMIT_REASON) if more else "",
        status=(_VISIT_STATUS.get(context.event) if context.code == "ADT" else None) or derived,
        identity=tuple(one for segment in patient.visit.values() for one in identifiers(segment)),
        extras=leftovers(patient.visit.values()),
    )


def fact_records(context: Context, patient: Patient) -> Iterator[RawRecord]:
    """Yield diagnoses, allergies and procedures."""
    for anchor in patient.facts:
        segment, fact = anchor.segment, FACTS[anchor.segment.name]
        columns = {column: first(segment, places) for column, places in fact.columns.items()}
        what = columns["code"] or columns["display"]
        key = f"{context.patient_scope}|{what}"
        if fact.per_visit:
            # The same procedure may be done twice in a visit.
            when = columns["start"] if fact.kind == "procedure" else ""
            key = "|".join((context.visit_scope, segment.name, segment.get(1), what, when))
        text = comment_text(anchor.comments)
        yield context.record(
            fact.kind,
            key=key if what else "",
            **columns,
            text=text,
            text_format="text/plain" if text else "",
            identity=identifiers(segment),
            extras=leftovers((segment, *anchor.comments)),
        )
