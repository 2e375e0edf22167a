"""The counts, worked out by hand."""

from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.evaluation.gold import Document, GoldSpan
from pipeline.evaluation.labels import RULES, load_labels
from pipeline.evaluation.score import ALL, Score, Share
from pipeline.redact.spans import Span

LABELS = load_labels()


def marked(text: str, *words: tuple[str, str]) -> Document:
    """Return a document in which the words, each with a label, are marked where they first stand."""
    return Document("1", text, tuple(GoldSpan(text.index(w), text.index(w) + len(w), label) for w, label in words))


def found(text: str, *words: tuple[str, str]) -> list[Span]:
    return [Span(text.index(w), text.index(w) + len(w), entity, 0.9, "names") for w, entity in words]


def scored(document: Document, *words: tuple[str, str]) -> Score:
    score = Score()
    score.add(document, found(document.text, *words), LABELS)
    return score


TEXT = "Ada Quill, 45, a pilot, saw Dr. Moss on 3/14 about ataxia."
DOCUMENT = marked(
    TEXT, ("Ada Quill", "PERSON"), ("45", "AGE"), ("pilot", "PROFESSION"), ("Moss", "DOCTOR"), ("3/14", "DATE"),
    ("ataxia", "PROBLEM"),
)  # fmt: skip


def test_recall_is_of_whole_spans_and_of_characters() -> None:
    score = scored(DOCUMENT, ("Ada", "NAME"), ("3/14", "ID"))
    assert (score.spans_found["NAME"].right, score.spans_found["NAME"].of) == (0, 2)
    assert (score.chars_found["NAME"].right, score.chars_found["NAME"].of) == (3, 12)
    assert (score.spans_found["DATE"].right, score.spans_found[ALL].right, score.spans_found[ALL].of) == (1, 1, 3)
    assert score.errors == {("partly", "NAME", "PERSON"): 1, ("missed", "NAME", "DOCTOR"): 1}


def test_what_is_out_of_scope_counts_for_nothing() -> None:
    score = scored(DOCUMENT, ("45", "AGE"), ("pilot", "NAME"))
    assert score.out_of_scope == {
        "AGE: under_90": 1,
        "PROFESSION: occupations are not listed": 1,
    }
    assert not score.spans_right["NAME"].of
    assert (score.over_redacted.right, score.over_redacted.of) == (0, 19)
    assert "false_alarm" not in {kind for kind, _, _ in score.errors}


def test_precision_counts_what_takes_words_of_nobody() -> None:
    score = scored(DOCUMENT, ("Moss on", "NAME"), ("about", "NAME"), ("ataxia", "ADDRESS"))
    assert (score.spans_right["NAME"].right, score.spans_right["NAME"].of) == (1, 2)
    assert (score.chars_right["NAME"].right, score.chars_right["NAME"].of) == (4, 11)
    assert score.over_redacted.right == len("onaboutataxia")
    assert (score.kept["PROBLEM"].right, score.kept["PROBLEM"].of) == (0, 1)
    assert score.errors["lost", "PROBLEM", "names"] == 1


def test_texts_without_identifiers_are_untouched_or_not() -> None:
    score = Score()
    for text, words in (("No pain.", []), ("No rash, 45.", [("rash", "NAME")]), ("He is 45.", [("45", "AGE")])):
        document = marked(text, *[("45", "AGE")] if "45" in text else [])
        score.add(document, found(text, *words), LABELS)
    assert (score.untouched.right, score.untouched.of) == (2, 3)


def test_a_refused_text_leaks_nothing_and_keeps_nothing() -> None:
    score = Score()
    score.refuse(DOCUMENT, LABELS, "detector_error")
    assert score.refused == {"detector_error": 1}
    assert not score.spans_found
    assert (score.kept[ALL].right, score.kept[ALL].of) == (0, 1)


def test_where_only_what_to_keep_is_marked_nothing_is_a_false_alarm() -> None:
    score = scored(marked("Ada has ataxia.", ("ataxia", "PROBLEM")), ("Ada", "NAME"))
    result = score.as_json()
    assert result["survival"]["all"]["share"] == 1
    assert "span_precision" not in result
    assert result["errors"] == []


# Computed with the formula of the NIST/SEMATECH handbook, 7.2.4.1.
@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (97, 100, 0.9155, 0.9897), (0, 0, 0.0, 1.0)],
)
def test_the_interval_is_wilsons(right: int, of: int, low: float, high: float) -> None:
    assert Share(right, of).interval == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("rule", "out", "within"),
    [
        ("no_date", ["1977", "Tuesday", "Mon", "in 2014", "two weeks ago", "14:30", "8 am", "the '60s", "last spring"],
         ["3/14", "March", "June 2014", "2000-04-16 11:34:35", "Christmas", "the 4th", "Tues 3/4"]),
        ("under_90", ["45", "89 years", "3-week-old", "in his 80s"], ["90", "102-year-old", "97+", "ninety-two"]),
        ("state_or_country", ["Canada", "the Netherlands", "Ohio", "N.H.", "Cyprus (Greek)", "UNITED KINGDOM"],
         ["Lyon", "New York", "Millbrook, NH", "Northwest clinic"]),
    ],
)  # fmt: skip
def test_rules_decide_by_the_text(rule: str, out: list[str], within: list[str]) -> None:
    assert {text: RULES[rule](text) for text in out + within} == dict.fromkeys(out, True) | dict.fromkeys(within, False)


def test_unknown_labels_are_named_and_values_are_not() -> None:
    LABELS.check(["person", "Phone-Number", "AGE_90+"])
    with pytest.raises(ConfigError, match=r"unknown labels: BRAND, SHOE_SIZE and 1 that do not look like") as caught:
        LABELS.check(["SHOE_SIZE", "BRAND", "Ada Quill, 3/14", "NAME"])
    assert "Quill" not in str(caught.value)


def test_an_own_map_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("SHOE_SIZE: ID\nPERSON: out of scope all are made up\nBRAND: keep\nYEAR: DATE unless no_date\n")
    labels = load_labels(path)
    assert labels.meaning("shoe size", "9").entity == "ID"
    assert labels.meaning("PERSON", "Ada").reason == "all are made up"
    assert labels.meaning("BRAND", "x").keep
    assert labels.meaning("YEAR", "1999").reason == "no_date"
    assert labels.meaning("DOCTOR", "Moss").entity == "NAME"


@pytest.mark.parametrize("value", ["PERSON", "DATE unless raining", "DATE unless", "drop", "12"])
def test_a_wrong_map_is_refused(tmp_path: Path, value: str) -> None:
    (tmp_path / "own.yaml").write_text(f"SHOE_SIZE: {value}\n")
    with pytest.raises(ConfigError, match="value of SHOE_SIZE must be a class"):
        load_labels(tmp_path / "own.yaml")
