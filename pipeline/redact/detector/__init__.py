"""Detectors of identifiers in free text; the one place that imports Presidio, spaCy and Hyperscan.

The analyzer is imported at the first use: a sweep only writes tags, and most tasks do neither.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.redact.detector.replace import tag, tag_with
from pipeline.redact.spans import Span

if TYPE_CHECKING:
    from pipeline.redact.detector.engine import Patterns, PresidioDetector

__all__ = ["load_detector", "residue", "tag", "tag_with"]


@lru_cache(maxsize=2)
def load_detector(model: str) -> PresidioDetector:
    """Return the detector with a spaCy model.

    Raises `ConfigError` if the model is not installed.
    """
    from pipeline.redact.detector.engine import PresidioDetector

    return PresidioDetector(model)


@lru_cache(maxsize=1)
def _patterns() -> Patterns:
    from pipeline.redact.detector.engine import Patterns

    return Patterns(again=True)


def residue(text: str) -> tuple[Span, ...]:
    """Return what the patterns find in a text that they have seen before, near the tags that it has since.

    Elsewhere they would find what they found before, which is tagged. Raises `RedactionError`.
    """
    outcome = _patterns().find(text)
    if isinstance(outcome, tuple):
        return outcome
    raise outcome
