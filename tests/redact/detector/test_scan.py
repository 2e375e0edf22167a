"""A rule tried around its anchor finds what it finds on the whole text: proved over every text that the tests know."""

from __future__ import annotations

import ast
import itertools
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ConfigError
from pipeline.redact.detector import RECOGNIZERS, tag, tag_with
from pipeline.redact.detector.anchors import Anchors, scanned
from pipeline.redact.detector.base import Found, Rule, RuleRecognizer
from pipeline.redact.detector.engine import Patterns
from pipeline.redact.detector.registry import Registry
from pipeline.redact.detector.scan import BEFORE, Scan, is_of_one_line, lines_of, stretches
from pipeline.redact.written_dates import mark_date, mask_dates

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures"
NOTES = sorted((FIXTURES / "redaction").glob("*.jsonl"))


@cache
def ours() -> tuple[RuleRecognizer, ...]:
    return tuple(each for each in Registry(RECOGNIZERS, "en").recognizers if isinstance(each, RuleRecognizer))


@cache
def cases() -> tuple[str, ...]:
    """Return every string of the tables of cases beside this file."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted(Path(__file__).parent.glob("test_*.py"))]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    found = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return tuple(sorted(text for text in found if text.encode("utf-8", "ignore").decode() == text))


def notes() -> Iterator[str]:
    for path in NOTES:
        for line in path.read_text("utf-8").splitlines():
            yield json.loads(line)["text"]


def found_in(recognizers: tuple[RuleRecognizer, ...], text: str) -> list[tuple[str, Found]]:
    return sorted((each.NAME, found) for each in recognizers for found in each.find(text))


@cache
def scan_of(recognizers: tuple[RuleRecognizer, ...]) -> Scan:
    return Scan(recognizers)


def scan_finds(recognizers: tuple[RuleRecognizer, ...], text: str) -> list[tuple[str, Found]]:
    return sorted((each.NAME, found) for each, found in scan_of(recognizers).find(text))


SEPARATORS = (" ", "\n", "\n\n", ", ", "\r\n", "\x1d", "\x85", "\t", " — ", " é ", "\n\n\n\n\n", " x" * 1200 + " ")
MIXED = st.lists(st.sampled_from(SEPARATORS) | st.deferred(lambda: st.sampled_from(cases())), max_size=12).map("".join)


def test_scan_finds_what_rules_find_in_cases() -> None:
    assert len(cases()) > 500
    for text in cases():
        assert scan_finds(ours(), text) == found_in(ours(), text)


@given(MIXED)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_scan_finds_what_rules_find_in_mixtures(text: str) -> None:
    assert scan_finds(ours(), text) == found_in(ours(), text)


@pytest.mark.skipif(not NOTES, reason=f"no fixtures at {FIXTURES}")
def test_scan_finds_what_rules_find_in_notes() -> None:
    for text in notes():
        assert scan_finds(ours(), text) == found_in(ours(), text)


def test_every_match_that_counts_holds_its_anchor() -> None:
    texts = [*cases(), *notes()]
    without = {}
    for recognizer in ours():
        for rule in recognizer.RULES:
            anchor = re.compile(rule.anchor, re.IGNORECASE)
            for match in (match for text in texts for match in rule.pattern.finditer(text)):
                assert "\n" not in match[0] or not is_of_one_line(rule.pattern)
                # It may start with the character before, as the "_" of "RECORD_NUMBER": where it ends is what counts.
                start, end = max(0, match.start() - 1), match.end()
                if not anchor.search(match.string, start, end) and is_taken(rule, match):
                    without[recognizer.NAME, rule.anchor] = match[0]
    assert without == {}


def is_taken(rule: Rule, match: re.Match[str]) -> bool:
    verdict = True if rule.check is None else rule.check(match)
    return verdict if isinstance(verdict, bool) else bool(list(verdict))


class Wards(RuleRecognizer):
    NAME = "wards"
    ENTITIES = ("ID",)
    RULES: ClassVar[tuple[Rule, ...]] = (
        Rule("ID", re.compile(r"(?<!no )ward\s{1,3}(?P<v>\d{1,3})(?!\d|\s?mg)", re.IGNORECASE), anchor=r"\bward\b"),
        Rule("ID", re.compile(r"(?m)^bed (?P<v>[^\W\d_]+)$"), anchor="bed "),
        Rule("ID", re.compile(r"(?i)[^\W\d_]{2}-strasse\s\d+"), anchor=r"[^\W\d_]-strasse\s\d"),
    )


TAKEN = [
    ("ward 12", ["12"]),
    ("WARD\n\n\n12 and ward 7", ["12", "7"]),
    ("no ward 12", []),
    ("ward 12 mg", []),
    ("wards 12", []),
    ("éward 12, é ward 13", ["12", "13"]),  # the pattern says nothing of what stands before
    ("bed é\nbed two\nbed 3\n", ["é", "two"]),
    ("Ä\u0130-\u017ftrasse \u0663", ["Ä\u0130-\u017ftrasse \u0663"]),
    ("ab-strasse\x1c4", ["ab-strasse\x1c4"]),
    ("x " * 3000 + "ward 12 " + "y " * 3000, ["12"]),
    ("x" * 5000 + " ward 12 " + "y" * 5000, ["12"]),
    ("ward 1\n" + "\n" * 40 + "ward 2\n" + "ward 3\n" * 9, [*"12", *"3" * 9]),
    ("", []),
]


@pytest.mark.parametrize(("text", "taken"), TAKEN)
def test_rules_are_tried_around_their_anchors(text: str, taken: list[str]) -> None:
    found = sorted(found for _, found in Scan([Wards()]).find(text))
    assert [text[one.start : one.end] for one in found] == taken


def test_a_rule_sees_only_the_lines_around_its_anchor() -> None:
    far = Rule("ID", re.compile(r"ward\n{1,9}(?P<v>\d)"), anchor="ward")
    recognizer = type("Far", (Wards,), {"RULES": (far,)})()
    assert [found.start for _, found in Scan([recognizer]).find("ward\n\n\n1 ward\n\n\n\n2")] == [7]


@pytest.mark.parametrize(
    "text", ["", "\n", "a\n", "a\nb", "a " * 4000, "a" * 4001, "a\n" + "b " * 1001 + "\n\nc", "a " * 150]
)
def test_lines_cover_a_text(text: str) -> None:
    lines = lines_of(text)
    assert lines[0] == 0
    assert lines[-1] == len(text)
    assert [text[start:end] for start, end in itertools.pairwise(lines)] == re.split(r"(?<=\n)", text)
    for end in range(1, len(text) + 1, 97):
        ((start, stop),) = stretches(text, lines, [end])
        assert start < end <= stop
        ((first, last),) = stretches(text, lines, [end], one_line=True)
        assert start <= first < end <= last <= stop
        assert "\n" not in text[first : last - 1]


def test_stretches_that_meet_are_one() -> None:
    text = "aa\n" * 20
    lines = lines_of(text)
    assert list(stretches(text, lines, [2, 5, 50])) == [(0, 3 * 5), (3 * (16 - BEFORE), 3 * 20)]
    assert list(stretches(text, lines, [1, 2, 5, 50], one_line=True)) == [(0, 6), (3 * 16, 3 * 17)]


ONE_LINE = [
    (r"ward (?P<v>\d+)", True),
    (r"[^\W\d_]{2}(?!\w)", True),
    (r"(?m)^[^\n]{2} .[^.\d\s]$", True),
    (r"ward\s\d", False),
    (r"ward(?!\s?mg)", False),
    (r"ward[^a]\d", False),
    (r"ward\W\d", False),
    (r"(?s)ward.\d", False),
    ("ward\n", False),
    (r"[^\d]\n", False),
    (r"[^\W\d_][^a-z]", False),
]


@pytest.mark.parametrize(("pattern", "expected"), ONE_LINE)
def test_patterns_of_one_line_are_known(pattern: str, expected: bool) -> None:
    assert is_of_one_line(re.compile(pattern)) == expected


@pytest.mark.parametrize("anchor", ["(?=ward)ward", "ward++", "(ward", "w?"])
def test_an_anchor_that_cannot_be_scanned_for_stops_the_start(anchor: str) -> None:
    rule = Rule("ID", re.compile("ward"), anchor=anchor)
    recognizer = type("Wrong", (Wards,), {"RULES": (*Wards.RULES, rule)})()
    with pytest.raises(ConfigError, match=f"wards: anchor {re.escape(repr(anchor))}: "):
        Scan([recognizer])


def test_a_scan_that_was_broken_off_can_be_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    anchors = Anchors(["a"])

    def fail(_: str) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.redact.detector.anchors.scanned", fail)
        with pytest.raises(KeyboardInterrupt):
            anchors.hits("a")
    assert anchors.hits("banana") == {0: [2, 4, 6]}


@given(st.text(max_size=40))
def test_what_is_scanned_is_of_the_same_classes(text: str) -> None:
    for theirs, byte in zip(text, scanned(text), strict=True):
        assert byte < 128
        for kind in (r"\d", r"\w", r"\s"):
            assert bool(re.match(kind, theirs)) == bool(re.match(kind, chr(byte)))


@cache
def patterns(*, again: bool) -> Patterns:
    return Patterns(Registry(RECOGNIZERS, "en"), again=again)


def looked_again(text: str) -> None:
    """Assert that a second look near what was redacted finds what a look at the whole redacted text finds."""
    whole, near = patterns(again=False), patterns(again=True)
    spans = whole.find(text)
    assert isinstance(spans, tuple)
    for redacted in (tag(text, spans), mask_dates(tag_with(text, spans, {"DATE": mark_date}))):
        assert near.find(redacted) == whole.find(redacted)


@given(MIXED)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_a_second_look_misses_nothing_in_mixtures(text: str) -> None:
    looked_again(text)


@pytest.mark.skipif(not NOTES, reason=f"no fixtures at {FIXTURES}")
def test_a_second_look_misses_nothing_in_notes() -> None:
    for text in itertools.islice(notes(), 0, None, 3):
        looked_again(text)
