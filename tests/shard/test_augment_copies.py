"""Copies of examples: what is asked changes, what is answered does not; the same copies every time."""

from typing import Any

import pytest
import yaml

from pipeline.keys import Keys
from pipeline.shard.augment.config import Augment
from pipeline.shard.augment.copies import augmented
from pipeline.shard.recipes import Message, Recipe
from tests.conftest import ROOT

KEYS = Keys(b"k" * 32)
ASKED = "Has HTN, COPD and GERD. HR 74, K 5.8 (H), Hgb 8.4 (L), SpO2 97%."
ANSWER = "COPD. K 5.8"
SYSTEM = "Normal HR is 60 to 100 in HTN."
MESSAGES = [
    ("system", SYSTEM),
    ("user", ASKED),
    ("assistant", ANSWER),
    ("user", "And with a HR 76?"),
    ("assistant", "No."),
]
EXAMPLES: dict[str, dict[str, Any]] = {
    "text": {"text": ASKED},
    "chat": {"messages": [{"role": role, "content": content} for role, content in MESSAGES]},
    "prompt_completion": {"prompt": ASKED, "completion": ANSWER},
}


def recipe(form: str, **plan: Any) -> Recipe:
    templates = {"template": "x", "messages": (Message(role="user", content="x"),), "prompt": "x", "completion": "x"}
    return Recipe(name="r", config="c", format=form, unit="encounter", augment=Augment(**plan), **templates)  # type: ignore[arg-type]


def copies(form: str, keys: Keys = KEYS, **plan: Any) -> list[dict[str, Any]]:
    example = {"id": "a" * 32, **EXAMPLES[form], "codes": ["J44.9"], "augmentation": None, "n_chars": 0, "n_tokens": 0}
    return augmented(example, recipe(form, **plan), keys)


@pytest.mark.parametrize("form", EXAMPLES)
def test_copies_are_marked_and_the_same_every_time(form: str) -> None:
    made = copies(form, synonyms=3, jitter=3)
    assert made == copies(form, synonyms=3, jitter=3)
    assert made != copies(form, Keys(b"j" * 32), synonyms=3, jitter=3)
    assert {copy["augmentation"] for copy in made} == {"synonyms", "jitter"}
    assert len({copy["id"] for copy in made} | {"a" * 32}) == len(made) + 1
    said = [str(copy.get("messages", copy.get("text", copy.get("prompt")))) for copy in made]
    assert len(set(said)) == len(said)
    assert all(copy["codes"] == ["J44.9"] for copy in made)


def test_more_copies_leave_those_that_there_were() -> None:
    few, many = copies("text", jitter=1), copies("text", jitter=4)
    assert few == many[: len(few)]


def test_an_answer_stays_and_what_it_says_stays_in_what_is_asked() -> None:
    for copy in copies("prompt_completion", synonyms=5, jitter=5):
        assert copy["completion"] == ANSWER
        assert "COPD" in copy["prompt"]
        assert "K 5.8 (H)" in copy["prompt"]
    for copy in copies("chat", synonyms=5, jitter=5):
        roles = [(turn["role"], turn["content"]) for turn in copy["messages"]]
        assert [role for role, _ in roles] == [role for role, _ in MESSAGES]
        assert [turn for turn in roles if turn[0] != "user"] == [turn for turn in MESSAGES if turn[0] != "user"]
        assert "HTN" in roles[1][1]


def test_values_of_all_turns_stay_in_order() -> None:
    for copy in copies("chat", jitter=20):
        first, second = (int(copy["messages"][at]["content"].split("HR ")[1][:2]) for at in (1, 3))
        assert first < second


def test_nothing_is_made_that_is_not_asked_for_or_would_say_the_same() -> None:
    assert copies("text") == []
    example = {"id": "a", "text": "A cough.", "augmentation": None}
    assert augmented(example, recipe("text", synonyms=5, jitter=5), KEYS) == []


def test_what_the_documentation_shows_is_a_plan() -> None:
    shown = yaml.safe_load((ROOT / "docs" / "augmentation.md").read_text("utf-8").split("```")[1])
    assert shown.keys() == {"balance", "augment"}
    Recipe.model_validate(recipe("text").model_dump() | shown)
