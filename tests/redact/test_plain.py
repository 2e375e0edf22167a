"""Whatever stands between the letters of an identifier, it is found; and clinical text reads as it stands."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import RedactionError
from pipeline.records import ENTITIES, Identifier
from pipeline.redact.detector import load_detector
from pipeline.redact.plain import read, reading, views
from pipeline.redact.spans import Span
from pipeline.redact.text import detect_and_tag, search_known
from pipeline.redact.written_dates import mark_date

_FINDS = re.compile(
    r"John Smith|\bJohn\b|\bSmith\b|\bGarcia-Lopez\b|617-555-0123|\b6175550123\b|03/14/1952|jo@example\.org"
)


def detect(texts: Sequence[str]) -> list[tuple[Span, ...] | RedactionError]:
    """Find some names and numbers in their ordinary form only."""
    return [tuple(find(text)) for text in texts]


def find(text: str) -> list[Span]:
    return [Span(*match.span(), "NAME", 1.0, "test") for match in _FINDS.finditer(text)]


def gone(text: str) -> list[str]:
    (spans,) = reading(detect)([text])
    assert isinstance(spans, tuple)
    return [text[span.start : span.end] for span in spans]


OBFUSCATED = {
    "zero-width space": ("seen J\u200boh\u200bn now", ["J\u200boh\u200bn"]),
    "zero-width at the edges": ("seen \u200bJohn\u2060 now", ["\u200bJohn\u2060"]),
    "soft hyphen": ("seen Sm\u00adith now", ["Sm\u00adith"]),
    "byte order mark": ("\ufeffJohn came", ["\ufeffJohn"]),
    "marks of direction": ("seen \u202eJohn\u202c now", ["\u202eJohn\u202c"]),
    "variation selector": ("J\ufe0fohn", ["J\ufe0fohn"]),
    "control characters": ("Jo\x00hn\x08 came", ["Jo\x00hn\x08"]),
    "Cyrillic letters": ("seen J\u043ehn Sm\u0456th now", ["J\u043ehn Sm\u0456th"]),
    "Greek letters": ("seen J\u03bfhn now", ["J\u03bfhn"]),
    "full width": ("\uff2a\uff4fhn, \uff16\uff11\uff17-555-0123", ["\uff2a\uff4fhn", "\uff16\uff11\uff17-555-0123"]),
    "mathematical letters": ("seen \U0001d409\U0001d428hn", ["\U0001d409\U0001d428hn"]),
    "other digits": ("\u0666\u0661\u0667-555-0123", ["\u0666\u0661\u0667-555-0123"]),
    "keycaps": ("6\ufe0f\u20e317-555-0123", ["6\ufe0f\u20e317-555-0123"]),
    "crossed out": ("J\u0336o\u0336h\u0336n\u0336 came", ["J\u0336o\u0336h\u0336n\u0336"]),
    "exotic blank": ("John\u00a0Smith, John\u2003Smith", ["John\u00a0Smith", "John\u2003Smith"]),
    "exotic hyphens": ("617\u2011555\u20130123 Garcia\u2010Lopez", ["617\u2011555\u20130123", "Garcia\u2010Lopez"]),
    "long dash in a number": ("617\u2014555\u20140123", ["617\u2014555\u20140123"]),
    "entities": ("John&nbsp;Sm&#105;th jo&#x40;example.org", ["John&nbsp;Sm&#105;th", "jo&#x40;example.org"]),
    "entity of an entity": ("John&amp;nbsp;Smith", ["John&amp;nbsp;Smith"]),
    "escapes": (r"J\u006fhn and jo\x40example.org", [r"J\u006fhn", r"jo\x40example.org"]),
    "escaped line": (r"came\nJohn", ["John"]),
    "spaced letters": ("seen J o h n   S m i t h now", ["J o h n   S m i t h"]),
    "spaced letters, one gap": ("seen J o h n S m i t h now", ["J o h n S m i t h"]),
    "dotted letters": ("seen J.o.h.n now", ["J.o.h.n"]),
    "spaced digits": ("at 6 1 7 5 5 5 0 1 2 3 now", ["6 1 7 5 5 5 0 1 2 3"]),
    "spaced local number": ("at 6 1 7 -  5 5 5 - 0 1 2 3 now", ["6 1 7 -  5 5 5 - 0 1 2 3"]),
    "initial at a line's end": ("Dr. John\nSmith, Dr. J. Q.\nJohn Smith", ["John\nSmith", "John Smith"]),
    "spaced groups": ("at 6 1 7  5 5 5  0 1 2 3 now", ["6 1 7  5 5 5  0 1 2 3"]),
    "word across lines": ("Mr. Smi-\n  th came", ["Smi-\n  th"]),
    "hyphen at a line's end": ("Ms Garcia-\nLopez", ["Garcia-\nLopez"]),
    "number across lines": ("at 617-555-\r\n0123 now", ["617-555-\r\n0123"]),
    "name across lines": ("Seen by Dr. John\nSmith yesterday", ["John\nSmith"]),
    "misread digits": ("at 6l7-555-Ol23, born O3/l4/1952", ["6l7-555-Ol23", "O3/l4/1952"]),
    "a tag in a number": ("at 617-[ID]555-0123", ["617-[ID]555-0123"]),
    "a tag in a word": ("J[NAME]ohn", ["J[NAME]ohn"]),
    "a spaced tag in a word": ("J[N A M E]ohn", ["J[N A M E]ohn"]),
    "a tag that looks like one": ("J[N\u0410ME]ohn", ["J[N\u0410ME]ohn"]),
    "all at once": ("J\u200b o h\u00a0n", ["J\u200b o h\u00a0n"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), OBFUSCATED.values(), ids=OBFUSCATED)
def test_found(text: str, expected: list[str]) -> None:
    assert gone(text) == expected


READ_AS_WRITTEN = [
    "O2 and B12, T1-T2, SpO2 98%, 5 l/min, S1 S2, I/O, BP 120/80\nHR 72\n- aspirin 81 mg\n1. rest\n2. ice",
    "10⁹/L, m², ½ tablet, 5 µg, 37 ℃, 2×5, ±2, ≥3, → home, • pain",
    "L R columns, W\\D, c\\o pain, a & b; AT&T",
    "β-blocker, γ-GT, Δ, μg",
    "Иван Сидоров, Γιώργος",
    "José García’s “friend” — well…",
    "Dr. Smith\nDischarged home",
    "Pt: John\nAllergies: none",
    "pain 2 3 2 1 0, scores 7 6 7 5 4 6 8, 2 3 2 1 0 0 1 2 3 5",
    "went to Dr. X.\nCurrently well",
    "1 2 3 4 5 6 7 8 9 10",
    "on [DATE] 12 mg, [NAME] 5",
]


@pytest.mark.parametrize("text", READ_AS_WRITTEN)
def test_read_as_written(text: str) -> None:
    assert [view.text for view in views(text)] == [text]


@pytest.mark.parametrize("text", ["A B C", "P R N", "T P R B P", "9 1 2 4 5 6 7 8 9"])
def test_both_readings(text: str) -> None:
    plain, joined = views(text)
    assert (plain.text, joined.text) == (text, text.replace(" ", ""))


def test_what_touches_no_join_is_not_taken_from_the_joined_view() -> None:
    def counts(text: str) -> list[Span]:
        return [Span(0, 4, "NAME" if text.startswith("Mary") and "P R N" in text else "ID", 1.0, "test")]

    assert [span.entity for span in read("Mary P R N", counts)] == ["NAME"]


def test_an_error_with_a_view_is_one_with_the_text() -> None:
    def refuses(texts: Sequence[str]) -> list[tuple[Span, ...] | RedactionError]:
        return [RedactionError("detector_error") if text == "PRN" else () for text in texts]

    errors = [isinstance(outcome, RedactionError) for outcome in reading(refuses)(["P R N", "prn"])]
    assert errors == [True, False]


def test_redaction_reads_and_the_rest_stays_as_written() -> None:
    text = "J\u200bohn\u00a0took O2 at 5\u202fl/min; [NAME] & 6 1 7 5 5 5 0 1 2 3 stay\u00aded."
    ((tagged, _),) = detect_and_tag(detect, [text], keep_dates=False, again=load_detector().again)  # type: ignore[misc]
    assert tagged == "[NAME]\u00a0took O2 at 5\u202fl/min; [NAME] & [NAME] stay\u00aded."


def test_known_identifiers_are_read_too_and_marked_dates_are_not() -> None:
    identity = frozenset([Identifier("name", "Zyxwell, Ada"), Identifier("id", "20250114")])
    text = f"Z y x w e l l and Zy\u200bxwell on {mark_date('01/14/2025')}, MRN 2025O114"
    assert search_known(text, identity).text == f"[NAME] and [NAME] on {mark_date('01/14/2025')}, MRN [ID]"


@pytest.mark.parametrize("entity", ENTITIES)
def test_tags_survive(entity: str) -> None:
    text = f"[{entity}] came, [{entity}]."
    assert views(text)[0].text == text
    ((tagged, _),) = detect_and_tag(detect, [text], keep_dates=False, again=load_detector().again)  # type: ignore[misc]
    assert tagged == text


PIECES = (
    *"JohnSlO -.617@\n", "  ", "\u200b", "\u00ad", "\u043e", "\u0301", "\uff2a", "\ufb01", "\u2014", "\u00a0",
    "\ue001", "\ue004", "&nbsp;", "&amp;", "&#xe000;", "\\n", "\\u004a", "[NAME]", "[N A M E]",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(TEXTS)
def test_a_view_covers_its_text_and_never_turns_back(text: str) -> None:
    plain, *rest = views(text)
    for view in (plain, *rest):
        assert len(view.text) == len(view.starts) == len(view.ends)
        assert all(0 <= start < end <= len(text) for start, end in zip(view.starts, view.ends, strict=True))
        for places in (view.starts, view.ends):
            assert all(one <= other for one, other in itertools.pairwise(places))
    if plain.text:
        covered = {at for start, end in zip(plain.starts, plain.ends, strict=True) for at in range(start, end)}
        assert covered == set(range(len(text)))
    assert [c for c in plain.text if "\ue000" <= c <= "\ue004"] == [c for c in text if "\ue000" <= c <= "\ue004"]


@given(
    st.text(st.characters(codec="ascii", categories=["L", "P", "Zs"], exclude_characters="\\&[._*|@-'\"/"), max_size=40)
)
def test_plain_text_is_itself(text: str) -> None:
    plain = views(text)[0]
    assert plain.text is text
    assert plain.starts == range(len(text))


@given(TEXTS)
def test_finds_lie_in_the_text_and_do_not_overlap(text: str) -> None:
    spans = read(text, find)
    assert all(one.end <= other.start for one, other in itertools.pairwise(spans))
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
