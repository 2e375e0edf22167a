"""Given and family names that are hardly ever anything else in a note.

The list is our own: `schemas/redact/common_names.txt`. Frequencies that it goes by: https://www.ssa.gov/oact/babynames/
"""

from __future__ import annotations

import re
from collections.abc import Collection

from pipeline.redact.detector.base import Rule, RuleRecognizer, before
from pipeline.redact.detector.name_forms import CAPITAL, LONG, Spans, surname
from pipeline.redact.detector.words import lexicon, parts

_NEXT = re.compile(rf"(?:[ ][{CAPITAL}]\.?)?[ ](?P<v>{LONG})")
_AND_NEXT = re.compile(rf"[ ](?:and|&)[ ](?P<v>{LONG})")
# Quist, Jessica; only where a list or a line begins
_BEFORE = re.compile(rf"(?:^|[:(\n][ ]?)(?P<v>{LONG}),[ ]$")
_NEXT_LOWER = re.compile(r"[ ](?P<v>[^\W\d_]{3,30})(?=[ ]?(?:[.,;:!?)]|\n|$|[ ](?:in|on|at|to|for|is|was|has|and)\b))")


def _common(match: re.Match[str]) -> Spans:
    """Yield a common name with the unknown words that go on with it."""
    words = lexicon()
    text, (start, end) = match.string, match.span("v")
    inner = parts(match["v"])
    if not words.names.intersection(inner) or words.is_term(text, start, end):
        return
    given = bool(words.given.intersection(inner))
    if match["v"].islower():
        following = _NEXT_LOWER.match(text, end) if given else None
        if following and not words.is_word(following["v"]) and not following["v"].endswith(("ing", "ed", "ly")):
            end = following.end("v")
        yield start, end
        return
    following = _NEXT.match(text, end)
    if following and words.all_clinical(text[start : following.end()]):
        return
    if following and (
        not words.all_plain(following["v"]) or (given and surname(text, following["v"], following.end()))
    ):
        end = following.end()
    yield start, end
    earlier = _BEFORE.search(before(match, 48)) if given else None
    if earlier and not words.all_plain(earlier["v"]):
        yield start - len(earlier["v"]) - 2, start - 2
    other = _AND_NEXT.match(text, end)
    if other and not words.all_plain(other["v"]):
        yield other.span("v")


def _trie(words: Collection[str]) -> str:
    """Return the pattern of words as a tree of their letters, which takes a step a letter instead of one a word."""
    branches: dict[str, list[str]] = {}
    for word in words:
        if word:
            branches.setdefault(word[0], []).append(word[1:])
    if not branches:
        return ""
    tree = "|".join(first + _trie(rest) for first, rest in sorted(branches.items()))
    return f"(?:{tree})?" if "" in words else f"(?:{tree})"


class CommonNameRecognizer(RuleRecognizer):
    """Common names, with the unknown capitalised word that follows."""

    NAME = "common_names"
    ENTITIES = ("NAME",)
    NEEDS = None
    RULES = (
        Rule("NAME", re.compile(rf"(?P<v>{LONG})"), _common, 0.8),
        # Those that are no words
        Rule("NAME", re.compile(
            rf"(?<![\w'’@.-])(?P<v>{_trie(lexicon().names - lexicon().ordinary)})(?!\w)"
        ), _common, 0.8),
    )  # fmt: skip
