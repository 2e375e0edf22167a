"""Names of a patient, relatives and staff: each word by itself, and where needed in the position of a name."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.redact.detector.words import lexicon
from pipeline.redact.known_words import Tokens, common, fold, nicknames, plain, spellings
from pipeline.redact.spans import Span

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_TITLES = frozenset("mr mrs ms miss mx dr prof rev sr sra sir madam nurse doctor".split())
# They make a name of the capitalised word that follows.
_ROLES = frozenset(
    "pt patient wife husband son daughter mother father mom dad brother sister spouse partner aunt uncle niece nephew "
    "cousin grandson granddaughter grandmother grandfather friend named name surname".split()
)
_NO_NAMES = frozenset(
    "mr mrs ms miss mx dr prof rev md do rn np pa phd dds jr sr ii iii iv esq unknown none null nurse doctor".split()
)
_PARTICLES = frozenset(
    "van von der den de la las los le del della da di dos du el al bin ibn st san o mc mac y".split()
)
# Particles that are words of other uses as well: they need a name on both sides.
_DOUBTFUL = frozenset("do y o al la le st".split())
# In a line of capitals: "SMITH WILL RETURN".
_VERBS = frozenset("will may can do hope".split())
_BESIDE = re.compile(r"[ \t,'’\"“”()-]{0,4}|[._]|,?[ \t]*\r?\n[ \t]*")
_AFTER_SHORT = re.compile(r"\.[ \t,]{0,3}|\.\r?\n[ \t]*")
_AFTER_TITLE = re.compile(r"[.:]?[ \t\"“]{0,4}|\.?\r?\n[ \t]*")
_ENDS_HERE = re.compile(r"[ \t]*(?:\r?\n|$|[,.;)])")
_SHORT = 3
_SHORTEST_FUZZY = 6
_SHORTEST_FUZZY_TWICE = 9
_SOUNDS = {"c": "k", "q": "k", "g": "j", "z": "s", "w": "v", "y": "i"}


class Names:
    """The words of names.

    A strong one is found anywhere; a weak one, which is a word of English as well, beside another name or after a
    title; an initial beside a name. A clinical one ("Parkinson") is strong, but not beside another clinical word.
    """

    def __init__(self) -> None:
        self.strong: set[str] = set()
        self.plurals: set[str] = set()
        self.weak: set[str] = set()
        self.clinical: set[str] = set()
        self.initials: set[str] = set()
        self.users: set[str] = set()
        self.signatures: set[str] = set()
        self._fuzzy: dict[str, set[str]] = {}

    @property
    def starts(self) -> set[str]:
        """Return all words of names, and initials."""
        return self.strong | self.plurals | self.weak | self.initials

    def add(self, value: str) -> None:
        """Add a name in any order: "Family, Given Middle" or "Given Middle Family"."""
        words = [word for word in _WORD.findall(value) if fold(word) not in _NO_NAMES]
        for word in words:
            parts = [word, *re.split("['’-]", word)]
            for form in {form for part in parts for form in spellings(part)}:
                for name in (form, *nicknames().get(form, ())):
                    self._add_word(name.replace("'", "").replace("-", ""))
        folded = [fold(word) for word in words]
        self.initials.update(word[0] for word in folded)
        if len(words) >= 2:
            ordered = [*folded[1:], folded[0]] if "," in value else folded
            self._add_user_names(ordered)
            firsts = [word[0] for word in ordered]
            self.signatures.update(("".join(firsts), firsts[0] + firsts[-1]))

    def _add_word(self, word: str) -> None:
        if len(word) == 1:
            return  # an initial
        if len(word) == 2 or word in _PARTICLES or common(word):
            self.weak.add(word)
            return
        self.strong.add(word)
        if lexicon().is_clinical(word):
            self.clinical.add(word)
            return
        if len(word) > _SHORT and not plain(word + "s"):
            self.plurals.add(word + "s")
        if len(word) >= _SHORTEST_FUZZY:
            self._fuzzy.setdefault(_sound(word), set()).add(word)

    def _add_user_names(self, ordered: list[str]) -> None:
        given, family = ordered[0].replace("-", ""), ordered[-1].replace("-", "")
        given, family = given.replace("'", ""), family.replace("'", "")
        self.users.update(form for form in (given + family, family + given) if len(form) >= 5)
        if not common(family) and len(family) >= 4:
            forms = (given[0] + family, family + given[0], "".join(word[0] for word in ordered[:-1]) + family)
            self.users.update(form for form in forms if not plain(form))

    def find(self, tokens: Tokens, places: Sequence[int]) -> Iterator[Span]:
        """Yield names, one span for words that hang together."""
        named = {at for at in places if self._is_strong(tokens, at)}
        named |= self._misspelt(tokens)
        if "@" in tokens.text:
            yield from _mail(tokens, named)
        weak = [at for at in places if at not in named and self._may_be_name(tokens, at)]
        words = [at for at in weak if tokens.words[at] in self.weak]
        for one, other in pairwise(words):
            told = tokens.capital(one) == tokens.capital(other) and tokens.words[one] not in _PARTICLES
            if told and other == one + 1 and self._touch(tokens, one, other) and not _is_verb(tokens, other):
                named |= {one, other}
        named |= {at for at in words if _is_announced(tokens, at)}
        for order in (weak, weak[::-1], weak):
            for at in order:
                if at not in named and self._is_beside(tokens, at, named):
                    named.add(at)
        yield from _hanging_together(tokens, named)

    def _may_be_name(self, tokens: Tokens, at: int) -> bool:
        word = tokens.words[at]
        if word in self.weak and (tokens.capital(at) or word in _PARTICLES or _is_user_name(tokens, at)):
            return True
        return len(word) == 1 and tokens.capital(at) and word in self.initials

    def _is_beside(self, tokens: Tokens, at: int, named: set[int]) -> bool:
        word = tokens.words[at]
        left = at > 0 and (at - 1 in named or tokens.words[at - 1] == "[NAME]") and self._touch(tokens, at - 1, at)
        right = (
            at + 1 < len(tokens)
            and (at + 1 in named or tokens.words[at + 1] == "[NAME]")
            and self._touch(tokens, at, at + 1)
        )
        if word in _DOUBTFUL and not tokens.capital(at):
            return right and (left or tokens.words[max(0, at - 1)] in _PARTICLES - _DOUBTFUL)
        if word in "mf" and at + 1 < len(tokens) and tokens.words[at + 1].isdigit() and not right:
            return False  # "Garcia, M, 45"
        return right or (left and not _is_verb(tokens, at))

    def _touch(self, tokens: Tokens, left: int, right: int) -> bool:
        """Tell whether two words are of one name, from what stands between them."""
        gap = tokens.gap(left)
        if "\n" in gap and tokens.words[right] in self.weak and not _ENDS_HERE.match(tokens.text, tokens.ends[right]):
            return False
        if _BESIDE.fullmatch(gap):
            return True
        short = len(tokens.words[left]) == 1 or tokens.words[left] in ("st", "jr", "sr")
        return short and bool(_AFTER_SHORT.fullmatch(gap))

    def _is_strong(self, tokens: Tokens, at: int) -> bool:
        """Tell whether a word is a name by itself; a short one or a plural with a capital, and no part of a term."""
        word = tokens.words[at]
        if word not in self.strong:
            return word in self.plurals and tokens.capital(at)
        if len(word) <= _SHORT and not (tokens.capital(at) or _is_user_name(tokens, at)):
            return False
        return not self._is_term(tokens, at)

    def _is_term(self, tokens: Tokens, at: int) -> bool:
        """Tell whether a word is of a clinical term: "Jackson-Pratt", "Parkinson disease", "Foley 16", "parkinson"."""
        if _is_announced(tokens, at):
            return False
        if _is_in_compound(tokens, at):
            return True
        if tokens.words[at] not in self.clinical:
            return False
        if not tokens.capital(at):
            return True
        possessive = at + 1 < len(tokens) and tokens.words[at + 1] == "s" and tokens.gap(at) in _APOSTROPHES
        after = at + 1 + possessive
        beside = [other for other in (at - 1, after) if 0 <= other < len(tokens)]
        return any(
            (tokens.words[other].isdigit() or lexicon().is_clinical(tokens.words[other]))
            and tokens.words[other] not in self.strong
            for other in beside
        )

    def _misspelt(self, tokens: Tokens) -> set[int]:
        """Return the capitalised words that are one slip, or in long names two, from a name, and no other word."""
        if not self._fuzzy:
            return set()
        found = set()
        for at, word in enumerate(tokens.words):
            if len(word) < _SHORTEST_FUZZY - 1 or word[0] == "[" or not tokens.capital(at) or word in self.strong:
                continue
            names = self._fuzzy.get(_sound(word))
            if names and not plain(word) and any(_slips(word, name) for name in names):
                found.add(at)
        return found


def _sound(word: str) -> str:
    return "f" if word.startswith("ph") else _SOUNDS.get(word[0], word[0])


def _slips(word: str, name: str) -> bool:
    """Tell whether a word is so few insertions, deletions, changes and swaps of neighbours from a name."""
    most = 2 if len(name) >= _SHORTEST_FUZZY_TWICE else 1
    if abs(len(word) - len(name)) > most:
        return False
    before, row = [0] * (len(name) + 1), list(range(len(name) + 1))
    for i, letter in enumerate(word, 1):
        earlier, before, row = before, row, [i]
        for j, other in enumerate(name, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == name[j - 2] and word[i - 2] == other:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return False
    return row[-1] <= most


def _is_verb(tokens: Tokens, at: int) -> bool:
    """Tell whether a weak word is a verb in a line of capitals: "SMITH WILL RETURN", not "MAY, ALICE"."""
    if tokens.words[at] not in _VERBS or not tokens.said(at).isupper() or at + 1 >= len(tokens):
        return False
    return tokens.gap(at) == " " and tokens.said(at + 1).isupper() and "," not in tokens.gap(at - 1)


def _is_announced(tokens: Tokens, at: int) -> bool:
    """Tell whether a word, capitalised, follows a title or a role."""
    if at == 0 or not tokens.capital(at):
        return False
    before, gap = tokens.words[at - 1], tokens.gap(at - 1)
    if before in _TITLES:
        return bool(_AFTER_TITLE.fullmatch(gap))
    return before in _ROLES and bool(re.fullmatch(r":?[ \t]{1,3}", gap)) and not _is_verb(tokens, at)


def _is_in_compound(tokens: Tokens, at: int) -> bool:
    """Tell whether a word is part of a term of several names, as the keep-list has it."""
    return any(
        all(tokens.gap(i) in _OF_COMPOUND for i in range(first, last))
        and "-".join(tokens.words[first : last + 1]) in lexicon().clinical
        for first in range(max(0, at - 2), at + 1)
        for last in range(max(at, first + 1), min(first + 3, len(tokens)))
    )


def _is_user_name(tokens: Tokens, at: int) -> bool:
    """Tell whether a small-letter word is part of one like `bill.white`."""
    return (at > 0 and tokens.gap(at - 1) in ("_", ".")) or (at + 1 < len(tokens) and tokens.gap(at) in ("_", "."))


_GLUE = frozenset("-'’._")
_APOSTROPHES = ("'", "’")
_OF_COMPOUND = ("-", " ")
_BEFORE_HALF = ("-", *_APOSTROPHES)
_MAIL = re.compile(r"[\w.+%-]{1,64}@[\w.-]{0,64}\w")


def _hanging_together(tokens: Tokens, named: set[int]) -> Iterator[Span]:
    """Yield spans of names, with their other half and their possessive ending."""
    covered = -1
    for at in sorted(named):
        if at <= covered:
            continue
        first = last = at
        while last + 1 < len(tokens) and _hangs_on(tokens, last, last + 1, named):
            last += 1
        while first > covered + 1 and tokens.gap(first - 1) in _BEFORE_HALF and _is_half(tokens, first - 1):
            first -= 1
        yield Span(tokens.starts[first], tokens.ends[last], "NAME", 1.0, "known")
        covered = last


def _mail(tokens: Tokens, named: set[int]) -> Iterator[Span]:
    """Yield the mail addresses that names stand in, and take these names out, lest a word be a name beside them."""
    for match in _MAIL.finditer(tokens.text):
        first, beyond = (bisect.bisect_left(tokens.starts, at) for at in match.span())
        inside = named.intersection(range(first, beyond))
        if inside:
            named -= inside
            yield Span(*match.span(), "EMAIL", 1.0, "known")


def _hangs_on(tokens: Tokens, left: int, right: int, named: set[int]) -> bool:
    gap = tokens.gap(left)
    if gap in _APOSTROPHES and tokens.words[right] == "s":
        return True
    if gap == "-" and _is_half(tokens, right):
        return True
    return len(gap) == 1 and gap in _GLUE and tokens.words[right][0] != "[" and right in named


def _is_half(tokens: Tokens, at: int) -> bool:
    """Tell whether a word can be the other half of a hyphenated name."""
    return tokens.words[at].isalpha() and tokens.capital(at)
