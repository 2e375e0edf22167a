"""Dosages: how a medication is to be taken, in words, and the first dose as a number."""

from __future__ import annotations

from typing import Any

from pipeline.ingest.fhir.elements import child, joined, objects, quantity, text, words, written
from pipeline.ingest.fhir.facts import Facts
from pipeline.ingest.fhir.references import Node

_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days", "wk": "weeks", "mo": "months", "a": "years"}


def dosages(facts: Facts, name: str, value: Any) -> None:
    """Take the words of all dosages, and the dose of the first."""
    found = objects(value)
    if said := joined(map(_words, found), "; "):
        facts.fields.setdefault("value_text", said)
    dose = quantity(_dose(found[0])) if found else None
    if dose and dose.number:
        facts.fields["value_number"], facts.fields["unit"] = dose
    facts.leave(name, value)


def _dose(dosage: Node) -> Node:
    """Return the dose: R4 has it in `doseAndRate`, STU3 and MedicationAdministration beside the rest."""
    for holder in (child(dosage, "doseAndRate"), dosage):
        for name in ("doseQuantity", "dose"):
            if found := child(holder, name):
                return found
    return {}


def _words(dosage: Node) -> str:
    """Return the sender's own words, else ours of the structure."""
    if said := text(dosage, "text") or text(dosage, "patientInstruction"):
        return said
    holder = child(dosage, "doseAndRate") or dosage
    parts = (
        words(_dose(dosage) or holder.get("doseRange")),
        words(dosage.get("route")),
        _times(child(dosage, "timing")),
        _as_needed(dosage),
        words(dosage.get("additionalInstruction")),
    )
    return joined(parts, ", ")


def _as_needed(dosage: Node) -> str:
    reason = words(dosage.get("asNeededCodeableConcept") or dosage.get("asNeededFor"))
    if reason:
        return f"as needed for {reason}"
    return "as needed" if dosage.get("asNeededBoolean") is True or dosage.get("asNeeded") is True else ""


def _times(timing: Node) -> str:
    if said := words(timing.get("code")):
        return said
    repeat = child(timing, "repeat")
    often, period, unit = (written(repeat.get(name)) for name in ("frequency", "period", "periodUnit"))
    if not period:
        return ""
    times = f"{often} times " if often not in ("", "1") else ""
    return f"{times}every {period} {_UNITS.get(unit, unit)}"
