"""Given and family names that are hardly ever anything else in a note.

The list is our own: `schemas/redact/common_names.txt`. Frequencies that it goes by: https://www.ssa.gov/oact/babynames/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.redact.detector.base import LETTER, LONG, UPPER, Found, RuleRecognizer
from pipeline.redact.detector.words import lexicon, parts

_CAPITALISED = re.compile(LONG)
_ANY_CASE = re.compile(rf"(?<![\w'’@.-]){LETTER}(?:{LETTER}|['’-](?={LETTER}))+")
_NEXT = re.compile(rf"(?:[ ][{UPPER}]\.?)?[ ](?P<v>{LONG})")
_HAS_CAPITAL = re.compile(f"[{UPPER}]")


class CommonNameRecognizer(RuleRecognizer):
    """Common names, with the unknown capitalised word that follows."""

    NAME = "common_names"
    ENTITIES = ("NAME",)
    NEEDS = None

    def find(self, text: str) -> Iterator[Found]:
        """Yield names; in a text without any capital those in lower case too."""
        words = lexicon()
        for match in (_CAPITALISED if _HAS_CAPITAL.search(text) else _ANY_CASE).finditer(text):
            if not words.names.intersection(parts(match[0])) or words.is_term(text, *match.span()):
                continue
            end = match.end()
            following = _NEXT.match(text, end)
            if following and words.all_clinical(text[match.start() : following.end()]):
                continue
            if following and not words.all_plain(following["v"]):
                end = following.end()
            yield Found(match.start(), end, "NAME", 0.8)
