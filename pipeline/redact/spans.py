"""A found identifier, and what finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.errors import RedactionError
from pipeline.records import ENTITIES

__all__ = ["ENTITIES", "Again", "Detect", "Detector", "Span", "merge"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """One identifier in a text: half-open character offsets, its class, and which detector found it."""

    start: int
    end: int
    entity: str
    score: float
    detector: str


# Looks at one text that is redacted already. Raises `RedactionError`.
Again = Callable[[str], Iterable[Span]]
Detect = Callable[[Sequence[str]], list[tuple[Span, ...] | RedactionError]]


class Detector(Protocol):
    """Finds identifiers that are not known beforehand."""

    @property
    def version(self) -> str:
        """Name the model and the recognizers; it changes when the outcome may."""

    def detect(self, texts: Sequence[str]) -> list[tuple[Span, ...] | RedactionError]:
        """Return for each text its spans, sorted and free of overlap, or the error that makes it unsafe."""

    def pattern_only(self, texts: Sequence[str]) -> list[tuple[Span, ...] | RedactionError]:
        """Do as `detect`, without a language model."""

    def again(self, text: str) -> Iterable[Span]:
        """Return what `pattern_only` finds in a text that it has seen before, near the tags that it has since.

        Raises `RedactionError`.
        """


def merge(spans: Sequence[Span]) -> list[Span]:
    """Return spans without overlap: where some overlap, one span over all of them, of the longest one's class."""
    merged: list[Span] = []
    longest = 0
    for span in sorted(spans, key=lambda span: (span.start, -span.end, span.entity)):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            winner = span if span.end - span.start > longest else last
            longest = max(longest, span.end - span.start)
            merged[-1] = Span(last.start, max(last.end, span.end), winner.entity, winner.score, winner.detector)
        else:
            merged.append(span)
            longest = span.end - span.start
    return merged
