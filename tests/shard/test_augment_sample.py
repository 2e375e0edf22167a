"""Copies of the sample's notes say what the notes say."""

import csv
import io
import re
from functools import partial

import pytest

from pipeline.keys import Keys
from pipeline.shard.augment.jitter import jittered
from pipeline.shard.augment.synonyms import table, with_synonyms
from tests.conftest import ROOT

KEYS = Keys(b"k" * 32)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
DENIALS = re.compile(r"\b(?:no|not|denies|without|negative|never|none)\b", re.IGNORECASE)
COPIES = 3


@pytest.fixture(scope="module")
def notes() -> list[str]:
    """Return the notes of the sample's CSV feed."""
    files = sorted((ROOT / "data" / "sample" / "csv").rglob("notes.csv"))
    return [row["note_text"] for path in files for row in csv.DictReader(io.StringIO(path.read_text("utf-8")))]


def in_one_way(text: str) -> str:
    """Return a text in small letters, with all terms as abbreviations."""
    text = text.casefold()
    ways = [(form, short) for short, long in table().items() for form in long]
    for form, short in sorted(ways, key=lambda way: -len(way[0])):
        text = re.sub(rf"(?<![\w/\-]){re.escape(form.casefold())}(?![\w/\-])", short.casefold(), text)
    return text


def test_synonyms_leave_the_meaning(notes: list[str]) -> None:
    changed = 0
    for place, note in enumerate(notes):
        for copy in range(COPIES):
            other = with_synonyms(note, "", partial(KEYS.fraction, str(place), str(copy)))
            changed += other != note
            assert in_one_way(other) == in_one_way(note)
            assert DENIALS.findall(other) == DENIALS.findall(note)
    assert changed > len(notes)


def test_jitter_changes_nothing_but_measurements_and_those_by_little(notes: list[str]) -> None:
    changed = 0
    for place, note in enumerate(notes):
        for copy in range(COPIES):
            other = jittered(note, "", partial(KEYS.fraction, str(place), str(copy)))
            changed += other != note
            assert NUMBER.sub("#", other) == NUMBER.sub("#", note)
            for old, new in zip(NUMBER.findall(note), NUMBER.findall(other), strict=True):
                assert abs(float(new) - float(old)) <= max(4, 0.05 * float(old))
    assert changed > len(notes)
