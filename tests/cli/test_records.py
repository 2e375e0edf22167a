"""`chartmill records`, `preview` and `plan`: what they show, where they write, and what they leave behind."""

import json
import stat
from pathlib import Path

import pytest

from pipeline.records import schema
from tests.cli.conftest import Call

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"
DAY = "2026-01-15"


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_records_have_the_columns_of_record(call: Call, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    result = call("records", SAMPLE / "csv" / DAY, "--source", "csv", "--day", DAY, "--out", out)
    assert result.exit_code == 0, result.output
    found = lines(out)
    assert all(list(record) == schema("record").names for record in found)
    assert {record["kind"] for record in found} >= {"patient", "note", "observation"}
    patient = next(record for record in found if record["kind"] == "patient")
    assert {"type": "id", "value": str(patient["patient_id"]).partition("|")[2]} in patient["identity"]  # type: ignore[operator]
    assert f"{len(found)} records written" in result.stdout
    assert "no_patient  1" in result.stdout
    assert "PHI" in result.stderr
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_a_connector_without_a_source(call: Call, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("old")
    out.chmod(0o644)
    pattern = str(SAMPLE / "hl7v2" / DAY / "*.hl7")
    named = "pipeline.ingest.hl7v2.connector:Hl7v2Connector"
    options = ["--option", "identity={ZPI-2: [staff, XCN]}", "--authority", "X1", "--timezone", "America/New_York"]
    result = call("records", pattern, "--connector", named, *options, "--out", out)
    assert result.exit_code == 0, result.output
    assert any(str(record["encounter_id"]).startswith("X1|") for record in lines(out))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_a_file_that_is_rejected_whole_is_a_failure(call: Call, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    result = call("records", SAMPLE / "csv" / DAY / "notes.csv", "--connector", "fhir", "--out", out)
    assert result.exit_code == 1
    assert "file_not_fhir  1" in result.stdout


REFUSED = [
    (["--connector", "fhir", "--source", "fhir"], "one of --source and --connector"),
    ([], "one of --source and --connector"),
    (["--connector", "fhir", "--option", "conformance"], "KEY=VALUE"),
    (["--connector", "fhir", "--timezone", "Mars/Base"], "--timezone"),
    (["--connector", "fhir", "--date-order", "yy"], "--date-order"),
    (["--connector", "none"], "unknown connector"),
]


@pytest.mark.parametrize(("options", "said"), REFUSED)
def test_what_it_refuses(call: Call, tmp_path: Path, options: list[str], said: str) -> None:
    result = call("records", SAMPLE / "fhir" / DAY, *options, "--out", tmp_path / "out.jsonl")
    assert result.exit_code == 1
    assert said in result.stdout
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("out", ["data/out.jsonl", "data/x/../out.jsonl", "linked/out.jsonl"])
def test_nothing_is_written_into_the_safe_zone(call: Call, tmp_path: Path, out: str) -> None:
    (tmp_path / "data" / "x").mkdir(parents=True)
    (tmp_path / "linked").symlink_to(tmp_path / "data")
    result = call("records", SAMPLE / "fhir" / DAY, "--connector", "fhir", "--out", tmp_path / out)
    assert result.exit_code == 1
    assert "safe zone" in result.stdout
    assert not list(tmp_path.rglob("*out.jsonl*"))


def test_a_preview_shows_three_states_and_leaves_nothing(call: Call, tmp_path: Path) -> None:
    result = call("preview", "csv", "-n", "2", "--day", DAY, "--sources", _notes_only(tmp_path))
    assert result.exit_code == 0, result.output
    raw, *_ = result.stdout.split("2. note")
    assert "52484385" in raw, "the raw side is there"
    assert "[NAME]" in raw
    assert "PHI" in result.stderr
    assert not [path for path in (tmp_path / "phi").rglob("*") if path.is_file()]
    assert [path.name for path in (tmp_path / "data").rglob("*")] == ["key_fingerprint"]


def _notes_only(home: Path) -> Path:
    """Return a folder with a source whose notes name somebody that only another row of the file identifies."""
    (home / "in").mkdir()
    (home / "sources").mkdir()
    (home / "in" / "notes.csv").write_text(
        "id,mrn,author,text\n"
        "N1,52484385,,Seen with Zyxwellian at the bedside.\n"
        "N2,52484385,Zyxwellian Quorbington,Stable.\n"
    )
    (home / "sources" / "csv.yaml").write_text(
        "name: csv\nconnector: csv\npath: ../in/notes.csv\nauthority: CRMC\noptions:\n  tables:\n    notes:\n"
        "      files: [notes.csv]\n      kind: note\n      key: [id]\n      columns: {patient_id: mrn, text: text}\n"
        "      identity:\n        - {type: staff, column: author}\n"
    )
    return home / "sources"


def test_a_plan_lists_ids_and_runs_nothing(call: Call, tmp_path: Path) -> None:
    result = call("plan", "--day", DAY, "--source", "hl7v2", "--workers", "1")
    assert result.exit_code == 0, result.output
    assert "oru.hl7" not in result.stdout
    assert "240,959 bytes" in result.stdout
    assert "the default for hl7v2" in result.stdout
    assert not [path for path in (tmp_path / "phi").rglob("*") if path.is_file()]
    shown = call("plan", "--day", DAY, "--source", "hl7v2", "--show")
    assert "oru.hl7" in shown.stdout.replace("\n", "")
    assert "PHI" in shown.stderr


def test_a_plan_of_a_day_without_files_fails_as_a_run_does(call: Call) -> None:
    result = call("plan", "--day", "2031-01-15", "--source", "hl7v2")
    assert result.exit_code == 1
    assert "has no files for 2031-01-15" in result.stdout
