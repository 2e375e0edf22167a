"""Addresses, cities and organizations: sequences of words, each as it is or abbreviated, a tag in the place of some."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.redact.detector.words import lexicon
from pipeline.redact.known_words import Tokens, plain, words_of
from pipeline.redact.spans import Span

_SUFFIXES = {
    "street": "st", "avenue": "ave", "road": "rd", "drive": "dr", "lane": "ln", "court": "ct", "place": "pl",
    "boulevard": "blvd", "terrace": "ter", "circle": "cir", "highway": "hwy", "parkway": "pkwy", "square": "sq",
    "trail": "trl", "turnpike": "tpke", "way": "way", "av": "ave", "str": "st", "terr": "ter",
}  # fmt: skip
_DIRECTIONS = {
    "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne", "northwest": "nw", "southeast": "se",
    "southwest": "sw",
}  # fmt: skip
_UNITS = {"apartment": "apt", "suite": "ste", "unit": "unit", "floor": "fl", "room": "rm", "building": "bldg"}
_OTHERS = {
    "saint": "st", "fort": "ft", "mount": "mt", "hospital": "hosp", "center": "ctr", "centre": "ctr", "medical": "med",
    "university": "univ", "department": "dept", "company": "co", "corporation": "corp", "international": "intl",
    "association": "assn", "institute": "inst", "manufacturing": "mfg", "incorporated": "inc", "limited": "ltd",
}  # fmt: skip
_SHORT = {**_SUFFIXES, **_DIRECTIONS, **_UNITS, **_OTHERS}
_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
}
# What the short name of an organization leaves out.
_GENERIC = frozenset(
    "hosp ctr med univ dept co corp inc ltd llc llp pllc pc intl assn inst mfg clinic health healthcare system systems "
    "group associates services service school college academy center of the and at for community regional general "
    "memorial foundation practice physicians family surgery care partners holdings industries".split()
)
_STOP = frozenset("of the and at for".split())
_SHORTEST = 4
_SHORT_NUMBER = 2
_GAP = re.compile(r"[^\w\[\]]{0,4}")
_FULL_STOP = re.compile(r"\.\s")
_ABBREVIATED = 4  # letters of "Blvd."
_LIVES = re.compile(
    r"\b(?:liv(?:es?|ed|ing)|resid(?:es?|ed|ing)|resident|mov(?:ed|es|ing)|born|raised|grew\sup|travell?(?:ed|s|ing)|home)"
    r"\s(?:in|at|to|of|from|near|back\sto)\s$",
    re.IGNORECASE,
)
_STATE_AFTER = re.compile(r",?\s{1,2}(?:[A-Z]{2}\b|\d{5}\b|\[ADDRESS\])|,\s*\[")
_WORKS = re.compile(
    r"\b(?:work(?:s|ed|ing)?\s(?:at|for|with)|employed\s(?:at|by|with)|employer:?|job\sat)\s$", re.IGNORECASE
)


class Phrase(NamedTuple):
    """Words in their short forms. `as_name` asks for capitals; `placed` for the position of a place or an employer."""

    words: tuple[str, ...]
    entity: str
    as_name: bool = False
    placed: bool = False


class Places:
    """The phrases of a patient, by the word with which each begins."""

    def __init__(self) -> None:
        self._by_first: dict[str, set[Phrase]] = {}
        self._acronyms: set[str] = set()

    @property
    def starts(self) -> set[str]:
        """Return the words with which phrases begin, short and long, and the tags that may stand for one."""
        found = self._by_first.keys() | self._acronyms
        found |= {long for long, short in _SHORT.items() if short in found}
        return found | ({"[NAME]", "[ADDRESS]", "[ORGANIZATION]"} if self._by_first else set())

    def add(self, kind: str, value: str) -> None:
        """Add an address, city or organization."""
        words = tuple(_SHORT.get(word, word) for word in words_of(value) if word[0] != "[")
        if sum(map(len, words)) < _SHORTEST or all(map(str.isdigit, words)):
            return
        phrases = {"address": _address, "city": _city, "organization": _organization}[kind](words)
        for phrase in phrases:
            self._by_first.setdefault(phrase.words[0], set()).add(phrase)
        telling = [word for word in words_of(value) if word not in _STOP]
        if kind == "organization" and len(telling) >= _SHORTEST:
            acronym = "".join(word[0] for word in telling)
            if not plain(acronym):
                self._acronyms.add(acronym)

    def find(self, tokens: Tokens, places: Sequence[int]) -> Iterator[Span]:
        """Yield at each place the longest phrase that begins there."""
        for at in places:
            word = tokens.words[at]
            if word[0] == "[":
                phrases = [phrase for each in self._by_first.values() for phrase in each if len(phrase.words) > 1]
            else:
                phrases = list(self._by_first.get(_SHORT.get(word, word), ()))
            found = [(end, phrase.entity) for phrase in phrases if (end := _end(tokens, at, phrase)) is not None]
            if word in self._acronyms and tokens.said(at).isupper():
                found.append((at, "ORGANIZATION"))
            if found:
                end, entity = max(found)
                yield Span(tokens.starts[at], tokens.ends[end], entity, 1.0, "known")


def _end(tokens: Tokens, at: int, phrase: Phrase) -> int | None:
    """Return the last token of a phrase that begins at a token, or None if it does not."""
    end = _matched(tokens, at, phrase.words, 0)
    if end is None:
        return None
    said = [place for place in range(at, end + 1) if tokens.words[place][0] != "["]
    tagged = len(said) <= end - at
    letters = [place for place in said if tokens.words[place].isalpha()]
    capital = all(map(tokens.capital, letters))
    if not said or (phrase.as_name and not capital):
        return None
    # A tag at the end may be of something else, but for that of the street after a house number.
    if tokens.words[end][0] == "[" and (letters or len(tokens.words[at]) <= _SHORT_NUMBER):
        return None
    # "[NAME] falls": next to a tag an ordinary word counts only where it is part of a name.
    if tagged and not capital and all(plain(tokens.words[place]) for place in letters):
        return None
    if phrase.placed and not _is_placed(tokens, at, end, phrase.entity):
        return None
    return end


def _matched(tokens: Tokens, at: int, words: tuple[str, ...], place: int) -> int | None:
    """Return the last token of the words from `place` on; a tag stands for one or more that are no numbers."""
    if at >= len(tokens):
        return None
    word = tokens.words[at]
    if word[0] != "[":
        if _SHORT.get(word, word) != words[place]:
            return None
        covered = [place + 1]
    else:
        beyond = place
        while beyond < len(words) and not words[beyond].isdigit():
            beyond += 1
        covered = list(range(place + 1, beyond + 1))
    for rest in covered:
        if rest == len(words):
            return at
        if at + 1 < len(tokens) and _GAP.fullmatch(tokens.gap(at)) and not _ends(tokens, at):
            end = _matched(tokens, at + 1, words, rest)
            if end is not None:
                return end
    return None


def _ends(tokens: Tokens, at: int) -> bool:
    """Tell whether a sentence ends after a token ("St. Mary" does not), or a heading begins: "05401.", "Plan:"."""
    gap, word = tokens.gap(at), tokens.words[at]
    if _FULL_STOP.match(gap):
        return word[0] == "[" or len(word) > _ABBREVIATED
    return "\n" in gap and tokens.text.startswith(":", tokens.ends[at + 1])


def _is_placed(tokens: Tokens, at: int, end: int, entity: str) -> bool:
    start = tokens.starts[at]
    cue = _LIVES if entity == "ADDRESS" else _WORKS
    if cue.search(tokens.text, max(0, start - 40), start):
        return True
    return entity == "ADDRESS" and bool(_STATE_AFTER.match(tokens.text, tokens.ends[end]))


def _city(words: tuple[str, ...]) -> Iterator[Phrase]:
    doubtful = len(words) == 1 and plain(words[0])
    yield Phrase(words, "ADDRESS", as_name=doubtful or all(map(plain, words)), placed=doubtful)


def _organization(words: tuple[str, ...]) -> Iterator[Phrase]:
    doubtful = len(words) == 1 and (len(words[0]) < 5 or plain(words[0]))
    yield Phrase(words, "ORGANIZATION", as_name=doubtful, placed=doubtful)
    core = list(words)
    while core and core[-1] in _GENERIC:
        core.pop()
    core = core[1:] if core[:1] == ["the"] else core
    if len(core) >= 2 or (len(core) == 1 and len(core[0]) >= 5 and not plain(core[0])):
        yield Phrase(tuple(core), "ORGANIZATION", as_name=True)


def _address(words: tuple[str, ...]) -> Iterator[Phrase]:
    for form in {words, _ordinals(words)}:
        yield from _address_forms(form)


def _ordinals(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return `Fifth` as the tokens of `5th`."""
    endings = {1: "st", 2: "nd", 3: "rd"}
    parts = [(str(_ORDINALS[w]), endings.get(_ORDINALS[w], "th")) if w in _ORDINALS else (w,) for w in words]
    return tuple(word for part in parts for word in part)


