"""What all records of one patient in one message share, and what is left of a segment for `extras`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipeline.ingest.hl7v2.fields import ALL, KNOWN, Place
from pipeline.ingest.hl7v2.tokenizer import NULL, Segment
from pipeline.records import Identifier, RawRecord

# Of each segment, the number after the last field that a table names, and those before it of which something may be
# left over, each with the last component that is understood.
_NOT_ALL_KNOWN = {
    name: (
        max(known, default=0) + 1,
        [(n, known.get(n, 0)) for n in range(1, max(known, default=0) + 1) if known.get(n) != ALL],
    )
    for name, known in KNOWN.items()
}
_EVERY_FIELD: tuple[int, list[tuple[int, int]]] = (1, [])


@dataclass(frozen=True, slots=True)
class Context:
    """The patient, visit and version of a record. `code` and `event` are the message's: ADT, A01.

    `findings` counts what is worth knowing of the message and refuses nothing.
    """

    code: str
    event: str
    version: str
    patient_id: str
    patient_authority: str
    encounter_id: str
    findings: Counter[str]

    @property
    def patient_scope(self) -> str:
        """Return what every key starts with: numbers of orders and visits are seldom unique beyond a patient."""
        return f"{self.patient_authority}|{self.patient_id}"

    @property
    def visit_scope(self) -> str:
        """Return what makes a number unique that only is so within a visit."""
        return f"{self.patient_scope}|{self.encounter_id}"

    def record(self, kind: str, **columns: Any) -> RawRecord:
        """Make a record of this patient and visit."""
        return RawRecord(
            kind=kind,
            version=self.version,
            patient_id=self.patient_id,
            patient_authority=self.patient_authority,
            encounter_id=self.encounter_id,
            **columns,
        )

    def deletion(self, kind: str, key: str, scope: str = "record", identity: Iterable[Identifier] = ()) -> RawRecord:
        """Say that the sender took a record back, or all of this visit or patient; who was named stays known."""
        return self.record(kind, key=key, deleted=scope, identity=tuple(identity))


def first(segment: Segment, places: Iterable[Place]) -> str:
    """Return the first of some (field, component) that is not empty."""
    for number, component in places:
        if value := segment.get(number, component):
            return value
    return ""


def leftovers(segments: Iterable[Segment], whole: bool = False) -> dict[str, str]:
    """Return the fields of segments that no table names, as they stand, as `PID-10`, `NK1[2]-3`.

    A field is also left over where it holds more than its table reads, or a null; every field is, of `whole`
    segments.
    """
    extras: dict[str, str] = {}
    seen: dict[str, int] = {}
    for segment in segments:
        name, fields = segment.name, segment.fields
        nth = seen[name] = seen.get(name, 0) + 1
        label = name if nth == 1 else f"{name}[{nth}]"
        reach, partly = _EVERY_FIELD if whole else _NOT_ALL_KNOWN.get(name, _EVERY_FIELD)
        component, repetition = segment.delimiters.component, segment.delimiters.repetition
        if NULL in fields:
            extras.update((f"{label}-{number}", NULL) for number, raw in enumerate(fields) if raw == NULL)
        present = len(fields)
        for number, last in partly:
            if number >= present:
                break
            if (raw := fields[number]) and not (last and raw.count(component) < last and repetition not in raw):
                extras[f"{label}-{number}"] = raw
        for number in range(reach, present):
            if raw := fields[number]:
                extras[f"{label}-{number}"] = raw
    return extras


def comment_text(comments: Iterable[Segment]) -> str:
    """Return the text of NTE segments, a line each."""
    lines = [comment.text(part) for comment in comments for part in comment.repetitions(3)]
    return "\n".join(lines)
