"""Find near-duplicates among the texts of one patient: notes that were copied forward.

Two texts are near-duplicates if the ratio of their lengths, and the Jaccard similarity of their sets of words, reach
the threshold. Numbers are words like others. So that texts of a small vocabulary, as tables have, do not pass for one
another, their sets of three words in a row must be as similar as so many changed words leave them at the worst.

All pairs are compared, exactly: the texts of a patient are few enough for that, it needs neither signatures nor seeds,
and most pairs fail a test that costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Set
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple

_BITS = 1024
_MANY = 16  # texts of a patient, from which on a test before that of the words pays


class Said(NamedTuple):
    """What an example says, and what decides which of two stays."""

    id: str
    day: str | None
    text: str


def near_duplicates(said: Iterable[Said], threshold: float) -> set[str]:
    """Return the ids of those texts of a patient that are near-duplicates of one that stays.

    The longest stays; of two as long the later, then the one with the smaller id. The order of `said` does not matter.
    """
    ranked = sorted(sorted(said), key=lambda one: (len(one.text), one.day or ""), reverse=True)
    dropped: set[str] = set()
    kept: list[_Words] = []
    for one in ranked:
        words = _Words(one.text, threshold, among_many=len(ranked) > _MANY)
        # The shortest that was kept comes first: from the first that is too long on, all are.
        if any(map(words.are_near, takewhile(words.are_as_long, reversed(kept)))):
            dropped.add(one.id)
        else:
            kept.append(words)
    return dropped


class _Words:
    """The words of a text; what is made of them is made once it is asked for."""

    def __init__(self, text: str, threshold: float, *, among_many: bool) -> None:
        self._text, self._threshold, self._among_many = text, threshold, among_many

    def are_as_long(self, longer: _Words) -> bool:
        return len(self._text) >= self._threshold * len(longer._text)

    def are_near(self, other: _Words) -> bool:
        # Sets of S members in all, of which D are in one set alone, have the similarity (S - D) / (S + D).
        changed = (1 - self._threshold) / (1 + self._threshold)
        if self._among_many:
            # Each bit that differs comes from a word that is in one set alone, and each from another word.
            differ = (self._bits ^ other._bits).bit_count()
            if differ > changed * (len(self._set) + len(other._set)) + 1e-9:
                return False
        # A changed word changes three triples.
        return _reach(self._threshold, self._set, other._set) and _reach(
            (1 - 3 * changed) / (1 + 3 * changed), self._triples, other._triples
        )

    @cached_property
    def _set(self) -> Set[str]:
        return frozenset(self._text.lower().split())

    @cached_property
    def _bits(self) -> int:
        bits = 0
        for word in self._set:
            bits |= 1 << (hash(word) % _BITS)
        return bits

    @cached_property
    def _triples(self) -> Set[tuple[str, str, str]]:
        words = self._text.lower().split()
        return frozenset(zip(words, words[1:], words[2:], strict=False))


def _reach(similarity: float, these: Set[Hashable], those: Set[Hashable]) -> bool:
    both = len(these & those)
    return both >= similarity * (len(these) + len(those) - both)
