"""Notes that were copied forward, and notes that only look alike."""

import random

import pytest

from pipeline.shard.near import Said, near_duplicates

WORDS = [f"{first}{second}" for first in "bcdfghklmnp" for second in ("ado", "eri", "ilum", "osa", "una", "yx")]
NOTE = [*WORDS, *WORDS[::-2], *WORDS[::3], "BP", "120/80,", "HR", "72.", "K", "4.1."]


def said(*texts: str) -> list[Said]:
    return [Said(f"{number:02}", f"2026-01-{number + 10}", text) for number, text in enumerate(texts)]


def changed(words: list[str], *changes: str) -> str:
    """Return the note with its last words replaced."""
    return " ".join([*words[: len(words) - len(changes)], *changes])


NEAR = [
    ("one lab value differs", changed(NOTE, "4.2.")),
    ("vitals and a value differ", changed(NOTE, "131/90,", "HR", "80.", "K", "3.9.")),
    ("a word was added", changed(NOTE) + " today"),
    ("white space and case differ", "\n".join(NOTE).upper()),
    ("the very same", changed(NOTE)),
]
OTHER = [
    ("a paragraph is new", changed(NOTE) + " " + " ".join(f"new{number}" for number in range(20))),
    ("most words are others", changed(NOTE, *(f"other{number}" for number in range(40)))),
    ("the same words in another order", " ".join(random.Random(1).sample(NOTE, len(NOTE)))),
    ("nothing in common", " ".join(f"other{number}" for number in range(len(NOTE)))),
]


@pytest.mark.parametrize(("why", "copy"), NEAR)
def test_a_copy_is_dropped(why: str, copy: str) -> None:
    assert len(near_duplicates(said(changed(NOTE), copy), 0.85)) == 1


@pytest.mark.parametrize(("why", "other"), OTHER)
def test_another_text_stays(why: str, other: str) -> None:
    assert near_duplicates(said(changed(NOTE), other), 0.85) == set()


def test_in_a_short_text_one_number_is_the_message() -> None:
    assert near_duplicates(said("Glucose 110 mg/dL, patient told.", "Glucose 310 mg/dL, patient told."), 0.85) == set()


def test_the_longest_stays_then_the_latest_then_the_smallest_id() -> None:
    text = changed(NOTE)
    long, early, late = Said("9", "2025", f"{text} today"), Said("1", "2025", text), Said("8", "2026", text)
    assert near_duplicates([early, late, long], 0.85) == {"1", "8"}
    assert near_duplicates([early, late], 0.85) == {"1"}
    assert near_duplicates([Said("2", None, text), Said("1", None, text)], 0.85) == {"2"}


def test_the_order_of_rows_makes_no_difference() -> None:
    choose = random.Random(3)
    texts = []
    for _ in range(5):
        base = choose.choices(WORDS, k=60)
        for _ in range(6):
            copy = list(base)
            for _ in range(choose.randint(0, 8)):
                copy[choose.randrange(60)] = str(choose.randint(0, 99))
            texts.append(" ".join(copy))
    rows = said(*texts)
    dropped = near_duplicates(rows, 0.85)
    assert 3 < len(dropped) < 25
    for _ in range(5):
        choose.shuffle(rows)
        assert near_duplicates(rows, 0.85) == dropped
    # What stays is near nothing else that stays.
    assert near_duplicates([row for row in rows if row.id not in dropped], 0.85) == set()


@pytest.mark.parametrize("others", [0, 40], ids=["few", "many"])
def test_cheap_tests_let_every_near_duplicate_through(others: int) -> None:
    choose = random.Random(5)
    more = said(*(f"other{number}" for number in range(others)))
    for _ in range(300):
        one, other = (choose.choices(WORDS[:24], k=choose.randint(8, 30)) for _ in range(2))
        these, those = set(one), set(other)
        alike = len(these & those) / len(these | those) >= 0.5
        lengths = sorted((len(" ".join(one)), len(" ".join(other))))
        # At one half, three words in a row ask for nothing more.
        expected = alike and lengths[0] >= 0.5 * lengths[1]
        pair = [Said("a", None, " ".join(one)), Said("b", None, " ".join(other))]
        assert (len(near_duplicates([*more, *pair], 0.5)) == 1) == expected
