"""Read the clinical scenarios of the sample from `scenarios.json`."""

import json
from pathlib import Path
from typing import Any, NamedTuple


class Diagnosis(NamedTuple):
    """Name a diagnosis in ICD-10-CM and SNOMED CT."""

    icd10: str
    name: str
    snomed: str
    snomed_name: str


class Imaging(NamedTuple):
    """Hold one imaging study; `code` is CPT."""

    code: str
    name: str
    technique: str
    findings: str
    impression: str


class Scenario(NamedTuple):
    """Describe one course of illness; texts are templates that `notes.context` fills."""

    title: str
    attending: str  # as `consultant`, a key of tables.PHYSICIANS
    consultant: str
    ward: str
    diagnoses: tuple[Diagnosis, ...]
    vitals: tuple[float, ...]  # on arrival, in the order of codes.VITALS
    labs: dict[str, tuple[float | str, float | str]]  # on arrival and later; text is coded or like ">60"
    drugs: tuple[str, ...]  # keys of codes.DRUGS
    imaging: Imaging | None
    complaint: str
    hpi: tuple[str, ...]  # one is picked
    exam: str
    course: str
    plan: tuple[str, ...]
    opinion: str
    nursing: tuple[str, ...]  # one is picked
    advice: str
    procedure: str


def _scenario(data: dict[str, Any]) -> Scenario:
    data = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    data["diagnoses"] = tuple(Diagnosis(**each) for each in data["diagnoses"])
    data["labs"] = {test: (first, later) for test, (first, later) in data["labs"].items()}
    data["imaging"] = Imaging(**data["imaging"]) if data["imaging"] else None
    return Scenario(**data)


_TEXT = (Path(__file__).parent / "scenarios.json").read_text(encoding="utf-8")
SCENARIOS = {key: _scenario(data) for key, data in json.loads(_TEXT).items()}
