"""What the vault knows of a patient is found in every written form, and nothing beside it."""

import itertools
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.records import Identifier
from pipeline.redact.known import Known
from pipeline.redact.spans import merge
from pipeline.redact.text import search_known

PATIENT = (
    Identifier("name", "García-Lopez, María Elena"),
    Identifier("name", "Ty"),
    Identifier("relative", "Bill White"),
    Identifier("relative", "William Quandt"),
    Identifier("staff", "Okafor, Ngozi A"),
    Identifier("staff", "Katherine Lindqvist"),
    Identifier("staff", "Jürgen Groß"),
    Identifier("staff", "Vance O'Brien"),
    Identifier("staff", "Parkinson, Ruth"),
    Identifier("staff", "Rose Pain"),
    Identifier("staff", "Calvin Ivarsson"),
    Identifier("staff", "Inés de la Cruz"),
    Identifier("staff", "Olga Jackson"),
    Identifier("staff", "Opal Beaumont"),
    Identifier("id", "MR-0048213"),
    Identifier("id", "483920117"),
    Identifier("id", "A123B4567"),
    Identifier("ssn", "912-45-6789"),
    Identifier("phone", "(617) 555-0134 ext 22"),
    Identifier("phone", "+44 20 7946 0958"),
    Identifier("email", "maria.garcia@example.org"),
    Identifier("email", "sunny88@example.org"),
    Identifier("address", "4821 Willow Bend Road Apt 3"),
    Identifier("address", "PO Box 1177"),
    Identifier("address", "12 N Fifth Street"),
    Identifier("address", "2 Main Street"),
    Identifier("city", "Pittsfield"),
    Identifier("city", "Reading"),
    Identifier("city", "Sioux Falls"),
    Identifier("postal_code", "03601"),
    Identifier("organization", "Cedar Ridge Medical Center"),
    Identifier("organization", "Home"),
    Identifier("organization", "Acme Widget Corp."),
    Identifier("birth_date", "19520314"),
)
KNOWN = Known(PATIENT)


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in merge(KNOWN.find(text))]


