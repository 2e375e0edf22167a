"""Which version of FHIR a resource is in: the one place that asks.

In this order: a profile of a version (`.../4.0/StructureDefinition/...`, or `...|4.0.1` of HL7's own); an element, or
a type, that only one version has; what the export's manifest says (`fhirVersion`); R4.
The mapping does not ask: what versions name differently is read by either name. Conformance does.
"""

from __future__ import annotations

import re
from typing import Any

from pipeline.ingest.fhir.elements import child
from pipeline.ingest.fhir.references import Node

_PROFILE = re.compile(
    r"http://hl7\.org/fhir/(?:(?P<path>[345]\.[0-9]|STU3|R4B|R4|R5)/)?StructureDefinition/[A-Za-z]+(?:\|(?P<number>[345]\.[0-9]).*)?"
)
_NUMBERS = {"3.0": "STU3", "4.0": "R4", "4.1": "R4B", "4.3": "R4B", "5.0": "R5"}

# Elements that only one version has, by type.
_STU3 = {
    "AllergyIntolerance": {"assertedDate"},
    "CarePlan": {"context", "definition"},
    "ClinicalImpression": {"context"},
    "Communication": {"context", "notDone", "definition"},
    "Composition": {"class"},
    "Condition": {"assertedDate", "context"},
    "DiagnosticReport": {"context", "codedDiagnosis", "image"},
    "DocumentReference": {"class", "created", "indexed"},
    "Encounter": {"incomingReferral"},
    "FamilyMemberHistory": {"definition", "notDone"},
    "Immunization": {"date", "notGiven", "explanation", "vaccinationProtocol"},
    "MedicationAdministration": {"notGiven", "prescription"},
    "MedicationDispense": {"notDone", "notDoneReasonCodeableConcept"},
    "MedicationRequest": {"context", "definition"},
    "MedicationStatement": {"taken", "reasonNotTaken"},
    "Observation": {"related", "comment", "context"},
    "Patient": {"animal"},
    "Procedure": {"context", "notDone", "definition"},
    "QuestionnaireResponse": {"context", "parent"},
}
_R5 = {
    "AllergyIntolerance": {"participant"},
    "Composition": {"note"},
    "Condition": {"participant"},
    "DiagnosticReport": {"note", "supportingInfo", "composition"},
    "DocumentReference": {"attester", "modality", "bodySite", "version"},
    "Encounter": {"actualPeriod", "admission", "plannedStartDate", "virtualService"},
    "FamilyMemberHistory": {"reason", "participant"},
    "Immunization": {"informationSource", "reason"},
    "MedicationAdministration": {"medication", "occurenceDateTime", "occurencePeriod", "occurenceTiming"},
    "MedicationDispense": {"medication", "renderedDosageInstruction"},
    "MedicationRequest": {"medication", "reason", "renderedDosageInstruction"},
    "MedicationStatement": {"medication", "adherence"},
    "Observation": {"triggeredBy", "instantiatesCanonical", "instantiatesReference"},
    "Procedure": {"occurrenceDateTime", "occurrencePeriod", "occurrenceString", "recorded", "reason"},
    "ServiceRequest": {"reason", "bodyStructure"},
}
_STU3_TYPES = frozenset(
    ("ProcedureRequest", "ReferralRequest", "DeviceComponent", "EligibilityRequest", "ImagingManifest")
)
_STRINGS_IN_STU3 = ("clinicalStatus", "verificationStatus")


def version_of(resource: Node, manifest: Node) -> str:
    """Return `STU3`, `R4`, `R4B` or `R5`."""
    return _of_profile(resource) or _of_elements(resource) or _named(manifest.get("fhirVersion")) or "R4"


def _of_profile(resource: Node) -> str:
    profiles = child(resource, "meta").get("profile")
    for profile in profiles if isinstance(profiles, list) else []:
        found = _PROFILE.fullmatch(profile) if isinstance(profile, str) else None
        if found and (found["path"] or found["number"]):
            return _named(found["path"] or found["number"])
    return ""


def _of_elements(resource: Node) -> str:
    kind = str(resource.get("resourceType"))
    if kind in _STU3_TYPES or not _STU3.get(kind, set()).isdisjoint(resource):
        return "STU3"
    if not _R5.get(kind, set()).isdisjoint(resource):
        return "R5"
    if kind in ("Condition", "AllergyIntolerance") and any(
        isinstance(resource.get(name), str) for name in _STRINGS_IN_STU3
    ):
        return "STU3"
    if kind == "Encounter":
        if isinstance(resource.get("class"), list):
            return "R5"
        if "reason" in resource:
            return "R5" if "value" in child(resource, "reason") or "use" in child(resource, "reason") else "STU3"
    if kind == "DocumentReference" and isinstance(resource.get("context"), list):
        return "R5"
    if kind == "ServiceRequest" and "concept" in child(resource, "code"):
        return "R5"
    return ""


def _named(version: Any) -> str:
    """Return the version by its name: of `4.0.1`, `R4`."""
    if not isinstance(version, str):
        return ""
    return _NUMBERS.get(version[:3]) or (version if version in _NUMBERS.values() else "")
