"""Search a text for the identifiers that the vault knows of its patient.

The text has been through the detectors before: what they found stands there as tags, which are never searched but
may stand in for a part of a known address. Each word and number is judged by itself, so that searching with part
of an identity and then with all of it gives what searching with all of it gives at once.

A text is cut into words once; each part of the search looks at the words with which something of it may begin.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from pipeline.records import Identifier
from pipeline.redact.known_dates import BirthDates
from pipeline.redact.known_names import Names
from pipeline.redact.known_numbers import Numbers
from pipeline.redact.known_places import Places
from pipeline.redact.known_words import Part, Tokens, alnum
from pipeline.redact.spans import Span
from pipeline.redact.written_dates import mask_dates


class Known:
    """What to look for in the notes of one patient."""

    def __init__(self, identity: Iterable[Identifier]) -> None:
        self._names, self._numbers, self._births, self._places = Names(), Numbers(), BirthDates(), Places()
        for kind, value in sorted(identity):
            if kind in ("name", "relative", "staff"):
                self._names.add(value)
            elif kind in ("phone", "email", "url", "id", "ssn"):
                self._numbers.add(kind, value)
            elif kind == "postal_code":
                self._numbers.add_postal_code(value)
            elif kind == "birth_date":
                self._births.add(value)
            elif kind in ("address", "city", "organization"):
                self._places.add(kind, value)
        self._numbers.add_user_names(self._names.users, self._names.signatures)
        self._parts: list[Part] = [self._names, self._numbers, self._births, self._places]
        self._wanted: dict[str, list[int]] = defaultdict(list)
        for part, searched in enumerate(self._parts):
            for word in searched.starts:
                self._wanted[word].append(part)

    def find(self, text: str) -> list[Span]:
        """Return where the text holds an identifier; spans may overlap."""
        tokens = Tokens(mask_dates(text))
        places: list[list[int]] = [[] for _ in self._parts]
        wanted = self._wanted.get
        for at, word in enumerate(tokens.words):
            for part in wanted(word, ()):
                places[part].append(at)
        return [span for part, its in zip(self._parts, places, strict=True) for span in part.find(tokens, its)]

    def holds(self, value: str) -> bool:
        """Tell whether a coded or numeric value is one of the patient's numbers."""
        form = alnum(value)
        return form in self._numbers.forms or form in self._names.strong


@lru_cache(maxsize=2048)
def known_of(identity: frozenset[Identifier]) -> Known:
    """Return the compiled search of an identity."""
    return Known(identity)