HITS = [
    # names
    ("GARCIA-LOPEZ, MARIA was seen", ["GARCIA-LOPEZ", "MARIA"]),
    ("Ms. Garcia feels well", ["Garcia"]),
    ("elena called, the Garcias too", ["elena", "Garcias"]),
    ("García’s and MARIA's", ["García’s", "MARIA's"]),
    ("seen with her husband Mr. White", ["White"]),
    ("her husband Bill White", ["Bill", "White"]),
    ("White, Bill", ["White", "Bill"]),
    ("WHITE, ALICE; WHITE, BILL", ["WHITE", "BILL"]),
    ("daughter Bill, her mother White", ["Bill", "White"]),
    ("Dr. Pain and Rose Pain", ["Pain", "Rose", "Pain"]),
    ("M. Garcia", ["M", "Garcia"]),
    ("Quandt W, Garcia M", ["Quandt", "W", "Garcia", "M"]),
    ("Billy Quandt, Bill Quandt, Liam Quandt", ["Billy", "Quandt", "Bill", "Quandt", "Liam", "Quandt"]),
    ("seen by Cal, with Dr. cal.ivarsson", ["Cal", "cal.ivarsson"]),
    ("Kate, Kathy and Cathy", ["Kate", "Kathy"]),
    ('your patient [NAME] ("Ty") went home', ["Ty"]),
    ("signed M.E.G., M. E. G.", ["M.E.G.", "M. E. G."]),
    ("signed MEG; dictated by MEG/abc; /MEG", ["MEG", "MEG", "MEG"]),
    ("wquandt, quandtw, w.quandt, wquandt2", ["wquandt", "quandtw", "w.quandt", "wquandt2"]),
    ("WilliamQuandt, QuandtWilliam, bill.white", ["WilliamQuandt", "QuandtWilliam", "bill.white"]),
    ("to william.quandt@example.org", ["william.quandt@example.org"]),
    ("Inés de la Cruz, Dr. de la Cruz", ["Inés", "de", "la", "Cruz", "de", "la", "Cruz"]),
    ("Jackson placed it", ["Jackson"]),
    ("Dr Okafors note, misspelt Okafro", ["Okafors", "Okafro"]),
    ("Lindquist, Lindkvist, Catherine", ["Lindquist", "Lindkvist", "Catherine"]),
    ("Juergen Gross, Jurgen Groß", ["Juergen", "Gross", "Jurgen", "Groß"]),
    ("O'Brien, OBrien, O’Brien’s", ["O'Brien", "OBrien", "O’Brien’s"]),
    ("Parkinson was seen by Ms. Parkinson", ["Parkinson", "Parkinson"]),
    # numbers
    ("MRN 0048213 and 48213", ["0048213", "48213"]),
    ("MRN MR 0048213", ["MR 0048213"]),
    ("policy A123-B4567, a123b4567", ["A123-B4567", "a123b4567"]),
    ("acct 483-920-117, 483 920 117, 483.920.117", ["483-920-117", "483 920 117", "483.920.117"]),
    ("SSN 912456789", ["912456789"]),
    ("SSN ending in 6789, last 4 of SSN: 6789, xxx-xx-6789", ["6789", "6789", "6789"]),
    ("phone, last four digits 0134; MRN ends with 8213", ["0134", "8213"]),
    ("call 617.555.0134 or 555-0134", ["617.555.0134", "555-0134"]),
    ("call 1 (617) 555-0134 x22", ["617) 555-0134"]),
    ("call 617-555-\n0134", ["617-555-\n0134"]),
    ("call 020 7946 0958 or 0044 20 7946 0958", ["020 7946 0958", "20 7946 0958"]),
    ("write to Maria.Garcia@Example.org", ["Maria.Garcia@Example.org"]),
    ("maria.garcia at example dot org, sunny88", ["maria.garcia at example dot org", "sunny88"]),
    # places
    ("lives at 4821 Willow Bend Rd.", ["4821 Willow Bend Rd"]),
    ("lives at 4821 Willow Bend, 4821 WILLOW", ["4821 Willow Bend", "4821 WILLOW"]),
    ("lives at 4821 [NAME] Bend Road, 4821 [NAME] Road", ["4821 [NAME] Bend Road", "4821 [NAME] Road"]),
    ("on Willow Bend Road", ["Willow Bend Road"]),
    ("P.O. Box 1177, PO BOX 1177, box 1177", ["P.O. Box 1177", "PO BOX 1177", "box 1177"]),
    ("12 5th St, 12 North Fifth Street, 12 Fifth St", ["12 5th St", "12 North Fifth Street", "12 Fifth St"]),
    ("2 main st", ["2 main st"]),
    ("from Pittsfield 03601", ["Pittsfield", "03601"]),
    ("from Reading, PA; lives in Reading", ["Reading", "Reading"]),
    ("[NAME] Falls, SD", ["[NAME] Falls"]),
    ("at CEDAR RIDGE  Medical Center", ["CEDAR RIDGE  Medical Center"]),
    ("Cedar Ridge Med Ctr, Cedar Ridge, CRMC", ["Cedar Ridge Med Ctr", "Cedar Ridge", "CRMC"]),
    ("works at Home, for Acme Widget", ["Home", "Acme Widget"]),
    # birth dates
    ("born 3/14/52, 03-14-1952 or 19520314", ["3/14/52", "03-14-1952", "19520314"]),
    ("March 14, 1952; 14-MAR-52; Mar 14th '52", ["March 14, 1952", "14-MAR-52", "Mar 14th '52"]),
    ("14.3.1952, the 14th of March 1952, March 1952", ["14.3.1952", "14th of March 1952", "March 1952"]),
    ("birthday March 14, DOB: 3/14", ["March 14", "3/14"]),
]

NEAR_MISSES = [
    "the white count is high, bill the payer",
    "White matter changes",
    "Mr. [DATE]. White count is 5",
    "Pain 5/10, Rose in colour, [NAME]'s White count",
    "Parkinson disease, Parkinson's disease, h/o parkinson",
    "Jackson-Pratt drain, Jackson Pratt, OB/GYN, OB",
    "at 7 a.m. or p.m., b.i.d., W.B.C. and MEG study",
    "reading glasses, Reading is hard",
    "home alone, Home health, cedar ridge",
    "[NAME] falls at home",
    "12 fifth graders, 2 main complaints",
    "blood pressure 128/76, 48.213 mg, 48,213 platelets, 48 213",
    "6789 cells, lot ending 1234",
    "[NAME] saw [NAME]",
    "Elevated troponin",
    "vitamin M 5, 200 cal, rue de la paix",
    "grade 3/14 at 52, on March 14, 3/14/1953",
    "medical center of the city",
    "4822 Willow",
    "10482139",
    "WILL MAY GO, OKAY FOR HOME",
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
    for span in KNOWN.find(text):
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end].count("[") == text[span.start : span.end].count("]")


