"""Turn a file of HL7 v2 messages into units, and each message into records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.errors import ConfigError, RecordError
from pipeline.ingest.connector import Connector, SourceFile, Unit
from pipeline.ingest.hl7v2 import tokenizer
from pipeline.ingest.hl7v2.charsets import codec_of
from pipeline.ingest.hl7v2.identity import identifiers
from pipeline.ingest.hl7v2.orders import order_records
from pipeline.ingest.hl7v2.patient import context, encounter_record, fact_records, patient_record
from pipeline.ingest.hl7v2.structure import Patient, patients
from pipeline.ingest.hl7v2.tokenizer import Chunk, Message
from pipeline.records import RawRecord

# Messages that are about a patient by definition: without one, something is wrong with them.
_CLINICAL = frozenset({
    "ADT", "ORU", "OUL", "ORM", "OML", "OMG", "OMP", "OMI", "OMS", "RDE", "RDS", "RAS", "RGV", "MDM", "VXU",
    "PPR", "PGL", "BAR",
})  # fmt: skip
_TYPE = re.compile(r"[A-Z0-9_^]{1,15}")


class Hl7v2Connector(Connector):
    """Reads HL7 v2 messages, singly, in a row, in batches or in MLLP frames.

    Option `charset`: the character set, as table 0211 names it, of messages that do not say (default: UTF-8).
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        if unknown := sorted(set(options) - {"charset"}):
            raise ConfigError(f"hl7v2 has no option {unknown[0]!r}: it takes `charset`")
        codec = codec_of(str(options.get("charset", "UNICODE UTF-8")))
        if codec is None:
            raise ConfigError("hl7v2 option charset: name one of HL7 table 0211, such as `8859/1`")
        self._codec = codec

    def count(self, file: SourceFile) -> int:
        """Count the messages, line by line."""
        return tokenizer.count(tokenizer.prepare(file.read()))

    def read(self, file: SourceFile) -> Iterator[Unit]:
        """Yield one unit a message, and one for each run of lines that belongs to none."""
        for position, chunk in enumerate(tokenizer.split(tokenizer.prepare(file.read())), 1):
            yield self._unit(position, chunk)

    def _unit(self, position: int, chunk: Chunk) -> Unit:
        if not chunk.is_message:
            return Unit(position, rejected="outside_message", content=chunk.content)
        if chunk.cut:
            return Unit(position, rejected="truncated", content=chunk.content)
        try:
            message = tokenizer.parse(chunk.content, self._codec)
            found = patients(message)
            if not found:
                return _without_patient(position, message, chunk.content)
            records = tuple(record for patient in found for record in _records(message, patient))
        except RecordError as error:
            cut = error.code == "bad_msh" and chunk.last
            return Unit(position, rejected="truncated" if cut else error.reason, content=chunk.content)
        return Unit(position, records, content=chunk.content)


def _without_patient(position: int, message: Message, content: bytes) -> Unit:
    code = message.header.get(9)
    if code in _CLINICAL:
        return Unit(position, rejected="no_patient", content=content)
    name = code if _TYPE.fullmatch(code) else "other"
    return Unit(position, excluded=f"no_clinical_content:{name}", content=content)


def _records(message: Message, patient: Patient) -> list[RawRecord]:
    """Return the records of one patient: the patient first, and with everyone whom the message names."""
    who = context(message, patient)
    encounter = encounter_record(who, patient)
    made = [encounter] if encounter is not None else []
    made.extend(fact_records(who, patient))
    unplaced = [] if encounter is not None else list(patient.visit.values())
    for order in patient.orders:
        records = order_records(who, order)
        made.extend(records)
        if not records:
            unplaced.extend(order.segments())
    own = (patient.pid.segment, *patient.others, *patient.pid.comments, *unplaced)
    identity = [one for segment in own for one in identifiers(segment)]
    identity.extend(one for record in made for one in record.identity)
    return [patient_record(who, patient, identity, unplaced), *made]
