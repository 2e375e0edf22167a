"""Redact free text: the detectors first, then what the vault knows of the patient.

The order matters. What the detectors find depends on the text alone, so that a later search with a larger identity
starts from the same tags, and ends at the same text, as if all had been known from the start.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.errors import RedactionError
from pipeline.records import without_marks
from pipeline.redact.detector import tag_with
from pipeline.redact.known import known_of
from pipeline.redact.plain import read, reading
from pipeline.redact.spans import ENTITIES, Again, Detect, Span
from pipeline.redact.surrogates import NO_WRITERS, Writers
from pipeline.redact.vault import Identity
from pipeline.redact.written_dates import mark_date, mask_dates

_ROUNDS = 3
# A longer one is no language: an image, say, or a document in base64, whose names no detector sees.
_LONGEST_WORD = 10_000

# How many identifiers of a class a detector found, by (class, detector).
Tally = Counter[tuple[str, str]]


class Redacted(NamedTuple):
    """A text with tags in place of identifiers, and what was found: each step in the text that the one before left."""

    text: str
    steps: tuple[tuple[Span, ...], ...]

    @property
    def tally(self) -> Tally:
        """Count what was found by class and detector."""
        return Counter((span.entity, span.detector) for step in self.steps for span in step)


def detect_and_tag(
    detect: Detect, texts: Sequence[str], *, keep_dates: bool, again: Again, writers: Writers = NO_WRITERS
) -> list[Redacted | RedactionError]:
    """Return each text with a tag for everything that a detector finds, or the error that makes it unsafe.

    With `keep_dates` a date stays, between marks, for `move_dates`. `again` looks at what is left. `writers` write the
    tags as they are before it is known whose text it is, for `move_tags`.
    """
    operators = {**writers, "DATE": mark_date} if keep_dates else writers
    outcomes: list[Redacted | RedactionError] = []
    texts = [without_marks(text) for text in texts]
    for text, spans in zip(texts, reading(_believed(detect))(texts), strict=True):
        if isinstance(spans, RedactionError):
            outcomes.append(spans)
            continue
        try:
            tagged = _scan_again(tag_with(text, spans, operators), again, writers, dates=not keep_dates)
            outcomes.append(Redacted(tagged.text, (spans, *tagged.steps)))
        except RedactionError as error:
            outcomes.append(error)
    return outcomes


def _believed(detect: Detect) -> Detect:
    """Return the detection of which no nonsense is believed."""
    return lambda texts: [_judged(text, outcome) for text, outcome in zip(texts, detect(texts), strict=True)]


def _judged(text: str, outcome: tuple[Span, ...] | RedactionError) -> tuple[Span, ...] | RedactionError:
    """Return what a detector says of a text, unless it is nonsense, or the text nothing that a detector can read."""
    if isinstance(outcome, RedactionError):
        return outcome
    if max(map(len, text.split()), default=0) > _LONGEST_WORD:
        return RedactionError("unbroken_text")
    if not all(0 <= span.start < span.end <= len(text) and span.entity in ENTITIES for span in outcome):
        return RedactionError("bad_span")
    return outcome


def _scan_again(text: str, again: Again, writers: Writers, *, dates: bool) -> Redacted:
    steps: list[tuple[Span, ...]] = []
    for _ in range(_ROUNDS):
        left = tuple(span for span in read(mask_dates(text), again) if dates or span.entity != "DATE")
        if not left:
            return Redacted(text, tuple(steps))
        text = tag_with(text, left, writers)
        steps.append(left)
    raise RedactionError("residue")


def search_known(text: str, identity: Identity, writers: Writers = NO_WRITERS) -> Redacted:
    """Return a text, detected and tagged before, with a tag for each identifier of the patient.

    The tags are as `writers` of the patient write them.
    Searching again with the same or a part of the identity changes nothing.
    """
    if not identity:
        return Redacted(text, ())
    steps: list[tuple[Span, ...]] = []
    for _ in range(_ROUNDS):
        found = tuple(read(text, known_of(identity).find))
        if not found:
            break
        text = tag_with(text, found, writers)
        steps.append(found)
    return Redacted(text, tuple(steps))
