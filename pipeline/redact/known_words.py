"""Words: a text cut into runs of letters, runs of digits and tags, and what is ordinary English or clinical."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Protocol

import yaml

from pipeline.records import HIDDEN, SCHEMAS, TAG
from pipeline.redact.detector.words import lexicon
from pipeline.redact.spans import Span

_TOKEN = re.compile(rf"{TAG.pattern}|[^\W\d_]+|\d+")
_CODE = re.compile(f"{HIDDEN}+")
_UNFOLDED = str.maketrans(
    {"ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ı": "i", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe"}
)
# How German and Scandinavian letters are written where there are none.
_WRITTEN_AS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe", "ß": "ss"})
_WRITTEN_FROM = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"))
_ENDINGS = re.compile(r"(?:s|es|ed|d|ing|er|ers|ly|y|al|ness)$")


class Tokens:
    """A text as its runs of letters and of digits, folded, and its tags; where each starts and ends.

    Of a tag only its class is told, not what is hidden in it.
    """

    __slots__ = ("ends", "starts", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.words: list[str] = []
        for match in _TOKEN.finditer(text):
            said = match.group()
            self.starts.append(match.start())
            self.ends.append(match.end())
            if said[0] == "[":
                self.words.append(said if said.isascii() else _CODE.sub("", said))
            else:
                self.words.append(said.lower() if said.isascii() else fold(said))

    def __len__(self) -> int:
        return len(self.words)

    def said(self, at: int) -> str:
        """Return a token as it is written."""
        return self.text[self.starts[at] : self.ends[at]]

    def capital(self, at: int) -> bool:
        """Tell whether a token starts with a capital."""
        return self.text[self.starts[at]].isupper()

    def gap(self, left: int) -> str:
        """Return what stands between a token and the next one."""
        return self.text[self.ends[left] : self.starts[left + 1]]


class Part(Protocol):
    """A part of the search."""

    @property
    def starts(self) -> set[str]:
        """Return the folded words at which something of it may begin."""

    def find(self, tokens: Tokens, places: Sequence[int]) -> Iterator[Span]:
        """Yield what begins at, or has to do with, tokens whose word is one of `starts`."""


def fold(text: str) -> str:
    """Return the text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_UNFOLDED))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold() or text


def alnum(text: str) -> str:
    """Return the folded letters and digits of a text."""
    return "".join(c for c in fold(text) if c.isalnum())


def spellings(word: str) -> set[str]:
    """Return the folded spellings of a word: with and without what stands for letters that English lacks."""
    found = {fold(word), fold(unicodedata.normalize("NFC", word).casefold().translate(_WRITTEN_AS))}
    for written, letter in _WRITTEN_FROM:
        found |= {other for one in found if not common(other := one.replace(written, letter))}
    return found


def words_of(value: str) -> list[str]:
    """Return the words and numbers of a value, as a text's tokens are cut."""
    return Tokens(value).words


@cache
def _common_words() -> frozenset[str]:
    lines = (SCHEMAS / "redact" / "common_words.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def common(word: str) -> bool:
    """Tell whether a folded word is one of ordinary English or of notes."""
    return word in _common_words() or word in lexicon().note


@cache
def plain(word: str) -> bool:
    """Tell whether a folded word is ordinary or clinical, or a form of such a word."""
    if common(word) or lexicon().is_clinical(word):
        return True
    stem = _ENDINGS.sub("", word)
    stems = (stem, stem + "e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem)
    return len(stem) > 2 and stem != word and any(common(one) or lexicon().is_clinical(one) for one in stems)


@cache
def nicknames() -> dict[str, frozenset[str]]:
    """Return given names and their short forms, each with all that stand for the same name."""
    listed: dict[str, list[str]] = yaml.safe_load((SCHEMAS / "redact" / "nicknames.yaml").read_text("utf-8"))
    found: dict[str, set[str]] = {}
    for name, shorts in listed.items():
        for one in (name, *shorts):
            found.setdefault(one, set()).update((name, *shorts))
    return {name: frozenset(others) for name, others in found.items()}
