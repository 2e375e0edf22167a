"""What our own recognizers share: rules of compiled patterns, behind Presidio's `EntityRecognizer`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

LETTER = r"[^\W\d_]"
UPPER = "A-Z" + "".join(chr(c) for c in (*range(0xC0, 0x250), *range(0x370, 0x530)) if chr(c).isupper())

# A word that starts with a capital, with inner hyphens and apostrophes
LONG = rf"[{UPPER}](?:{LETTER}|['’-](?={LETTER})){{1,40}}"

# What follows a quantity, so that the number before it identifies nobody.
UNIT = (
    r"(?:mg|mcg|ug|µg|g|gm|grams?|kg|kgs|lbs?|pounds?|oz|ml|mls|cc|l|liters?|dl|mm|cm|mmhg|meq|mmol|mosm|iu|"
    r"units?|u|tabs?|tablets?|caps?|capsules?|puffs?|drops?|gtts?|sprays?|patch(?:es)?|doses?|bpm|beats|breaths|"
    r"hz|khz|kcal|cal|calories|joules?|cells?|copies|k/ul|ng|pg|fl|fr|french|percent|degrees?|deg|"
    r"hours?|hrs?|hr|h|minutes?|mins?|min|sec|secs|seconds?|days?|weeks?|wks?|months?|mos?|years?|yrs?|times)"
)
UNIT_AFTER = re.compile(rf"\s?(?:%|°|x10|/(?:mm3|hpf|lpf|ul|ml|l|dl|min|day|hr|h|kg|µl)\b|-?{UNIT}\b)", re.IGNORECASE)


class Found(NamedTuple):
    """Where a recognizer found an identifier, and of which class."""

    start: int
    end: int
    entity: str
    score: float = 0.9

    def result(self, marks: dict[str, str]) -> RecognizerResult:
        """Return it in Presidio's terms."""
        return RecognizerResult(self.entity, self.start, self.end, self.score, recognition_metadata=marks)


# What a rule makes of a match: that it holds, that it does not, or which parts of it are the identifiers.
Verdict = bool | Iterable[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern of one class; its group `v`, or else the whole match, is the identifier.

    `check` says no to a match that only looks like one, or gives the offsets of what the identifier is in it.
    `anchor` is a short pattern without look-around and back-references, read without regard to case, of which every
    match of `pattern` holds one. One scan for the anchors of all rules tells which rules to try, on the lines around:
    a match starts at most two lines before the end of its anchor, and ends at most three lines after. Letters that
    are not ASCII are one and the same to an anchor, which therefore has no negated set of letters.
    """

    entity: str
    pattern: re.Pattern[str]
    check: Callable[[re.Match[str]], Verdict] | None = None
    score: float = 0.9
    anchor: str = ""

    def find(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[Found]:
        """Yield what the pattern finds in a part of a text, with all of it in view, and the check lets pass."""
        group = "v" if "v" in self.pattern.groupindex else 0
        for match in self.pattern.finditer(text, start, end):
            verdict = True if self.check is None else self.check(match)
            if isinstance(verdict, bool):
                if verdict:
                    yield Found(*match.span(group), self.entity, self.score)
            else:
                for start, end in verdict:
                    yield Found(start, end, self.entity, self.score)


def marks(name: str, recognizer: EntityRecognizer) -> dict[str, str]:
    """Return what a result tells of its recognizer."""
    return {
        RecognizerResult.RECOGNIZER_NAME_KEY: name,
        RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: str(recognizer.id),
    }


class RuleRecognizer(EntityRecognizer):
    """Finds by rules alone; `scan` tries those of all such recognizers together."""

    NAME: ClassVar[str]
    ENTITIES: ClassVar[tuple[str, ...]]
    RULES: ClassVar[tuple[Rule, ...]] = ()

    def __init__(self) -> None:
        super().__init__(supported_entities=list(self.ENTITIES), name=self.NAME, version="1")
        self.marks = marks(self.NAME, self)

    def load(self) -> None:
        """Load nothing: the patterns are compiled with the module."""

    def find(self, text: str) -> Iterator[Found]:
        """Yield identifiers in any order; they may overlap."""
        for rule in self.RULES:
            for found in rule.find(text):
                yield self.grown(text, found)

    def grown(self, text: str, found: Found) -> Found:
        """Return what was found with what belongs to it, such as the time of a date."""
        return found

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Return what the rules find, in Presidio's terms."""
        return [found.result(self.marks) for found in self.find(text)]


def before(match: re.Match[str], length: int = 40, group: int | str = 0) -> str:
    """Return what stands before a match, on its line and the line above."""
    start = match.start(group)
    return match.string[max(0, start - length) : start]
