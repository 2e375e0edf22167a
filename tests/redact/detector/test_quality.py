"""Recall by file on the shared fixtures, with floors a little under what was measured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.redact.detector import tag
from pipeline.redact.detector.engine import PresidioDetector
from pipeline.redact.spans import Span

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "redaction"
# What Safe Harbor lets stay: ages under 90, years and weekdays alone, nationalities, titles, facts of care, money.
# Firms that are neither facilities nor employers are not looked for.
OUT_OF_SCOPE = {
    "presidio_synth_400": {"ORGANIZATION", "TITLE", "AGE", "NRP", "DATE_TIME"},
    "openmed_en": {
        "AGE", "GENDER", "CREDIT_CARD_ISSUER", "AMOUNT", "CURRENCY", "MEDICATION", "LAB_TEST", "CONDITION", "BODY_SITE",
        "PROCEDURE",
    },
}  # fmt: skip
FLOORS = [("hipaa18_template_50", 0.995), ("openmed_en", 0.96), ("presidio_synth_400", 0.83)]

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no fixtures at {FOLDER}")


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]


def outcomes(detector: PresidioDetector, name: str) -> Iterator[tuple[dict[str, Any], tuple[Span, ...], set[int]]]:
    records = rows(name)
    for record, spans in zip(records, detector.detect([record["text"] for record in records]), strict=True):
        assert isinstance(spans, tuple)
        yield record, spans, {place for span in spans for place in range(span.start, span.end)}


@pytest.mark.parametrize(("name", "floor"), FLOORS)
def test_recall(name: str, floor: float, detector: PresidioDetector) -> None:
    found = []
    for record, spans, covered in outcomes(detector, name):
        text = record["text"]
        for span in record["spans"]:
            if span["label"] not in OUT_OF_SCOPE.get(name, ()):
                places = [i for i in range(span["start"], span["end"]) if text[i].isalnum()]
                found.append(covered.issuperset(places))
        tagged = tag(text, spans)
        for _ in range(2):
            tagged = tag(tagged, detector.again(tagged))
        assert detector.again(tagged) == ()
    assert sum(found) / len(found) >= floor


def test_clinical_words_survive(detector: PresidioDetector) -> None:
    kept = [
        covered.isdisjoint(range(span["start"], span["end"]))
        for record, _, covered in outcomes(detector, "clinical_keep_100")
        for span in record["spans"]
    ]
    assert sum(kept) / len(kept) >= 0.99
