"""Two capitalised words side by side, neither of them clinical nor everyday: in a note that is a full name.

It finds the names that no list holds and the model takes for something else. It is a guess, so that it does not run
over displays of codes, whose words are often capitalised.
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer
from pipeline.redact.detector.name_forms import CAPITAL, Spans
from pipeline.redact.detector.words import lexicon, parts

_TITLE = rf"[{CAPITAL}](?:(?![{CAPITAL}])[^\W\d_]){{1,30}}(?:['’-][^\W\d_]{{1,30}})?"
_PARTICLES = r"(?:[ ](?:van|von|de|der|la|del|di|da|ten|ter|bin|al)){0,2}"
_NEXT = rf"(?:[ ][{CAPITAL}]\.?)?{_PARTICLES}[ ]{_TITLE}(?![\w-])"
_PAIR = re.compile(rf"(?<![\w'’-]){_TITLE}{_NEXT}")


def _pairs(match: re.Match[str]) -> Spans:
    """Yield the pairs of unknown words in a run; a known first word may hide one that starts with the second."""
    plain = lexicon().is_plain
    at = match.start()
    while pair := _PAIR.search(match.string, at, match.end()):
        if any(plain(word) for word in parts(pair[0]) if len(word) > 1):
            at = match.string.index(" ", pair.start()) + 1
        else:
            yield pair.span()
            at = pair.end()


class FullNameRecognizer(RuleRecognizer):
    """Given and family name, of persons that nothing else tells of."""

    NAME = "full_names"
    ENTITIES = ("NAME",)
    NEEDS = None
    RULES = (Rule("NAME", re.compile(rf"(?<![\w'’-]){_TITLE}(?:{_NEXT}){{1,8}}"), _pairs, 0.7),)
