"""A drafted source works as it is, says how sure it is, and gives away nothing of the file it was drafted from."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipeline.testing import CANARIES, plant_csv, plant_fhir, plant_hl7v2, to_ndjson
from tests.cli.conftest import Call

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "sample"
DAY = "2026-01-15"


def draft(call: Call, home: Path, file: Path, *more: str) -> str:
    result = call("new-source", "mill", "--from", file, "--sources", home / "sources", "--tests", home / "tests", *more)
    assert result.exit_code == 0, result.output
    return result.stdout


def written(home: Path, said: str) -> str:
    """Return all that was written and said, and the names of the files."""
    files = [path for path in [*home.glob("sources/*"), *home.glob("tests/mill/*")] if path.is_file()]
    assert len(files) == 4
    return "\n".join([said, *(f"{path.name}\n{path.read_text('utf-8')}" for path in files)])


def source(home: Path) -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load((home / "sources" / "mill.yaml").read_text("utf-8"))
    return loaded


def table(home: Path) -> dict[str, object]:
    options = source(home)["options"]
    assert isinstance(options, dict)
    found: dict[str, object] = options["tables"]["mill"]
    return found


def write(home: Path, name: str, content: str | bytes) -> Path:
    path = home / "exports" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def canary_file(feed: str) -> tuple[str, bytes]:
    folder = SAMPLE / feed / DAY
    if feed == "hl7v2":
        return "a.hl7", plant_hl7v2(b"".join(path.read_bytes() for path in sorted(folder.iterdir())))
    if feed == "fhir":
        lines = [line for path in sorted(folder.iterdir()) for line in path.read_bytes().splitlines()[:1]]
        return "a.ndjson", to_ndjson(plant_fhir([json.loads(line) for line in lines]))
    name = {"patients": "patients.csv", "notes": "notes.csv"}[feed]
    text = (SAMPLE / "csv" / DAY / name).read_text("utf-8")
    return name, plant_csv(text, patient_columns={"mrn": "MRN84773921", "last_name": "Quorbington"}).encode()


@pytest.mark.parametrize("feed", ["hl7v2", "fhir", "patients", "notes"])
def test_no_planted_value_is_in_what_is_drafted(call: Call, tmp_path: Path, feed: str) -> None:
    name, content = canary_file(feed)
    everything = written(tmp_path, draft(call, tmp_path, write(tmp_path, name, content))).casefold()
    for canary in CANARIES:
        for needle in canary.needles:
            assert needle.casefold() not in everything, canary.type


def test_no_planted_value_is_in_what_is_drafted_of_a_document(call: Call, tmp_path: Path) -> None:
    from pipeline.authoring.fixtures import ccda_fixture

    document = """<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3">
      <templateId root="2.16.840.1.113883.10.20.22.1.2"/><id root="84773921" extension="MRN84773921"/>
      <recordTarget><patientRole><id extension="MRN84773921"/><addr><streetAddressLine>7391 Quillfeather Lane
      </streetAddressLine></addr><telecom value="tel:617-555-0182"/><patient><name><given>Zyxwellian</given>
      <family>Quorbington</family></name><birthTime value="19490317"/></patient></patientRole></recordTarget>
      <component><structuredBody><component><section><code code="11450-4" codeSystem="2.16.840.1.113883.6.1"/>
      <title>Quorbington</title><text><paragraph>Seen: <b>Zyxwellian</b> Quorbington</paragraph></text>
      </section></component></structuredBody></component></ClinicalDocument>"""
    made = ccda_fixture(document).decode()
    assert "11450-4" in made
    assert "2.16.840.1.113883.10.20.22.1.2" in made
    for canary in CANARIES:
        for needle in canary.needles:
            assert needle not in made, canary.type


@pytest.mark.parametrize("name", sorted(path.name for path in (SAMPLE / "csv" / DAY).iterdir()))
def test_no_cell_of_a_table_is_in_its_fixture(call: Call, tmp_path: Path, name: str) -> None:
    path = SAMPLE / "csv" / DAY / name
    draft(call, tmp_path, path)
    (fixture,) = (tmp_path / "tests" / "mill").glob("*.csv")
    told, original = cells(fixture), cells(path)
    assert told
    assert not told & original


def cells(path: Path) -> set[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {cell for row in list(csv.reader(file))[1:] for cell in row} - {""}


@pytest.mark.parametrize("file", ["csv/2026-01-15/observations.csv", "hl7v2/2026-01-15/oru.hl7"])
def test_the_drafted_test_passes_and_the_source_reads_the_day(call: Call, tmp_path: Path, file: str) -> None:
    said = draft(call, tmp_path, SAMPLE / file)
    test = tmp_path / "tests" / "mill" / "test_mill.py"
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    assert "chartmill preview mill" in said
    assert "{day}" in str(source(tmp_path)["path"])
    result = call("plan", "--day", DAY, "--sources", tmp_path / "sources")
    assert result.exit_code == 0, result.output


def test_what_a_table_is_taken_for(call: Call, tmp_path: Path) -> None:
    said = draft(call, tmp_path, SAMPLE / "csv" / DAY / "observations.csv")
    mapping = table(tmp_path)
    assert mapping["kind"] == "observation"
    assert mapping["key"] == ["observation_id"]
    assert mapping["columns"] == {
        "encounter_id": "encounter_id",
        "patient_id": "mrn",
        "code": "loinc",
        "code_system": {"const": "http://loinc.org"},
        "display": "name",
        "value_number": "value",
        "unit": "unit",
        "reference_low": "low",
        "reference_high": "high",
        "abnormal": "flag",
        "start": "taken_at",
        "version": "updated_at",
    }
    assert "Dates:     year first" in said
    assert re.search(r"loinc is code \(100%", said)


KINDS = {
    "diagnoses.csv": "condition",
    "encounters.csv": "encounter",
    "medications.csv": "medication",
    "notes.csv": "note",
    "observations.csv": "observation",
    "patients.csv": "patient",
}


@pytest.mark.parametrize("name", KINDS)
def test_kinds(call: Call, tmp_path: Path, name: str) -> None:
    # The name of the file does not help.
    draft(call, tmp_path, write(tmp_path, "export.csv", (SAMPLE / "csv" / DAY / name).read_bytes()))
    assert table(tmp_path)["kind"] == KINDS[name]


ORDERS = [
    (["13/01/2026", "02/03/2026"], "dmy", "dmy"),
    (["01/13/2026", "02/03/2026"], "mdy", "mdy"),
    (["01/02/2026", "02/03/2026"], "ambiguous: set date_order", None),
    (["13/01/2026", "01/13/2026"], "mixed", None),
    (["2026-01-13", "20260113"], "year first", None),
]


@pytest.mark.parametrize(("dates", "said", "order"), ORDERS)
def test_the_order_of_dates(call: Call, tmp_path: Path, dates: list[str], said: str, order: str | None) -> None:
    rows = "".join(f"9000{number},{date}\n" for number, date in enumerate(dates))
    told = draft(call, tmp_path, write(tmp_path, "labs.csv", f"mrn,taken at\n{rows}"))
    assert f"Dates:     {said}" in told
    assert source(tmp_path).get("date_order") == order


COLUMNS = [
    ("Soc Sec", "986-36-7153", {"type": "ssn"}),
    ("x1", "986-36-7153", {"type": "ssn"}),
    ("x2", "ann@example.org", {"type": "email"}),
    ("x3", "(617) 555-0181", {"type": "phone"}),
    ("x4", "A7013881", {"type": "id"}),
    ("Attending MD", "Okafor, James", {"type": "name"}),
    ("PatientName", "Quill, Ada", {"type": "name"}),
]


@pytest.mark.parametrize(("column", "value", "expected"), COLUMNS, ids=[column for column, _, _ in COLUMNS])
def test_columns_that_identify(call: Call, tmp_path: Path, column: str, value: str, expected: dict[str, str]) -> None:
    draft(call, tmp_path, write(tmp_path, "x.csv", f'MRN,{column}\n90001,"{value}"\n'))
    assert {**expected, "column": column} in table(tmp_path)["identity"]  # type: ignore[operator]


def test_a_name_that_its_values_contradict_is_not_believed(call: Call, tmp_path: Path) -> None:
    said = draft(call, tmp_path, write(tmp_path, "x.csv", "mrn,dob,phone\n90001,yes,none given\n90002,no,ask\n"))
    assert "To extras: dob, phone" in said


def test_cells_that_mean_nothing_and_dialects(call: Call, tmp_path: Path) -> None:
    content = 'mrn;name;value\n90001;"Núñez; Ana";NULL\n90002;Müller;N/A\n'.encode("cp1252")
    draft(call, tmp_path, write(tmp_path, "x.csv", content))
    assert source(tmp_path)["options"]["delimiter"] == ";"  # type: ignore[index]
    assert source(tmp_path)["options"]["encoding"] == "cp1252"  # type: ignore[index]
    assert source(tmp_path)["options"]["na_values"] == ["NULL", "N/A"]  # type: ignore[index]


def test_names_of_files_that_name_a_patient_are_left_out(call: Call, tmp_path: Path) -> None:
    file = write(tmp_path, "Quorbington_2026-01-15.csv", "mrn,name\n90001,Quorbington\n")
    assert "quorbington" not in written(tmp_path, draft(call, tmp_path, file)).casefold()
    assert str(source(tmp_path)["path"]).endswith("/*{day}*")


REFUSED = [
    ("x.csv", "90001,Quorbington,19490317\n90002,Other,19500101\n", "looks like data"),
    ("x.csv", "Quorbington,Zyxwellian,female\nOther,Else,male\n", "put a line with names above it"),
    ("x.csv", "type,size\nred,7\n", "--patient COLUMN"),
    ("x.csv", "color,size\nred,7\n", "--patient COLUMN"),
    ("x.csv", "mrn,name\n", "no rows"),
    ("x.json", '{"a": 1}', "no FHIR"),
    ("x.xml", "<a/>", "no ClinicalDocument"),
    ("x.pdf", "%PDF-1.7", "binary"),
    ("x.csv", " \n", "empty"),
]


@pytest.mark.parametrize(("name", "content", "said"), REFUSED)
def test_what_it_refuses(call: Call, tmp_path: Path, name: str, content: str, said: str) -> None:
    file = write(tmp_path, name, content)
    result = call("new-source", "mill", "--from", file, "--sources", tmp_path / "s", "--tests", tmp_path / "t")
    assert result.exit_code == 1
    assert said in result.stdout
    assert "Quorbington" not in result.stdout
    assert not list(tmp_path.glob("[st]/**/*"))


def test_it_overwrites_nothing(call: Call, tmp_path: Path) -> None:
    file = write(tmp_path, "x.csv", "mrn,value\n90001,7\n")
    draft(call, tmp_path, file)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    result = call(
        "new-source", "mill", "--from", file, "--sources", tmp_path / "sources", "--tests", tmp_path / "tests"
    )
    assert result.exit_code == 1
    assert "is there already" in result.stdout
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_the_patient_column_can_be_named(call: Call, tmp_path: Path) -> None:
    file = write(tmp_path, "x.csv", "who,what\nAB1,7\nAB2,8\n")
    draft(call, tmp_path, file, "--patient", "who")
    assert table(tmp_path)["columns"]["patient_id"] == "who"  # type: ignore[index]
