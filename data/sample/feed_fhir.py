"""Write the FHIR feed: one NDJSON file a resource type, as a bulk export makes them."""

import datetime as dt
import json

import fhir_resources as fhir
from hospital import DAYS, Visit, World, labs, vitals
from notes import notes
from phrases import ALLERGIES
from units import Files, Unit, insert

UNTAKEN = ("Claim.ndjson",)  # a type that the pipeline has no use for


def files(world: World, day: int) -> Files:
    """Write all resources of a day; the units are the lines."""
    updated = dt.datetime.combine(DAYS[day - 1], dt.time(22, 40))
    active = world.active(day)
    patients = {visit.patient.mrn: visit.patient.known("fhir", day) for visit in active}
    changed = [visit for visit in active if day in (visit.first, visit.last)]
    arrived = [visit for visit in active if visit.first == day]
    made = {
        "Patient": [fhir.patient_resource(each, updated) for each in patients.values()],
        "Encounter": [fhir.encounter_resource(visit, day, updated) for visit in active],
        "Condition": [
            fhir.condition_resource(visit, rank, visit.last == day, updated)
            for visit in changed
            for rank in range(len(visit.scenario.diagnoses) if day == visit.first else 1)
        ],
        "Observation": [each for visit in active for each in _observations(world, visit, day, updated)],
        "MedicationRequest": [
            fhir.medication_resource(visit, key, visit.last == day, updated)
            for visit in changed
            for key in visit.scenario.drugs[: None if day == visit.first else 1]
        ],
        "AllergyIntolerance": [
            fhir.allergy_resource(visit, text, updated)
            for visit in arrived
            if not (text := ALLERGIES[visit.index % len(ALLERGIES)]).startswith("No ")
        ],
        "DocumentReference": [fhir.document_resource(note, updated) for note in notes(world, "fhir", day)],
        "Claim": [fhir.claim_resource(visit, updated) for visit in active[:2]],
    }
    files_of_day = {
        f"{kind}.ndjson": [Unit(_line(each), note=kind == "DocumentReference") for each in resources]
        for kind, resources in made.items()
    }
    _spoil(files_of_day, made, world, active[day], day, updated)
    return files_of_day


def render(name: str, units: list[Unit]) -> bytes:
    """Return a file's bytes."""
    return "".join(unit.text for unit in units).encode()


def _line(resource: fhir.Resource) -> str:
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":")) + "\n"


def _observations(world: World, visit: Visit, day: int, updated: dt.datetime) -> list[fhir.Resource]:
    signs, tests = vitals(world.seed, visit, day), labs(world.seed, visit, day)
    coded = [each for each in tests[1:] if each.code]
    groups = [(signs[:2], "vital-signs"), (signs[-1:], "vital-signs")]
    groups += [([each], "laboratory") for each in (*tests[:1], *coded)]
    return [fhir.observation_resource(visit, results, category, updated) for results, category in groups]


def _spoil(
    files_of_day: Files, made: dict[str, list[fhir.Resource]], world: World, visit: Visit, day: int,
    updated: dt.datetime,
) -> None:  # fmt: skip
    kind = ("Condition", "MedicationRequest", "DocumentReference")[day - 1]
    whole = made[kind][day] | {"id": f"cut-{day}"}
    insert(files_of_day[f"{kind}.ndjson"], _line(whole)[:217] + "\n", "truncated_json")
    results = vitals(world.seed, visit, day, 20)[2:3]
    orphan = fhir.observation_resource(visit, results, "vital-signs", updated)
    del orphan["subject"]
    insert(files_of_day["Observation.ndjson"], _line(orphan), "no_subject")
