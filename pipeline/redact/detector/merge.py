"""From what the recognizers found to spans: whole tokens, no overlap, never over a tag."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.records import TAG
from pipeline.redact.spans import Span

_JOINERS = "-'’_"
# Of classes that claim the same length the earlier one wins: the more telling, the earlier.
_PRIORITY = {
    entity: place
    for place, entity in enumerate(
        ("SSN", "EMAIL", "URL", "IP", "PHONE", "DATE", "ADDRESS", "ORGANIZATION", "NAME", "AGE", "ID")
    )
}


def grow(text: str, start: int, end: int, entity: str) -> tuple[int, int]:
    """Return the offsets grown to whole tokens; a date keeps to word characters, for its neighbour is a date too."""
    joiners = "" if entity == "DATE" else _JOINERS
    while start > 0 and _goes_on(text, start, start - 1, joiners):
        start -= 1
    while end < len(text) and _goes_on(text, end - 1, end, joiners):
        end += 1
    return start, end


def _goes_on(text: str, edge: int, beyond: int, joiners: str) -> bool:
    """Tell whether the token of the character at an edge goes on with the one beyond it."""
    if text[edge].isalnum():
        return _inside(text, beyond, joiners)
    return text[edge] in joiners and text[beyond].isalnum()


def _inside(text: str, at: int, joiners: str) -> bool:
    """Tell whether the character belongs to the token beside it."""
    if text[at].isalnum():
        return True
    return text[at] in joiners and 0 < at < len(text) - 1 and text[at - 1].isalnum() and text[at + 1].isalnum()


def outside_tags(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the parts of the spans that are not tags."""
    tags = [match.span() for match in TAG.finditer(text)]
    for span in spans:
        at = span.start
        for start, end in tags:
            if end <= at or start >= span.end:
                continue
            if start > at:
                yield from _trimmed(text, span, at, start)
            at = end
        if at < span.end:
            yield from _trimmed(text, span, at, span.end)


def _trimmed(text: str, span: Span, start: int, end: int) -> Iterator[Span]:
    while start < end and not text[start].isalnum() and text[start] not in "(+@*":
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if any(c.isalnum() for c in text[start:end]):
        yield Span(start, end, span.entity, span.score, span.detector)


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans without overlap that cover all given ones; each takes its class from its longest part."""
    merged: list[Span] = []
    best: Span | None = None
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if best is not None and span.start < merged[-1].end:
            best = min(best, span, key=_rank)
            last = merged[-1]
            merged[-1] = Span(last.start, max(last.end, span.end), best.entity, best.score, best.detector)
        else:
            best = span
            merged.append(span)
    return tuple(merged)


def _rank(span: Span) -> tuple[int, int, float]:
    return (span.start - span.end, _PRIORITY[span.entity], -span.score)


def to_spans(text: str, found: Iterable[Span]) -> tuple[Span, ...]:
    """Return what was found as whole tokens, sorted, without overlap, outside the text's tags."""
    # Parts are cut at tags first, so that two of them never join over one.
    return union(outside_tags(text, _grown(text, found)))


def _grown(text: str, found: Iterable[Span]) -> Iterator[Span]:
    """Yield spans grown to whole tokens; what lies in one of its own class adds nothing, and would be grown again."""
    last: dict[str, int] = {}
    for span in sorted(found, key=lambda s: (s.start, -s.end, -s.score)):
        if span.end > last.get(span.entity, 0):
            start, end = grow(text, span.start, span.end, span.entity)
            last[span.entity] = end
            yield Span(start, end, span.entity, span.score, span.detector)
