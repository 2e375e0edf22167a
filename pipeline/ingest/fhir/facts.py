"""A resource on its way to records: what every resource type has in common, and what nobody took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.errors import RecordError
from pipeline.ingest.fhir.elements import children, text, written
from pipeline.ingest.fhir.extras import flatten
from pipeline.ingest.fhir.lookups import Lookups
from pipeline.ingest.fhir.people import mentioned, numbers
from pipeline.ingest.fhir.references import Node, Scope, Target, own_id
from pipeline.records import Identifier, RawRecord


@dataclass(frozen=True, slots=True)
class PatientNumber:
    """The identifier that is a patient's number beyond this server: of a `system`, or of a `type` (`MR`)."""

    system: str = ""
    type: str = ""

    def fits(self, identifier: Node) -> bool:
        """Tell whether an Identifier is the number."""
        if self.system and text(identifier, "system") != self.system:
            return False
        codes = (text(c, "code") for kind in children(identifier, "type") for c in children(kind, "coding"))
        return not self.type or self.type in codes


@dataclass(slots=True)
class Reading:
    """What is known while a file is read.

    `server` is the authority of the ids of resources; the source's own where it is empty. `usual` is what `meta` held
    last, by part, and its `extras`.
    """

    lookups: Lookups
    findings: Counter[str]
    scope: Scope = field(default_factory=Scope)
    number: PatientNumber | None = None
    server: str = ""
    narrative: bool = False
    usual: dict[str, tuple[Any, dict[str, str]]] = field(default_factory=dict)

    def patient(self, target: Target) -> tuple[str, str]:
        """Return id and authority of the patient that a reference names."""
        if target.id or not target.logical.value:
            return target.id, self.server
        own = self.number is not None and target.logical.system in ("", self.number.system)
        return target.logical.value, "" if own else target.logical.system


Reader = Callable[["Facts", str, Any], None]
Shape = Sequence[tuple[str, Reader]]


class Facts:
    """One resource: `node` is what nobody took yet, `fields` what was taken, `lines` what goes into the text."""

    __slots__ = ("contained", "extras", "fields", "id", "identity", "key", "lines", "node", "reading", "type")

    def __init__(self, resource: Node, reading: Reading, full_url: str = "") -> None:
        """Take type and id of a copy of a resource; elements are taken whole, so that what is in them stays."""
        self.node = node = dict(resource)
        self.reading = reading
        self.type: str = node.pop("resourceType")
        self.id = own_id(node, full_url)
        node.pop("id", None)
        # A plain id is unique within its type only, and one kind holds records of several types.
        self.key = f"{self.type}/{self.id}" if self.id else ""
        self.contained = {text(inner, "id"): inner for inner in children(node, "contained")}
        self.fields: dict[str, Any] = {}
        self.lines: list[str] = []
        self.identity: dict[Identifier, None] = {}
        self.extras: dict[str, str] = {}
        if "identifier" in node:
            self.know(numbers(node))

    def fill(self, shape: Shape) -> None:
        """Take the elements that a shape names, in its order; the rest goes to `extras`."""
        node = self.node
        for name, reader in shape:
            if name in node:
                reader(self, name, node.pop(name))
        for name, value in node.items():
            self.leave(name, value)

    def leave(self, name: str, value: Any) -> None:
        """Put an element into `extras`, and whom it names into `identity`."""
        if isinstance(value, str) and name not in self.extras:
            if value:
                self.extras[name] = value
        elif isinstance(value, (dict, list)) or name in self.extras:
            flatten(value, name, self.extras, self.see)
        elif words := written(value):
            self.extras[name] = words

    def leave_plain(self, name: str, concept: Node) -> None:
        """Put a concept of one coding, the code of which was taken, into `extras`."""
        coding = concept.get("coding")
        if coding:
            self._leave_words(f"{name}.coding", coding[0], "system", "display")
            self._leave_words(name, concept, "text")
        else:
            self._leave_words(name, concept, "system", "display", "text")

    def _leave_words(self, path: str, node: Node, *names: str) -> None:
        for name in names:
            if name in node:
                self.leave(f"{path}.{name}", node[name])

    def see(self, name: str, node: Node) -> None:
        """Put whom an object names into `identity`."""
        self.know(mentioned(name, node, self.reading.scope, self.contained))

    def know(self, identifiers: Iterable[Identifier]) -> None:
        """Put identifiers into `identity`, once each."""
        for identifier in identifiers:
            if identifier.value.strip():
                self.identity[identifier] = None

    def resolve(self, reference: Any) -> Target:
        """Return what a Reference names."""
        return self.reading.scope.resolve(reference if isinstance(reference, dict) else {}, self.contained)

    def find(self, code: str) -> None:
        """Count a finding."""
        self.reading.findings[code] += 1

    def record(self, kind: str, suffix: str = "", **more: Any) -> RawRecord:
        """Return a record of what was taken.

        Raises `RecordError` if it is nobody's.
        """
        fields = {"extras": self.extras, **self.fields, **more}
        if not fields.get("patient_id"):
            raise RecordError("no_patient")
        if self.lines and "text" not in fields:
            fields["text"], fields["text_format"] = "\n".join(self.lines), "text/plain"
        key = self.key + suffix if self.key else ""
        return RawRecord(kind=kind, key=key, identity=tuple(self.identity), **fields)
