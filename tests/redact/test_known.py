"""What the vault knows of a patient is found in every written form, and nothing beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Identifier
from pipeline.redact.known import Known
from pipeline.redact.spans import merge

PATIENT = (
    Identifier("name", "García-Lopez, María Elena"),
    Identifier("name", "Ty"),
    Identifier("relative", "Bill White"),
    Identifier("staff", "Okafor, Ngozi A"),
    Identifier("id", "MR-0048213"),
    Identifier("id", "483920117"),
    Identifier("ssn", "912-45-6789"),
    Identifier("phone", "(617) 555-0134"),
    Identifier("email", "maria.garcia@example.org"),
    Identifier("address", "4821 Willow Bend Road"),
    Identifier("city", "Pittsfield"),
    Identifier("city", "Reading"),
    Identifier("postal_code", "03601"),
    Identifier("organization", "Cedar Ridge Medical Center"),
    Identifier("birth_date", "19520314"),
)


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in merge(Known(PATIENT).find(text))]


HITS = [
    ("GARCIA-LOPEZ, MARIA was seen", ["GARCIA-LOPEZ", "MARIA"]),
    ("Ms. Garcia feels well", ["Garcia"]),
    ("elena called", ["elena"]),
    ("seen with her husband Mr. White", ["White"]),
    ("her husband Bill White", ["Bill", "White"]),
    ("White, Bill", ["White", "Bill"]),
    ("M. Garcia", ["M", "Garcia"]),
    ('your patient [NAME] ("Ty") went home', ["Ty"]),
    ("signed M.E.G.", ["M.E.G."]),
    ("Dr Okafors note, misspelt Okafro", ["Okafors", "Okafro"]),
    ("MRN 0048213 and 48213", ["0048213", "48213"]),
    ("MRN MR 0048213", ["MR 0048213"]),
    ("acct 483-920-117", ["483-920-117"]),
    ("SSN 912456789", ["912456789"]),
    ("call 617.555.0134 or 555-0134", ["617.555.0134", "555-0134"]),
    ("call 617-555-\n0134", ["617-555-\n0134"]),
    ("write to Maria.Garcia@Example.org", ["Maria.Garcia@Example.org"]),
    ("lives at 4821 Willow Bend Rd.", ["4821 Willow Bend Rd"]),
    ("lives at 4821 Willow Bend", ["4821 Willow Bend"]),
    ("lives at 4821 [NAME] Bend Road", ["4821 [NAME] Bend Road"]),
    ("from Pittsfield 03601", ["Pittsfield", "03601"]),
    ("from Reading, PA", ["Reading"]),
    ("at CEDAR RIDGE  Medical Center", ["CEDAR RIDGE  Medical Center"]),
    ("born 3/14/52, 03-14-1952 or 19520314", ["3/14/52", "03-14-1952", "19520314"]),
]

NEAR_MISSES = [
    "the white count is high, bill the payer",
    "White matter changes",
    "reading glasses, Reading is hard",
    "blood pressure 128/76, 48.213 mg",
    "[NAME] saw [NAME]",
    "Elevated troponin",
    "vitamin M 5",
    "grade 3/14 at 52",
    "medical center of the city",
    "4822 Willow",
    "10482139",
]


@pytest.mark.parametrize(("text", "expected"), HITS)
def test_found(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_left_alone(text: str) -> None:
    assert found(text) == []


WORDS = st.sampled_from(
    [
        "Maria",
        "Garcia",
        "White",
        "Bill",
        "Dr",
        "4821",
        "Willow",
        "Bend",
        "Road",
        "555",
        "0134",
        "617",
        "the",
        "well",
        "[DATE]",
    ]
)
GAPS = st.sampled_from([" ", ", ", "-", "\n", ". "])


@given(st.lists(st.tuples(WORDS, GAPS), max_size=12))
def test_spans_lie_in_the_text_and_never_cut_a_tag(pieces: list[tuple[str, str]]) -> None:
    text = "".join(word + gap for word, gap in pieces)
    for span in Known(PATIENT).find(text):
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end].count("[") == text[span.start : span.end].count("]")
