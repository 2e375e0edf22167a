"""Redact free text: the detectors first, then what the vault knows of the patient.

The order matters. What the detectors find depends on the text alone, so that a later search with a larger identity
starts from the same tags, and ends at the same text, as if all had been known from the start.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.errors import RedactionError
from pipeline.records import without_marks
from pipeline.redact.detector import tag_with
from pipeline.redact.known import known_of
from pipeline.redact.plain import read, reading
from pipeline.redact.spans import Again, Detect, Span
from pipeline.redact.surrogates import NO_WRITERS, Writers
from pipeline.redact.vault import Identity
from pipeline.redact.written_dates import mark_date, mask_dates

_ROUNDS = 3

# How many identifiers of a class a detector found, by (class, detector).
Tally = Counter[tuple[str, str]]


class Redacted(NamedTuple):
    """A text with tags in place of identifiers, and what was found in it."""

    text: str
    tally: Tally


def tally_of(spans: Iterable[Span]) -> Tally:
    """Count spans by class and detector."""
    return Counter((span.entity, span.detector) for span in spans)


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
    for text, spans in zip(texts, reading(detect)(texts), strict=True):
        if isinstance(spans, RedactionError):
            outcomes.append(spans)
            continue
        try:
            tagged = _scan_again(tag_with(text, spans, operators), again, writers, dates=not keep_dates)
            outcomes.append(Redacted(tagged.text, tally_of(spans) + tagged.tally))
        except RedactionError as error:
            outcomes.append(error)
    return outcomes


def _scan_again(text: str, again: Again, writers: Writers, *, dates: bool) -> Redacted:
    tally: Tally = Counter()
    for _ in range(_ROUNDS):
        left = [span for span in read(mask_dates(text), again) if dates or span.entity != "DATE"]
        if not left:
            return Redacted(text, tally)
        text = tag_with(text, left, writers)
        tally += tally_of(left)
    raise RedactionError("residue")


def search_known(text: str, identity: Identity, writers: Writers = NO_WRITERS) -> Redacted:
    """Return a text, detected and tagged before, with a tag for each identifier of the patient.

    The tags are as `writers` of the patient write them.
    Searching again with the same or a part of the identity changes nothing.
    """
    tally: Tally = Counter()
    for _ in range(_ROUNDS):
        found = read(text, known_of(identity).find)
        if not found:
            break
        text = tag_with(text, found, writers)
        tally += tally_of(found)
    return Redacted(text, tally)
