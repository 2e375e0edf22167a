"""FHIR data types. To take an element removes it, so that what is left at the end is what nobody mapped.

Nothing here trusts the shape of the JSON: an element of another type than FHIR's stays where it is, and so
ends in `extras`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pipeline.ingest.fhir.references import Node

# Code systems that later stages know; of several codings the first in one of them is the record's.
_PREFERRED = frozenset((
    "http://loinc.org",
    "http://snomed.info/sct",
    "http://hl7.org/fhir/sid/icd-10",
    "http://hl7.org/fhir/sid/icd-10-cm",
    "http://www.cms.gov/Medicare/Coding/ICD10",
    "http://www.nlm.nih.gov/research/umls/rxnorm",
    "http://hl7.org/fhir/sid/cvx",
    "urn:oid:2.16.840.1.113883.6.1",
    "urn:oid:2.16.840.1.113883.6.96",
    "urn:oid:2.16.840.1.113883.6.90",
    "urn:oid:2.16.840.1.113883.6.4",
    "urn:oid:2.16.840.1.113883.6.88",
    "urn:oid:2.16.840.1.113883.12.292",
))  # fmt: skip


class Excluded(Exception):
    """A resource is left out on purpose. The argument is the code of the reason."""


class Concept(NamedTuple):
    """A code with its system and its words."""

    code: str = ""
    system: str = ""
    display: str = ""


def written(value: Any) -> str:
    """Return a JSON scalar as text, and nothing for what is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, (int, float)) else ""


def text(node: Node, name: str) -> str:
    """Return a string without taking it."""
    value = node.get(name)
    return value if isinstance(value, str) else ""


def child(node: Node, name: str) -> Node:
    """Return an object, the first one of a list, or an empty one."""
    value = node.get(name)
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, dict) else {}


def children(node: Node, name: str) -> list[Node]:
    """Return the objects of a list; an object that should have been in one is a list of one."""
    value = node.get(name)
    if isinstance(value, list):
        return [item for item in value if isinstance(item, dict)]
    return [value] if isinstance(value, dict) else []


def take(node: Node, name: str) -> str:
    """Take a scalar, as text."""
    value = node.get(name)
    if value is None or isinstance(value, (dict, list)):
        return ""
    del node[name]
    return written(value)


def take_first(node: Node, name: str) -> str:
    """Take the first of a list of strings."""
    value = node.get(name)
    if isinstance(value, list) and value and isinstance(value[0], str):
        return str(value.pop(0))
    return ""


def take_concept(node: Node, name: str) -> Concept:
    """Take the first CodeableConcept's, or Coding's, best coding; other codings stay."""
    concept = child(node, name)
    codings = children(concept, "coding") or [concept]
    chosen = codings[0]
    for coding in codings:
        if coding.get("system") in _PREFERRED:
            chosen = coding
            break
    found = Concept(take(chosen, "code"), take(chosen, "system"), take(chosen, "display"))
    if not found.display:
        return found._replace(display=take(concept, "text"))
    if concept.get("text") == found.display:
        del concept["text"]
    return found


def take_code(node: Node, name: str) -> str:
    """Take the first code of the first concept, else its words; its system and display stay."""
    concept = child(node, name)
    coding = child(concept, "coding") or concept
    return take(coding, "code") or take(coding, "display") or take(concept, "text")


def take_when(node: Node, *names: str) -> tuple[str, str]:
    """Take start and end of the first element that is there: a date, or a Period."""
    for name in names:
        value = node.get(name)
        if isinstance(value, str):
            del node[name]
            return value, ""
        if isinstance(value, dict):
            start, end = take(value, "start"), take(value, "end")
            if start or end:
                return start, end
    return "", ""


def take_quantity(node: Node, name: str) -> tuple[str, str]:
    """Take number, with its comparator, and unit of a Quantity: the UCUM code where there is one."""
    quantity = child(node, name)
    number = take(quantity, "value")
    if not number:
        return "", ""
    number = take(quantity, "comparator") + number
    unit = take(quantity, "code")
    if not unit:
        return number, take(quantity, "unit")
    if quantity.get("unit") == unit:
        del quantity["unit"]
    return number, unit
