"""Terms are written in another way of the same meaning, and nothing else is touched."""

import re
from collections import Counter
from collections.abc import Callable

import pytest

from pipeline.keys import Keys
from pipeline.shard.augment.config import SYNONYMS
from pipeline.shard.augment.synonyms import table, with_synonyms

KEYS = Keys(b"k" * 32)
AMBIGUOUS = (
    "MS PT RA MI PE DM CVA HD OA AS AI MR UC DI PD BS CC CP DC OD OS OR ED PID PCP ROM SI HA AF CA CT US".split()
)
DENIES = re.compile(r"\b(?:no|not|non|denies|denied|without|negative|absent|never|nothing)\b(?!-)", re.IGNORECASE)


def all_of(_: str) -> float:
    return 0.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Has HTN.", "Has hypertension."),
        ("Has hypertension.", "Has HTN."),
        ("Hypertension and COPD", "HTN and chronic obstructive pulmonary disease"),
        ("HTN, since 2010", "Hypertension, since 2010"),
        ("Dyspnea.\n- HTN\n2. GERD", "Dyspnea.\n- Hypertension\n2. Gastroesophageal reflux disease"),
        ("84 y/o man", "84 year old man"),
        ("KNOWN HTN, NO EDEMA.", "KNOWN HYPERTENSION, NO EDEMA."),
        ("HISTORY OF FALLS", "H/O FALLS"),
        ("Status post CABG", "S/p coronary artery bypass graft"),
        ("history of present illness: well", "HPI: well"),
        ("type 2 diabetes mellitus", "T2DM"),
        ("No SOB, denies N/V.", "No shortness of breath, denies nausea and vomiting."),
        ("hepatitis b virus", "HBV"),
    ],
)
def test_a_term_is_written_in_its_other_way(text: str, expected: str) -> None:
    assert with_synonyms(text, "", all_of) == expected


@pytest.mark.parametrize(
    "text",
    [
        "sob story, htn",                         # an abbreviation counts as it is written
        "COPD-related, HTN/HLD, GERD's, pre-HTN",  # parts of something else
        "SOBER HTNX xHTN",
        "a UTI, an EKG",                          # another article would be needed
        "hypertension (HTN)",                     # both ways are there
        "[NAME] [ID] [NAME-7C2A] [ORGANIZATION]",
        "MS PT RA MI PE DM K Na CT IV",           # ambiguous
        "NKDA, NAD, DNR, w/o pain, denies pain",  # denials and limits of care
        "10 mg, 5 mL, 98.6 F",
        "",
    ],
)  # fmt: skip
def test_near_misses_are_left_alone(text: str) -> None:
    assert with_synonyms(text, "", all_of) == text


def test_what_the_answer_says_is_left_alone() -> None:
    assert with_synonyms("HTN and GERD.", "Hypertension", all_of) == "HTN and gastroesophageal reflux disease."


def test_a_term_is_written_in_one_way_throughout_and_one_at_least_changes() -> None:
    text = "HTN, COPD, GERD, CKD, BPH. " * 2
    for number in range(40):

        def draw(term: str, number: int = number) -> float:
            return KEYS.fraction("test", str(number), term)

        other = with_synonyms(text, "", draw)
        assert other != text
        assert all(count == 2 for count in Counter(re.split(r"[,.] ", other.strip(" .").lower())).values())
        assert with_synonyms(text, "", draw) == other


def test_the_table_is_without_ambiguous_abbreviations_and_denials() -> None:
    assert len(table()) > 300
    assert not set(AMBIGUOUS) & set(table())
    assert not [short for short in table() if len(short) < 2 or short.isdigit()]
    assert not [form for long in table().values() for form in long if DENIES.search(form.replace("non-", ""))]
    keys = re.findall(r"^([^#\s][^:]*):", SYNONYMS.read_text("utf-8"), re.MULTILINE)
    assert len(keys) == len(set(keys)) == len(table())


@pytest.mark.parametrize("way", [lambda short, long: (short, long), lambda short, long: (long, short)])
def test_every_entry_works_both_ways(way: Callable[[str, str], tuple[str, str]]) -> None:
    for short, forms in table().items():
        text, expected = way(short, forms[0])
        assert with_synonyms(f"with {text} today", "", all_of) == f"with {expected} today"
