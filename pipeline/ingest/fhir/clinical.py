"""Which element of a resource becomes which field: encounters, conditions, allergies, procedures, immunizations, drugs.

Elements of all versions stand side by side, since no name means two things: `performedDateTime` (STU3, R4) and
`occurrenceDateTime` (R5) are both when a Procedure was. Of several that fit one field, the first one listed wins.
"""

from __future__ import annotations

from typing import Any

from pipeline.ingest.fhir.dosage import dosages
from pipeline.ingest.fhir.elements import Concept, children, code_of, concept_of, joined, objects, text, words
from pipeline.ingest.fhir.facts import Facts, Shape
from pipeline.ingest.fhir.readers import (
    COMMON,
    NOTES,
    amount,
    code,
    concept,
    line,
    said,
    say,
    scalar,
    until,
    visit,
    when,
)
from pipeline.records import Identifier, RawRecord

# A verification that takes the fact back outweighs its clinical status.
_TAKEN_BACK = ("entered-in-error", "refuted")


def verification(facts: Facts, name: str, value: Any) -> None:
    """Take a verification that takes the fact back; others only where there is no clinical status."""
    if (found := code_of(value)) in _TAKEN_BACK:
        facts.fields["status"] = found
    else:
        facts.fields.setdefault("status", found)
    facts.leave(name, value)


def reactions(facts: Facts, name: str, value: Any) -> None:
    """Take what an allergen did, the worst of it, and the substance where nothing else says it."""
    found = objects(value)
    facts.fields["value_text"] = joined((words(one.get("manifestation")) for one in found), "; ")
    severities = [text(one, "severity") for one in found]
    facts.fields["abnormal"] = next((one for one in ("severe", "moderate", "mild") if one in severities), "")
    for one in found:
        concept(facts, f"{name}.substance", one.get("substance"))
    facts.leave(name, value)


def discharge(facts: Facts, name: str, value: Any) -> None:
    """Say whence a patient came and where they went."""
    stay = next(iter(objects(value)), {})
    for part, label in (("admitSource", "Admitted from"), ("dischargeDisposition", "Discharged to")):
        say(facts, label, stay.get(part))
    facts.leave(name, value)


def drug(facts: Facts, name: str, value: Any) -> None:
    """Take the medication's code, from its own resource where that came along."""
    reference = value if isinstance(value, dict) else {}
    if isinstance(reference.get("reference"), dict):  # R5: CodeableReference
        reference = reference["reference"]
    if "concept" in reference or "coding" in reference or facts.fields.get("code"):
        concept(facts, name, value)
        return
    target = facts.resolve(reference)
    found: Concept | None = None
    if target.resource is not None:
        found = concept_of(target.resource.get("code"))
    elif target.id and target.type in ("", "Medication"):
        found = facts.reading.lookups.medication(target.id)
    if found is None:
        facts.find("medication_not_found")
        found = Concept()
    facts.fields |= {"code": found.code, "code_system": found.system}
    facts.fields["display"] = found.display or text(reference, "display")
    facts.leave(name, value)


def dispensed(facts: Facts, name: str, value: Any) -> None:
    """Say how much was ordered, and how often it may be had again."""
    request = value if isinstance(value, dict) else {}
    say(facts, "Quantity", request.get("quantity"))
    say(facts, "Refills", request.get("numberOfRepeatsAllowed"))
    facts.leave(name, value)


