"""Replace spans by tags or by what a function makes of them, with Presidio's anonymizer."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from presidio_anonymizer import AnonymizerEngine, OperatorConfig
from presidio_anonymizer.entities import RecognizerResult
from presidio_anonymizer.operators import Operator, OperatorType

from pipeline.errors import RedactionError
from pipeline.records import TAG
from pipeline.redact.detector.merge import union
from pipeline.redact.spans import ENTITIES, Span

ADJACENT = re.compile(rf"\[(?P<entity>{'|'.join(ENTITIES)})\](?:[\s,]*\[(?P=entity)\])+")


class TagOperator(Operator):
    """Writes the class of an identifier in its place, as `[NAME]`."""

    def operate(self, text: str | None = None, params: dict[str, str] | None = None) -> str:
        """Return the tag."""
        return f"[{(params or {})['entity_type']}]"

    def validate(self, params: dict[str, str] | None = None) -> None:
        """Accept only the classes that text is redacted to."""
        if (params or {}).get("entity_type") not in ENTITIES:
            raise RedactionError("unknown_entity")

    def operator_name(self) -> str:
        """Return the name under which configurations know it."""
        return "tag"

    def operator_type(self) -> OperatorType:
        """Return that it hides, and cannot bring back."""
        return OperatorType.Anonymize


@cache
def _engine() -> AnonymizerEngine:
    # Its debug lines would tell positions and classes.
    logging.getLogger("presidio-anonymizer").setLevel(logging.ERROR)
    engine = AnonymizerEngine()  # type: ignore[no-untyped-call]  # vendor
    engine.add_anonymizer(TagOperator)
    return engine


def tag(text: str, spans: Iterable[Span]) -> str:
    """Return the text with a tag in place of each span; spans may overlap."""
    return tag_with(text, spans, {})


def tag_with(text: str, spans: Iterable[Span], operators: Mapping[str, Callable[[str], str]]) -> str:
    """Return the text with each span replaced by its class's function, or by a tag where there is none.

    Tags of one class with nothing but blanks and commas between them become one.
    """
    whole = union(over_whole_tags(text, spans))
    if whole:
        config = {entity: OperatorConfig("custom", {"lambda": function}) for entity, function in operators.items()}
        config["DEFAULT"] = OperatorConfig("tag")
        results = [RecognizerResult(span.entity, span.start, span.end, span.score) for span in whole]
        # Not merged beforehand: a function gets one date, not two.
        text = _engine().anonymize(text, results, config, merge_entities_with_spaces=False).text
    return ADJACENT.sub(r"[\g<entity>]", text)


def over_whole_tags(text: str, spans: Iterable[Span]) -> list[Span]:
    """Return the spans, those that cut into a tag grown over it."""
    tags = [match.span() for match in TAG.finditer(text)]
    grown = []
    for span in spans:
        start, end = span.start, span.end
        for tag_start, tag_end in tags:
            if start < tag_end and tag_start < end:
                start, end = min(start, tag_start), max(end, tag_end)
        grown.append(Span(start, end, span.entity, span.score, span.detector))
    return grown
