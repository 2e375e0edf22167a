"""What every resource type has in common: key, version, whose it is, who is mentioned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipeline.errors import RecordError
from pipeline.ingest.fhir.elements import Excluded, child, children, take, take_concept, text
from pipeline.ingest.fhir.extras import flatten
from pipeline.ingest.fhir.people import distinct, mentioned
from pipeline.ingest.fhir.references import Node, Scope, Target, own_id
from pipeline.records import RawRecord


@dataclass(slots=True)
class Facts:
    """A resource on its way to a record: `node` is what nobody took yet, `values` what was taken."""

    node: Node
    scope: Scope
    key: str
    id: str
    contained: dict[str, Node]
    values: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, node: Node, scope: Scope, full_url: str = "") -> Facts:
        """Take id, version and status. The narrative repeats what the resource says, and is left out."""
        number = own_id(node, full_url)
        contained = {text(inner, "id"): inner for inner in children(node, "contained")}
        # A plain id is unique within its type only, and one kind holds records of several types.
        key = f"{node.pop('resourceType')}/{number}" if number else ""
        facts = cls(node, scope, key, number, contained)
        node.pop("id", None)
        if isinstance(node.get("text"), dict):
            del node["text"]
        facts.values["version"] = take(child(node, "meta"), "lastUpdated")
        facts.values["status"] = take(node, "status")
        return facts

    def belongs_to(self, name: str = "subject", encounter: str = "encounter") -> None:
        """Find the patient and the encounter, and everyone who is mentioned.

        Raises `RecordError("no_patient")`; `Excluded` if the subject is a device, a group or a place.
        """
        self.values["identity"] = distinct(mentioned(self.node, self.scope, self.contained))
        subject = self.take_reference(self.node, name)
        if subject.type not in ("", "Patient"):
            raise Excluded("subject_not_patient")
        if not subject.id:
            raise RecordError("no_patient")
        self.values["patient_id"] = subject.id
        self.values["encounter_id"] = self.encounter(self.node, encounter)

    def encounter(self, node: Node, name: str) -> str:
        """Take the id of an encounter, if the reference names one."""
        visit = self.resolve(node, name)
        if visit.type not in ("", "Encounter"):
            return ""
        return self.take_reference(node, name).id

    def resolve(self, node: Node, name: str) -> Target:
        """Return what a reference names without taking it."""
        return self.scope.resolve(text(child(node, name), "reference"), self.contained)

    def take_reference(self, node: Node, name: str) -> Target:
        """Take a reference; its display stays."""
        return self.scope.resolve(take(child(node, name), "reference"), self.contained)

    def concept(self, node: Node, name: str) -> None:
        """Take the concept that says what this is about."""
        code, system, display = take_concept(node, name)
        self.values |= {"code": code, "code_system": system, "display": display}

    def record(self, kind: str, suffix: str = "", **more: Any) -> RawRecord:
        """Return a record of what was taken and, in `extras`, of what is left."""
        values = self.values | more
        if "extras" not in values:
            values["extras"] = flatten(self.node)
        return RawRecord(kind=kind, key=self.key + suffix if self.key else "", **values)