def _address_forms(words: tuple[str, ...]) -> Iterator[Phrase]:
    if "box" in words:
        number = words[words.index("box") + 1 :][:1]
        if number and number[0].isdigit():
            yield from (Phrase((*lead, "box", *number), "ADDRESS") for lead in (("p", "o"), ("po",), ()))
        return
    if len(words) == 1:
        if not plain(words[0]) and not words[0].isdigit():
            yield Phrase(words, "ADDRESS", as_name=True)
        return
    yield Phrase(words, "ADDRESS", as_name=all(map(plain, words)))
    numbered = words[0].isdigit()
    line = words[: next((at for at, word in enumerate(words) if word in _UNITS.values()), len(words))]
    ends = [at for at, word in enumerate(line) if word in _SUFFIXES.values() and at > numbered]
    line = line[: ends[-1] + 1] if ends else line
    for way in {line, tuple(word for word in line if word not in _DIRECTIONS.values())}:
        street = way[1:] if numbered else way
        bare = street[:-1] if street and street[-1] in _SUFFIXES.values() else street
        if not bare or (len(way) < 2 and numbered):
            continue
        common = all(map(plain, bare))
        if numbered:
            yield Phrase(way, "ADDRESS")
            # "4821 Willow" is as telling as the whole line, but not "2 Main".
            for length in range(1, len(bare) + 1):
                if not all(map(plain, bare[:length])) or len(words[0]) > _SHORT_NUMBER:
                    yield Phrase((words[0], *bare[:length]), "ADDRESS", as_name=all(map(plain, bare[:length])))
        elif bare != street and len(bare) >= 2 and not common:
            yield Phrase(bare, "ADDRESS")
        # The street without its number, but not "North Street" and its like.
        if len(street) >= 3 or (len(street) == 2 and not common and not lexicon().is_clinical(bare[0])):
            yield Phrase(street, "ADDRESS", as_name=common)
