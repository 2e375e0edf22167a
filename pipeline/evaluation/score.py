"""Count what redaction found and spared, beside what people marked.

Only letters and digits count as characters: whether a tag takes the full stop makes no difference. That something was
redacted counts, not as which class. A stretch that is out of scope may be redacted or not: it counts for nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import sqrt
from typing import Any, NamedTuple

from pipeline.evaluation.gold import Document, GoldSpan
from pipeline.evaluation.labels import Labels
from pipeline.redact.spans import Span

_Z = 1.959963984540054  # of the normal distribution, two-sided 95 %
ALL = "all"


@dataclass(slots=True)
class Share:
    """How many of how many."""

    right: int = 0
    of: int = 0

    def add(self, right: int, of: int = 1) -> None:
        """Count some more."""
        self.right += right
        self.of += of

    @property
    def value(self) -> float:
        """Return the share; of nothing, all is right."""
        return self.right / self.of if self.of else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of Wilson (1927), which also holds near 0 and 1."""
        if not self.of:
            return 0.0, 1.0
        n, p, z = self.of, self.value, _Z * _Z
        middle = (p + z / (2 * n)) / (1 + z / n)
        half = _Z / (1 + z / n) * sqrt(p * (1 - p) / n + z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)

    def as_json(self) -> dict[str, float]:
        """Return the numbers by name."""
        low, high = self.interval
        return {"right": self.right, "of": self.of, "share": self.value, "low": low, "high": high}


class Finding(NamedTuple):
    """A stretch that went wrong: `missed`, `partly` missed, `false_alarm` or `lost`; `by` is a label or a detector."""

    kind: str
    start: int
    end: int
    entity: str
    by: str


Shares = defaultdict[str, Share]


def _shares() -> Shares:
    return defaultdict(Share)


@dataclass(slots=True)
class Score:
    """The counts over a set. Shares by class have their sum under `ALL`."""

    documents: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    out_of_scope: Counter[str] = field(default_factory=Counter)
    spans_found: Shares = field(default_factory=_shares)
    chars_found: Shares = field(default_factory=_shares)
    spans_right: Shares = field(default_factory=_shares)
    chars_right: Shares = field(default_factory=_shares)
    kept: Shares = field(default_factory=_shares)
    untouched: Share = field(default_factory=Share)
    over_redacted: Share = field(default_factory=Share)
    errors: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    @property
    def marked(self) -> bool:
        """Tell whether identifiers are marked in the set: where only what to keep is, none can be a false alarm."""
        return not self.kept[ALL].of or bool(self.spans_found[ALL].of or self.out_of_scope)

    def refuse(self, document: Document, labels: Labels, code: str) -> None:
        """Count a text that redaction refused: nothing of it passes, neither identifiers nor what is to be kept."""
        self.documents += 1
        self.refused[code] += 1
        for span in document.spans:
            meaning = labels.meaning(span.label, document.text[span.start : span.end])
            if meaning.keep:
                self._add(self.kept, meaning.entity, 0)

    def add(self, document: Document, found: Iterable[Span], labels: Labels) -> list[Finding]:
        """Count one text, and return what went wrong in it."""
        text, found = document.text, list(found)
        self.documents += 1
        redacted = _places(text, found)
        identifying: set[int] = set()
        spared: set[int] = set()
        kept: set[int] = set()
        wrong: list[Finding] = []
        for span in document.spans:
            places = _places(text, [span])
            meaning = labels.meaning(span.label, text[span.start : span.end])
            if meaning.keep:
                wrong += self._judge_kept(span, places, found, meaning.entity)
                kept |= places
            elif not meaning.entity:
                self.out_of_scope[f"{span.label}: {meaning.reason}"] += 1
                spared |= places
            elif places:
                identifying |= places
                covered = len(places & redacted)
                self._add(self.spans_found, meaning.entity, covered == len(places))
                self._add(self.chars_found, meaning.entity, covered, len(places))
                if covered < len(places):
                    kind = "partly" if covered else "missed"
                    wrong.append(Finding(kind, span.start, span.end, meaning.entity, span.label))
        alarms = self._judge_found(text, found, identifying, spared - identifying)
        if not identifying:
            self.untouched.add(not alarms)
        # What took a word that is to be kept is told as its loss.
        wrong += [one for one in alarms if kept.isdisjoint(range(one.start, one.end))]
        for one in wrong:
            self.errors[one.kind, one.entity, one.by] += 1
        return wrong

    def _judge_kept(self, span: GoldSpan, places: set[int], found: list[Span], label: str) -> list[Finding]:
        hit = [one for one in found if not places.isdisjoint(range(one.start, one.end))]
        self._add(self.kept, label, not hit)
        return [Finding("lost", span.start, span.end, label, hit[0].detector)] if hit else []

    def _judge_found(self, text: str, found: list[Span], identifying: set[int], spared: set[int]) -> list[Finding]:
        wrong = []
        for span in found:
            places = _places(text, [span])
            right = len(places & identifying)
            self._add(self.chars_right, span.entity, right, len(places - spared))
            if right or not places & spared:
                self._add(self.spans_right, span.entity, bool(right))
            if not right and not places & spared:
                wrong.append(Finding("false_alarm", span.start, span.end, span.entity, span.detector))
        plain = sum(c.isalnum() for c in text) - len(identifying | spared)
        self.over_redacted.add(len(_places(text, found) - identifying - spared), plain)
        return wrong

    @staticmethod
    def _add(shares: Shares, name: str, right: int, of: int = 1) -> None:
        for key in (name, ALL):
            shares[key].add(right, of)

    def as_json(self) -> dict[str, Any]:
        """Return the counts by name, without any text."""

        def by_class(shares: Shares) -> dict[str, Any]:
            return {name: share.as_json() for name, share in sorted(shares.items()) if share.of}

        result: dict[str, Any] = {
            "documents": self.documents,
            "refused": dict(sorted(self.refused.items())),
            "out_of_scope": dict(sorted(self.out_of_scope.items())),
            "span_recall": by_class(self.spans_found),
            "character_recall": by_class(self.chars_found),
            "survival": by_class(self.kept),
        }
        if self.marked:
            result |= {
                "span_precision": by_class(self.spans_right),
                "character_precision": by_class(self.chars_right),
                "untouched": self.untouched.as_json(),
                "over_redacted": self.over_redacted.as_json(),
            }
        return result | {"errors": [[*what, count] for what, count in self.told_errors()]}

    def told_errors(self) -> list[tuple[tuple[str, str, str], int]]:
        """Return how often each kind of error was made, sorted; false alarms only where identifiers are marked."""
        return [(what, count) for what, count in sorted(self.errors.items()) if self.marked or what[0] != "false_alarm"]


def _places(text: str, spans: Iterable[Span | GoldSpan]) -> set[int]:
    return {place for span in spans for place in range(span.start, span.end) if text[place].isalnum()}