_STATUS: Shape = (("status", scalar("status")),)
_REASONS: Shape = (
    ("reasonCode", line("Reason")),
    ("reason", line("Reason")),
    ("reasonCodeableConcept", line("Reason")),
    ("statusReason", line("Status reason")),
)
_ONSET: Shape = (
    ("onsetDateTime", when),
    ("onsetPeriod", when),
    ("onsetAge", line("Onset at age")),
    ("onsetRange", line("Onset at age")),
    ("onsetString", line("Onset")),
    ("abatementDateTime", until),
    ("abatementPeriod", until),
    ("abatementAge", line("Abated at age")),
    ("abatementRange", line("Abated at age")),
    ("abatementString", line("Abated")),
    ("abatementBoolean", line("Abated")),
    ("recordedDate", when),
    ("assertedDate", when),
)
ENCOUNTER: Shape = (
    *COMMON,
    *_STATUS,
    ("class", code("category")),
    ("type", concept),
    ("serviceType", concept),
    ("period", when),
    ("actualPeriod", when),
    ("plannedStartDate", when),
    ("reasonCode", said("title")),
    ("reason", said("title")),
    ("hospitalization", discharge),
    ("admission", discharge),
    ("priority", line("Priority")),
)
CONDITION: Shape = (
    *COMMON,
    ("clinicalStatus", code("status")),
    ("verificationStatus", verification),
    ("code", concept),
    ("category", code("category")),
    ("severity", said("abnormal")),
    *_ONSET,
    ("bodySite", line("Body site")),
    ("stage", line("Stage")),
    *NOTES,
)
ALLERGY: Shape = (
    *COMMON,
    ("clinicalStatus", code("status")),
    ("verificationStatus", verification),
    ("code", concept),
    ("category", code("category")),
    ("type", code("category")),
    ("reaction", reactions),
    *_ONSET,
    ("criticality", line("Criticality")),
    *NOTES,
)
PROCEDURE: Shape = (
    *COMMON,
    *_STATUS,
    ("context", visit),
    ("code", concept),
    ("category", code("category")),
    ("performedDateTime", when),
    ("performedPeriod", when),
    ("occurrenceDateTime", when),
    ("occurrencePeriod", when),
    ("occurrenceTiming", when),
    ("performedString", line("Performed")),
    ("performedAge", line("Performed at age")),
    ("performedRange", line("Performed at age")),
    ("occurrenceString", line("Performed")),
    ("occurrenceAge", line("Performed at age")),
    ("occurrenceRange", line("Performed at age")),
    ("recorded", when),
    *_REASONS,
    ("bodySite", line("Body site")),
    ("outcome", line("Outcome")),
    ("complication", line("Complication")),
    ("followUp", line("Follow-up")),
    *NOTES,
)
# STU3: ProcedureRequest and ReferralRequest. The intent tells an order from a procedure that was done.
REQUEST: Shape = (
    *COMMON,
    *_STATUS,
    ("context", visit),
    ("code", concept),
    ("serviceRequested", concept),
    ("type", concept),
    ("intent", code("category")),
    ("occurrenceDateTime", when),
    ("occurrencePeriod", when),
    ("occurrenceTiming", when),
    ("authoredOn", when),
    ("priority", line("Priority")),
    *_REASONS,
    ("bodySite", line("Body site")),
    ("orderDetail", line("Detail")),
    ("quantityQuantity", amount),
    ("description", line("Description")),
    ("patientInstruction", line("Instruction")),
    *NOTES,
)
IMMUNIZATION: Shape = (
    *COMMON,
    *_STATUS,
    ("vaccineCode", concept),
    ("occurrenceDateTime", when),
    ("date", when),
    ("occurrenceString", line("Given")),
    ("recorded", when),
    ("doseQuantity", amount),
    ("route", line("Route")),
    ("site", line("Site")),
    *_REASONS,
    ("explanation", line("Reason")),
    *NOTES,
)
MEDICATION: Shape = (
    *COMMON,
    *_STATUS,
    ("context", visit),
    ("medicationCodeableConcept", drug),
    ("medicationReference", drug),
    ("medication", drug),
    ("category", code("category")),
    ("effectiveDateTime", when),
    ("effectivePeriod", when),
    ("effectiveTiming", when),
    ("occurenceDateTime", when),  # R5 spells it so
    ("occurencePeriod", when),
    ("occurenceTiming", when),
    ("whenHandedOver", when),
    ("whenPrepared", when),
    ("authoredOn", when),
    ("dateAsserted", when),
    ("recorded", when),
    ("dosageInstruction", dosages),
    ("dosage", dosages),
    ("renderedDosageInstruction", said("value_text")),
    ("dispenseRequest", dispensed),
    ("quantity", line("Quantity")),
    ("daysSupply", line("Supply")),
    *_REASONS,
    *NOTES,
)


def encounter(facts: Facts) -> tuple[RawRecord, ...]:
    """Map an Encounter. Its title is the reason for it."""
    facts.fill(ENCOUNTER)
    facts.fields["encounter_id"] = facts.id
    return (facts.record("encounter"),)


def condition(facts: Facts) -> tuple[RawRecord, ...]:
    """Map a Condition."""
    facts.fill((*CONDITION, ("context", visit)))
    return (facts.record("condition"),)


def allergy(facts: Facts) -> tuple[RawRecord, ...]:
    """Map an AllergyIntolerance: `value_text` is the reaction, `abnormal` how bad it was."""
    facts.fill(ALLERGY)
    return (facts.record("allergy"),)


def procedure(facts: Facts) -> tuple[RawRecord, ...]:
    """Map a Procedure."""
    facts.fill(PROCEDURE)
    return (facts.record("procedure"),)


def request(facts: Facts) -> tuple[RawRecord, ...]:
    """Map what was asked for to a procedure whose category is the intent: `order`, `plan`, `proposal`."""
    facts.fill(REQUEST)
    if not facts.fields.get("category"):
        facts.fields["category"] = "order"
    return (facts.record("procedure"),)


def immunization(facts: Facts) -> tuple[RawRecord, ...]:
    """Map an Immunization."""
    facts.fill(IMMUNIZATION)
    return (facts.record("immunization"),)


def medication(facts: Facts) -> tuple[RawRecord, ...]:
    """Map what is requested, stated, administered or dispensed. `value_text` is how it is to be taken."""
    facts.fill(MEDICATION)
    return (facts.record("medication"),)


def family_history(facts: Facts) -> tuple[RawRecord, ...]:
    """Map a FamilyMemberHistory: a condition each, of category `family-history`; the title is whose it is."""
    node = facts.node
    facts.know([Identifier("relative", text(node, "name"))])
    found = children(node, "condition")
    facts.fill((*COMMON, *_STATUS, ("relationship", said("title")), ("date", when), *NOTES))
    facts.fields["category"] = "family-history"
    if not found:
        return (facts.record("condition"),)
    records = []
    common = list(facts.lines)
    for number, one in enumerate(found, 1):
        what = concept_of(one.get("code"))
        facts.lines[:] = _course(one) + common
        records.append(
            facts.record("condition", f"#{number}", code=what.code, code_system=what.system, display=what.display)
        )
    return tuple(records)


def _course(one: dict[str, Any]) -> list[str]:
    """Return when a relative's condition began, how it ended, and the notes on it."""
    parts = (
        ("Onset at age", "onsetAge"),
        ("Onset at age", "onsetRange"),
        ("Onset", "onsetString"),
        ("Outcome", "outcome"),
        ("Note", "note"),
    )
    return [f"{label}: {found}" for label, name in parts if (found := words(one.get(name)))]
