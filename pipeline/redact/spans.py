"""A found identifier, and the classes that free text is redacted to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.errors import RedactionError

ENTITIES = (
    "NAME", "DATE", "AGE", "PHONE", "EMAIL", "URL", "IP", "SSN", "ID", "ADDRESS", "ORGANIZATION",
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """One identifier in a text: half-open character offsets, its class, and which detector found it."""

    start: int
    end: int
    entity: str
    score: float
    detector: str


class Detector(Protocol):
    """Finds identifiers that are not known beforehand."""

    @property
    def version(self) -> str:
        """Name the model and the recognizers; it changes when the outcome may."""

    def detect(self, texts: Sequence[str]) -> list[tuple[Span, ...] | RedactionError]:
        """Return for each text its spans, sorted and free of overlap, or the error that makes it unsafe."""
