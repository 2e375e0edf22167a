"""Search a text for the identifiers that the vault knows of its patient.

The text has been through the detectors before: what they found stands there as tags, which are never searched but
may stand in for a part of a known address. Each word and number is judged by itself, so that searching with part
of an identity and then with all of it gives what searching with all of it gives at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

import yaml

from pipeline.records import SCHEMAS, TAG, Identifier
from pipeline.redact.spans import Span
from pipeline.redact.written_dates import mask_dates

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BESIDE = re.compile(r"[\s,.’'\"“”()-]{0,4}")
_TITLES = frozenset("mr mrs ms miss mx dr prof rev sr sra sir madam nurse pt patient".split())
_NO_NAMES = frozenset("mr mrs ms miss mx dr prof rev md do rn np pa phd dds jr sr ii iii iv esq unknown none".split())
_PARTICLES = frozenset(
    "van von der den de la las los le del della da di dos du el al bin ibn st san o mc mac y".split()
)
_NAME_TYPES = frozenset(("name", "relative", "staff"))
_NUMBER_TYPES = frozenset(("phone", "email", "url", "id", "ssn"))
_ENTITY = {"phone": "PHONE", "email": "EMAIL", "url": "URL", "id": "ID", "ssn": "SSN"}
_SHORTEST_FUZZY = 6


@cache
def _common_words() -> frozenset[str]:
    lines = (SCHEMAS / "redact" / "common_words.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def _nicknames() -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = yaml.safe_load((SCHEMAS / "redact" / "nicknames.yaml").read_text("utf-8"))
    return loaded


def fold(text: str) -> str:
    """Return the text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().replace("’", "'")


def _deletions(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))} | {word}


