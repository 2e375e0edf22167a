"""Detectors of identifiers in free text; the one place that imports Presidio and spaCy."""

from __future__ import annotations

from functools import lru_cache

from pipeline.redact.detector.engine import Patterns, PresidioDetector
from pipeline.redact.detector.replace import tag, tag_with
from pipeline.redact.spans import Span

__all__ = ["PresidioDetector", "load_detector", "residue", "tag", "tag_with"]


@lru_cache(maxsize=2)
def load_detector(model: str) -> PresidioDetector:
    """Return the detector with a spaCy model.

    Raises `ConfigError` if the model is not installed.
    """
    return PresidioDetector(model)


@lru_cache(maxsize=1)
def _patterns() -> Patterns:
    return Patterns()


def residue(text: str) -> tuple[Span, ...]:
    """Return what the patterns still find in a redacted text; its tags are not looked at.

    Raises `RedactionError`.
    """
    outcome = _patterns().find(text)
    if isinstance(outcome, tuple):
        return outcome
    raise outcome
