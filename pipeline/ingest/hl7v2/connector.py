"""Turn a file of HL7 v2 messages into units, and each message into records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.errors import ConfigError, RecordError
from pipeline.ingest.connector import Connector, SourceFile, Unit
from pipeline.ingest.hl7v2 import continuation, framing, tokenizer
from pipeline.ingest.hl7v2.assemble import Reading, assemble
from pipeline.ingest.hl7v2.batches import Batches
from pipeline.ingest.hl7v2.charsets import codec_of
from pipeline.ingest.hl7v2.conformance import Conformance
from pipeline.ingest.hl7v2.counting import count_units
from pipeline.ingest.hl7v2.framing import Chunk
from pipeline.ingest.hl7v2.identity import DATA_TYPES
from pipeline.ingest.hl7v2.lifecycle import not_carried_out
from pipeline.ingest.hl7v2.structure import patients
from pipeline.ingest.hl7v2.tokenizer import Message
from pipeline.records import IDENTIFIER_TYPES

# Messages that are about a patient by definition: without one, something is wrong with them.
_CLINICAL = frozenset({
    "ADT", "ORU", "OUL", "ORM", "OML", "OMG", "OMP", "OMI", "OMS", "RDE", "RDS", "RAS", "RGV", "MDM", "VXU",
    "PPR", "PGL", "BAR",
})  # fmt: skip
_OPTIONS = frozenset(("authorities", "charset", "conformance", "identity"))
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
    Option `authorities`: whose number in PID-3 is the patient's, best first, where it lists several.
    Option `conformance`: what hl7apy finds amiss is counted, of `sample` (the first 20 messages of each type in a
    file) or `all`; default `off`.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        if unknown := sorted(set(options) - _OPTIONS):
            raise ConfigError(f"hl7v2 has no option {unknown[0]!r} (known: {', '.join(sorted(_OPTIONS))})")
        codec = codec_of(str(options.get("charset", "UNICODE UTF-8")))
        if codec is None:
            raise ConfigError("hl7v2 option charset: name one of HL7 table 0211, such as `8859/1`")
        self._codec = codec
        self._reading = Reading(_own_fields(options.get("identity", {})), _authorities(options.get("authorities", [])))
        self._conformance = Conformance.level(options)

    def count(self, file: SourceFile) -> int:
        """Count the messages, line by line."""
        _, blocks = framing.utf8_blocks(file.blocks())
        return count_units(blocks)

    def read(self, file: SourceFile) -> Iterator[Unit]:
        """Yield one unit a message, and one for each run of lines that belongs to none."""
        transcoded, blocks = framing.utf8_blocks(file.blocks())
        conformance = Conformance(self._conformance, self.findings)
        chunks = continuation.join(framing.split(blocks, Batches(self.findings)), self.findings)
        for position, chunk in enumerate(chunks, 1):
            yield self._unit(position, chunk, transcoded, conformance)

    def _unit(self, position: int, chunk: Chunk, transcoded: bool, conformance: Conformance) -> Unit:
        content = chunk.content
        if chunk.rejected or chunk.excluded:
            return Unit(position, rejected=chunk.rejected, excluded=chunk.excluded, content=content)
        try:
            message = tokenizer.parse(content, self._codec, transcoded)
            conformance.check(message)
            found = patients(message)
            if not found:
                return _without_patient(position, message, content)
            if finding := not_carried_out(message):
                self.findings[finding] += 1
            parts = [assemble(message, patient, self._reading, self.findings) for patient in found]
        except RecordError as error:
            cut = error.code == "bad_msh" and chunk.last
            return Unit(position, rejected="truncated" if cut else error.reason, content=content)
        records = tuple([record for part in parts for record in part.records])
        links = tuple([link for part in parts for link in part.links])
        return Unit(position, records, content=content, links=links)


def _without_patient(position: int, message: Message, content: bytes) -> Unit:
    code = message.header.get(9)
    if code in _CLINICAL:
        return Unit(position, rejected="no_patient", content=content)
    name = code if code in _OTHERS else "other"
    return Unit(position, excluded=f"no_clinical_content:{name}", content=content)


def _authorities(option: Any) -> tuple[str, ...]:
    """Return the option `authorities`."""
    if not isinstance(option, list) or not all(isinstance(name, str) and name for name in option):
        raise ConfigError("hl7v2 option authorities: give a list of names as PID-3.4 has them, best first")
    return tuple(option)


def _own_fields(option: Any) -> dict[str, list[tuple[int, str, str]]]:
    """Return the option `identity`, by segment."""
    fields: dict[str, list[tuple[int, str, str]]] = {}
    for place, meaning in dict(option).items():
        match = re.fullmatch(r"([A-Z][A-Z0-9]{2})-([1-9]\d?)", str(place))
        pair = tuple(meaning) if isinstance(meaning, list) else ()
        if not match or len(pair) != 2 or pair[0] not in IDENTIFIER_TYPES or pair[1] not in DATA_TYPES:
            raise ConfigError(f"hl7v2 option identity: {place} must be like `ZPI-2: [staff, XCN]`")
        fields.setdefault(match[1], []).append((int(match[2]), *pair))
    return fields
