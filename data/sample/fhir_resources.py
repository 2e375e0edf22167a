"""Build the FHIR R4 resources of the sample."""

import base64
import datetime as dt
from typing import Any

import codes
import tables
from hospital import Result, Visit, stable_id
from notes import Note
from people import Address, Patient, Physician, Relative
from units import ZONE

Resource = dict[str, Any]

MRN_SYSTEM = "urn:oid:2.16.840.1.113883.3.9621.1"
VISIT_SYSTEM = "urn:oid:2.16.840.1.113883.3.9621.2"
ACCOUNT_SYSTEM = "urn:oid:2.16.840.1.113883.3.9621.3"
MEMBER_SYSTEM = "urn:oid:2.16.840.1.113883.3.9621.4"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
UCUM = "http://unitsofmeasure.org"
_CORE = "http://hl7.org/fhir/us/core/StructureDefinition"
_TERMS = "http://terminology.hl7.org/CodeSystem"
_CLASSES = {"IMP": "inpatient encounter", "EMER": "emergency", "AMB": "ambulatory"}
_RELATIONS = {
    "Wife": "WIFE", "Husband": "HUSB", "Mother": "MTH", "Father": "FTH", "Daughter": "DAUC", "Son": "SONC",
    "Brother": "BRO", "Sister": "SIS", "Son-in-law": "SONINLAW",
}  # fmt: skip


def instant(time: dt.datetime) -> str:
    """Write a time with the hospital's offset."""
    return time.replace(tzinfo=ZONE).isoformat(timespec="seconds")


def resource_id(kind: str, key: object) -> str:
    """Return a resource's id: this server keeps patients and visits under the hospital's own numbers."""
    return str(key) if kind in ("Patient", "Encounter") else stable_id(kind, key)


def reference(kind: str, key: str) -> Resource:
    """Refer to a resource of the same export."""
    return {"reference": f"{kind}/{resource_id(kind, key)}"}


def concept(system: str, code: str, display: str) -> Resource:
    """Build a CodeableConcept."""
    return {"coding": [{"system": system, "code": code, "display": display}]}


def resource(kind: str, key: str, updated: dt.datetime, **elements: Any) -> Resource:
    """Build a resource, without its empty elements."""
    head = {"resourceType": kind, "id": resource_id(kind, key), "meta": {"lastUpdated": instant(updated)}}
    return head | {name: value for name, value in elements.items() if value not in (None, [], "")}


def _identifier(code: str, system: str, value: str, assigner: str = "") -> Resource:
    made: Resource = {"type": {"coding": [{"system": f"{_TERMS}/v2-0203", "code": code}]}, "system": system}
    made["value"] = value
    return made | ({"assigner": {"display": assigner}} if assigner else {})


def _address(address: Address, use: str) -> Resource:
    return {"use": use, "line": [address.street], "city": address.city, "state": address.state,
            "postalCode": address.zip, "country": "US"}  # fmt: skip


def _group(kind: str, code: str, display: str) -> Resource:
    coding = {"system": "urn:oid:2.16.840.1.113883.6.238", "code": code, "display": display}
    parts: list[Resource] = [{"url": "text", "valueString": display}]
    if display != "Other Race":  # it is no OMB category
        parts.insert(0, {"url": "ombCategory", "valueCoding": coding})
    return {"url": f"{_CORE}/us-core-{kind}", "extension": parts}


def _names(patient: Patient) -> list[Resource]:
    given = [name for name in (patient.first, patient.middle) if name]
    names: list[Resource] = [{"use": "official", "family": patient.last, "given": given}]
    if patient.nickname:
        names.append({"use": "nickname", "given": [patient.nickname]})
    if patient.maiden:
        names.append({"use": "maiden", "family": patient.maiden, "given": given[:1]})
    return names


def _contact(kin: Relative) -> Resource:
    code = _RELATIONS[kin.relation]
    return {
        "relationship": [concept(f"{_TERMS}/v3-RoleCode", code, kin.relation)],
        "name": {"family": kin.last, "given": [kin.first]},
        "telecom": [{"system": "phone", "value": kin.phone}],
    }


