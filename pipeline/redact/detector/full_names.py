"""Two capitalised words side by side, neither of them clinical nor everyday: in a note that is a full name.

It finds the names that no list holds and the model takes for something else. It is a guess, so that it does not run
over displays of codes, whose words are often capitalised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.redact.detector.base import LETTER, UPPER, Found, RuleRecognizer
from pipeline.redact.detector.words import lexicon, parts

_TITLE = rf"[{UPPER}](?:(?![{UPPER}]){LETTER}){{1,30}}(?:['’-]{LETTER}{{1,30}})?"
_PAIR = re.compile(
    rf"(?<![\w'’-]){_TITLE}(?:[ ][{UPPER}]\.?)?(?:[ ](?:van|von|de|der|la|del|di|da|ten|ter))?[ ]{_TITLE}(?![\w-])"
)


class FullNameRecognizer(RuleRecognizer):
    """Given and family name, of persons that nothing else tells of."""

    NAME = "full_names"
    ENTITIES = ("NAME",)
    NEEDS = None

    def find(self, text: str) -> Iterator[Found]:
        """Yield pairs of unknown words; a known first word may hide a pair that starts with the second."""
        plain = lexicon().is_plain
        at = 0
        while match := _PAIR.search(text, at):
            if any(plain(word) for word in parts(match[0]) if len(word) > 1):
                at = text.index(" ", match.start()) + 1
            else:
                yield Found(*match.span(), "NAME", 0.7)
                at = match.end()
