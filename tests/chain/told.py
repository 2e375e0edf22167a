"""A connector for tests: each line of a file is a unit, written as the JSON of what a connector hands over."""

from collections.abc import Iterator

import orjson

from pipeline.ingest.connector import Connector, SourceFile, Unit
from pipeline.records import Identifier, Link, Person, RawRecord


class Told(Connector):
    """Reads units as they are told."""

    def count(self, file: SourceFile) -> int:
        return file.read().count(b"\n")

    def read(self, file: SourceFile) -> Iterator[Unit]:
        for position, line in enumerate(file.read().splitlines(), 1):
            told = orjson.loads(line)
            records = tuple(RawRecord(**_typed(record)) for record in told.get("records", ()))
            yield Unit(
                position,
                records,
                excluded="" if records else "people",
                people=tuple(Person(**_typed(person)) for person in told.get("people", ())),
                links=tuple(Link(*pair) for pair in told.get("links", ())),
            )


def _typed(told: dict[str, object]) -> dict[str, object]:
    return {**told, "identity": tuple(Identifier(*pair) for pair in told.get("identity", ()))}  # type: ignore[attr-defined]
