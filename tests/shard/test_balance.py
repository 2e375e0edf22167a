"""Classes of the training split are capped, repeated and weighed, whatever the order of the examples."""

import random
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from pipeline.keys import Keys
from pipeline.shard.balance import Balance, balance, oversampled
from pipeline.shard.recipes import Recipe

KEYS = Keys(b"k" * 32)
COLUMNS = pa.schema([("recipe", "string"), ("id", "string"), ("split", "string"), ("codes", pa.list_(pa.string()))])


def recipe(**plan: Any) -> Recipe:
    return Recipe(name="r", config="c", format="text", unit="note", template="x", balance=Balance(**plan))


def index(*codes: str, split: str = "train", name: str = "r") -> list[dict[str, Any]]:
    """Return the index of examples, one for each text of blank-separated codes."""
    return [
        {"recipe": name, "id": f"{name}{split}{number}", "split": split, "codes": text.split()}
        for number, text in enumerate(codes)
    ]


def balanced(rows: list[dict[str, Any]], **plan: Any) -> dict[str, dict[str, Any]]:
    table = balance(pa.Table.from_pylist(rows, schema=COLUMNS), recipe(**plan), KEYS)
    return {row["id"]: row for row in table.to_pylist()}


def kept(rows: list[dict[str, Any]], **plan: Any) -> Counter[str]:
    """Return how many examples of each class are kept."""
    return Counter(code for row in balanced(rows, **plan).values() if row["kept"] for code in row["codes"] or ["none"])


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["A"] * 9 + ["B"] * 2, {"A": 3, "B": 2}),
        (["A"] * 3, {"A": 3}),
        ([""] * 9, {"none": 9}),
        # An example of a rare class is kept, though its other class is over the cap.
        (["A"] * 9 + ["A B"], {"B": 1}),
        (["A A"] * 9, {"A": 6}),
    ],
)
def test_a_cap_keeps_what_is_rare(codes: list[str], expected: dict[str, int]) -> None:
    found = kept(index(*codes), cap=3)
    assert {code: found[code] for code in expected} == expected


def test_a_cap_keeps_the_same_in_any_order_and_puts_out_one_for_one_that_comes() -> None:
    rows = index(*["A"] * 50)
    before = {name for name, row in balanced(rows, cap=10).items() if row["kept"]}
    random.Random(1).shuffle(rows)
    assert {name for name, row in balanced(rows, cap=10).items() if row["kept"]} == before
    for number in range(20):
        come = [*rows, {"recipe": "r", "id": f"new{number}", "split": "train", "codes": ["A"]}]
        after = {name for name, row in balanced(come, cap=10).items() if row["kept"]}
        assert len(before - after) == len(after - before) <= 1


@pytest.mark.parametrize(
    ("codes", "plan", "expected"),
    [
        (["A"] * 3 + ["B"] * 9, {"oversample": 7}, {"A": 7, "B": 9}),
        (["A"] + ["B"] * 9, {"oversample": 7}, {"A": 5, "B": 9}),
        (["A"] + ["B"] * 9, {"oversample": 7, "copies": 9}, {"A": 7, "B": 9}),
        (["A"] * 9 + ["B"], {"oversample": 4, "cap": 5}, {"A": 5, "B": 4}),
        ([""] * 2, {"oversample": 7}, {"none": 2}),
    ],
)
def test_rare_classes_are_repeated_as_far_as_the_limit_of_copies_goes(
    codes: list[str], plan: dict[str, int], expected: dict[str, int]
) -> None:
    found: Counter[str] = Counter()
    for row in balanced(index(*codes), **plan).values():
        for code in row["codes"] or ["none"]:
            found[code] += (1 + row["copies"]) * row["kept"]
    assert found == expected


def test_copies_are_whole_and_have_ids_of_their_own() -> None:
    example = {"id": "a", "text": "Well.", "augmentation": None}
    copies = oversampled(example, 3, KEYS)
    assert len({copy["id"] for copy in copies} | {"a"}) == 4
    assert [copy | {"id": "a", "augmentation": None} for copy in copies] == [example] * 3
    assert {copy["augmentation"] for copy in copies} == {"oversampled"}
    assert oversampled(example, 3, KEYS) == copies


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["A"] * 8 + ["B"] * 8, {"A": 1.0, "B": 1.0}),
        (["A"] * 30 + ["B"] * 2, {"A": 0.5, "B": 8.0}),
        # One more of many changes nothing.
        (["A"] * 31 + ["B"] * 2, {"A": 0.5, "B": 8.0}),
        (["A"] * 4000 + ["B"], {"A": 0.5, "B": 8.0}),
        (["A"] * 9 + [""], {"A": 1.0, "": 1.0}),
    ],
)
def test_a_weight_is_a_power_of_two(codes: list[str], expected: dict[str, float]) -> None:
    rows = balanced(index(*codes), weights=True).values()
    assert {" ".join(row["codes"]): row["weight"] for row in rows} == expected


def test_an_example_of_several_classes_has_the_largest_weight() -> None:
    rows = balanced(index(*["A"] * 30, "A B"), weights=True).values()
    assert {" ".join(row["codes"]): row["weight"] for row in rows} == {"A": 0.5, "A B": 8.0}


def test_only_the_training_split_of_the_recipe_is_balanced() -> None:
    rows = [*index("A"), *index("A", split="validation"), *index("A", split="test"), *index("A", name="other")]
    assert list(balanced(rows, cap=1, oversample=1, weights=True)) == ["rtrain0"]
    assert balanced([], cap=1, oversample=1, weights=True) == {}


def test_more_copies_than_the_cap_lets_stay_are_no_plan() -> None:
    with pytest.raises(ValidationError, match="oversample"):
        Balance(cap=3, oversample=4)
