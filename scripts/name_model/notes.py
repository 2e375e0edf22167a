"""Make training notes: sentences of templates and of WordNet, with names, places and organizations from the lists.

Names stand in frames of our own and in sentences that were written about "he", "she" or "the doctor", so that the model
sees them in many surroundings. Lower case, capitals, wrapped lines and names of no list are part of it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

from scripts.name_model.lists import Sources, clinical_of, everyday_of, is_hardly_a_name, is_place
from scripts.name_model.people import People, words

Piece = tuple[str, str]  # text and label; "" is no identifier
SLOT = re.compile(r"\{(\w+)\}")
KINDS = ("note", "letter", "dialogue", "plain")
LABELS = {"NAME": "NAME", "FIRST": "NAME", "LAST": "NAME", "DOC": "NAME", "LISTED": "NAME", "PLACE": "ADDRESS",
          "ADDRESS": "ADDRESS", "ORG": "ORGANIZATION"}  # fmt: skip
_PERSON = (
    r"(?:man|woman|boy|girl|doctor|child|teacher|nurse|judge|president|director|student|author|speaker|lawyer|old man)"
)
# Where a sentence has somebody at its start or its end, or somewhere
_SUBJECT = re.compile(rf"(?:he|she|they|the {_PERSON})\b", re.IGNORECASE)
_OBJECT = re.compile(rf"\b(?:(?:him|them|her)$|him\b|the {_PERSON}\b)")
_WHERE = re.compile(r"(?<=\b(?:in|to|of) )the (?:city|town|village|country|capital|region|valley|area)\b")
_SPECIES = ("i", "is", "us", "um", "ae", "ensis", "ata", "osa", "ica")
_CAPITALS = "AABCCDEEFGHIIKLLMNNOPPQRRSSTTTUVWXYZ"
_DOSES = (5, 10, 20, 25, 40, 50, 81, 100, 325, 500)


def _templates() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    kind = ""
    for line in (Path(__file__).parent / "templates.txt").read_text("utf-8").splitlines():
        if line[1:-1] in KINDS and line.startswith("["):
            kind = line[1:-1]
        elif line and not line.startswith("#"):
            found[kind].append(line)
    return found


class Maker:
    """Makes notes; the same seed makes the same."""

    def __init__(self, sources: Sources, seed: int) -> None:
        self.sources, self.rng = sources, random.Random(seed)
        self.people = People(sources, self.rng)
        self._templates = _templates()
        self._subjects = [e for e in sources.examples if _SUBJECT.match(e)]
        self._objects = [e for e in sources.examples if _OBJECT.search(e)]
        self._wheres = [e for e in sources.examples if _WHERE.search(e)]
        nobody = [(word, mark) for word, mark in sorted(sources.marks.items()) if is_hardly_a_name(mark)]
        nobody = [(word, mark) for word, mark in nobody if len(word) > 2]
        self._everyday = [word for word, mark in nobody if everyday_of(mark) >= 2]
        self._medical = [word for word, mark in nobody if clinical_of(mark) and not is_place(mark)]
        self._slots = self._makers()

    def _makers(self) -> dict[str, Callable[[], str]]:
        """Return what fills each slot."""
        people, rng, sources = self.people, self.rng, self.sources

        def one_of(name: str) -> Callable[[], str]:
            return lambda: rng.choice(words()[name])

        return {
            "NAME": people.name, "FIRST": people.first, "LAST": people.last, "DOC": people.doctor,
            "LISTED": people.listed, "PLACE": people.place, "ORG": people.organization, "ADDRESS": people.address,
            "age": lambda: str(rng.randrange(1, 90)), "num": lambda: str(rng.randrange(1, 300)),
            "dose": lambda: f"{rng.choice(_DOSES)} {rng.choice(('mg', 'mcg', 'units', 'mL'))}",
            "person": one_of("persons"), "cred": one_of("credentials"), "weekday": one_of("weekdays"),
            "month": one_of("months"), "lab": one_of("labs"), "body": one_of("body"), "field": one_of("personal"),
            "abbr": one_of("abbreviations"), "fill": one_of("fillers"), "head": one_of("head_nouns"),
            "Head": one_of("heads"), "HEAD": lambda: rng.choice(words()["heads"]).upper(),
            "eponym": people.eponym, "Genus": self._genus, "Species": self._species,
            "CAPS": lambda: "".join(rng.choices(_CAPITALS, k=rng.choice((2, 3, 3, 3, 4, 4, 5)))),
            "term": self._term, "Term": lambda: self._term().capitalize(), "TERM": lambda: self._term().upper(),
            "word": lambda: rng.choice(self._everyday), "Word": lambda: rng.choice(self._everyday).capitalize(),
            "dx": self._diagnosis, "Dx": lambda: rng.choice((str, str.title, str.upper))(self._phrase()),
            "drug": lambda: self._drug().lower(), "Drug": lambda: self._drug().title(),
            "gloss": lambda: rng.choice(sources.glosses), "Gloss": lambda: _capital(rng.choice(sources.glosses)) + ".",
            "example": lambda: rng.choice(sources.examples),
            "Example": lambda: _capital(rng.choice(sources.examples)) + rng.choice((".", ".", "!", "")),
        }  # fmt: skip

    def _phrase(self) -> str:
        phrase = self.rng.choice(self.sources.clinical)
        return phrase if len(phrase) < 60 else " ".join(phrase.split()[:6])

    def _diagnosis(self) -> str:
        phrase = self._phrase()
        return phrase[0].lower() + phrase[1:] if phrase[1:2].islower() else phrase

    def _drug(self) -> str:
        return self.rng.choice(self.sources.drugs) if self.rng.random() < 0.7 else self._term()

    def _term(self) -> str:
        """Return a clinical word: one of the lists, or one that could be."""
        rng, lists = self.rng, words()
        draw = rng.random()
        if draw < 0.5:
            return rng.choice(self._medical)
        if draw < 0.75:
            before = rng.choice(("", "", rng.choice(lists["prefixes"]), rng.choice(lists["roots"]) + "o"))
            return before + rng.choice(lists["roots"]) + rng.choice(lists["endings"])
        if draw < 0.9:
            return rng.choice(lists["stems"]) + rng.choice(lists["stems"]) + rng.choice(lists["drug_endings"])
        one, other = rng.choice(self._medical), rng.choice(self._medical)
        return one[: len(one) // 2] + other[len(other) // 2 :]

    def _genus(self) -> str:
        """Return the name of a genus, or what could be one."""
        rng, lists = self.rng, words()
        if rng.random() < 0.5:
            return rng.choice(self.sources.genera)
        two_stems = rng.choice(lists["stems"]) + rng.choice(lists["stems"])
        stem = rng.choice((rng.choice(lists["roots"]), self.people.invented(), two_stems))
        return (stem + rng.choice(lists["latin"])).capitalize()

    def _species(self) -> str:
        stems = words()["stems"]
        return f"{self._genus()} {self.rng.choice(stems)}{self.rng.choice(stems)}{self.rng.choice(_SPECIES)}"

    def _fill(self, template: str) -> list[Piece]:
        pieces: list[Piece] = []
        at = 0
        for match in SLOT.finditer(template):
            slot = match[1]
            pieces.append((template[at : match.start()], ""))
            if slot == "DOC":
                pieces.append((self.rng.choice(("Dr. ", "Dr. ", "Dr ", "Doctor ", "")), ""))
            elif slot == "NAME" and self.rng.random() < 0.12:
                pieces.append((self.rng.choice(words()["titles"]) + " ", ""))
            pieces.append((self._slots[slot](), LABELS.get(slot, "")))
            at = match.end()
        return [*pieces, (template[at:], "")]

    def _about(self) -> list[Piece]:
        """Put a person where a sentence has "he" or "the doctor", or a place where it has "the town"."""
        rng = self.rng
        sentences, pattern, slot = rng.choices(
            ((self._subjects, _SUBJECT, "NAME"), (self._objects, _OBJECT, "NAME"), (self._wheres, _WHERE, "PLACE")),
            (60, 25, 15),
        )[0]
        sentence = rng.choice(sentences)
        match = pattern.search(sentence)
        if match is None:
            raise AssertionError("the sentences were chosen by the pattern")
        piece = (self._slots[slot](), LABELS[slot])
        return [(_capital(sentence[: match.start()]), ""), piece, (sentence[match.end() :] + ".", "")]

    def note(self) -> list[Piece]:
        """Return a note as pieces of text with their labels."""
        rng = self.rng
        kind = rng.choices(KINDS[:3], (6, 4, 2))[0]
        # Some notes name nobody.
        plain = 1 if rng.random() < 0.15 else rng.choice((0.3, 0.5, 0.8))
        glue = rng.choice(("\n", " ", "\n", "\n\n", "  "))
        pieces: list[Piece] = []
        for _ in range(rng.randrange(1, 14)):
            draw = rng.random()
            if draw < 0.22 and plain < 1:
                line = self._about()
            else:
                line = self._fill(rng.choice(self._templates["plain" if draw < plain else kind]))
            if rng.random() < 0.05:
                line = [(text.upper(), label) for text, label in line]
            pieces += [*line, (glue if rng.random() < 0.8 else rng.choice((" ", "\n")), "")]
        if rng.random() < 0.1:
            pieces = [(text if label else self._mistyped(text), label) for text, label in pieces]
        draw = rng.random()
        if draw < 0.10 or (kind == "dialogue" and draw < 0.6):
            pieces = [(text.lower(), label) for text, label in pieces]
        elif draw < 0.18:
            pieces = [(text.upper(), label) for text, label in pieces]
        if rng.random() < 0.2:
            pieces = [(self._wrapped(text), label) for text, label in pieces]
        return pieces

    def _mistyped(self, text: str) -> str:
        """Swap two letters of some words."""

        def swap(match: re.Match[str]) -> str:
            word = match[0]
            at = self.rng.randrange(len(word) - 1)
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :] if self.rng.random() < 0.08 else word

        return re.sub(r"[a-z]{4,}", swap, text)

    def _wrapped(self, text: str) -> str:
        return re.sub(" ", lambda _: "\n" if self.rng.random() < 0.08 else " ", text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
