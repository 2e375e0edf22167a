"""Turn a file of HL7 v2 messages into units, and each message into records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.errors import ConfigError, RecordError
from pipeline.ingest.connector import Connector, SourceFile, Unit
from pipeline.ingest.hl7v2 import tokenizer
from pipeline.ingest.hl7v2.charsets import codec_of
from pipeline.ingest.hl7v2.identity import DATA_TYPES, from_field, identifiers
from pipeline.ingest.hl7v2.orders import order_records
from pipeline.ingest.hl7v2.patient import context, encounter_record, fact_records, patient_record
from pipeline.ingest.hl7v2.structure import Patient, patients
from pipeline.ingest.hl7v2.tokenizer import Chunk, Message
from pipeline.records import IDENTIFIER_TYPES, RawRecord

# Messages that are about a patient by definition: without one, something is wrong with them.
_CLINICAL = frozenset({
    "ADT", "ORU", "OUL", "ORM", "OML", "OMG", "OMP", "OMI", "OMS", "RDE", "RDS", "RAS", "RGV", "MDM", "VXU",
    "PPR", "PGL", "BAR",
})  # fmt: skip
# Others by HL7 table 0076; what is in no table may be anything, and is counted as `other`.
_OTHERS = frozenset(
    "ACK BRP BRT CRM CSU DFT DOC EAC EAN EAR EHC ESR ESU INR INU LSR LSU MCF MFK MFN MFQ MFR NMD NMQ NMR OMB OMD "
    "OMN ORF ORG ORI ORL ORN ORP ORR ORS OSQ OSR OSU PEX PIN PMU PPG PPP PPT PPV PRR PTR QBP QCK QCN QRY QSB QSX "
    "QVR RAR RCI RCL RDR RDY REF RER RGR ROR RPA RPI RPL RPR RQA RQC RQI RQP RRA RRD RRE RRG RRI RSP RTB SIU SPQ "
    "SQM SQR SRM SRR SSR SSU SUR TBR TCR TCU UDM VQQ VXQ VXR VXX".split()
)


class Hl7v2Connector(Connector):
    """Reads HL7 v2 messages, singly, in a row, in batches or in MLLP frames.

    Option `charset`: the character set, as table 0211 names it, of messages that do not say (default: UTF-8).
    Option `identity`: fields of Z-segments that hold identifiers, as `ZPI-2: [staff, XCN]`: the type of
    identifier and the HL7 data type.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        if unknown := sorted(set(options) - {"charset", "identity"}):
            raise ConfigError(f"hl7v2 has no option {unknown[0]!r}: it takes `charset` and `identity`")
        codec = codec_of(str(options.get("charset", "UNICODE UTF-8")))
        if codec is None:
            raise ConfigError("hl7v2 option charset: name one of HL7 table 0211, such as `8859/1`")
        self._codec = codec
        self._identity = _own_fields(options.get("identity", {}))

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
            records = tuple(record for patient in found for record in _records(message, patient, self._identity))
        except RecordError as error:
            cut = error.code == "bad_msh" and chunk.last
            return Unit(position, rejected="truncated" if cut else error.reason, content=chunk.content)
        return Unit(position, records, content=chunk.content)


def _without_patient(position: int, message: Message, content: bytes) -> Unit:
    code = message.header.get(9)
    if code in _CLINICAL:
        return Unit(position, rejected="no_patient", content=content)
    name = code if code in _OTHERS else "other"
    return Unit(position, excluded=f"no_clinical_content:{name}", content=content)


_OwnFields = dict[str, list[tuple[int, str, str]]]


def _own_fields(option: Any) -> _OwnFields:
    """Return the option `identity`, by segment."""
    fields: _OwnFields = {}
    for place, meaning in dict(option).items():
        match = re.fullmatch(r"([A-Z][A-Z0-9]{2})-([1-9]\d?)", str(place))
        pair = tuple(meaning) if isinstance(meaning, list) else ()
        if not match or len(pair) != 2 or pair[0] not in IDENTIFIER_TYPES or pair[1] not in DATA_TYPES:
            raise ConfigError(f"hl7v2 option identity: {place} must be like `ZPI-2: [staff, XCN]`")
        fields.setdefault(match[1], []).append((int(match[2]), *pair))
    return fields


def _records(message: Message, patient: Patient, own_fields: _OwnFields) -> list[RawRecord]:
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
    for segment in message.segments:
        for number, kind, data_type in own_fields.get(segment.name, ()):
            if number < len(segment.fields):
                identity.extend(from_field(segment, number, kind, data_type))
    return [patient_record(who, patient, identity, unplaced), *made]
