"""What spaCy's named entity recognition adds: persons and places.

Organizations and dates of the model are not used: in notes most of them are headings, drugs and durations.
Labels: https://spacy.io/models/en#en_core_web_sm-labels
"""

from __future__ import annotations

import re

from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from pipeline.redact.detector.base import marks
from pipeline.redact.detector.words import lexicon, parts

LABELS = {"PERSON": "NAME", "PER": "NAME", "GPE": "ADDRESS", "LOC": "ADDRESS", "FAC": "ADDRESS"}
SCORE = 0.6
_LINE = re.compile(r"[^\n\t\[\]|]+")
_EDGE = " .,;:()*-–#/\"'’"
_SHORT_CAPITALS = re.compile(r"[A-Z0-9/&.-]{1,5}")
_LETTERS = re.compile(r"[^\W\d_]{2,}")


class NerRecognizer(EntityRecognizer):
    """Persons and places that the language model finds."""

    def __init__(self) -> None:
        super().__init__(supported_entities=sorted(set(LABELS.values())), name="ner", version="1")
        self.marks = marks("ner", self)

    def load(self) -> None:
        """Load nothing: the engine has run the model."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Return the model's entities that can be identifiers."""
        if nlp_artifacts is None:
            return []
        return [
            RecognizerResult(entity, start, end, SCORE, recognition_metadata=self.marks)
            for found in nlp_artifacts.entities
            for entity in (LABELS.get(found.label_),)
            if entity is not None
            for start, end in _pieces(text, found.start_char, found.end_char, entity)
        ]


def _pieces(text: str, start: int, end: int, entity: str) -> list[tuple[int, int]]:
    """Return the parts of an entity on each line that are not clinical; a model's entity may run over lines."""
    kept = []
    for line in _LINE.finditer(text, start, end):
        piece = line[0].strip(_EDGE)
        if not piece:
            continue
        at = line.start() + line[0].index(piece)
        if _may_identify(piece, entity) and not lexicon().is_term(text, at, at + len(piece)):
            kept.append((at, at + len(piece)))
    return kept


def _may_identify(piece: str, entity: str) -> bool:
    words = lexicon()
    inner = parts(piece)
    if not _LETTERS.search(piece) or (words.all_plain(piece) and not words.names.intersection(inner)):
        return False
    known = bool(words.names.intersection(inner))
    if _SHORT_CAPITALS.fullmatch(piece) and not known:
        return False
    if piece.islower() and not known:
        return False
    # A place with a digit or a clinical word in it is a lab value or a body site.
    return not (entity == "ADDRESS" and (any(c.isdigit() for c in piece) or any(map(words.is_clinical, inner))))
