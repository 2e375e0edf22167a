from __future__ import annotations

import pytest

from pipeline.redact.detector import tag
from pipeline.redact.detector.engine import PresidioDetector
from pipeline.redact.detector.windows import windows
from pipeline.redact.detector.words import FILES, FOLDER, lexicon, parts, read_words

CLINICAL = [
    "Foley", "Parkinson's", "Apgar", "Metformin", "Lasix", "CHF", "COPD", "Tylenol", "Babinski", "Murphy's", "Hodgkin",
    "Jackson-Pratt", "cholecystectomy", "Guillain-Barre", "pantoprazole", "semaglutide",
]  # fmt: skip
NOT_CLINICAL = ["Zelda", "Quist", "Oklahoma", "Garcia", "Catherine", "Springfield"]


@pytest.mark.parametrize("word", CLINICAL)
def test_clinical(word: str) -> None:
    assert lexicon().all_clinical(word)


@pytest.mark.parametrize("word", NOT_CLINICAL)
def test_not_clinical(word: str) -> None:
    assert not lexicon().all_clinical(word)


@pytest.mark.parametrize("name", FILES)
def test_lists_are_in_lower_case(name: str) -> None:
    words = list(read_words(FOLDER / name))
    assert len(words) > 600
    assert [word for word in words if word != word.casefold()] == []


SENTENCES = [
    "Foley catheter was placed.", "Continue Metformin and Lasix.", "Positive Murphy sign, negative Babinski.",
    "History of Hodgkin lymphoma and Parkinson disease.", "Apgar 8 and 9.", "Tylenol for pain, Zofran for nausea.",
]  # fmt: skip


@pytest.mark.parametrize("sentence", SENTENCES)
def test_clinical_sentences_survive(sentence: str, detector: PresidioDetector) -> None:
    (spans,) = detector.detect([sentence])
    assert isinstance(spans, tuple)
    assert tag(sentence, spans) == sentence


def test_parts() -> None:
    assert parts("Murphy’s Guillain-Barre") == ["murphy", "guillain", "barre"]


def test_windows_keep_what_may_name_and_its_neighbours() -> None:
    text = "No pain. No fever. Seen by Zelda today. No cough. Lungs clear. No rash.\nzelda? Quist!"
    seen = windows(text)
    assert "Zelda" in seen.text
    assert "Lungs" not in seen.text
    for word in ("Zelda", "today", "Quist"):
        at = seen.text.index(word)
        start, end = seen.original(at, at + len(word))
        assert text[start:end] == word


def test_windows_cut_what_runs_over_a_gap() -> None:
    text = "Zelda came. No pain. No pain. No pain. Quist came."
    seen = windows(text)
    start, end = seen.original(0, len(seen.text))
    assert text[start:end] == "Zelda came. No pain."
