"""Make names of persons, places and organizations, of many origins and of none."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import yaml

from scripts.name_model.lists import Sources

_FOLDER = Path(__file__).parent
# Letters of the Latin script end here
_LATIN = 0x250
_STATES = ("MA", "NY", "TX", "CA", "OH", "FL")
_TOWNS = ("ville", "ton", "field", " Falls", " Heights", " Springs", "burg", " City", " Park")


@cache
def words() -> dict[str, list[str]]:
    """Read the words that notes are made of beside the lists."""
    content = yaml.safe_load((_FOLDER / "words.yaml").read_text("utf-8"))
    return {name: value.split() if isinstance(value, str) else value for name, value in content.items()}


class People:
    """Makes names; the same seed makes the same."""

    def __init__(self, sources: Sources, rng: random.Random) -> None:
        self.sources, self.rng = sources, rng
        self._origins = sorted(set(sources.given) & set(sources.family) - {"us"})
        self._latin = [o for o in self._origins if max(map(ord, "".join(sources.family[o][:20]))) < _LATIN]
        self._places = sorted(o for o in sources.places if o in self._origins or o == "wordnet")
        self._letters: dict[str, list[str]] = {}
        for origin in self._latin + ["us"] * 8:
            names = sources.family[origin]
            for name in rng.sample(names, min(150, len(names))):
                word = f"^^{name.split()[0].lower()}$"
                for at in range(len(word) - 2):
                    self._letters.setdefault(word[at : at + 2], []).append(word[at + 2])

    def invented(self) -> str:
        """Return a name that nobody bears, letter by letter as names go."""
        while True:
            word, state = "", "^^"
            while len(word) < 14 and (letter := self.rng.choice(self._letters[state])) != "$":
                word, state = word + letter, state[1] + letter
            if 3 < len(word) < 13:
                return word.title()

    def _often(self, names: list[str]) -> str:
        """Choose from a list that is ordered by frequency, common names more often."""
        return names[int(len(names) * self.rng.random() ** 2.2)]

    def origin(self) -> str:
        """Return where a name is from: half are from the United States."""
        draw = self.rng.random()
        return "us" if draw < 0.5 else self.rng.choice(self._latin if draw < 0.93 else self._origins)

    def first(self, origin: str = "") -> str:
        """Return a given name."""
        if self.rng.random() < 0.06:
            return self.invented()
        return self._often(self.sources.given[origin or self.origin()])

    def last(self, origin: str = "") -> str:
        """Return a family name."""
        draw = self.rng.random()
        if draw < 0.1:
            return self.invented()
        name = self._often(self.sources.family[origin or self.origin()])
        if draw < 0.14:
            name += "-" + self._often(self.sources.family["us"])
        elif draw < 0.18:
            particle = self.rng.choice(words()["particles"])
            name = particle + ("" if particle in ("Mc", "O'") else " ") + name
        return name

    def _initial(self) -> str:
        return self.rng.choice("ABCDEFGHIJKLMNOPRSTVW")

    def full(self) -> str:
        """Return given and family name in one of the usual forms."""
        origin, rng = self.origin(), self.rng
        first, last = self.first(origin), self.last(origin)
        draw = rng.random()
        if draw < 0.6:
            return f"{first} {last}"
        if draw < 0.75:
            return f"{first} {self._initial()}{rng.choice(('.', ''))} {last}"
        if draw < 0.82:
            return f"{first} {self.first(origin)} {last}"
        if draw < 0.90:
            return f"{self._initial()}. {last}"
        if draw < 0.93:
            return f"{self._initial()}.{self._initial()}. {last}"
        if draw < 0.96:
            return f"{first} {last}{rng.choice((' Jr.', ' Jr', ' Sr.', ' II', ' III', ', Jr.'))}"
        return f"{first} {last} {self.last(origin)}"

    def name(self) -> str:
        """Return a whole name, or a part of one."""
        draw = self.rng.random()
        if draw < 0.6:
            return self.full()
        return self.first() if draw < 0.8 else self.last()

    def doctor(self) -> str:
        """Return a name as it follows "Dr."."""
        return self.full() if self.rng.random() < 0.33 else self.last()

    def listed(self) -> str:
        """Return a name as lists have it, the family name first."""
        origin, rng = self.origin(), self.rng
        last, first = self.last(origin), self.first(origin)
        last, first = (last.upper(), first.upper()) if rng.random() < 0.5 else (last, first)
        middle = rng.choice(("", "", f" {self._initial()}", f" {self._initial()}."))
        return f"{last}{rng.choice((', ', ',', ', '))}{first}{middle}"

    def eponym(self) -> str:
        """Return the name of somebody who is no patient: of who described a disease or made an instrument."""
        rng = self.rng
        name = rng.choice(words()["eponyms"]) if rng.random() < 0.5 else rng.choice((self.last, self.invented))()
        return name if rng.random() < 0.8 else f"{name}-{self.last()}"

    def place(self) -> str:
        """Return a town."""
        draw = self.rng.random()
        if draw < 0.08:
            return self.invented()
        if draw < 0.2:
            return self._often(self.sources.family["us"]) + self.rng.choice(_TOWNS)
        return self.rng.choice(self.sources.places[self.rng.choice(self._places)])

    def organization(self) -> str:
        """Return a facility or a firm."""
        rng, kind = self.rng, self.rng.choice(words()["org_kinds"])
        draw = rng.random()
        if draw < 0.4:
            return f"{self.last()} {kind}"
        if draw < 0.6:
            return f"{self.place()} {kind}"
        if draw < 0.7:
            return f"St. {self.first('us')}'s {kind}"
        if draw < 0.8:
            return f"{self.last()}, {self.last()} and {self.last()}"
        return f"{self.last()}{rng.choice(('-', ' and ', ' & '))}{self.last()}{rng.choice(('', ' ' + kind))}"

    def address(self) -> str:
        """Return a street with its number, some with town and postal code."""
        rng, number = self.rng, str(self.rng.randrange(1, 9999))
        if rng.random() < 0.5:
            side = rng.choice(("", "N. ", "East "))
            street = f"{number} {side}{self.last('us')} {rng.choice(words()['streets'])}"
        else:
            form = rng.choice(words()["foreign_streets"])
            street = form.replace("{n}", str(rng.randrange(1, 300))).replace("{}", self.last(rng.choice(self._latin)))
            street = f"{number} {street}" if rng.random() < 0.1 else street
        draw, joint = rng.random(), rng.choice((", ", "\n", ", "))
        if draw < 0.3:
            return street
        city, post = self.place(), str(rng.randrange(10000, 99999))
        city = city.upper() if rng.random() < 0.15 else city
        if draw < 0.6:
            return f"{street}{joint}{city}, {rng.choice(_STATES)} {post}"
        return f"{street}{joint}{rng.choice((f'{post} {city}', f'{city} {post}', city))}"
