"""What the language models add: persons and places that nothing but the running text tells of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from pipeline.redact.detector.base import marks
from pipeline.redact.detector.compact import Entity, surnames
from pipeline.redact.detector.words import lexicon, parts

_LINE = re.compile(r"[^\n\t\[\]|]+")
_EDGE = " .,;:()*-–#/\"'’"
_SHORT_CAPITALS = re.compile(r"[A-Z0-9/&.-]{1,5}")
_NUMBER_BEFORE = re.compile(r"(?<![\w.,/-])(?P<v>\d{1,6}[A-Za-z]?[ ])$")
_NUMBER_AFTER = re.compile(
    r"(?P<v>,?[ ]\d{1,5}[A-Za-z]?)(?![\w/%]|[.,]\d|[ ]?(?:mg|ml|units?|days?|weeks?|years?|hours?|times|miles)\b)"
)
_AFTER = re.compile(r"(?P<s>['’]s)?[ -]?(?P<word>[^\W_]*)")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
# Below this, something else than the model has to speak for a name in lower case or of a few capitals.
_SURE = 0.9


class NerRecognizer(EntityRecognizer):
    """Persons and places that the models find, without what is clinical where it stands."""

    def __init__(self) -> None:
        super().__init__(supported_entities=["ADDRESS", "NAME", "ORGANIZATION"], name="ner", version="2")
        self.marks = marks("ner", self)

    def load(self) -> None:
        """Load nothing: the engine has run the models."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Return the models' entities that can be identifiers."""
        if nlp_artifacts is None:
            return []
        found = cast(list[Entity], nlp_artifacts.entities)
        return [
            RecognizerResult(entity.label, start, end, entity.score, recognition_metadata=self.marks)
            for entity in found
            for start, end in _pieces(text, entity)
        ]


def _pieces(text: str, entity: Entity) -> Iterator[tuple[int, int]]:
    """Yield the parts of an entity on each line that are not clinical; a model's entity may run over lines."""
    for line in _LINE.finditer(text, entity.start, entity.end):
        piece = line[0].strip(_EDGE)
        if not piece:
            continue
        start = line.start() + line[0].index(piece)
        end = start + len(piece)
        if not _may_identify(piece, entity) or _is_term(text, start, end, entity):
            continue
        if entity.label == "ADDRESS":
            # 450 Elmhaven 15, 7610 Springfield
            before, after = _NUMBER_BEFORE.search(text, max(0, start - 12), start), _NUMBER_AFTER.match(text, end)
            start, end = before.start("v") if before else start, after.end("v") if after else end
        yield start, end


def _is_term(text: str, start: int, end: int, entity: Entity) -> bool:
    """Tell whether a name is that of a disease, a sign or an instrument where it stands."""
    words = lexicon()
    phrase = text[start:end]
    if not words.all_clinical(phrase):
        return False
    if entity.score < _SURE or not words.names.intersection(parts(phrase)) | surnames(parts(phrase)):
        return True
    after = _AFTER.match(text, end)
    return bool(after and (after["s"] or words.is_clinical(after["word"].casefold())))


def _may_identify(piece: str, entity: Entity) -> bool:
    words = lexicon()
    inner = parts(piece)
    if not _LETTERS.search(piece):
        return False
    if words.names.intersection(inner):
        return True
    if words.all_plain(piece) and not (entity.score > _SURE and surnames(inner)):
        return False
    if entity.score < _SURE and (piece.islower() or _SHORT_CAPITALS.fullmatch(piece)):
        return False
    # A place with a digit or a clinical word in it is a lab value or a body site.
    return not (entity.label == "ADDRESS" and (any(c.isdigit() for c in piece) or any(map(words.is_clinical, inner))))
