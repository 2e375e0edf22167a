"""Write a marked text otherwise, spans carried along: what is found should not depend on any of it. PHI in, PHI out."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import cycle
from typing import NamedTuple

from pipeline.evaluation.gold import Document, GoldSpan
from pipeline.evaluation.labels import Labels

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))*")
_TITLE = re.compile(r"\b(?:dr|mrs?|ms|miss|prof|doctor|nurse)\.?\s+$", re.IGNORECASE)


class _Edit(NamedTuple):
    start: int
    end: int
    new: str


def rewritten(document: Document, edits: Iterable[_Edit]) -> Document:
    """Return a document with stretches replaced; none may overlap another or the edge of a span.

    What is put in where a span starts stands before it.
    """
    edits, pieces, at = sorted(edits), [], 0
    for edit in edits:
        pieces += [document.text[at : edit.start], edit.new]
        at = edit.end
    pieces.append(document.text[at:])

    def moved(offset: int) -> int:
        return offset + sum(len(edit.new) - (edit.end - edit.start) for edit in edits if edit.end <= offset)

    spans = tuple(GoldSpan(moved(span.start), moved(span.end), span.label) for span in document.spans)
    return Document(document.id, "".join(pieces), spans)


def with_names(
    document: Document, labels: Labels, given: Sequence[str], family: Sequence[str], rng: random.Random
) -> Document:
    """Give everybody another name, the same throughout; initials and capitals stay what they are.

    The last word of a name, or the one before a comma or behind a title, is a family name.
    """
    pools = {True: cycle(rng.sample(family, len(family))), False: cycle(rng.sample(given, len(given)))}
    new: dict[str, str] = {}
    edits: list[_Edit] = []
    # Whole names first: they show of which kind a word is that elsewhere stands alone.
    for span in sorted(_of_class(document, labels, "NAME"), key=lambda span: span.start - span.end):
        words = list(_WORD.finditer(document.text, span.start, span.end))
        for place, word in enumerate(words):
            if "," in document.text[span.start : span.end]:
                is_family = place == 0
            elif len(words) > 1:
                is_family = place == len(words) - 1
            else:
                is_family = bool(_TITLE.search(document.text, 0, word.start()))
            key = word[0].casefold()
            if key not in new:
                new[key] = next(pools[is_family])
            edits.append(_Edit(*word.span(), _like(word[0], new[key])))
    return rewritten(document, edits)


def _like(old: str, new: str) -> str:
    if len(old) == 1:
        return new[0]
    return new.upper() if old.isupper() else new


_READ = (("%m/%d/%Y", True), ("%m/%d/%y", True), ("%Y-%m-%d", True), ("%B %d, %Y", True), ("%m/%d", False))
# How a date is written, with a year and without.
DATE_FORMS: dict[str, tuple[Callable[[date], str], Callable[[date], str]]] = {
    "2025-03-04": (lambda d: f"{d:%Y-%m-%d}", lambda d: f"{d.month}/{d.day}"),
    "3/4/25": (lambda d: f"{d.month}/{d.day}/{d:%y}", lambda d: f"{d.month}/{d.day}"),
    "04 Mar 2025": (lambda d: f"{d:%d %b %Y}", lambda d: f"{d:%d %b}"),
    "March 4th, 2025": (lambda d: f"{d:%B} {_ordinal(d.day)}, {d:%Y}", lambda d: f"{d:%B} {_ordinal(d.day)}"),
    "04-MAR-2025": (lambda d: f"{d:%d-%b-%Y}".upper(), lambda d: f"{d:%d-%b}".upper()),
    "04.03.2025": (lambda d: f"{d:%d.%m.%Y}", lambda d: f"{d.month}/{d.day}"),
    "Tue, Mar 4 2025": (lambda d: f"{d:%a}, {d:%b} {d.day} {d:%Y}", lambda d: f"{d:%b} {d.day}"),
}


def _ordinal(day: int) -> str:
    return f"{day}{'th' if 10 < day < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


def with_dates(document: Document, labels: Labels, form: str) -> Document:
    """Write each date that is in one of the usual forms in another, one of `DATE_FORMS`."""
    edits = []
    for span in _of_class(document, labels, "DATE"):
        for pattern, has_year in _READ:
            text = document.text[span.start : span.end] + ("" if has_year else "/2024")
            try:
                day = datetime.strptime(text, pattern if has_year else f"{pattern}/%Y").date()
            except ValueError:
                continue
            edits.append(_Edit(span.start, span.end, DATE_FORMS[form][0 if has_year else 1](day)))
            break
    return rewritten(document, edits)


def in_case(document: Document, change: Callable[[str], str]) -> Document:
    """Change the case of each letter that stays one letter by it."""
    text = "".join(changed if len(changed := change(c)) == 1 else c for c in document.text)
    return document._replace(text=text)


def with_typos(document: Document, share: float, rng: random.Random) -> Document:
    """Swap two inner letters in a share of the longer words outside of all spans."""
    edits = []
    for word in _WORD.finditer(document.text):
        inside = any(span.start < word.end() and word.start() < span.end for span in document.spans)
        if len(word[0]) >= 5 and not inside and rng.random() < share:
            at = rng.randrange(1, len(word[0]) - 2)
            edits.append(_Edit(word.start() + at, word.start() + at + 2, word[0][at + 1] + word[0][at]))
    return rewritten(document, edits)


def with_blanks(document: Document, share: float, rng: random.Random) -> Document:
    """Double a share of the blanks, in spans and outside of them."""
    return rewritten(
        document,
        [
            _Edit(m.start(), m.end(), "  ")
            for m in re.finditer(r"(?<=\S) (?=\S)", document.text)
            if rng.random() < share
        ],
    )


def _of_class(document: Document, labels: Labels, entity: str) -> Iterator[GoldSpan]:
    for span in document.spans:
        if labels.meaning(span.label, document.text[span.start : span.end]).entity == entity:
            yield span
