"""The word lists: what is clinical, what merely stands capitalised in notes, and common names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.records import SCHEMAS

FOLDER = SCHEMAS / "redact"
FILES = ("clinical_keep.txt", "note_words.txt", "common_names.txt", "common_words.txt")
_PARTS = re.compile(r"[^\W_]+")
_AFTER = re.compile(r"(?P<s>['’]s)?[ -]?(?P<word>[^\W_]*)")
_SHORTEST_ENDING_WORD = 7


def read_words(path: Path) -> Iterable[str]:
    """Yield the words of a list; `#` starts a comment line."""
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            yield from line.split()


def read_section(path: Path, heading: str) -> Iterable[str]:
    """Yield the words of a list between a comment line that starts so and the next comment line."""
    inside = False
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("#"):
            inside = line.startswith(f"# {heading}")
        elif inside:
            yield from line.split()


def parts(phrase: str) -> list[str]:
    """Return the words of a phrase in lower case, without possessive ending, hyphenated words apart."""
    plain = phrase.casefold().replace("’", "'").replace("'s", "")
    return _PARTS.findall(plain)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Word lists in lower case.

    `eponyms` are the clinical words that are names, `makers` what makes an eponym of the name before it ("operation"),
    `given` the given ones among `names`, and `ordinary` the words that are names as well.
    """

    clinical: frozenset[str]
    endings: tuple[str, ...]
    eponyms: frozenset[str]
    makers: frozenset[str]
    note: frozenset[str]
    names: frozenset[str]
    given: frozenset[str]
    ordinary: frozenset[str]

    def is_clinical(self, word: str) -> bool:
        """Tell whether one lower-case word is a clinical term."""
        if word in self.clinical or word.removesuffix("s") in self.clinical:
            return True
        return len(word) >= _SHORTEST_ENDING_WORD and word.endswith(self.endings) and word not in self.names

    def is_plain(self, word: str) -> bool:
        """Tell whether one lower-case word is clinical or an everyday word of notes."""
        return word in self.note or word.isdigit() or (word not in self.names and self.is_clinical(word))

    def is_word(self, word: str) -> bool:
        """Tell whether one word of a text without capitals is hardly a name there."""
        return word not in self.names and (word in self.ordinary or self.is_plain(word))

    def all_clinical(self, phrase: str) -> bool:
        """Tell whether every word of a phrase is clinical, or the phrase is ("Jackson Pratt")."""
        if "-".join(parts(phrase)) in self.clinical:
            return True
        return all(word.isdigit() or self.is_clinical(word) for word in parts(phrase))

    def is_term(self, text: str, start: int, end: int) -> bool:
        """Tell whether a stretch of a text is clinical where it stands.

        A word that is an eponym as well as a common name is so before a clinical word or with an "'s": "Todd
        paralysis", "Wilson's disease".
        """
        phrase = text[start:end]
        after = _AFTER.match(text, end)
        word = after["word"].casefold() if after else ""
        if not self.all_clinical(phrase):
            return word in self.makers and not self.given.intersection(parts(phrase))
        if "-" in phrase and "-".join(parts(phrase)) in self.clinical:
            return True
        if not self.names.intersection(parts(phrase)):
            return True
        return phrase.endswith(("'s", "’s")) or bool(after and (after["s"] or self.is_clinical(word)))

    def all_plain(self, phrase: str) -> bool:
        """Tell whether no word of a phrase can be a name."""
        return all(map(self.is_plain, parts(phrase)))


@cache
def lexicon() -> Lexicon:
    """Read the word lists."""
    clinical, note, names, ordinary = (frozenset(read_words(FOLDER / name)) for name in FILES)
    return Lexicon(
        clinical=frozenset(word for word in clinical if not word.startswith("-")),
        endings=tuple(sorted(word[1:] for word in clinical if word.startswith("-"))),
        eponyms=frozenset(read_section(FOLDER / FILES[0], "Eponyms")),
        makers=frozenset(read_section(FOLDER / FILES[0], "Words that make an eponym")),
        note=note,
        names=names,
        given=frozenset(read_section(FOLDER / FILES[2], "Given names")),
        ordinary=ordinary,
    )
