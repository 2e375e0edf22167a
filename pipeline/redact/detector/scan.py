"""Try rules only where one scan for the anchors of all of them says so."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from pipeline.errors import ConfigError
from pipeline.records import DATE_MARKS, TAG
from pipeline.redact.detector.anchors import Anchors
from pipeline.redact.detector.base import Found, Rule, RuleRecognizer, marks

# A rule is tried on the line where its anchor ends, and on so many lines before and after it, ...
BEFORE, AFTER = 2, 3
# ... and no farther than the first blank beyond so many characters.
_BACK, _ON = 300, 400
# So far around a stretch does a check look.
_CONTEXT = 100
# What matches a line break in a pattern's source, once negated sets that hold it are out: guessed on the safe side
_NO_BREAK = re.compile(r"\[\^(?:[^\]\\]|\\.)*?\\[nsWD](?:[^\]\\]|\\.)*\]")
_BREAKS = re.compile(r"\\[nsWDrvfx]|\[\^|\n")
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
        by_anchor: dict[str, dict[bool, list[Owned]]] = {}
        for recognizer in recognizers:
            if recognizer not in self._searching:
                for rule in recognizer.RULES:
                    kinds = by_anchor.setdefault(rule.anchor, {})
                    kinds.setdefault(is_of_one_line(rule.pattern), []).append((recognizer, rule))
        self._unanchored = [owned for rules in by_anchor.pop("", {}).values() for owned in rules]
        self._rules = list(by_anchor.values())
        names = (next(iter(kinds.values()))[0][0].NAME for kinds in self._rules)
        self._anchors = _anchors(tuple(by_anchor), tuple(names))
        self._again = again

    def find(self, text: str) -> Iterator[tuple[RuleRecognizer, Found]]:
        """Yield what the rules find, in any order, and whose it is."""
        lines = lines_of(text)
        redacted = [match.start() for match in REDACTED.finditer(text)] if self._again else None
        for number, ends in self._anchors.hits(text).items():
            for one_line, rules in self._rules[number].items():
                for start, end in stretches(text, lines, ends, one_line=one_line, near=redacted):
                    yield from _tried(rules, text, start, end)
        yield from _tried(self._unanchored, text, 0, len(text))
        for recognizer in self._searching:
            for found in recognizer.find(text):
                yield recognizer, found


def is_of_one_line(pattern: re.Pattern[str]) -> bool:
    """Tell whether a pattern surely looks at no line break, so that it is tried on the line of its anchor alone."""
    return not (pattern.flags & re.DOTALL) and not _BREAKS.search(_NO_BREAK.sub("", pattern.pattern))


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
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    starts[-1] = len(text)
    return starts


def stretches(
    text: str,
    lines: Sequence[int],
    ends: Iterable[int],
    *,
    one_line: bool = False,
    near: Sequence[int] | None = None,
) -> Iterator[tuple[int, int]]:
    """Yield the lines around the ends of anchors, from start to end; where they meet, as one.

    If places are given, those are left out from which no check can see one of them.
    """
    first, last = 0, -1
    for end in ends:
        line = bisect_right(lines, end - 1, 0, len(lines) - 1) - 1
        before, after = (0, 0) if one_line else (BEFORE, AFTER)
        start, stop = lines[max(0, line - before)], lines[min(line + after + 1, len(lines) - 1)]
        if end - start > _BACK:
            start = max(start, text.rfind(" ", start, end - _BACK) + 1)
        if stop - end > _ON:
            stop = text.find(" ", end + _ON, stop) + 1 or stop
        if near is not None and bisect_left(near, start - _CONTEXT) == bisect_right(near, stop + _CONTEXT):
            continue
        if start > last:
            if last >= 0:
                yield first, last
            first = start
        last = max(last, stop)
    if last >= 0:
        yield first, last


class RuleScan(EntityRecognizer):
    """All recognizers of rules as one of Presidio's; each result bears the name of the one whose rule it is."""

    def __init__(self, recognizers: Sequence[RuleRecognizer], *, again: bool = False) -> None:
        entities = sorted({entity for each in recognizers for entity in each.ENTITIES})
        language = recognizers[0].supported_language if recognizers else "en"
        super().__init__(supported_entities=entities, name="rules", version="1", supported_language=language)
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
