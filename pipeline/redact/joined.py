"""Put together what is set apart in a text: letters and digits spaced out, words and numbers across lines.

Each finding is an edit of the text: a stretch, and what is read in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from pipeline.records import ENTITIES
from pipeline.redact.detector.words import lexicon

Edit = tuple[int, int, str]

_SHORTEST_NUMBER = 7
_SHORTEST_EVEN = 9


def joins(text: str) -> list[Edit]:
    """Return edits, sorted and apart."""
    found: list[Edit] = []
    if "\n" in text:
        found += _across_lines(text)
    found += _spaced_letters(text)
    found += _spaced_digits(text)
    found += _misread_digits(text)
    if "[" in text:
        found += ((*match.span(), "") for match in _INNER_TAG.finditer(text))
    apart: list[Edit] = []
    for edit in sorted(found):
        if not apart or edit[0] >= apart[-1][1]:
            apart.append(edit)
    return apart


_L = r"[^\W\d_]"
# "J o h n", "J.o.h.n": the same sign between all letters; of dotted ones more than "b.i.d." has.
_SPACED_WORD = re.compile(rf"(?<![^\W_]){_L}(?P<s>[ ._*·-]){_L}(?:(?P=s){_L})+(?![^\W_])")
_BETWEEN_WORDS = re.compile(r" {2,8}| ?[/|,_] ?")


def _spaced_letters(text: str) -> Iterator[Edit]:
    last_end = -1
    for match in _SPACED_WORD.finditer(text):
        start, end = match.span()
        if match["s"] == "." and end - start <= len("b.i.d"):
            continue
        if last_end >= 0 and _BETWEEN_WORDS.fullmatch(text, last_end, start):
            yield last_end, start, ", " if "," in text[last_end:start] else " "
        last_end = end
        for at in range(start + 1, end, 2):
            # "J o h n S m i t h": a capital after a small letter begins a word.
            yield at, at + 1, " " if text[at - 1].islower() and text[at + 1].isupper() else ""


# "6 1 7  5 5 5  0 1 2 3": single digits, and wider gaps between groups of them.
_SPACED_NUMBER = re.compile(
    r"(?<![^\W_])(?<!\d[.,])\d(?:[ ._*-]\d){2,}(?:(?: {2,4}| {0,2}[-.()/]{1,2} {0,2})\d(?:[ ._*-]\d)+){0,4}(?![^\W_])"
)
# Where the hyphens of a telephone number are.
_GROUPS = {10: (3, 6), 11: (1, 4, 7)}
_HIGHEST_SCORE = 5


def _spaced_digits(text: str) -> Iterator[Edit]:
    for match in _SPACED_NUMBER.finditer(text):
        digits = [at for at in range(*match.span()) if text[at].isdigit()]
        values = [int(text[at]) for at in digits]
        counted = all(b - a == values[1] - values[0] for a, b in pairwise(values))
        gaps = [b - a for a, b in pairwise(digits)]
        least, even = min(gaps), max(gaps) == min(gaps)
        # A few digits at equal distances, or none above 5, are scores in a row.
        scores = even and (len(digits) < _SHORTEST_EVEN or max(values) <= _HIGHEST_SCORE)
        if len(digits) < _SHORTEST_NUMBER or counted or scores:
            continue
        breaks = _GROUPS.get(len(digits), ())
        for place, (at, gap) in enumerate(zip(digits, gaps, strict=False), 1):
            grouped = place in breaks if even else gap > least
            yield at + 1, at + gap, "-" if grouped else ""


_D = r"[0-9OoIl|SB]"
# Shapes of numbers, with letters where digits were misread.
_MISREAD = re.compile(
    rf"(?<!\w)(?:\(?{_D}{{3}}\)?[-. ]{{1,2}}{_D}{{3}}[-. ]{_D}{{4}}|{_D}{{3}}-{_D}{{2}}-{_D}{{4}}"
    rf"|{_D}{{3}}[-.]{_D}{{4}}"
    rf"|{_D}{{1,2}}(?P<s>[/-]){_D}{{1,2}}(?P=s)(?:{_D}{{4}}|{_D}{{2}})|[0-9]{_D}{{5,12}}[0-9])(?!\w)"
)
_DIGIT_OF = {"O": "0", "o": "0", "I": "1", "l": "1", "|": "1", "S": "5", "B": "8"}
_LEAST_DIGITS = 0.6


def _misread_digits(text: str) -> Iterator[Edit]:
    for match in _MISREAD.finditer(text):
        signs = [c for c in match.group() if c.isdigit() or c in _DIGIT_OF]
        digits = sum(c.isdigit() for c in signs)
        if digits == len(signs) or digits < _LEAST_DIGITS * len(signs):
            continue
        for at in range(*match.span()):
            if text[at] in _DIGIT_OF:
                yield at, at + 1, _DIGIT_OF[text[at]]


_BREAK = r"[ \t]*\r?\n[ \t]*"
_WORD_BREAK = re.compile(rf"(?<={_L}{_L})-{_BREAK}(?=[a-zß-ÿ]{{2}})")
_HYPHEN_BREAK = re.compile(rf"(?<={_L}-){_BREAK}(?=[A-Z])")
_NUMBER_BREAK = re.compile(
    rf"(?<=\d[-/]){_BREAK}(?=\d)|(?<=\d\d\d\.){_BREAK}(?=\d{{3}})|(?<=\d\d){_BREAK}(?=[-.]\d{{3}})|(?<=@){_BREAK}(?=\w)"
    rf"|(?<=\w){_BREAK}(?=@\w)"
)
_AREA_BREAK = re.compile(rf"(?<=\(\d{{3}}\)){_BREAK}(?=\d{{3}})")
_CAPITALISED = r"[A-Z][^\W\d_]*(?:['’-][^\W\d_]+)*"
# "Seen by Dr. John⏎Smith yesterday"; not "Pt: John⏎Allergies: none".
_NAME_BREAK = re.compile(
    r"(?i:\b(?:dr|mrs?|ms|miss|prof|doctor|name|patient|pt|by|with|son|daughter|wife|husband|mother|father|brother|"
    rf"sister)\b)[.:]?[ ]{{1,2}}(?:{_CAPITALISED}[ ][A-Z]\.|(?:{_CAPITALISED}\.?[ ]){{0,2}}{_CAPITALISED})"
    rf"(?P<gap>{_BREAK})(?=(?P<next>{_CAPITALISED})(?:[ ][a-z]|[.,;]|[ \t]*\r?$))"
    rf"|(?i:\b(?:dr|mrs?|ms|prof)\b)\.?(?P<title>{_BREAK})(?={_CAPITALISED}(?![^\W_]|[ ]?:))",
    re.MULTILINE,
)


def _across_lines(text: str) -> Iterator[Edit]:
    for pattern, new in ((_WORD_BREAK, ""), (_HYPHEN_BREAK, ""), (_NUMBER_BREAK, ""), (_AREA_BREAK, " ")):
        yield from ((*match.span(), new) for match in pattern.finditer(text))
    for match in _NAME_BREAK.finditer(text):
        if match["next"] is None or not lexicon().all_plain(match["next"]):
            yield (*match.span("title" if match["next"] is None else "gap"), " ")


# A tag inside a word or number, however it is written, is there to break it.
_TAG_LIKE = r"\[\s?(?:" + "|".join(r"\s?".join(entity) for entity in ENTITIES) + r")\s?\]"
_INNER_TAG = re.compile(
    rf"(?<=[\w@]){_TAG_LIKE}(?=[\w@])|(?<=\d){_TAG_LIKE}(?=[-. ]\d)|(?<=\d[-. ]){_TAG_LIKE}(?=\d)", re.IGNORECASE
)