class Known:
    """What to look for in the notes of one patient."""

    def __init__(self, identity: Iterable[Identifier]) -> None:
        self.strong: set[str] = set()
        self.weak: set[str] = set()
        self.initials: set[str] = set()
        self.dotted: set[str] = set()
        self.numbers: dict[str, str] = {}
        self.phrases: list[tuple[re.Pattern[str], str]] = []
        for kind, value in sorted(identity):
            if kind in _NAME_TYPES:
                self._add_name(value)
            elif kind in _NUMBER_TYPES:
                self._add_number(_ENTITY[kind], value)
            elif kind == "birth_date":
                self.phrases.extend((pattern, "DATE") for pattern in _date_patterns(value))
            elif kind == "postal_code":
                digits = re.sub(r"\D", "", value)[:5]
                if len(digits) == 5:
                    self.numbers.setdefault(digits, "ADDRESS")
            elif kind in ("address", "city", "organization"):
                self.phrases.extend(_phrase_patterns(kind, value))
        self.fuzzy = {form for word in self.strong if len(word) >= _SHORTEST_FUZZY for form in _deletions(word)}

    def _add_name(self, value: str) -> None:
        words = [fold(word) for word in _WORD.findall(value)]
        words = [word for word in words if word not in _NO_NAMES]
        for word in words:
            for form in (word, *re.split("['-]", word), *_nicknames().get(word, ())):
                weak = len(form) <= 2 or form in _PARTICLES or form in _common_words()
                (self.weak if weak else self.strong).add(form)
        firsts = [word[0] for word in words]
        self.initials.update(firsts)
        if len(firsts) >= 2:
            # "Family, Given Middle" or "Given Middle Family": notes write given, middle, family.
            ordered = [*firsts[1:], firsts[0]] if "," in value else firsts
            self.dotted.update(("".join(ordered), ordered[0] + ordered[-1]))

    def _add_number(self, entity: str, value: str) -> None:
        form = "".join(c for c in fold(value) if c.isalnum())
        digits = sum(c.isdigit() for c in form)
        if entity in ("EMAIL", "URL"):
            if len(form) >= 6:
                self.numbers.setdefault(form.removeprefix("https").removeprefix("http"), entity)
            return
        if digits >= 4 and len(form) >= (5 if digits == len(form) else 4):
            self.numbers.setdefault(form, entity)
        if entity == "PHONE" and digits >= 10 and digits == len(form):
            self.numbers.setdefault(form[-10:], entity)
            self.numbers.setdefault(form[-7:], entity)
        if entity == "ID":
            # "MR-0048213" is written 0048213 and 48213 as well.
            for core in re.findall(r"\d{5,}", form):
                self.numbers.setdefault(core, entity)
                if len(core.lstrip("0")) >= 5:
                    self.numbers.setdefault(core.lstrip("0"), entity)

    def find(self, text: str) -> list[Span]:
        """Return where the text holds an identifier; spans may overlap."""
        text = mask_dates(text)
        tags = [match.span() for match in TAG.finditer(text)]
        spans = [*self._names(text, tags), *self._numbers(text, tags), *self._initials(text)]
        spans += [
            Span(*match.span(), entity, 1.0, "known")
            for pattern, entity in self.phrases
            for match in pattern.finditer(text)
            # A match made of tags alone says nothing.
            if any(c.isalnum() for c in TAG.sub("", match.group()))
        ]
        return spans

    def holds(self, value: str) -> bool:
        """Tell whether a coded or numeric value is one of the patient's numbers."""
        form = "".join(c for c in fold(value) if c.isalnum())
        return form in self.numbers or form in self.strong

    def _names(self, text: str, tags: list[tuple[int, int]]) -> Iterator[Span]:
        """Yield the words that are names: strong ones anywhere, weak ones and initials beside a name or title."""
        # One list of words and [NAME] tags in order of the text; `state` says what each is.
        places: list[tuple[int, int]] = []
        states: list[str] = []
        for match in re.finditer(rf"{TAG.pattern}|{_WORD.pattern}", text):
            places.append(match.span())
            states.append(self._state(match.group()))
        tagged = {i for i, state in enumerate(states) if state == "strong"}
        anchors = tagged | {i for i, state in enumerate(states) if state == "name"}
        anchors |= {i for i, state in enumerate(states) if state == "title"}
        for i in range(len(states) - 1):
            if states[i] == states[i + 1] == "weak" and self._touch(text, places, i, i + 1):
                tagged.add(i)
                anchors.add(i)
        for order in (range(len(states)), range(len(states) - 1, -1, -1)):
            for i in order:
                if states[i] not in ("weak", "initial"):
                    continue
                for other in (i - 1, i + 1):
                    # A title makes a name of what follows it, not of an initial or of what precedes it.
                    if other not in anchors or (states[other] == "title" and (other > i or states[i] == "initial")):
                        continue
                    if self._touch(text, places, min(i, other), max(i, other)):
                        tagged.add(i)
                        anchors.add(i)
        yield from (Span(*places[i], "NAME", 1.0, "known") for i in sorted(tagged))

    def _state(self, token: str) -> str:
        if token.startswith("["):
            return "name" if token.startswith("[NAME") else ""
        word = fold(token)
        bare = word.removesuffix("'s")
        if word in self.strong or bare in self.strong or (self.strong & set(re.split("['-]", word))):
            return "strong"
        upper = token[0].isupper()
        if bare in self.weak and (upper or bare in _PARTICLES):
            return "weak"
        if len(token) == 1 and upper and word in self.initials:
            return "initial"
        if word in _TITLES:
            return "title"
        if upper and len(bare) >= _SHORTEST_FUZZY - 1 and self.fuzzy and bare not in _common_words():
            return "strong" if _deletions(bare) & self.fuzzy else ""
        return ""

    @staticmethod
    def _touch(text: str, places: list[tuple[int, int]], left: int, right: int) -> bool:
        return bool(_BESIDE.fullmatch(text, places[left][1], places[right][0]))

    def _initials(self, text: str) -> Iterator[Span]:
        for letters in self.dotted:
            pattern = r"(?<!\w)" + r"\.\s?".join(map(re.escape, letters)) + r"\.(?!\w)"
            for match in re.finditer(pattern, text, re.IGNORECASE):
                yield Span(*match.span(), "NAME", 1.0, "known")

    def _numbers(self, text: str, tags: list[tuple[int, int]]) -> Iterator[Span]:
        """Yield known numbers and addresses of the net, however they are broken up."""
        if not self.numbers:
            return
        masked = list(text)
        for start, end in tags:
            masked[start:end] = "\0" * (end - start)
        places = [i for i, c in enumerate(masked) if c.isalnum()]
        # One character each, so that places and folded characters stay in step.
        folded = "".join((fold(masked[i]) or masked[i])[0] for i in places)
        for number, entity in self.numbers.items():
            at = folded.find(number)
            while at >= 0:
                start, last = places[at], places[at + len(number) - 1]
                whole = (at == 0 or places[at - 1] < start - 1 or not self._runs_on(folded, at)) and (
                    at + len(number) == len(places)
                    or places[at + len(number)] > last + 1
                    or not self._runs_on(folded, at + len(number))
                )
                if whole and _unbroken("".join(masked[start : last + 1])):
                    yield Span(start, last + 1, entity, 1.0, "known")
                at = folded.find(number, at + 1)

    @staticmethod
    def _runs_on(folded: str, at: int) -> bool:
        """Tell whether the characters before and at `at` belong to one run: "ID48" breaks, "4812" does not."""
        return folded[at - 1].isdigit() == folded[at].isdigit()


