"""Exports in which canaries stand in every field, and a run of them through Airflow."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
import yaml

from pipeline.testing import PATIENT_ID, plant_csv, plant_fhir, plant_hl7v2, to_ndjson

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "sample"
DAY = "2026-01-15"


@dataclass(frozen=True)
class CanaryRun:
    """A run of planted exports: what it wrote outside the PHI zone lies below `outside`."""

    outside: Path
    phi: Path
    output: str
    returncode: int


def write_exports(folder: Path) -> Path:
    """Plant canaries in the sample's first day; return the folder of the sources' YAML files."""
    planted = {
        "hl7v2": {
            f"{name}.hl7": plant_hl7v2((SAMPLE / "hl7v2" / DAY / f"{name}.hl7").read_bytes())
            for name in ("adt", "oru", "mdm")
        },
        "fhir": {
            path.name: to_ndjson(plant_fhir([orjson.loads(path.read_bytes().split(b"\n", 1)[0])]))
            for path in sorted((SAMPLE / "fhir" / DAY).glob("*.ndjson"))
        },
        "csv": {
            path.name: plant_csv(path.read_text("utf-8"), patient_columns=PATIENT_COLUMNS).encode()
            for path in sorted((SAMPLE / "csv" / DAY).glob("*.csv"))
        },
    }
    sources = folder / "sources"
    sources.mkdir(parents=True)
    for name, files in planted.items():
        (folder / name).mkdir()
        for file, content in files.items():
            # An export's file names may hold PHI as well.
            stem, _, suffix = file.partition(".")
            (folder / name / f"{stem}-Quorbington.{suffix}").write_bytes(content)
        source = yaml.safe_load((ROOT / "schemas" / "sources" / f"{name}.yaml").read_text("utf-8"))
        source |= {"path": str(folder / name), "max_reject_share": 1.0}
        (sources / f"{name}.yaml").write_text(yaml.safe_dump(source))
    return sources


PATIENT_COLUMNS = {
    "mrn": PATIENT_ID, "last_name": "Quorbington", "first_name": "Zyxwellian", "dob": "03/17/1949",
    "address": "7391 Quillfeather Lane", "phone_home": "617-555-0182", "next_of_kin": "Zyxwellian Quorbington (Wife)",
}  # fmt: skip


def run_through_airflow(folder: Path, sources: Path, **environment: str) -> CanaryRun:
    """Run the planted day's DAGs in a process of their own."""
    outside, phi = folder / "outside", folder / "phi"
    outside.mkdir()
    result = subprocess.run(
        [sys.executable, "scripts/run_dags.py", "--day", DAY, "--home", str(outside / "airflow")],
        env=os.environ | {
            "CHARTMILL_KEY": "0" * 64, "CHARTMILL_PHI": str(phi), "CHARTMILL_DATA": str(outside / "data"),
            "CHARTMILL_SOURCES": str(sources), **environment,
        },
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    (outside / "stdout.txt").write_text(result.stdout)
    return CanaryRun(outside, phi, result.stdout, result.returncode)


@pytest.fixture(scope="session")
def canary_sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sources of planted exports."""
    return write_exports(tmp_path_factory.mktemp("exports"))


@pytest.fixture(scope="session")
def canary_run(tmp_path_factory: pytest.TempPathFactory, canary_sources: Path) -> CanaryRun:
    """Return a finished run of planted exports."""
    return run_through_airflow(tmp_path_factory.mktemp("run"), canary_sources)
