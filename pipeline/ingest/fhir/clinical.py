"""Encounters, conditions, procedures, allergies, immunizations and medications."""

from __future__ import annotations

from copy import deepcopy

from pipeline.ingest.fhir.elements import (
    child,
    take,
    take_code,
    take_concept,
    take_first,
    take_quantity,
    take_when,
    text,
)
from pipeline.ingest.fhir.facts import Facts
from pipeline.records import RawRecord

# A verification that takes the fact back outweighs its clinical status.
_TAKEN_BACK = ("entered-in-error", "refuted")

_TAKEN_AT = (
    "authoredOn", "effectiveDateTime", "effectivePeriod", "whenHandedOver", "whenPrepared", "dateAsserted",
)  # fmt: skip


def encounter(facts: Facts) -> tuple[RawRecord, ...]:
    """Map an Encounter. Where it has no type, its words are the reason for it."""
    facts.belongs_to()
    facts.concept(facts.node, "type")
    if not facts.values["display"]:
        facts.values["display"] = take(child(facts.node, "reasonCode"), "text")
    start, end = take_when(facts.node, "period")
    facts.values["encounter_id"] = facts.id
    return (facts.record("encounter", start=start, end=end, category=take_code(facts.node, "class")),)


def condition(facts: Facts) -> tuple[RawRecord, ...]:
    """Map a Condition."""
    node = facts.node
    facts.belongs_to()
    facts.concept(node, "code")
    _clinical_status(facts)
    start, end = take_when(node, "onsetDateTime", "onsetPeriod", "recordedDate")
    abated, _ = take_when(node, "abatementDateTime", "abatementPeriod")
    return (facts.record("condition", start=start, end=abated or end, category=take_code(node, "category")),)


def allergy(facts: Facts) -> tuple[RawRecord, ...]:
    """Map an AllergyIntolerance."""
    node = facts.node
    facts.belongs_to("patient")
    facts.concept(node, "code")
    _clinical_status(facts)
    start, end = take_when(node, "onsetDateTime", "onsetPeriod", "recordedDate")
    category = take_first(node, "category")
    return (facts.record("allergy", start=start, end=end, category=category),)


def procedure(facts: Facts) -> tuple[RawRecord, ...]:
    """Map a Procedure."""
    facts.belongs_to()
    facts.concept(facts.node, "code")
    start, end = take_when(facts.node, "performedDateTime", "performedPeriod")
    return (facts.record("procedure", start=start, end=end, category=take_code(facts.node, "category")),)


def immunization(facts: Facts) -> tuple[RawRecord, ...]:
    """Map an Immunization."""
    facts.belongs_to("patient")
    facts.concept(facts.node, "vaccineCode")
    start, _ = take_when(facts.node, "occurrenceDateTime", "recorded")
    number, unit = take_quantity(facts.node, "doseQuantity")
    return (facts.record("immunization", start=start, value_number=number, unit=unit),)


def medication(facts: Facts) -> tuple[RawRecord, ...]:
    """Map what is requested, stated, administered or dispensed. `value_text` is how it is to be taken."""
    node = facts.node
    facts.belongs_to(encounter="encounter" if "encounter" in node else "context")
    _drug(facts)
    start, end = take_when(node, *_TAKEN_AT)
    name = next((name for name in ("dosageInstruction", "dosage") if name in node), "dosage")
    dosage = child(node, name)
    number, unit = take_quantity(dosage, "dose")
    return (
        facts.record(
            "medication",
            start=start,
            end=end,
            category=take_code(node, "category"),
            value_text=take(dosage, "text"),
            value_number=number,
            unit=unit,
        ),
    )


def _clinical_status(facts: Facts) -> None:
    verification = text(child(child(facts.node, "verificationStatus"), "coding"), "code")
    name = "verificationStatus" if verification in _TAKEN_BACK else "clinicalStatus"
    facts.values["status"] = take_code(facts.node, name) or take_code(facts.node, "verificationStatus")


def _drug(facts: Facts) -> None:
    """Take the medication's code, from its own resource where that came along."""
    node = facts.node
    if "medicationReference" not in node:
        facts.concept(node, "medicationCodeableConcept")
        return
    target = facts.resolve(node, "medicationReference")
    if target.resource is not None:
        # Other resources may name the same Medication: take from a copy.
        found = take_concept(deepcopy({"code": target.resource.get("code")}), "code")
        facts.values |= {"code": found.code, "code_system": found.system, "display": found.display}
    if not facts.values.get("display"):
        facts.values["display"] = take(child(node, "medicationReference"), "display")