_BREAKS = re.compile(r"[\w][^\w]{0,3}")
_DECIMAL = re.compile(r"\d+\.\d+")


def _unbroken(matched: str) -> bool:
    """Tell whether at most three separators, none of them a tag or decimal point, stand in a number."""
    return "\0" not in matched and not _BREAKS.sub("", matched) and not _DECIMAL.fullmatch(matched)


def _date_patterns(value: str) -> Iterator[re.Pattern[str]]:
    """Yield patterns of a birth date written in digits; the detectors find the other forms."""
    match = re.match(r"(\d{4})-?(\d{2})-?(\d{2})", value) or re.match(r"()(\d{1,2})/(\d{1,2})/(\d{4})", value)
    if match is None:
        return
    year, month, day = (match[1], match[2], match[3]) if match[1] else (match[4], match[2], match[3])
    m, d = f"0?{int(month)}", f"0?{int(day)}"
    gap = r"[-/. ]"
    yield re.compile(rf"(?<!\d){m}{gap}{d}{gap}(?:{year[:2]})?{year[2:]}(?!\d)")
    yield re.compile(rf"(?<!\d){year}{gap}{m}{gap}{d}(?!\d)")
    yield re.compile(rf"(?<!\d)(?:{year}{int(month):02}{int(day):02}|{int(month):02}{int(day):02}{year})(?!\d)")


_SHORT = {
    "street": "st", "avenue": "ave", "road": "rd", "drive": "dr", "lane": "ln", "court": "ct", "place": "pl",
    "boulevard": "blvd", "terrace": "ter", "circle": "cir", "highway": "hwy", "parkway": "pkwy", "apartment": "apt",
    "suite": "ste", "north": "n", "south": "s", "east": "e", "west": "w",
}  # fmt: skip
_LONG = {short: long for long, short in _SHORT.items()}


def _phrase_patterns(kind: str, value: str) -> list[tuple[re.Pattern[str], str]]:
    """Return patterns of an address, city or organization, its parts joined by anything but a letter or digit."""
    words = re.findall(r"[^\W_]+(?:['’][^\W_]+)?", value)
    if not words or sum(map(len, words)) < 4:
        return []
    if kind == "address":
        patterns = [words]
        # "4821 Willow" is as telling as the whole line.
        if words[0].isdigit() and len(words) > 2:
            patterns += [words[:n] for n in range(len(words) - 1, 1, -1)]
        elif len(words) > 2 and words[-1].lower() in (_SHORT | _LONG):
            patterns.append(words[:-1])
        alternatives = "|".join(_sequence(part) for part in patterns)
        street = [w for w in words if not any(c.isdigit() for c in w)]
        # The street without its number, but not "North Street" and its like.
        telling = len(street) >= 3 or (len(street) == 2 and fold(street[0]) not in _common_words())
        if words[0].isdigit() and telling:
            alternatives += "|" + _sequence(street)
        return [(re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE), "ADDRESS")]
    if kind == "city":
        if len(words) == 1 and fold(words[0]) in _common_words():
            forms = "|".join(re.escape(form) for form in (words[0].title(), words[0].upper()))
            return [(re.compile(rf"(?<!\w)(?:{forms})(?=,\s*(?:[A-Z]{{2}}\b|\[))"), "ADDRESS")]
        return [(re.compile(rf"(?<!\w){_sequence(words)}(?!\w)", re.IGNORECASE), "ADDRESS")]
    if len(words) == 1 and (len(words[0]) < 5 or fold(words[0]) in _common_words()):
        return []
    return [(re.compile(rf"(?<!\w){_sequence(words)}(?!\w)", re.IGNORECASE), "ORGANIZATION")]


def _sequence(words: list[str]) -> str:
    parts = []
    for word in words:
        forms = {word, *(other for table in (_SHORT, _LONG) if (other := table.get(word.lower())))}
        options = [re.escape(form) for form in sorted(forms)]
        if not word.isdigit():
            options.append(TAG.pattern)
        parts.append(f"(?:{'|'.join(options)})")
    return r"[^\w\[\]]{1,4}".join(parts)


@lru_cache(maxsize=2048)
def known_of(identity: frozenset[Identifier]) -> Known:
    """Return the compiled search of an identity."""
    return Known(identity)
