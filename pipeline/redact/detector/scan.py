"""One scan of a text for the anchors of all rules: it tells which rules to try, and on which lines.

Hyperscan looks for all anchors at once, in time that does not depend on how many there are:
https://intel.github.io/hyperscan/dev-reference/
"""

from __future__ import annotations

import codecs
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from threading import Lock

import hyperscan
from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from pipeline.errors import ConfigError
from pipeline.redact.detector.base import Found, Rule, RuleRecognizer, marks

# A rule is tried on the line of its anchor, and on so many lines before and after it.
BEFORE, AFTER = 1, 3
# A line that is longer is cut into such of 400 to 800 characters, at a blank where there is one.
_LONG, _CUT = 2_000, 400
_STAND_INS = "one-for-one"
# To Python these are blanks; to Hyperscan they are not.
_BLANKS = bytes.maketrans(b"\x0b\x0c\x1c\x1d\x1e\x1f", b" " * 6)
# What Python takes for an ASCII letter where case does not matter
_LIKE_ASCII = {"İ": "i", "ı": "i", "ſ": "s", "\N{KELVIN SIGN}": "k"}


@lru_cache(maxsize=4096)
def _stand_in(character: str) -> str:
    """Return the ASCII character that is in the same classes (`\\d`, `\\w`, `\\s`) as one that is not ASCII."""
    if character in _LIKE_ASCII:
        return _LIKE_ASCII[character]
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if character.isalnum():
        return "x"
    return " " if character.isspace() else "\x7f"


def _replace(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)  # the only one that encoding raises
    return "".join(map(_stand_in, error.object[error.start : error.end])), error.end


codecs.register_error(_STAND_INS, _replace)


def scanned(text: str) -> bytes:
    """Return what the scan sees of a text, or of an anchor: one byte a character, so that offsets are the same."""
    return text.encode("ascii", _STAND_INS).translate(_BLANKS)


class Scan:
    """The rules of recognizers, tried together on each text.

    What is found is what each rule would find on the whole text, as far as it keeps to what `Rule` says of anchors.
    """

    def __init__(self, recognizers: Sequence[RuleRecognizer]) -> None:
        self._rules: dict[str, list[tuple[RuleRecognizer, Rule]]] = defaultdict(list)
        # What does not work by rules alone sees the whole text.
        self._others = [each for each in recognizers if type(each).find is not RuleRecognizer.find]
        for recognizer in recognizers:
            if recognizer not in self._others:
                for rule in recognizer.RULES:
                    self._rules[rule.anchor].append((recognizer, rule))
        self._anchors = [anchor for anchor in self._rules if anchor]
        self._lock = Lock()

    def find(self, text: str) -> Iterator[tuple[RuleRecognizer, Found]]:
        """Yield what the rules find, in any order, and whose it is."""
        lines = _lines(text)
        for number, ends in self._hits(text).items():
            rules = self._rules[self._anchors[number]]
            for start, end in _stretches(lines, ends):
                yield from _try(rules, text, start, end)
        yield from _try(self._rules.get("", ()), text, 0, len(text))
        for recognizer in self._others:
            for found in recognizer.find(text):
                yield recognizer, found

    def _hits(self, text: str) -> dict[int, list[int]]:
        """Return where matches of each anchor end, in order."""
        hits: dict[int, list[int]] = defaultdict(list)

        def note(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            hits[number].append(end)

        if self._anchors:
            # A database has room for one scan at a time.
            with self._lock:
                self._database.scan(scanned(text), match_event_handler=note)
        return hits

    @cached_property
    def _database(self) -> hyperscan.Database:
        try:
            return _compiled(self._anchors)
        except hyperscan.error:
            for anchor in self._anchors:
                self._check(anchor)
            raise

    def _check(self, anchor: str) -> None:
        try:
            _compiled([anchor])
        except hyperscan.error as error:
            recognizer, rule = self._rules[anchor][0]
            number = recognizer.RULES.index(rule) + 1
            raise ConfigError(f"{recognizer.NAME}: the anchor of rule {number}, {anchor!r}: {error}") from None


def _compiled(anchors: Sequence[str]) -> hyperscan.Database:
    database = hyperscan.Database()
    database.compile(
        expressions=[scanned(anchor) for anchor in anchors],
        ids=list(range(len(anchors))),
        elements=len(anchors),
        flags=hyperscan.HS_FLAG_CASELESS,
    )
    return database


def _try(
    rules: Iterable[tuple[RuleRecognizer, Rule]], text: str, start: int, end: int
) -> Iterator[tuple[RuleRecognizer, Found]]:
    for recognizer, rule in rules:
        for found in rule.find(text, start, end):
            yield recognizer, recognizer.grown(text, found)


def _lines(text: str) -> list[int]:
    """Return where each line starts, and where the last one ends."""
    starts, start = [], 0
    for line in text.split("\n"):
        end = start + len(line) + 1
        starts.append(start)
        while end - start > _LONG:
            blank = text.find(" ", start + _CUT, start + 2 * _CUT)
            start = blank + 1 if blank >= 0 else start + 2 * _CUT
            starts.append(start)
        start = end
    return [*starts, len(text)]


def _stretches(lines: list[int], ends: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the lines around anchors, from start to end, where they meet as one."""
    first, last = 0, -1
    for end in ends:
        line = bisect_right(lines, end - 1, 0, len(lines) - 1) - 1
        if line - BEFORE > last:
            if last >= 0:
                yield lines[first], lines[last]
            first = max(0, line - BEFORE)
        last = min(line + AFTER + 1, len(lines) - 1)
    yield lines[first], lines[last]


class RuleScan(EntityRecognizer):
    """All recognizers of rules as one of Presidio's; each result bears the name of the recognizer whose rule it is."""

    def __init__(self, recognizers: Sequence[RuleRecognizer]) -> None:
        entities = sorted({entity for each in recognizers for entity in each.ENTITIES})
        super().__init__(supported_entities=entities, name="rules", version="1")
        self._scan = Scan(recognizers)
        self._marks = {each.NAME: marks(each.NAME, self) for each in recognizers}

    def load(self) -> None:
        """Load nothing: the anchors are compiled at the first text."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Return what the rules find, in Presidio's terms."""
        return [found.result(self._marks[recognizer.NAME]) for recognizer, found in self._scan.find(text)]


def in_one_scan(recognizers: Iterable[EntityRecognizer]) -> list[EntityRecognizer]:
    """Return the recognizers with one in place of all that find by rules."""
    kept = list(recognizers)
    ours = [each for each in kept if isinstance(each, RuleRecognizer)]
    return [RuleScan(ours), *(each for each in kept if not isinstance(each, RuleRecognizer))]
