"""What the steps of redaction took out is found again in the text as it came."""

from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import RedactionError
from pipeline.records import ENTITIES, Identifier
from pipeline.redact.detector import load_detector, tag
from pipeline.redact.located import Located, locate, redact_located
from pipeline.redact.spans import Detect, Span

ADA = frozenset([Identifier("name", "Quill, Ada"), Identifier("id", "447193"), Identifier("city", "Millbrook")])


def finds(*words: str, entity: str = "NAME") -> Detect:
    """Return a detector that finds the words it is given."""

    def detect(texts: Sequence[str]) -> list[tuple[Span, ...] | RedactionError]:
        return [
            tuple(sorted(
                Span(at, at + len(word), entity, 1.0, "words")
                for word in words for at in range(len(text)) if text.startswith(word, at)
            ))
            for text in texts
        ]  # fmt: skip

    return SimpleNamespace(detect=detect, again=load_detector().again)


def taken(text: str, outcome: Located | RedactionError) -> list[str]:
    assert isinstance(outcome, Located)
    return [text[span.start : span.end] for span in outcome.spans]


CASES = [
    ("Seen by Moss today.", ["Moss"], "Seen by [NAME] today."),
    ("Moss, Moss and Ada Quill came.", ["Moss", "Moss", "Ada", "Quill"], "[NAME] and [NAME] came."),
    ("Moss (447193), then 617-555-0123.", ["Moss", "447193", "617-555-0123"], "[NAME] ([ID]), then [PHONE]."),
    ("Moss 5 and 5 Ada, Moss", ["Moss", "Ada", "Moss"], "[NAME] 5 and 5 [NAME]"),
    ("\ue000Moss\ue002 of Mill\ue001brook\U000f0041", ["Moss", "Mill\ue001brook"], "[NAME] of [ADDRESS]"),
    ("", [], ""),
]


@pytest.mark.parametrize(("text", "expected", "tagged"), CASES)
def test_the_offsets_are_those_of_the_text_that_came(text: str, expected: list[str], tagged: str) -> None:
    (outcome,) = redact_located(finds("Moss"), [text], [ADA])
    assert taken(text, outcome) == expected
    assert isinstance(outcome, Located)
    assert outcome.text == tagged


def test_a_refused_text_has_no_spans_and_costs_no_other() -> None:
    bad, good = redact_located(
        SimpleNamespace(detect=lambda texts: [RedactionError("detector_error"), ()], again=lambda text: ()),
        ["Moss", "Moss"],
        [ADA, ADA],
    )
    assert isinstance(bad, RedactionError)
    assert isinstance(good, Located)


PIECES = st.sampled_from(["Ada", " ", ", ", "[NAME]", "[DATE]", "12", "\n", "x", "[", "]"])


@given(text=st.lists(PIECES, max_size=12).map("".join), data=st.data())
def test_steps_done_over_lead_to_the_same_text(text: str, data: st.DataObject) -> None:
    came, steps = text, []
    for _ in range(2):
        ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(lambda pair: pair[0] < pair[1])
        drawn = data.draw(st.lists(st.tuples(ends, st.sampled_from(ENTITIES[:2])), max_size=3)) if text else []
        spans = [Span(start, end, entity, 1.0, "any") for (start, end), entity in drawn]
        steps.append(spans)
        text = tag(text, spans)
    located = locate(came, steps)
    assert located.text == text
    assert all(0 <= span.start < span.end <= len(came) for span in located.spans)
    assert all(a.end <= b.start for a, b in zip(located.spans, located.spans[1:], strict=False))
