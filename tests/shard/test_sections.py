"""Sections of clinical texts; ¦ marks where each heading begins, and the names of all are listed."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from pipeline.config import load_yaml
from pipeline.records import SCHEMAS
from pipeline.shard.sections import PREAMBLE, by_name, section_names, sections

HEADINGS = [
    ("¦HISTORY OF PRESENT ILLNESS:\nWell.\n\n¦Assessment and Plan\nRest.", "history assessment_and_plan"),
    ("¦A/P: rest\n¦A&P - rest\n¦Assessment & Plan: rest\n¦A+P: rest", " ".join(["assessment_and_plan"] * 4)),
    ("Seen today.\n¦# Plan\nRest.\n¦**Impression**\nGout.\n¦**Plan:** rest", "preamble plan impression plan"),
    ("¦== Plan ==\nRest.\n¦__Exam__: normal\n¦***VITALS***\n98%", "plan exam vitals"),
    ("¦Plan: continue metformin.", "plan"),
    ("¦plan: continue.\n ¦Medications :\nnone", "plan medications"),
    ("¦Medications (prior to admission):\n- aspirin\n¦Labs [DATE]: K 4.0", "medications results"),
    ("¦Exam at 18:27: normal", "exam"),
    ("¦Physical Exam on [DATE]\nNormal.\n¦Vitals as of [DATE]:\n98%", "exam vitals"),
    ("¦Chief complaint: cough. ¦Plan: rest, fluids.", "chief_complaint plan"),
    ("¦Allergies: NKDA    ¦Medications: none", "allergies medications"),
    ("¦PMH:\r\ngout\r\n\r\n¦FH:\r\nnone", "past_history family_history"),
    ("¦CC: cough\ncc: Dr. [NAME]", "chief_complaint"),
    ("¦History of family member diseases Narrative\nNone.", "family_history"),
    ("¦Evaluation + Plan note\nRest.", "assessment_and_plan"),
    ("¦Allergies, Adverse Reactions and Alerts\nNone.\n¦Plan of Treatment\nRest.", "allergies plan"),
    ("¦MEDICATIONS SECTION\nnone\n¦HOSPITAL DISCHARGE INSTRUCTIONS\nRest.", "medications discharge_instructions"),
    ("¦Pre-operative diagnosis: hernia\n¦Procedure: repair", "problems procedures"),
    ("   ¦Plan:\n   rest", "preamble plan"),
    ("¦Medications:\n¦Allergies:\n", "medications allergies"),
    ("¦Plan\n----\nRest.", "plan"),
]  # fmt: skip
NEAR_MISSES = [
    "Plan to discharge tomorrow.",
    "Plan is as follows: rest.",
    "The plan: rest.",
    "Medications were reviewed with the patient.",
    "History of diabetes: 10 years.",
    "Allergies include penicillin.",
    "She has a history\nof gout and her exam\nwas normal.",
    "the pain, its\nhistory\nand its course",
    "[NAME]: I saw the patient.",
    "BP 120/80, HR 72, T 98.6",
    "Temp: 98.6\nHeart rate: 72\nWeight: 80 kg",
    "- Plan: part of a list",
    "CT findings: none.",
    "no new labs: none since Monday",
    "Mother's allergies: unknown",
    "Results-based care",
    "",
    "\n",
]


@pytest.mark.parametrize(("marked", "names"), HEADINGS)
def test_headings(marked: str, names: str) -> None:
    text = marked.replace("¦", "")
    found = sections(text)
    assert " ".join(section.name for section in found) == names
    assert "¦".join(section.title + section.text for section in found).removeprefix("¦") == marked.removeprefix("¦")


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_a_heading_divides_nothing(text: str) -> None:
    assert [(section.name, section.title, section.text) for section in sections(text)] == (
        [(PREAMBLE, "", text)] if text else []
    )


def test_sections_of_one_name_are_one_and_absent_ones_are_empty() -> None:
    found = by_name("Seen.\nPlan: rest.\nExam:\nPLAN\n\nFluids.\n")
    assert {name: text for name, text in found.items() if text} == {"preamble": "Seen.", "plan": "rest.\n\nFluids."}
    assert found["exam"] == ""
    assert set(found) == {"preamble", *section_names()}


def test_every_spelling_is_found_as_its_section() -> None:
    for name, spellings in load_yaml(SCHEMAS / "sections.yaml").items():
        for spelling in spellings:
            for text in (f"{spelling.upper()}:\nx", f"{spelling.title() if not spelling.isupper() else spelling}\nx"):
                assert [section.name for section in sections(text)] == [name], spelling


def test_public_notes_have_their_sections(public_fixtures: Path) -> None:
    with (public_fixtures / "notes" / "aci_bench_train.csv").open(encoding="utf-8", newline="") as lines:
        notes = [row["note"] for row in csv.DictReader(lines)]
    for path in (public_fixtures / "redaction").glob("*.jsonl"):
        notes += [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
    found: Counter[str] = Counter()
    for note in notes:
        parts = sections(note)
        assert "".join(part.title + part.text for part in parts) == note
        found.update({part.name for part in parts})
    # The notes of ACI-Bench come first; each of the 67 has headings.
    assert all(len(sections(note)) > 3 for note in notes[:67])
    assert found["chief_complaint"] > 140
    assert found["plan"] + found["assessment_and_plan"] > 170
