"""What the tables of cases share: run one recognizer and say what it took."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.redact.detector import load_detector
from pipeline.redact.detector.engine import PresidioDetector
from pipeline.redact.detector.merge import to_spans
from pipeline.redact.detector.registry import OWN
from pipeline.redact.spans import Span

Take = Callable[[str, str], list[str]]


@pytest.fixture(scope="session")
def detector() -> PresidioDetector:
    return load_detector()


@pytest.fixture(scope="session")
def take() -> Take:
    """Return the function that gives what a recognizer, by name, takes out of a text."""
    recognizers = {name: make() for name, make in OWN.items() if name != "ner"}

    def run(name: str, text: str) -> list[str]:
        recognizer = recognizers[name]
        results = recognizer.analyze(text, recognizer.supported_entities, None)
        spans = to_spans(text, [Span(r.start, r.end, r.entity_type, r.score, name) for r in results])
        return [text[span.start : span.end] for span in spans]

    return run
