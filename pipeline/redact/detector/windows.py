"""The parts of a text that the language model has to see.

An entity without a word that can be a name is never used, so a sentence without one, and whose neighbours are without
one, need not be looked at. In notes that is most of them, and the model is what takes the time.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from pipeline.redact.detector.base import LETTER
from pipeline.redact.detector.words import Lexicon, lexicon, parts

_SENTENCE = re.compile(r"[^\n]*?(?:[.!?;](?=\s)|\n|$)", re.DOTALL)
_WORD = re.compile(rf"{LETTER}(?:{LETTER}|['’-](?={LETTER}))+")


@dataclass(frozen=True, slots=True)
class Windows:
    """The text to look at, and for each of its parts where that starts there and in the whole text."""

    text: str
    starts: tuple[int, ...]
    origins: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the whole text; what runs over two parts is cut at the end of the first."""
        part = bisect_right(self.starts, start) - 1
        if part + 1 < len(self.starts):
            end = min(end, self.starts[part + 1] - 1)
        shift = self.origins[part] - self.starts[part]
        return start + shift, end + shift


def windows(text: str) -> Windows:
    """Return the sentences with a word that can be a name, and the sentences beside them."""
    words = lexicon()
    sentences = [match.span() for match in _SENTENCE.finditer(text) if match[0]]
    telling = [_may_name(text[start:end], words) for start, end in sentences]
    parts_kept: list[list[int]] = []
    for place, (start, end) in enumerate(sentences):
        if not any(telling[max(0, place - 1) : place + 2]):
            continue
        if parts_kept and parts_kept[-1][1] == start:
            parts_kept[-1][1] = end
        else:
            parts_kept.append([start, end])
    starts, pieces, at = [], [], 0
    for start, end in parts_kept:
        starts.append(at)
        pieces.append(text[start:end])
        at += end - start + 1
    return Windows("\n".join(pieces), tuple(starts), tuple(start for start, _ in parts_kept))


def _may_name(sentence: str, words: Lexicon) -> bool:
    for match in _WORD.finditer(sentence):
        inner = parts(match[0])
        if words.names.intersection(inner):
            return True
        if not match[0].islower() and not all(map(words.is_plain, inner)):
            return True
    return False
