from __future__ import annotations

import pytest

from pipeline.redact.detector import load_detector, tag, tag_with
from pipeline.redact.detector.merge import to_spans
from pipeline.redact.spans import Span


def span(text: str, part: str, entity: str, start: int = 0) -> Span:
    at = text.index(part, start)
    return Span(at, at + len(part), entity, 0.9, "test")


CASES = [
    ("Zelda Quist came", [("Zelda", "NAME"), ("Quist", "NAME")], "[NAME] came"),
    ("Quist, Zelda came", [("Quist", "NAME"), ("Zelda", "NAME")], "[NAME] came"),
    ("Zelda and Ann came", [("Zelda", "NAME"), ("Ann", "NAME")], "[NAME] and [NAME] came"),
    ("Zelda 3/14 came", [("Zelda", "NAME"), ("3/14", "DATE")], "[NAME] [DATE] came"),
    ("42 Elm St\nQuistville", [("42 Elm St", "ADDRESS"), ("Quistville", "ADDRESS")], "[ADDRESS]"),
    ("12 Quist Street", [("Quist", "NAME"), ("12 Quist Street", "ADDRESS")], "[ADDRESS]"),
    ("[NAME] Quist", [("Quist", "NAME")], "[NAME]"),
    ("12 [NAME] Street", [("12 [NAME] Street", "ADDRESS")], "[ADDRESS]"),
    ("12 [NAME] Street", [("NAME] Street", "ADDRESS")], "12 [ADDRESS]"),
    ("[NAME], [NAME] [NAME]", [], "[NAME]"),
    ("[NAME]; [NAME]", [], "[NAME]; [NAME]"),
    ("nothing", [], "nothing"),
    ("", [], ""),
]


@pytest.mark.parametrize(("text", "parts", "tagged"), CASES)
def test_tag(text: str, parts: list[tuple[str, str]], tagged: str) -> None:
    assert tag(text, [span(text, part, entity) for part, entity in parts]) == tagged
    assert tag(tagged, []) == tagged


def test_a_function_gets_each_date_by_itself() -> None:
    text = "3/14/2025 3/16/2025 Zelda"
    seen: list[str] = []

    def shift(date: str) -> str:
        seen.append(date)
        return "4/1/2025"

    spans = [span(text, "3/14/2025", "DATE"), span(text, "3/16/2025", "DATE"), span(text, "Zelda", "NAME")]
    assert tag_with(text, spans, {"DATE": shift}) == "4/1/2025 4/1/2025 [NAME]"
    assert sorted(seen) == ["3/14/2025", "3/16/2025"]


GROWN = [
    ("the Quist-Brandt's dog", "Brandt", "NAME", "Quist-Brandt's"),
    ("xMRN133202y", "MRN133202", "ID", "xMRN133202y"),
    ("3/14-3/16", "3/14", "DATE", "3/14"),
    ("non-Quist", "Quist", "NAME", "non-Quist"),
    ("'Zelda' said", "Zelda", "NAME", "Zelda"),
    ("Zelda- said", "Zelda", "NAME", "Zelda"),
    ("_Zelda_", "Zelda", "NAME", "Zelda"),
    ("zelda_quist", "zelda", "NAME", "zelda_quist"),
    ("x[NAME]Quist", "Quist", "NAME", "Quist"),
]


@pytest.mark.parametrize(("text", "part", "entity", "grown"), GROWN)
def test_spans_grow_to_whole_tokens(text: str, part: str, entity: str, grown: str) -> None:
    (found,) = to_spans(text, [span(text, part, entity)])
    assert text[found.start : found.end] == grown


def test_overlaps_become_one_of_the_longest_class() -> None:
    text = "12 Quist Street Zelda"
    found = to_spans(text, [span(text, "12 Quist Street", "ADDRESS"), span(text, "Street Zelda", "NAME")])
    assert [(text[s.start : s.end], s.entity) for s in found] == [(text, "ADDRESS")]


def test_a_second_look_finds_what_tags_left() -> None:
    text = "[NAME] called 617-555-0123"
    assert [text[s.start : s.end] for s in load_detector().again(text)] == ["617-555-0123"]
