"""FHIR's data types as text. Nothing here trusts the shape of the JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from pipeline.ingest.fhir.references import Node

UCUM = "http://unitsofmeasure.org"
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


_HL7 = "http://terminology.hl7.org/"


class Concept(NamedTuple):
    """A code with its system and its words."""

    code: str = ""
    system: str = ""
    display: str = ""


class Amount(NamedTuple):
    """A number, or what stands for one (`<5`, `2-4`, `1:128`), and its unit."""

    number: str = ""
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.number} {self.unit}".strip()


def written(value: Any) -> str:
    """Return a JSON scalar as text, and nothing for what is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, (int, float)) else ""


def text(node: Node, name: str) -> str:
    """Return a string."""
    value = node.get(name)
    return value if isinstance(value, str) else ""


def child(node: Node, name: str) -> Node:
    """Return an object, the first one of a list, or an empty one."""
    value = node.get(name)
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Node]:
    """Return the objects of a list; an object that should have been in one is a list of one."""
    if isinstance(value, list):
        return [item for item in value if isinstance(item, dict)]
    return [value] if isinstance(value, dict) else []


def children(node: Node, name: str) -> list[Node]:
    """Return the objects of a list in an object."""
    return objects(node.get(name))


def best_coding(concept: Node) -> Node:
    """Return the coding of a CodeableConcept whose system is known, else its first; a Coding is its own."""
    codings = children(concept, "coding")
    if not codings:
        return {} if "coding" in concept else concept
    return next((coding for coding in codings if coding.get("system") in _PREFERRED), codings[0])


def concept_of(value: Any) -> Concept:
    """Return the best coding of the first CodeableConcept, Coding or CodeableReference."""
    concept = next(iter(objects(value)), {})
    if isinstance(concept.get("concept"), dict):
        concept = concept["concept"]
    coding = best_coding(concept)
    display = text(coding, "display") or text(concept, "text")
    return Concept(written(coding.get("code")), text(coding, "system"), display)


def code_of(value: Any) -> str:
    """Return the code of the first concept, else its words; a plain code is one."""
    if isinstance(value, list):
        # Of several, one that is HL7's own, such as `survey`, rather than a profile's, such as `sdoh`.
        own = (one for one in objects(value) if text(child(one, "coding"), "system").startswith(_HL7))
        first = value[0] if value else ""
        value = next(own, first) if len(value) > 1 else first
    if not isinstance(value, dict):
        return written(value)
    coding = child(value, "coding") or value
    return text(coding, "code") or text(coding, "display") or text(value, "text")


def quantity(node: Node) -> Amount:
    """Return number, with its comparator, and unit of a Quantity: the UCUM code where there is one."""
    number = written(node.get("value"))
    if not number:
        return Amount()
    comparator, unit, code = text(node, "comparator"), text(node, "unit"), text(node, "code")
    coded = code and (not unit or text(node, "system") in ("", UCUM))
    return Amount(comparator + number, code if coded else unit)


def span(low: Node, high: Node, between: str) -> Amount:
    """Return a Range as `5-10`, a Ratio as `1:128`; of two units, both are in the number's place."""
    first, last = quantity(low), quantity(high)
    if not first.number or not last.number:
        return first if first.number else last
    if first.unit == last.unit or not first.unit:
        return Amount(f"{first.number}{between}{last.number}", last.unit)
    return Amount(f"{first} {between} {last}")


def words(value: Any) -> str:
    """Return what a reader would see of an element of any data type; several are joined by `; `."""
    if isinstance(value, list):
        return "; ".join(filter(None, (_words(item) for item in value)))
    return _words(value)


def _words(value: Any) -> str:
    if not isinstance(value, dict):
        return written(value)
    for name in ("concept", "reference", "value"):  # CodeableReference, or R5's reason
        inner = value.get(name)
        if isinstance(inner, list):
            inner = inner[0] if inner and isinstance(inner[0], dict) else {}
            inner = inner.get("concept") or inner.get("reference")
        if isinstance(inner, dict) and (found := _simple_words(inner)):
            return found
    return _simple_words(value)


def _simple_words(value: Node) -> str:
    if found := text(value, "text") or text(value, "display"):
        return found
    if codings := children(value, "coding"):
        coding = best_coding(value)
        return text(coding, "display") or next(
            filter(None, (text(one, "display") for one in codings)), text(coding, "code")
        )
    if "value" in value:
        return str(quantity(value))
    if "low" in value or "high" in value:
        return str(span(child(value, "low"), child(value, "high"), "-"))
    if "numerator" in value:
        return str(span(child(value, "numerator"), child(value, "denominator"), ":"))
    if "start" in value or "end" in value:
        return f"{text(value, 'start')}/{text(value, 'end')}".strip("/")
    return text(value, "code")


def joined(parts: Iterable[str], between: str = "\n") -> str:
    """Join what is not empty."""
    return between.join(filter(None, parts))
