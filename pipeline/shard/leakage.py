"""Keep the answer out of the question: leave out sentences that name a diagnosis."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from pipeline.config import load_yaml
from pipeline.records import SCHEMAS

_WORD = re.compile(r"[^\W_]+")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_AFTER_SENTENCE = re.compile(r"(?<=[.;!?])(?=\s)")
Words = frozenset[str]


def without(text: str, conditions: Iterable[Mapping[str, Any]]) -> str:
    """Return a text without the sentences, and lines, that name one of these conditions.

    A sentence names one if it holds its code, or all the words of its display but for those that say how it is and
    not what (`schemas/diagnosis_words.yaml`), in any order, in full or in a short form.
    """
    named = {words for row in conditions for words in (*_names(row["display"]), *_code(row["code"]))}
    if not named:
        return text
    lines = []
    for line in text.split("\n"):
        kept = [part for part in _AFTER_SENTENCE.split(line) if not _holds(part, named)]
        if any(part.strip() for part in kept) or not line.strip():
            lines.append("".join(kept).strip())
    return "\n".join(lines)


def _holds(sentence: str, named: set[Words]) -> bool:
    words = _words(sentence)
    said = {_stem(word) for word in words}.union(*(_abbreviations().get(word, ()) for word in words))
    return any(name <= said for name in named)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "is", "us")) else word


@lru_cache(maxsize=1 << 14)
def _names(display: str | None) -> tuple[Words, ...]:
    """Return the sets of words that name a diagnosis: of its display, and of what stands there in brackets."""
    if not display:
        return ()
    parts = [_IN_BRACKETS.sub(" ", display), *_IN_BRACKETS.findall(display)]
    spelt = [frozenset().union(*(_abbreviations().get(w, {_stem(w)}) for w in _words(part))) for part in parts]
    return tuple(words - _qualifiers() for words in spelt if words - _qualifiers()) or (spelt[0],)


@lru_cache(maxsize=1 << 14)
def _code(code: str | None) -> tuple[Words, ...]:
    return (frozenset(map(_stem, _words(code))),) if code else ()


@cache
def _qualifiers() -> Words:
    return frozenset(_stem(str(word)) for word in load_yaml(SCHEMAS / "diagnosis_words.yaml")["qualifiers"])


@cache
def _abbreviations() -> dict[str, Words]:
    short = load_yaml(SCHEMAS / "diagnosis_words.yaml")["abbreviations"]
    return {word: frozenset(map(_stem, words.split())) for word, words in short.items()}
