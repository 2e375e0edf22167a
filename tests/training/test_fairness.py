"""Codes in completions, and what is said of them over all and by group: figures worked out by hand."""

import pytest

from pipeline.training.fairness import Diagnosed, by_group, codes_in, scores


@pytest.mark.parametrize(
    ("completion", "codes"),
    [
        ("Diagnoses:\n- NSTEMI (I21.4)\n- Hypertension (I10)", {"I21.4", "I10"}),
        ("- NSTEMI (I21.4)  \n- again (I21.4)", {"I21.4"}),
        ("- Diabetes (type 2) (E11.9)", {"E11.9"}),
        ("- Sprain (44054006)", {"44054006"}),
        ("- Pneumonia (acute)", set()),
        ("- NSTEMI (I21.4) since yesterday", set()),
        ("- NSTEMI (I21.4", set()),
        ("- seen (on day 3)", set()),
        ("", set()),
    ],
)
def test_codes_are_those_in_brackets_at_the_end_of_a_line(completion: str, codes: set[str]) -> None:
    assert codes_in(completion) == codes


def one(recorded: str, written: str, sex: str | None = "female", patient: str = "p") -> Diagnosed:
    return Diagnosed(patient, frozenset(recorded.split()), frozenset(written.split()), {"sex": sex})


def test_scores() -> None:
    found = scores([one("A1 B1", "A1"), one("A1", "A1 C1"), one("B1", "A1")])
    # 2 right of 4 written and 4 recorded; A1: 2 of 3 written, 2 of 2 recorded; B1: none written; C1: none recorded.
    assert found["micro"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert found["macro"]["precision"] == pytest.approx((2 / 3 + 0 + 0) / 3)
    assert found["macro"]["recall"] == pytest.approx((1 + 0 + 0) / 3)
    assert found["macro"]["f1"] == pytest.approx(0.8 / 3)
    assert (found["examples"], found["codes"]) == (3, 2)


def test_a_model_that_writes_nothing_has_no_precision() -> None:
    assert scores([one("A1", "")])["micro"] == {"precision": None, "recall": 0, "f1": 0}


def test_groups() -> None:
    outcomes = [
        *(one("A1", "A1", "female", f"f{n}") for n in range(3)),
        one("A1", "", "female", "f3"),
        one("A1", "A1", "male", "m0"),
        one("A1", "", "male", "m1"),
        one("A1", "", "male", "m2"),
        *(one("A1", "A1 B1", None, f"u{n}") for n in range(3)),
        # Thirty examples of one patient are still one patient.
        *(one("A1", "A1", "other", "o0") for _ in range(30)),
    ]
    found = by_group(outcomes, 3)["sex"]
    assert found["groups"]["female"] == {
        "patients": 4, "examples": 4, "recorded_rate": 1.0, "written_rate": 0.75, "recall": 0.75,
    }  # fmt: skip
    assert found["groups"]["other"] is None
    assert found["groups"]["not stated"]["written_rate"] == 2
    assert found["disparate_impact_ratio"] == pytest.approx((1 / 3) / 0.75)
    assert found["recorded_ratio"] == 1
    assert found["equal_opportunity_gap"] == pytest.approx(0.75 - 1 / 3)


def test_one_group_is_not_compared() -> None:
    found = by_group([one("A1", "A1", "female", f"f{n}") for n in range(5)], 5)
    assert found["sex"]["disparate_impact_ratio"] is None
    assert found["race"]["groups"].keys() == {"not stated"}


def test_groups_of_which_no_code_was_written_have_no_ratio() -> None:
    found = by_group([one("A1", "", "female"), one("A1", "", "male")], 1)["sex"]
    assert (found["disparate_impact_ratio"], found["equal_opportunity_gap"]) == (None, 0)
