"""The resource types that become records."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.ingest.fhir import clinical, documents, notes, observation, patient
from pipeline.ingest.fhir.facts import Facts
from pipeline.records import RawRecord

MAPPERS: dict[str, Callable[[Facts], tuple[RawRecord, ...]]] = {
    "Patient": patient.patient,
    "Encounter": clinical.encounter,
    "Condition": clinical.condition,
    "Observation": observation.observation,
    "MedicationRequest": clinical.medication,
    "MedicationStatement": clinical.medication,
    "MedicationAdministration": clinical.medication,
    "MedicationDispense": clinical.medication,
    "Procedure": clinical.procedure,
    "ServiceRequest": clinical.request,
    "ProcedureRequest": clinical.request,
    "ReferralRequest": clinical.request,
    "AllergyIntolerance": clinical.allergy,
    "Immunization": clinical.immunization,
    "FamilyMemberHistory": clinical.family_history,
    "DiagnosticReport": documents.report,
    "DocumentReference": documents.document,
    "Composition": notes.composition,
    "QuestionnaireResponse": notes.answers,
    "CarePlan": notes.care_plan,
    "ClinicalImpression": notes.impression,
    "Communication": notes.communication,
}