def patient_resource(patient: Patient, updated: dt.datetime) -> Resource:
    """Build Patient from what is known of a patient."""
    mobiles = [each for each in (patient.new_mobile, patient.mobile) if each]
    telecom = [{"system": "phone", "use": "home", "value": patient.home}]
    uses = ("mobile", "old")  # the newest comes first
    telecom += [{"system": "phone", "use": use, "value": each} for use, each in zip(uses, mobiles, strict=False)]
    telecom += [{"system": "email", "value": each} for each in (patient.new_email, patient.email) if each]
    addresses = [_address(patient.address, "home")]
    if patient.new_address:
        addresses.append(_address(patient.new_address, "temp"))
    died = patient.died if patient.died and patient.died <= updated.date() else None
    return resource(
        "Patient", patient.mrn, updated,
        extension=[
            _group("race", *tables.RACES[patient.race]),
            _group("ethnicity", *tables.ETHNICITIES[patient.ethnicity]),
            {"url": f"{_CORE}/us-core-birthsex", "valueCode": patient.sex},
        ],
        identifier=[
            _identifier("MR", MRN_SYSTEM, patient.mrn, tables.HOSPITAL),
            _identifier("SS", "http://hl7.org/fhir/sid/us-ssn", patient.ssn),
            _identifier("AN", ACCOUNT_SYSTEM, patient.account),
            _identifier("MB", MEMBER_SYSTEM, patient.insurance_id),
        ],
        active=True, name=_names(patient), telecom=telecom,
        gender="male" if patient.sex == "M" else "female", birthDate=patient.born.isoformat(),
        deceasedDateTime=died.isoformat() if died else None, address=addresses,
        maritalStatus=concept(f"{_TERMS}/v3-MaritalStatus", patient.marital, tables.MARITAL[patient.marital]),
        contact=[_contact(each) for each in (patient.kin, patient.new_kin) if each],
        generalPractitioner=[_practitioner(patient.pcp)],
    )  # fmt: skip


def _practitioner(doctor: Physician) -> Resource:
    return reference("Practitioner", doctor.npi or doctor.full) | {"display": doctor.full}


def _about(visit: Visit) -> tuple[Resource, Resource]:
    return reference("Patient", visit.patient.mrn), reference("Encounter", visit.number)


def encounter_resource(visit: Visit, day: int, updated: dt.datetime) -> Resource:
    """Build Encounter as of a day."""
    end = visit.discharged_by(day)
    period = {"start": instant(visit.admit)} | ({"end": instant(end)} if end else {})
    room = f"{tables.HOSPITAL} {visit.ward} Room {visit.room}"
    return resource(
        "Encounter", visit.number, updated, identifier=[_identifier("VN", VISIT_SYSTEM, visit.number)],
        status="finished" if end else "in-progress",
        **{"class": {"system": f"{_TERMS}/v3-ActCode", "code": visit.kind, "display": _CLASSES[visit.kind]}},
        subject=_about(visit)[0], period=period,
        participant=[{"individual": _practitioner(visit.attending)}],
        reasonCode=[{"text": visit.scenario.complaint}], location=[{"location": {"display": room}}],
        serviceProvider={"display": tables.HOSPITAL},
    )  # fmt: skip