# Identifiers that share no value across classes: what is two things at once is tagged as what it was known as first.
SOME = (
    Identifier("name", "García-Lopez, María Elena"), Identifier("relative", "Bill White"),
    Identifier("name", "Wilhelmina Quandt"), Identifier("staff", "Ngozi Okafor"), Identifier("staff", "Lindqvist, W"),
    Identifier("id", "MR-0048213"), Identifier("ssn", "912-45-6789"), Identifier("phone", "(617) 555-0134"),
    Identifier("email", "maria.garcia@example.org"), Identifier("address", "4821 Willow Bend Road"),
    Identifier("city", "Pittsfield"), Identifier("city", "Reading"), Identifier("organization", "Cedar Ridge Hospital"),
    Identifier("birth_date", "1952-03-14"),
)  # fmt: skip
WRITTEN = (
    "Garcia", "garcia-lopez", "María", "Elena's", "M", "M.E.G.", "Bill", "White", "white", "Mr.", "Willa", "Mina",
    "Quandt", "wquandt", "Okafro", "Ngozi", "W", "Lindkvist", "MR-0048213", "48213", "0048213", "912456789",
    "ending in 6789", "617-555-0134", "555-0134", "maria.garcia@example.org", "maria.garcia", "4821 Willow Bend Rd",
    "4821 Willow", "Willow Bend Road", "Pittsfield", "Reading", "PA", "Cedar Ridge", "Cedar Ridge Hospital", "3/14/52",
    "O k a f o r", "Q u a n d t", "Oka\u200bfor", "617-555-\n0134", "9 1 2 4 5 6 7 8 9", "Willow\u00a0Bend Road", "N",
    "the", "count", "seen by", "[DATE]", "[NAME]", "[ADDRESS]", "patient", "5",
)  # fmt: skip
NOTES = st.lists(st.tuples(st.sampled_from(WRITTEN), st.sampled_from((" ", ", ", "\n", ". "))), max_size=14)


@settings(max_examples=300, deadline=None)
@given(st.permutations(SOME), st.lists(st.integers(1, len(SOME)), max_size=4), NOTES)
def test_the_order_of_arrival_does_not_show(
    order: list[Identifier], arrivals: list[int], pieces: list[tuple[str, str]]
) -> None:
    text = "".join(word + gap for word, gap in pieces)
    at_once = search_known(text, frozenset(order)).text
    *_, in_turn = accumulate(
        [*sorted(arrivals), len(SOME)], lambda so_far, count: search_known(so_far, frozenset(order[:count])).text,
        initial=text,
    )  # fmt: skip
    assert in_turn == at_once
    assert search_known(at_once, frozenset(order)).text == at_once


def test_odd_values_are_passed_over() -> None:
    odd = ("", " ", "-", "\uff9e", "A", "Unknown", "x" * 100_000, "0000", "[NAME]")
    kinds = (
        "name",
        "phone",
        "email",
        "url",
        "id",
        "ssn",
        "birth_date",
        "postal_code",
        "address",
        "city",
        "organization",
    )
    known = Known(Identifier(kind, value) for kind in kinds for value in odd)
    assert known.find("A patient, unknown, seen \uff9e on 0000 [NAME] - a plan") == []


# A plan, a town and a postal code, in the note of a patient who is insured by the one and lives in the other.
INSURED = (
    Identifier("organization", "Cedar Ridge Health Plan"), Identifier("city", "Pittsfield"),
    Identifier("address", "4821 Willow Bend Road"), Identifier("postal_code", "01201"),
)  # fmt: skip
HEADINGS = [
    "4821 Willow Bend Road, Pittsfield 01201.\nPlan: rest.",
    "4821 Willow Bend Road, Pittsfield 01201\nPlan: rest.",
]


@pytest.mark.parametrize("text", HEADINGS)
@pytest.mark.parametrize("order", list(itertools.permutations(INSURED)))
def test_a_heading_after_an_address_is_no_part_of_it(text: str, order: tuple[Identifier, ...]) -> None:
    swept = text
    for known in range(1, len(order) + 1):
        swept = search_known(swept, frozenset(order[:known])).text
    assert swept == search_known(text, frozenset(order)).text
    assert swept.endswith("Plan: rest.")
    assert "Pittsfield" not in swept
