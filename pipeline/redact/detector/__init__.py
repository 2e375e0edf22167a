"""Detectors of identifiers in free text; the one place that imports Presidio, spaCy and Hyperscan.

The analyzer is imported at the first use: a sweep only writes tags, and most tasks do neither.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.records import SCHEMAS
from pipeline.redact.detector.replace import tag, tag_with

if TYPE_CHECKING:
    from pipeline.redact.detector.engine import PresidioDetector

RECOGNIZERS = SCHEMAS / "recognizers"

__all__ = ["RECOGNIZERS", "load_detector", "tag", "tag_with"]


@lru_cache(maxsize=4)
def load_detector(folder: Path = RECOGNIZERS, language: str = "en") -> PresidioDetector:
    """Return the detector of a language, as its file in a folder of recognizers says.

    Raises `ConfigError` if there is none, or what it names is not installed.
    """
    from pipeline.redact.detector.engine import PresidioDetector

    return PresidioDetector(folder, language)