def condition_resource(visit: Visit, rank: int, over: bool, updated: dt.datetime) -> Resource:
    """Build Condition for a diagnosis; the first one is resolved when the visit is over."""
    diagnosis = visit.scenario.diagnoses[rank]
    subject, encounter = _about(visit)
    status = "resolved" if over and rank == 0 else "active"
    coding = [
        {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": diagnosis.icd10, "display": diagnosis.name},
        {"system": SNOMED, "code": diagnosis.snomed, "display": diagnosis.snomed_name},
    ]
    return resource(
        "Condition", f"{visit.number}-{rank}", updated,
        clinicalStatus={"coding": [{"system": f"{_TERMS}/condition-clinical", "code": status}]},
        verificationStatus={"coding": [{"system": f"{_TERMS}/condition-ver-status", "code": "confirmed"}]},
        category=[{"coding": [{"system": f"{_TERMS}/condition-category", "code": "encounter-diagnosis"}]}],
        code={"coding": coding}, subject=subject, encounter=encounter,
        onsetDateTime=visit.admit.date().isoformat(), recordedDate=instant(visit.admit),
    )  # fmt: skip


def _quantity(result: Result) -> Resource:
    quantity: Resource = {"value": float(result.value) if "." in result.value else int(result.value)}
    if result.comparator:
        quantity["comparator"] = result.comparator
    return quantity | {"unit": result.test.unit, "system": UCUM, "code": result.test.unit}


def _range(test: codes.Measure) -> list[Resource]:
    bounds = {"low": test.low, "high": test.high}
    known = {name: bound for name, bound in bounds.items() if bound is not None}
    limits = {name: {"value": bound, "unit": test.unit} for name, bound in known.items()}
    return [limits] if limits else []


def observation_resource(visit: Visit, results: list[Result], category: str, updated: dt.datetime) -> Resource:
    """Build Observation for a result, or for blood pressure from two."""
    first = results[0]
    subject, encounter = _about(visit)
    code = concept(LOINC, first.test.loinc, first.test.name)
    value: Resource = {}
    if len(results) > 1:
        code = concept(LOINC, "85354-9", "Blood pressure panel with all children optional")
        value["component"] = [
            {"code": concept(LOINC, each.test.loinc, each.test.name), "valueQuantity": _quantity(each)}
            for each in results
        ]
    elif first.code:
        value["valueCodeableConcept"] = concept(SNOMED, first.code, first.value)
    else:
        value["valueQuantity"] = _quantity(first)
    flags = {"coding": [{"system": f"{_TERMS}/v3-ObservationInterpretation", "code": first.flag}]}
    return resource(
        "Observation", first.id, updated, status="final",
        category=[{"coding": [{"system": f"{_TERMS}/observation-category", "code": category}]}],
        code=code, subject=subject, encounter=encounter, effectiveDateTime=instant(first.taken), **value,
        interpretation=[flags] if len(results) == 1 else [],
        referenceRange=_range(first.test) if len(results) == 1 else [],
    )  # fmt: skip


def medication_resource(visit: Visit, key: str, over: bool, updated: dt.datetime) -> Resource:
    """Build MedicationRequest."""
    drug = codes.DRUGS[key]
    subject, encounter = _about(visit)
    return resource(
        "MedicationRequest", f"{visit.number}-{key}", updated, status="completed" if over else "active",
        intent="order",
        medicationCodeableConcept=concept(RXNORM, drug.rxnorm, drug.name),
        subject=subject, encounter=encounter, authoredOn=instant(visit.admit + dt.timedelta(minutes=20)),
        requester=_practitioner(visit.attending), dosageInstruction=[{"text": drug.sig}],
    )  # fmt: skip


def document_resource(note: Note, updated: dt.datetime) -> Resource:
    """Build DocumentReference with the note inside."""
    subject, encounter = _about(note.visit)
    data = base64.b64encode(note.text.encode()).decode()
    return resource(
        "DocumentReference", note.id, updated, status="current", docStatus="final",
        type=concept(LOINC, note.type.loinc, note.type.title), subject=subject, date=instant(note.written),
        author=[_practitioner(note.author)],
        content=[{"attachment": {"contentType": "text/plain; charset=utf-8", "data": data}}],
        context={"encounter": [encounter], "period": {"start": instant(note.written)}},
    )  # fmt: skip


def allergy_resource(visit: Visit, text: str, updated: dt.datetime) -> Resource:
    """Build AllergyIntolerance from words like `Sulfa (rash)`."""
    substance, _, reaction = text.rstrip(")").partition(" (")
    return resource(
        "AllergyIntolerance", visit.patient.mrn, updated,
        clinicalStatus={"coding": [{"system": f"{_TERMS}/allergyintolerance-clinical", "code": "active"}]},
        type="allergy", category=["medication"], criticality="low", code={"text": substance},
        patient=_about(visit)[0], recordedDate="2019-06-04",
        reaction=[{"manifestation": [{"text": reaction}]}],
    )  # fmt: skip


def claim_resource(visit: Visit, updated: dt.datetime) -> Resource:
    """Build Claim."""
    subject, encounter = _about(visit)
    return resource(
        "Claim", visit.number, updated, status="active", use="claim",
        type={"coding": [{"system": f"{_TERMS}/claim-type", "code": "institutional"}]}, patient=subject,
        created=updated.date().isoformat(), provider={"display": tables.HOSPITAL},
        priority={"coding": [{"code": "normal"}]},
        insurance=[{"sequence": 1, "focal": True, "coverage": {"display": visit.patient.payer[1]}}],
        item=[{"sequence": 1, "productOrService": {"text": visit.scenario.title}, "encounter": [encounter]}],
    )  # fmt: skip
