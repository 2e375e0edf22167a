"""Observation: one record for its value, and one for each component."""

from __future__ import annotations

import re

from pipeline.ingest.fhir.elements import (
    Amount,
    child,
    children,
    code_of,
    concept_of,
    quantity,
    span,
    text,
    words,
    written,
)
from pipeline.ingest.fhir.facts import Facts, Shape
from pipeline.ingest.fhir.readers import COMMON, NOTES, code, concept, leave_coded, line, scalar, visit, when
from pipeline.ingest.fhir.references import Node
from pipeline.records import RawRecord

_OBSERVATION: Shape = (
    *COMMON,
    ("status", scalar("status")),
    ("context", visit),
    ("code", concept),
    ("category", code("category")),
    ("effectiveDateTime", when),
    ("effectivePeriod", when),
    ("effectiveInstant", when),
    ("effectiveTiming", when),
    ("issued", when),
    ("bodySite", line("Body site")),
    ("method", line("Method")),
    *NOTES,
)
# A text that is nothing but a number, or stands for one: normalize decides.
_NUMBER = re.compile(r"\s*[<>=≤≥~]{0,2}\s*[+-]?\d[\d.,]*\s*")
# The usual ones, which are looked for first.
_VALUES = ("valueQuantity", "valueCodeableConcept", "valueString")
_UNKNOWN = "valueSampledData"
_BOUNDS = frozenset(("low", "high"))
_QUANTITY = frozenset(("value", "unit", "code", "system"))


def observation(facts: Facts) -> tuple[RawRecord, ...]:
    """Map an Observation. A component's `category` is the code of what it is a component of."""
    node = facts.node
    own = take_value(facts, node)
    components = children(node, "component")
    if not components:
        facts.fill(_OBSERVATION)
        return (facts.record("observation", **own),)
    del node["component"]
    facts.fill(_OBSERVATION)
    records = [facts.record("observation", **own)] if own else []
    panel = facts.fields
    about = {
        "display": panel.get("display"),
        "code_system": panel.get("code_system"),
        "category": panel.get("category"),
    }
    common = facts.extras | {f"panel.{name}": value for name, value in about.items() if value}
    lines = list(facts.lines)
    for number, component in enumerate(components, 1):
        part = dict(component)
        facts.extras, facts.lines = dict(common), list(lines)
        what = concept_of(part.get("code"))
        value = take_value(facts, part)
        leave_coded(facts, "component.code", part.pop("code", None))
        if part:
            facts.leave("component", part)
        records.append(
            facts.record(
                "observation",
                f"#{number}",
                **value
                | {
                    "code": what.code,
                    "code_system": what.system,
                    "display": what.display,
                    "category": panel.get("code") or panel.get("display", ""),
                    "extras": facts.extras,
                },
            )
        )
    return tuple(records)


def take_value(facts: Facts, node: Node) -> dict[str, str]:
    """Take value, reference range and interpretation of an Observation or of a component.

    Where there is no value, `value_text` says why.
    """
    found: dict[str, str] = {}
    for name in _VALUES:
        if name in node:
            break
    else:
        name = next((name for name in node if name.startswith("value")), "")
    if name:
        value = node[name]
        if isinstance(value, dict):
            _take_object(name, value, found)
        elif name in ("valueInteger", "valueDecimal") or (isinstance(value, str) and _NUMBER.fullmatch(value)):
            found["value_number"] = written(value)
        else:
            found["value_text"] = written(value)
        if any(found.values()):
            del node[name]
            if name not in ("valueQuantity", "valueRange", "valueRatio", "valuePeriod") and isinstance(value, dict):
                facts.leave(name, value)
        else:
            facts.find("value_not_read")
    elif absent := words(node.get("dataAbsentReason")):
        found["value_text"] = absent
    if "referenceRange" in node:
        _take_range(facts, node, found)
    if "interpretation" in node:
        found["abnormal"] = code_of(node["interpretation"])
        leave_coded(facts, "interpretation", node.pop("interpretation"))
    return {name: value for name, value in found.items() if value}


def _take_object(name: str, value: Node, found: dict[str, str]) -> None:
    if name == "valueQuantity":
        amount = quantity(value)
    elif name == "valueRange":
        amount = span(child(value, "low"), child(value, "high"), "-")
    elif name == "valueRatio":
        amount = span(child(value, "numerator"), child(value, "denominator"), ":")
    elif name == _UNKNOWN:
        amount = Amount()
    else:
        amount = Amount()
        found["value_text"] = words(value)
    if amount.number and amount.unit == "" and " " in amount.number:
        found["value_text"] = amount.number
    else:
        found["value_number"], found["unit"] = amount


def _take_range(facts: Facts, node: Node, found: dict[str, str]) -> None:
    """Take the first reference range that is of the healthy, or of nobody in particular."""
    ranges = children(node, "referenceRange")
    usual = next((one for one in ranges if code_of(one.get("type")) in ("", "normal")), {})
    low, high = quantity(child(usual, "low")), quantity(child(usual, "high"))
    found["reference_low"], found["reference_high"] = low.number, high.number
    if not low.number and not high.number and (said := text(usual, "text")):
        facts.lines.append(f"Reference range: {said}")
    value = node.pop("referenceRange")
    whole = usual.keys() <= _BOUNDS and all(isinstance(end, dict) and end.keys() <= _QUANTITY for end in usual.values())
    if len(ranges) > 1 or not whole or {low.unit, high.unit} - {"", found.get("unit", "")}:
        facts.leave("referenceRange", value)
