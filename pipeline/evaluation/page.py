"""The stretches that went wrong, in context, as a page. It holds text of the set: for sets that may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.evaluation.gold import Document
from pipeline.evaluation.score import Finding
from pipeline.report.page import render

_CONTEXT = 80
# A page of more is not read.
_MOST = 5000

_TITLES = {
    "missed": "Identifiers missed",
    "partly": "Identifiers redacted in part",
    "false_alarm": "Redacted, but marked by nobody",
    "lost": "Redacted, but to be kept",
}


class _Case(NamedTuple):
    document: str
    entity: str
    by: str
    before: str
    text: str
    after: str


class Misses:
    """Collects what went wrong, to make a page of it."""

    def __init__(self) -> None:
        self._cases: dict[str, list[_Case]] = {kind: [] for kind in _TITLES}
        self._documents = self._count = self._left_out = 0

    def add(self, document: Document, wrong: Sequence[Finding]) -> None:
        """Take what went wrong in a document."""
        text = document.text
        self._documents += 1
        for one in wrong:
            self._count += 1
            if self._count > _MOST:
                self._left_out += 1
                continue
            before, after = text[max(0, one.start - _CONTEXT) : one.start], text[one.end : one.end + _CONTEXT]
            self._cases[one.kind].append(
                _Case(document.id, one.entity, one.by, before, text[one.start : one.end], after)
            )

    def page(self, *, false_alarms: bool) -> str:
        """Return the page; without false alarms if identifiers are not marked in the set."""
        titles = {kind: title for kind, title in _TITLES.items() if false_alarms or kind != "false_alarm"}
        return render(
            "misses.html", titles=titles, cases=self._cases, documents=self._documents, left_out=self._left_out
        )
