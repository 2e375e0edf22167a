"""Say where in a text, as it came, the identifiers stand that redaction took out of it.

Redaction goes in steps, each over the text that the one before it left: the detectors, the scans of their outcome, the
search for what is known. The offsets of a step are followed back through all replacements before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.errors import RedactionError
from pipeline.records import MARKS
from pipeline.redact.detector.merge import union
from pipeline.redact.detector.replace import ADJACENT, over_whole_tags
from pipeline.redact.spans import Detector, Span
from pipeline.redact.text import detect_and_tag, search_known
from pipeline.redact.vault import Identity
from pipeline.residue import residue_free


class Located(NamedTuple):
    """A text with tags in place of identifiers, and where those stood: sorted, free of overlap."""

    text: str
    spans: tuple[Span, ...]


class _Edit(NamedTuple):
    """A stretch of a text, and what took its place."""

    start: int
    end: int
    new: str


def redact_located(
    detector: Detector, texts: Sequence[str], identities: Sequence[Identity]
) -> list[Located | RedactionError]:
    """Redact each text as the redact stage does, dates included, and locate what was found.

    A text in which the last look of the contract still sees an identifier is refused.
    """
    outcomes: list[Located | RedactionError] = []
    tagged = detect_and_tag(detector.detect, texts, keep_dates=False, again=detector.again)
    for text, identity, first in zip(texts, identities, tagged, strict=True):
        if isinstance(first, RedactionError):
            outcomes.append(first)
            continue
        second = search_known(first.text, identity)
        rebuilt = locate(text, first.steps + second.steps)
        if not residue_free(second.text):
            outcomes.append(RedactionError("residue"))
        elif rebuilt.text != second.text:
            outcomes.append(RedactionError("not_located"))
        else:
            outcomes.append(rebuilt)
    return outcomes


def locate(text: str, steps: Sequence[Sequence[Span]]) -> Located:
    """Do the steps over, and return what they lead to, with their spans as offsets of `text`."""
    marks = [_Edit(*match.span(), "") for match in MARKS.finditer(text)]
    edits, text, found = [marks], _edited(text, marks), []
    for spans in steps:
        found += [_brought_back(span, edits) for span in spans]
        tags = [_Edit(span.start, span.end, f"[{span.entity}]") for span in union(over_whole_tags(text, spans))]
        text = _edited(text, tags)
        joined = [_Edit(*match.span(), f"[{match['entity']}]") for match in ADJACENT.finditer(text)]
        text = _edited(text, joined)
        edits += [tags, joined]
    return Located(text, union(found))


def _edited(text: str, edits: Sequence[_Edit]) -> str:
    pieces, at = [], 0
    for edit in edits:
        pieces += [text[at : edit.start], edit.new]
        at = edit.end
    return "".join([*pieces, text[at:]])


def _brought_back(span: Span, edits: Sequence[Sequence[_Edit]]) -> Span:
    start, end = span.start, span.end
    for step in reversed(edits):
        start, end = _start_before(step, start), _end_before(step, end)
    return Span(start, end, span.entity, span.score, span.detector)


def _start_before(edits: Sequence[_Edit], offset: int) -> int:
    """Return where in the text before the edits the stretch started that starts at an offset of the edited one."""
    for edit in edits:
        if offset < edit.start:
            break
        if offset < edit.start + len(edit.new):
            return edit.start
        offset += edit.end - edit.start - len(edit.new)
    return offset


def _end_before(edits: Sequence[_Edit], offset: int) -> int:
    for edit in edits:
        if offset <= edit.start:
            break
        if offset <= edit.start + len(edit.new):
            return edit.end
        offset += edit.end - edit.start - len(edit.new)
    return offset
