"""Redact free text: the detectors first, then what the vault knows of the patient.

The order matters. What the detectors find depends on the text alone, so that a later search with a larger identity
starts from the same tags, and ends at the same text, as if all had been known from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pipeline.errors import RedactionError
from pipeline.records import without_marks
from pipeline.redact.dates import mark_date, mask_dates
from pipeline.redact.detector import residue, tag, tag_with
from pipeline.redact.known import known_of
from pipeline.redact.spans import Detect, merge
from pipeline.redact.vault import Identity

_ROUNDS = 3


def detect_and_tag(detect: Detect, texts: Sequence[str], *, keep_dates: bool) -> list[str | RedactionError]:
    """Return each text with a tag for everything that a detector finds, or the error that makes it unsafe.

    With `keep_dates` a date stays, between marks, for `move_dates`.
    """
    operators: Mapping[str, Callable[[str], str]] = {"DATE": mark_date} if keep_dates else {}
    outcomes: list[str | RedactionError] = []
    texts = [without_marks(text) for text in texts]
    for text, spans in zip(texts, detect(texts), strict=True):
        if isinstance(spans, RedactionError):
            outcomes.append(spans)
            continue
        try:
            outcomes.append(_scan_again(tag_with(text, spans, operators), dates=not keep_dates))
        except RedactionError as error:
            outcomes.append(error)
    return outcomes


def _scan_again(text: str, *, dates: bool) -> str:
    for _ in range(_ROUNDS):
        left = [span for span in residue(mask_dates(text)) if dates or span.entity != "DATE"]
        if not left:
            return text
        text = tag(text, left)
    raise RedactionError("residue")


def search_known(text: str, identity: Identity) -> str:
    """Return a text, detected and tagged before, with a tag for each identifier of the patient.

    Searching again with the same or a part of the identity changes nothing.
    """
    for _ in range(_ROUNDS):
        found = known_of(identity).find(text)
        if not found:
            return text
        text = tag(text, merge(found))
    return text
