"""Observation: one record for its value, and one for each component."""

from __future__ import annotations

from pipeline.ingest.fhir.elements import (
    Concept,
    child,
    children,
    take,
    take_code,
    take_concept,
    take_quantity,
    take_when,
    text,
)
from pipeline.ingest.fhir.extras import flatten
from pipeline.ingest.fhir.facts import Facts
from pipeline.ingest.fhir.references import Node
from pipeline.records import RawRecord

_TEXTS = ("valueString", "valueBoolean", "valueDateTime", "valueTime")


def observation(facts: Facts) -> tuple[RawRecord, ...]:
    """Map an Observation. A component's `category` is the code of what it is a component of."""
    node = facts.node
    facts.belongs_to()
    facts.concept(node, "code")
    start, end = take_when(node, "effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued")
    facts.values |= {"start": start, "end": end, "category": take_code(node, "category")}
    own = take_value(node)
    components = children(node, "component")
    if not components:
        return (facts.record("observation", **own),)
    del node["component"]
    rest = flatten(node)
    records = []
    if own:
        records.append(facts.record("observation", extras=rest, **own))
    panel = Concept(facts.values["code"], facts.values["code_system"], facts.values["display"])
    about = {"display": panel.display, "code_system": panel.system, "category": facts.values["category"]}
    rest = rest | {f"panel.{name}": value for name, value in about.items() if value}
    for number, component in enumerate(components, 1):
        what = take_concept(component, "code")
        value = take_value(component)
        records.append(
            facts.record(
                "observation",
                f"#{number}",
                **value
                | {
                    "code": what.code,
                    "code_system": what.system,
                    "display": what.display,
                    "category": panel.code or panel.display,
                    "extras": rest | flatten(component, "component"),
                },
            )
        )
    return tuple(records)


def take_value(node: Node) -> dict[str, str]:
    """Take value, reference range and interpretation of an Observation or of a component."""
    found: dict[str, str] = {}
    if "valueQuantity" in node:
        found["value_number"], found["unit"] = take_quantity(node, "valueQuantity")
    elif "valueCodeableConcept" in node:
        concept = child(node, "valueCodeableConcept")
        found["value_text"] = take(concept, "text") or _words(concept)
    elif "valueInteger" in node:
        found["value_number"] = take(node, "valueInteger")
    elif "valueRange" in node:
        found["value_text"] = _pair(child(node, "valueRange"), "low", "high", "-")
    elif "valueRatio" in node:
        found["value_text"] = _pair(child(node, "valueRatio"), "numerator", "denominator", ":")
    elif "valuePeriod" in node:
        found["value_text"] = "/".join(take_when(node, "valuePeriod")).strip("/")
    else:
        for name in _TEXTS:
            if name in node:
                found["value_text"] = take(node, name)
                break
    found["reference_low"] = take(child(child(node, "referenceRange"), "low"), "value")
    found["reference_high"] = take(child(child(node, "referenceRange"), "high"), "value")
    found["abnormal"] = take_code(node, "interpretation")
    return {name: value for name, value in found.items() if value}


def _words(concept: Node) -> str:
    """Take the words of a concept that has no text; its codes stay."""
    coding = child(concept, "coding")
    return take(coding, "display") or text(coding, "code")


def _pair(node: Node, first: str, second: str, between: str) -> str:
    """Take two quantities as `1:128` or `5-10 mg/dL`; one alone has a unit of its own."""
    (low, low_unit), (high, high_unit) = take_quantity(node, first), take_quantity(node, second)
    if not low or not high:
        return " ".join(filter(None, (low or high, low_unit or high_unit)))
    if low_unit == high_unit or not low_unit:
        return " ".join(filter(None, (f"{low}{between}{high}", high_unit)))
    return f"{low} {low_unit} {between} {high} {high_unit}".strip()
