"""A connector that does all it must, for tests to break one thing at a time."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.errors import SourceError
from pipeline.ingest.connector import Connector, SourceFile, Unit
from pipeline.records import Identifier, RawRecord

CONTENT = (
    b'{"mrn": "9000001", "name": "Testa Fictional", "loinc": "8867-4", "value": "72"}\n'
    b'{"mrn": "9000002", "name": "Exampla Sample", "test": true}\n'
    b"this is no json\n"
)


class Vitals(Connector):
    """Reads one JSON object a line."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)

    def lines(self, file: SourceFile) -> Iterator[bytes]:
        rest = b""
        for block in file.blocks():
            *whole, rest = (rest + block).split(b"\n")
            yield from whole
        if rest:
            yield rest

    def count(self, file: SourceFile) -> int:
        count = sum(1 for line in self.lines(file) if line.strip())
        if not count:
            raise SourceError("empty")
        return count

    def read(self, file: SourceFile) -> Iterator[Unit]:
        position = 0
        for line in self.lines(file):
            if line.strip():
                position += 1
                yield self.unit(position, line)
        if not position:
            raise SourceError("empty")

    def unit(self, position: int, line: bytes) -> Unit:
        try:
            row = json.loads(line)
        except ValueError:
            return Unit(position, rejected="bad_json", content=line)
        if not isinstance(row, dict):
            return Unit(position, rejected="bad_json", content=line)
        if row.get("test"):
            return Unit(position, excluded="test_patient")
        patient = str(row.get("mrn") or "").strip()
        return self.made(position, line, row, patient) if patient else Unit(position, rejected="no_patient")

    def made(self, position: int, line: bytes, row: dict[str, Any], patient: str) -> Unit:
        return Unit(position, (self.record(row, patient),), content=line)

    def record(self, row: dict[str, Any], patient: str) -> RawRecord:
        identity = [Identifier("id", patient)]
        if str(row.get("name") or "").strip():
            identity.append(Identifier("name", str(row["name"])))
        return RawRecord(
            kind="observation",
            patient_id=patient,
            code=str(row.get("loinc", "")),
            value_number=str(row.get("value", "")),
            identity=tuple(identity),
        )
