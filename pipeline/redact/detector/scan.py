"""Try rules only where one scan for the anchors of all of them says so."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import lru_cache

from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from pipeline.errors import ConfigError
from pipeline.records import DATE_MARKS
from pipeline.redact.detector.anchors import Anchors
from pipeline.redact.detector.base import Found, Rule, RuleRecognizer, marks
from pipeline.redact.detector.merge import TAG

# A rule is tried on the line where its anchor ends, and on so many lines before and after it.
BEFORE, AFTER = 2, 3
# A line that is longer than the one is cut, at the first blank after as many characters as the other.
_LONG, _CUT = 300, 150
# So far around a stretch does a check look.
_CONTEXT = 100
REDACTED = re.compile(rf"{TAG.pattern}|[{DATE_MARKS}]")

Owned = tuple[RuleRecognizer, Rule]


class Scan:
    """The rules of recognizers, tried together on each text.

    What is found is what each rule would find on the whole text, if its anchor is what `Rule` says. With `again` a
    text is one that these rules were tried on before and that has tags or marks since: where there are none near,
    there is nothing new to find.

    Raises `ConfigError` at an anchor that cannot be scanned for.
    """

    def __init__(self, recognizers: Sequence[RuleRecognizer], *, again: bool = False) -> None:
        # What has a search of its own sees the whole text.
        self._searching = [each for each in recognizers if type(each).find is not RuleRecognizer.find]
        by_anchor: dict[str, list[Owned]] = defaultdict(list)
        for recognizer in recognizers:
            if recognizer not in self._searching:
                for rule in recognizer.RULES:
                    by_anchor[rule.anchor].append((recognizer, rule))
        self._unanchored = by_anchor.pop("", [])
        self._rules = list(by_anchor.values())
        self._anchors = _anchors(tuple(by_anchor), tuple(rules[0][0].NAME for rules in self._rules))
        self._again = again

    def find(self, text: str) -> Iterator[tuple[RuleRecognizer, Found]]:
        """Yield what the rules find, in any order, and whose it is."""
        lines = lines_of(text)
        wanted = _near_redacted(text, lines) if self._again else None
        for number, ends in self._anchors.hits(text).items():
            for start, end in stretches(lines, ends, wanted):
                yield from _tried(self._rules[number], text, start, end)
        yield from _tried(self._unanchored, text, 0, len(text))
        for recognizer in self._searching:
            for found in recognizer.find(text):
                yield recognizer, found


@lru_cache(maxsize=4)
def _anchors(patterns: tuple[str, ...], names: tuple[str, ...]) -> Anchors:
    try:
        return Anchors(patterns)
    except ValueError as error:
        number, reason = error.args
        raise ConfigError(f"recognizer {names[number]}: anchor {patterns[number]!r}: {reason}") from None


def _tried(rules: Iterable[Owned], text: str, start: int, end: int) -> Iterator[tuple[RuleRecognizer, Found]]:
    for recognizer, rule in rules:
        for found in rule.find(text, start, end):
            yield recognizer, recognizer.grown(text, found)


def lines_of(text: str) -> list[int]:
    """Return where each line starts, and where the last one ends."""
    starts, start = [], 0
    for line in text.split("\n"):
        end = start + len(line) + 1
        starts.append(start)
        while end - start > _LONG and (blank := text.find(" ", start + _CUT, end)) >= 0:
            start = blank + 1
            starts.append(start)
        start = end
    return [*starts, len(text)]


def _line_at(lines: Sequence[int], place: int) -> int:
    return max(bisect_right(lines, place, 0, len(lines) - 1) - 1, 0)


def _near_redacted(text: str, lines: Sequence[int]) -> set[int]:
    """Return the lines around which a rule can see something that was redacted."""
    near: set[int] = set()
    for match in REDACTED.finditer(text):
        first, last = _line_at(lines, match.start() - _CONTEXT), _line_at(lines, match.end() + _CONTEXT)
        near.update(range(first - AFTER, last + BEFORE + 1))
    return near


def stretches(
    lines: Sequence[int], ends: Iterable[int], wanted: Container[int] | None = None
) -> Iterator[tuple[int, int]]:
    """Yield the lines around the ends of anchors, those in wanted lines, from start to end; where they meet, as one."""
    first, last = 0, -1
    for end in ends:
        line = _line_at(lines, end - 1)
        if wanted is not None and line not in wanted:
            continue
        if line - BEFORE > last:
            if last >= 0:
                yield lines[first], lines[last]
            first = max(0, line - BEFORE)
        last = min(line + AFTER + 1, len(lines) - 1)
    if last >= 0:
        yield lines[first], lines[last]


class RuleScan(EntityRecognizer):
    """All recognizers of rules as one of Presidio's; each result bears the name of the one whose rule it is."""

    def __init__(self, recognizers: Sequence[RuleRecognizer], *, again: bool = False) -> None:
        entities = sorted({entity for each in recognizers for entity in each.ENTITIES})
        super().__init__(supported_entities=entities, name="rules", version="1")
        self._scan = Scan(recognizers, again=again)
        self._marks = {each.NAME: marks(each.NAME, self) for each in recognizers}

    def load(self) -> None:
        """Load nothing."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Return what the rules find, in Presidio's terms."""
        return [found.result(self._marks[recognizer.NAME]) for recognizer, found in self._scan.find(text)]


def in_one_scan(recognizers: Iterable[EntityRecognizer], *, again: bool = False) -> list[EntityRecognizer]:
    """Return recognizers with one in place of all that find by rules."""
    rules: list[RuleRecognizer] = []
    others: list[EntityRecognizer] = []
    for recognizer in recognizers:
        if isinstance(recognizer, RuleRecognizer):
            rules.append(recognizer)
        else:
            others.append(recognizer)
    return [RuleScan(rules, again=again), *others]
