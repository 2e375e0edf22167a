"""Put together what a message says of one patient: the records, and the numbers that it joins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.ingest.hl7v2.context import Context
from pipeline.ingest.hl7v2.identity import from_field, identifiers
from pipeline.ingest.hl7v2.lifecycle import deletion_scope, merged_ids
from pipeline.ingest.hl7v2.orders import order_records
from pipeline.ingest.hl7v2.patient import (
    appointment_record,
    context,
    encounter_record,
    fact_records,
    patient_key,
    patient_record,
    visit_key,
)
from pipeline.ingest.hl7v2.structure import Patient
from pipeline.ingest.hl7v2.tokenizer import Message, Segment
from pipeline.records import Identifier, Link, RawRecord

OwnFields = Mapping[str, Sequence[tuple[int, str, str]]]


class Assembled(NamedTuple):
    """What a message says of one patient."""

    records: list[RawRecord]
    links: list[Link]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source says of its messages: the fields of its Z-segments that identify, and whose ids come first."""

    own_fields: OwnFields = field(default_factory=dict)
    authorities: Sequence[str] = ()


def assemble(message: Message, patient: Patient, reading: Reading, findings: Counter[str]) -> Assembled:
    """Return the records of one patient: the patient first, and with everyone whom the message names.

    Raises `RecordError`: `no_patient_id`.
    """
    who = context(message, patient, findings, reading.authorities)
    scope = deletion_scope(who, patient)
    if scope:
        made, unplaced = _taken_back(who, patient, scope)
    else:
        made, unplaced = _said(who, patient)
    own = (patient.pid.segment, *patient.others, *patient.pid.comments, *unplaced)
    identity = [one for segment in own for one in identifiers(segment)]
    identity.extend(one for record in made for one in record.identity)
    identity.extend(_from_own_fields(message, reading.own_fields))
    if scope == "patient":
        records = [who.deletion("patient", patient_key(who), scope, dict.fromkeys(identity))]
    else:
        records = [patient_record(who, patient, identity, unplaced), *made]
    return Assembled(records, list(merged_ids(who, patient)))


def _said(who: Context, patient: Patient) -> tuple[list[RawRecord], list[Segment]]:
    """Return the records beside the patient's, and the segments that none of them keeps."""
    encounter, appointment = encounter_record(who, patient), appointment_record(who, patient)
    made = [record for record in (encounter, appointment) if record is not None]
    made.extend(fact_records(who, patient))
    unplaced = [] if encounter is not None else list(patient.visit.values())
    if appointment is None:
        unplaced.extend(patient.schedule)
    for order in patient.orders:
        records = order_records(who, order)
        made.extend(records)
        if all(record.deleted for record in records):  # none of them says anything else, or there is none
            unplaced.extend(order.segments())
    return made, unplaced


def _taken_back(who: Context, patient: Patient, scope: str) -> tuple[list[RawRecord], list[Segment]]:
    """Return the deletion of a visit; what the message says of it besides is kept with the patient."""
    unplaced = [*patient.visit.values(), *patient.schedule]
    for fact in patient.facts:
        unplaced += fact.segment, *fact.comments
    for order in patient.orders:
        unplaced += order.all_segments()
    return [who.deletion("encounter", visit_key(who), scope)] if scope == "encounter" else [], unplaced


def _from_own_fields(message: Message, own_fields: OwnFields) -> Iterator[Identifier]:
    if own_fields:
        for segment in message.segments:
            for number, kind, data_type in own_fields.get(segment.name, ()):
                if number < len(segment.fields):
                    yield from from_field(segment, number, kind, data_type)
