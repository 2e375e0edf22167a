"""Recall and survival on the shared fixtures, counted as `chartmill evaluate` counts.

A floor is the bar, where it is reached.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.evaluation.gold import read_gold, read_terms
from pipeline.evaluation.labels import load_labels
from pipeline.evaluation.run import evaluate
from pipeline.evaluation.score import ALL, Share
from pipeline.redact.detector.engine import PresidioDetector

FLOORS = [
    ("presidio_synth_400", 0.97),
    ("hipaa18_template_50", 0.995),
    ("openmed_en", 0.99),
]
TERMS = [("diagnoses", 0.995), ("procedures", 0.995)]


@pytest.fixture
def folder(public_fixtures: Path) -> Path:
    return public_fixtures / "redaction"


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Return what a label means in these sets and not elsewhere: here a group is one that a patient belongs to."""
    path = tmp_path / "labels.yaml"
    path.write_text("ORGANIZATION: ORGANIZATION\n")
    return path


@pytest.mark.parametrize(("name", "floor"), FLOORS)
def test_recall(name: str, floor: float, folder: Path, labels: Path, detector: PresidioDetector) -> None:
    meanings = load_labels(labels if name == "openmed_en" else None)
    documents = list(read_gold(folder / f"{name}.jsonl"))
    meanings.check(span.label for document in documents for span in document.spans)
    score = evaluate(documents, detector, meanings)
    assert not score.refused
    assert at_least(score.spans_found[ALL], floor)


def test_untouched_and_over_redacted(folder: Path, detector: PresidioDetector) -> None:
    score = evaluate(read_gold(folder / "presidio_synth_400.jsonl"), detector, load_labels())
    assert at_least(score.untouched, 0.91)
    assert score.over_redacted.value <= 0.03


def test_clinical_words_survive(folder: Path, detector: PresidioDetector) -> None:
    score = evaluate(read_gold(folder / "clinical_keep_100.jsonl"), detector, load_labels())
    assert at_least(score.kept[ALL], 0.995)


@pytest.mark.parametrize(("name", "floor"), TERMS)
def test_terms_survive(name: str, floor: float, folder: Path, detector: PresidioDetector) -> None:
    score = evaluate(read_terms(folder / "terms" / f"{name}.csv", "2"), detector, load_labels())
    assert at_least(score.kept[ALL], floor)


def at_least(share: Share, floor: float) -> bool:
    """Tell whether something was measured, and enough of it right."""
    assert share.of > 0
    return share.value >= floor
