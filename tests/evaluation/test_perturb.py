"""Texts are written otherwise, and their spans still mark what they marked."""

import random

import pytest

from pipeline.evaluation.gold import Document
from pipeline.evaluation.labels import load_labels
from pipeline.evaluation.perturb import DATE_FORMS, in_case, with_blanks, with_dates, with_names, with_typos
from tests.evaluation.notes import names, notes
from tests.evaluation.test_score import marked

LABELS = load_labels()
TEXT = "Pt: QUILL, ADA B. Seen 3/4/2025, again 3/11. Dr. Moss told Ada Quill about Wexburg; Bo came too."
DOCUMENT = marked(
    TEXT, ("QUILL, ADA B", "PATIENT"), ("3/4/2025", "DATE"), ("3/11", "DATE"), ("Moss", "DOCTOR"),
    ("Ada Quill", "PERSON"), ("Wexburg", "CITY"), ("Bo", "PERSON"),
)  # fmt: skip


def words(document: Document) -> list[str]:
    return [document.text[span.start : span.end] for span in document.spans]


def test_everybody_gets_another_name_throughout() -> None:
    new = with_names(DOCUMENT, LABELS, ["Given", "Erste", "Prima"], ["Familia", "Nachname"], random.Random(1))
    assert words(new)[1:3] == ["3/4/2025", "3/11"]
    inverted, doctor, whole, single = (words(new)[place] for place in (0, 3, 4, 6))
    family, given, initial = inverted.replace(",", "").split()
    assert whole.upper() == f"{given} {family}"
    assert family in ("FAMILIA", "NACHNAME")
    assert initial in ("G", "E", "P")
    assert doctor in ("Familia", "Nachname")
    assert single in ("Given", "Erste", "Prima")
    assert "Seen 3/4/2025" in new.text


@pytest.mark.parametrize(
    ("form", "dates"),
    [
        ("2025-03-04", ["2025-03-04", "3/11"]),
        ("04 Mar 2025", ["04 Mar 2025", "11 Mar"]),
        ("March 4th, 2025", ["March 4th, 2025", "March 11th"]),
        ("Tue, Mar 4 2025", ["Tue, Mar 4 2025", "Mar 11"]),
    ],
)
def test_dates_are_written_in_another_form(form: str, dates: list[str]) -> None:
    new = with_dates(DOCUMENT, LABELS, form)
    assert words(new) == ["QUILL, ADA B", *dates, "Moss", "Ada Quill", "Wexburg", "Bo"]


def test_a_date_in_no_usual_form_stays() -> None:
    document = marked("Seen on Christmas Day.", ("Christmas Day", "DATE"))
    assert all(with_dates(document, LABELS, form) == document for form in DATE_FORMS)


def test_case_moves_nothing() -> None:
    document = marked("Straße nach İzmir, Ada", ("Ada", "PERSON"))
    assert in_case(document, str.upper).text == "STRAßE NACH İZMIR, ADA"
    assert words(in_case(document, str.lower)) == ["ada"]


def test_typos_leave_spans_alone() -> None:
    new = with_typos(DOCUMENT, 1.0, random.Random(1))
    assert words(new) == words(DOCUMENT)
    assert "agian" in new.text or "aagin" in new.text
    assert with_typos(DOCUMENT, 0.0, random.Random(1)) == DOCUMENT


def test_blanks_are_doubled_in_spans_too() -> None:
    new = with_blanks(DOCUMENT, 1.0, random.Random(1))
    assert words(new)[0] == "QUILL,  ADA  B"
    assert words(new)[4] == "Ada  Quill"
    assert new.text.replace("  ", " ") == TEXT


def test_the_notes_are_many_and_of_several_kinds() -> None:
    assert len(notes()) >= 60
    assert len(names()) >= 8
    labels = {span.label for note in notes() for span in note.spans}
    LABELS.check(labels)
    assert {LABELS.meaning(label, "x").entity for label in labels} >= {
        "NAME",
        "DATE",
        "PHONE",
        "EMAIL",
        "ID",
        "ADDRESS",
    }
    assert not [note.text for note in notes() if "{" in note.text or "[[" in note.text]
