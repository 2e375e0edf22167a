"""The sample exports are what the generator writes, and `truth.json` says what is in them."""

import base64
import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
TRUTH: dict[str, Any] = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
FEEDS = ("hl7v2", "fhir", "csv")
FEED_DAYS = [(feed, day) for feed in FEEDS for day in TRUTH["days"]]


def tree(root: Path) -> dict[str, bytes]:
    """Read every generated file below a folder."""
    paths = [root / "truth.json", *(path for feed in FEEDS for path in root.glob(f"{feed}/*/*"))]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


@cache
def units(path: Path) -> list[str]:
    """Split a file into its units without any knowledge of the pipeline."""
    text = path.read_bytes().decode()
    if path.suffix == ".hl7":
        return re.split(r"(?:^|(?<=[\r\n]))(?=MSH\|)", text)[1:]
    if path.suffix == ".csv":
        return ["\x1f".join(row) for row in csv.reader(io.StringIO(text, newline=""))][1:]
    return text.splitlines()


def folder(feed: str, day: str) -> Path:
    """Return where a feed's day lies."""
    return SAMPLE / feed / day


def mrns(feed: str) -> set[str]:
    """Collect the medical record numbers of a feed's patients."""
    found: set[str] = set()
    for day in TRUTH["days"]:
        if feed == "hl7v2":
            text = (folder(feed, day) / "adt.hl7").read_text(encoding="utf-8")
            found |= set(re.findall(r"PID\|1\|\|(\d+)\^\^\^CRMC\^MR", text))
        elif feed == "fhir":
            lines = map(json.loads, units(folder(feed, day) / "Patient.ndjson"))
            found |= {patient["identifier"][0]["value"] for patient in lines}
        else:
            found |= {row.split("\x1f")[0] for row in units(folder(feed, day) / "patients.csv")}
    return found


def test_same_files_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SAMPLE / "generate.py", "--out", tmp_path], check=True)
    again, committed = tree(tmp_path), tree(SAMPLE)
    assert again.keys() == committed.keys()
    assert [name for name in again if again[name] != committed[name]] == []


def test_another_seed_gives_other_files(tmp_path: Path) -> None:
    command = [sys.executable, str(SAMPLE / "generate.py"), "--out", str(tmp_path), "--seed", "7"]
    subprocess.run(command, check=True)
    assert tree(tmp_path)["csv/2026-01-15/patients.csv"] != tree(SAMPLE)["csv/2026-01-15/patients.csv"]


@pytest.mark.parametrize(("feed", "day"), FEED_DAYS)
def test_truth_counts_the_units(feed: str, day: str) -> None:
    told = TRUTH["feeds"][feed][day]
    counted = {path.name: len(units(path)) for path in folder(feed, day).iterdir()}
    assert counted == told["files"]
    assert sum(counted.values()) == told["units"]
    assert 0 < len(told["wrong"]) < 0.02 * told["units"]
    assert 25 <= told["notes"] <= 37


@pytest.mark.parametrize(("feed", "day"), FEED_DAYS)
def test_wrong_units_are_where_truth_says(feed: str, day: str) -> None:
    shows: dict[str, Callable[[str], bool]] = {
        "no_pid": lambda text: "\rPID|" not in text and "\nPID|" not in text,
        "no_patient_id": lambda text: "PID|1||||" in text,
        "impossible_birth_date": lambda text: "|19931399|" in text,
        "truncated_json": lambda text: not text.endswith("}"),
        "no_subject": lambda text: '"subject"' not in text,
        "short_row": lambda text: text.count("\x1f") == 6,
        "impossible_date": lambda text: re.search("13/45/1990|2026-02-30|T27:61", text) is not None,
        "empty_mrn": lambda text: text.split("\x1f")[2] == "",
    }
    for wrong in TRUTH["feeds"][feed][day]["wrong"]:
        text = units(folder(feed, day) / wrong["file"])[wrong["position"] - 1]
        assert shows[wrong["kind"]](text), wrong


@pytest.mark.parametrize("day", TRUTH["days"])
def test_a_message_is_sent_twice(day: str) -> None:
    repeated = TRUTH["feeds"]["hl7v2"][day]["repeated"]
    (resent,) = [each for each in repeated if each["kind"] == "resent"]
    messages = units(folder("hl7v2", day) / resent["file"])
    assert messages[: resent["position"] - 1].count(messages[resent["position"] - 1]) == 1


@pytest.mark.parametrize("before", [0, 1])
def test_a_result_is_corrected_the_next_day(before: int) -> None:
    yesterday, day = TRUTH["days"][before : before + 2]
    repeated = TRUTH["feeds"]["hl7v2"][day]["repeated"]
    (corrected,) = [each for each in repeated if each["kind"] == "correction"]
    message = units(folder("hl7v2", day) / corrected["file"])[corrected["position"] - 1]
    order = message.split("OBR|1|")[1].split("|")[1]
    assert message.count("|||C|||") == message.count("OBX|")
    assert order in (folder("hl7v2", yesterday) / "oru.hl7").read_text(encoding="utf-8")


@pytest.mark.parametrize("feed", FEEDS)
def test_feeds_share_their_patients(feed: str) -> None:
    assert mrns(feed) == set(TRUTH["mrns"])
    assert len(TRUTH["mrns"]) == 60


def documents(feed: str, day: str) -> str:
    """Return the text of a feed's notes of a day."""
    if feed == "hl7v2":
        texts = [*units(folder(feed, day) / "mdm.hl7"), *units(folder(feed, day) / "oru.hl7")]
        return "\n".join(line for text in texts for line in text.splitlines() if line.startswith("OBX"))
    if feed == "csv":
        return "\n".join(units(folder(feed, day) / "notes.csv"))
    lines = [line for line in units(folder(feed, day) / "DocumentReference.ndjson") if line.endswith("}")]
    data = (json.loads(line)["content"][0]["attachment"]["data"] for line in lines)
    return "\n".join(base64.b64decode(each).decode() for each in data)


@pytest.mark.parametrize("late", TRUTH["late"], ids=lambda late: late["field"])
def test_a_note_tells_before_the_structured_fields(late: dict[str, Any]) -> None:
    value, text = late["values"][0], documents(late["told"]["feed"], late["told"]["day"])
    if late["field"] == "new_mobile":
        value, text = value.replace("-", ""), re.sub(r"[^0-9\n]", "", text)
    assert value in text
    assert all(day > late["told"]["day"] for day in late["structured"].values())


@pytest.mark.parametrize("late", TRUTH["late"], ids=lambda late: late["field"])
def test_a_late_field_is_structured_on_its_day(late: dict[str, Any]) -> None:
    value = late["values"][0]
    if late["field"] == "new_address":
        value = value.split(" Apt ")[0]
    elif late["field"] == "new_mobile":
        value = value[-8:]
    files = {"hl7v2": "adt.hl7", "fhir": "Patient.ndjson", "csv": "patients.csv"}
    for feed, name in files.items():
        for day in TRUTH["days"]:
            rows = [text for text in units(folder(feed, day) / name) if late["mrn"] in text]
            due = bool(rows) and day >= late["structured"].get(feed, "9999")
            assert any(re.search(rf"\b{re.escape(value)}\b", row) for row in rows) == due, (feed, day)
