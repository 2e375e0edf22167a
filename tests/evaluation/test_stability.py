"""What is found in our own notes does not depend on whose names they hold, or how they are written.

Each variant may lose a point of recall to the notes as they are. What does not hold yet is expected to fail, with what
was measured.
"""

import random
from collections.abc import Callable, Mapping
from functools import cache

import pytest
from _pytest.mark import ParameterSet

from pipeline.evaluation.gold import Document
from pipeline.evaluation.labels import load_labels
from pipeline.evaluation.perturb import DATE_FORMS, in_case, with_blanks, with_dates, with_names, with_typos
from pipeline.evaluation.run import evaluate
from pipeline.evaluation.score import ALL, Score
from pipeline.redact.detector import load_detector
from tests.evaluation.notes import names, notes

LABELS = load_labels()
MAY_FALL = 0.01


def _named(origin: str) -> Callable[[Document], Document]:
    lists = names()[origin]
    return lambda note: with_names(note, LABELS, lists["given"], lists["family"], random.Random(note.id))


def _dated(form: str) -> Callable[[Document], Document]:
    return lambda note: with_dates(note, LABELS, form)


VARIANTS: Mapping[str, Callable[[Document], Document]] = {
    "as they are": lambda note: note,
    **{f"names: {origin}": _named(origin) for origin in names()},
    **{f"dates: {form}": _dated(form) for form in DATE_FORMS},
    "all lower case": lambda note: in_case(note, str.lower),
    "ALL CAPITALS": lambda note: in_case(note, str.upper),
    "typos": lambda note: with_typos(note, 0.1, random.Random(note.id)),
    "blanks": lambda note: with_blanks(note, 0.2, random.Random(note.id)),
}
# By how much recall, or survival, was measured to fall where it falls by more than it may.
FALLS = {
    "names: chinese": 0.030, "names: indian": 0.012, "names: nigerian": 0.010, "names: korean": 0.022,
    "names: ethiopian": 0.014, "names: hawaiian": 0.022, "all lower case": 0.034, "ALL CAPITALS": 0.014,
    "blanks": 0.012,
}  # fmt: skip
FALLS_OF_SURVIVAL = {"ALL CAPITALS": 0.024}


@cache
def score(variant: str) -> Score:
    return evaluate(map(VARIANTS[variant], notes()), load_detector(), LABELS)


def variants(falls: Mapping[str, float]) -> list[ParameterSet]:
    return [
        pytest.param(
            name,
            marks=[pytest.mark.xfail(strict=False, reason=f"falls by {falls[name]:.1%}")] if name in falls else [],
        )
        for name in VARIANTS if name != "as they are"
    ]  # fmt: skip


@pytest.mark.parametrize("variant", variants(FALLS))
def test_recall_does_not_depend_on_it(variant: str) -> None:
    assert score(variant).spans_found[ALL].of == score("as they are").spans_found[ALL].of
    assert score(variant).spans_found[ALL].value >= score("as they are").spans_found[ALL].value - MAY_FALL


@pytest.mark.parametrize("variant", variants(FALLS_OF_SURVIVAL))
def test_survival_does_not_depend_on_it(variant: str) -> None:
    assert score(variant).kept[ALL].value >= score("as they are").kept[ALL].value - MAY_FALL


# Bars: recall 0.99, survival 0.995. Floors: what was measured, a little less.
def test_the_notes_as_they_are() -> None:
    plain = score("as they are")
    assert plain.spans_found[ALL].value >= 0.95
    assert plain.kept[ALL].value >= 0.97
    assert plain.over_redacted.value <= 0.03
