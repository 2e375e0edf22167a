"""Cut a text that is over the token budget, where a reader would."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate

from pipeline.sentences import sentence_starts
from pipeline.shard.sections import sections
from pipeline.shard.tokens import Tokenizer

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_WORD = re.compile(r"\s+")
# Between two characters, but not in what stands for an identifier.
_CHARACTER = re.compile(r"(?:\[[A-Z]+[^\[\]\s]*\]|.)", re.DOTALL)


def chunks(text: str, budget: int, tokenizer: Tokenizer) -> list[str]:
    """Return a text in pieces of at most `budget` tokens; joined, they are the text.

    Each is as long as it can be and ends before a section, or, where it would be less than half full, before a
    paragraph, else a sentence, else a word. A word of half the budget may be cut, but no tag such as `[NAME]`.
    """
    if tokenizer.counts([text])[0] <= budget:
        return [text]
    ends, places = tokenizer.ends(text), _places(text)
    pieces, start = [], 0
    while start < len(text):
        before = bisect_right(ends, start)
        limit = ends[before + budget - 1] if before + budget < len(ends) else len(text)
        middle = ends[min(before + budget // 2, len(ends)) - 1]
        stop = _last_place(places, start, middle, limit)
        # Tokens may be others where a text begins in their middle.
        while tokenizer.counts([text[start:stop]])[0] > budget:
            stop = _last_place(places, start, middle, stop - 1)
        pieces.append(text[start:stop])
        start = stop
    return pieces


def _places(text: str) -> list[list[int]]:
    """Return where a text may be cut, the best places first; the end of the text is one of each kind."""
    parts = sections(text)
    kinds = [
        list(accumulate(len(part.title + part.text) for part in parts)),
        [match.end() for match in _PARAGRAPH.finditer(text)],
        sentence_starts(text),
        [match.end() for match in _WORD.finditer(text)],
        [match.end() for match in _CHARACTER.finditer(text)],
    ]
    return [[*kind, len(text)] for kind in kinds]


def _last_place(places: list[list[int]], start: int, middle: int, limit: int) -> int:
    """Return the last place up to `limit` of the first kind that has one after `middle`, else the last of all."""
    last = [kind[at - 1] for kind in places if (at := bisect_right(kind, limit)) and kind[at - 1] > start]
    return next((place for place in last if place > middle), max(last))
