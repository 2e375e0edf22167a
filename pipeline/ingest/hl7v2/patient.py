"""The patient, the visit, and what is said of them in one segment each: diagnoses, allergies, procedures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.ingest.hl7v2.context import Context, comment_text, first, leftovers
from pipeline.ingest.hl7v2.fields import (
    ADMIT_REASON,
    APPOINTMENT,
    APPOINTMENT_NUMBER,
    ENCOUNTER,
    EXPECTED_START,
    FACTS,
    PATIENT,
    SERVICE,
)
from pipeline.ingest.hl7v2.identity import identifiers
from pipeline.ingest.hl7v2.lifecycle import (
    APPOINTMENT_DELETED,
    APPOINTMENT_STATUS,
    DISCHARGE_CANCELLED,
    VISIT_STATUS,
    is_deletion,
    message_version,
)
from pipeline.ingest.hl7v2.patient_ids import patient_id
from pipeline.ingest.hl7v2.structure import Patient
from pipeline.ingest.hl7v2.tokenizer import Message, Segment
from pipeline.records import Identifier, RawRecord


def context(message: Message, patient: Patient, findings: Counter[str], authorities: Sequence[str] = ()) -> Context:
    """Tell who and which visit the records of a patient belong to.

    Raises `RecordError`: `no_patient_id`.
    """
    header = message.header
    event = next((segment.get(1) for segment in patient.others if segment.name == "EVN"), "")
    who = patient_id(patient.pid.segment, authorities)
    return Context(
        code=header.get(9),
        event=header.get(9, 2) or event,
        version=message_version(message, patient),
        patient_id=who.number,
        patient_authority=who.authority,
        encounter_id=_visit_number(patient),
        findings=findings,
    )


def _visit_number(patient: Patient) -> str:
    visit = patient.visit.get("PV1")
    if visit is None:
        return ""
    return visit.get(19) or visit.get(50) or patient.pid.segment.get(18)


def patient_key(context: Context) -> str:
    """Return the key of a patient's record, one for each type of message.

    Results say less of the patient than admissions do, and come later: they must not replace them.
    """
    return f"{context.patient_scope}|{context.code}"


def visit_key(context: Context) -> str:
    """Return the key of a visit's record, likewise one for each type of message."""
    return f"{context.visit_scope}|{context.code}"


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
        key=patient_key(context),
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
    extras = leftovers(patient.visit.values())
    if context.event == DISCHARGE_CANCELLED and columns["end"]:  # the discharge that is none
        extras["PV1-45"], columns["end"] = visit.raw(45), ""
    derived = "finished" if columns["end"] else ("in-progress" if columns["start"] else "")
    status = VISIT_STATUS.get(context.event) if context.code == "ADT" else ""
    if more and status == "planned":
        columns["start"] = columns["start"] or first(more, EXPECTED_START)
    return context.record(
        "encounter",
        key=visit_key(context),
        **columns,
        title=first(more, ADMIT_REASON) if more else "",
        status=status or derived,
        identity=tuple(one for segment in patient.visit.values() for one in identifiers(segment)),
        extras=extras,
    )


def appointment_record(context: Context, patient: Patient) -> RawRecord | None:
    """Return the record of the appointment that a message schedules, changes or cancels."""
    named = {segment.name: segment for segment in reversed(patient.schedule)}
    schedule, service = named.get("SCH"), named.get("AIS")
    if schedule is None:
        return None
    columns = {column: first(schedule, places) for column, places in APPOINTMENT.items()}
    if service is not None:
        said = {column: first(service, places) for column, places in SERVICE.items()}
        said["display"] = said["display"] or columns["display"]
        columns = {**columns, **said, "start": columns["start"] or said["start"]}
    number = first(schedule, APPOINTMENT_NUMBER)
    key = f"{context.patient_scope}|appointment|{number}" if number else ""
    identity = tuple(one for segment in patient.schedule for one in identifiers(segment))
    if key and context.event == APPOINTMENT_DELETED:
        return context.deletion("encounter", key, identity=identity)
    columns["status"] = APPOINTMENT_STATUS.get(context.event) or columns["status"]
    text = comment_text(segment for segment in patient.schedule if segment.name == "NTE")
    return context.record(
        "encounter",
        key=key,
        **columns,
        text=text,
        text_format="text/plain" if text else "",
        identity=identity,
        extras=leftovers(patient.schedule),
    )


def fact_records(context: Context, patient: Patient) -> Iterator[RawRecord]:
    """Yield diagnoses, problems, allergies and procedures."""
    for anchor in patient.facts:
        segment, fact = anchor.segment, FACTS[anchor.segment.name]
        columns = {column: first(segment, places) for column, places in fact.columns.items()}
        key = _fact_key(context, segment, columns)
        if key and is_deletion(first(segment, fact.action)):
            yield context.deletion(fact.kind, key, identity=identifiers(segment))
            continue
        text = comment_text(anchor.comments)
        yield context.record(
            fact.kind,
            key=key,
            **columns,
            text=text,
            text_format="text/plain" if text else "",
            identity=identifiers(segment),
            extras=leftovers((segment, *anchor.comments)),
        )


def _fact_key(context: Context, segment: Segment, columns: dict[str, str]) -> str:
    """Return the key of a fact: its number, else what it is; its place in a message changes with each message."""
    fact = FACTS[segment.name]
    what = columns["code"] or columns["display"]
    if number := first(segment, fact.number):
        what, apart = number, ""
    else:
        apart = columns[fact.apart] if fact.apart else ""
    scope = context.visit_scope if fact.per_visit else context.patient_scope
    return "|".join((scope, fact.kind, what, apart)) if what else ""
