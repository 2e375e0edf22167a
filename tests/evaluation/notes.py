"""Clinical notes with gold spans: those of notes.txt, each filled twice with people and numbers of nobody."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.evaluation.gold import Document, GoldSpan

HERE = Path(__file__).parent
FILLINGS = 2
KEEP = "KEEP"
_SLOT = re.compile(r"\{([\w.]+)\}|\[\[(.+?)\]\]")
_STREETS = [
    "418 Larkspur Lane",
    "27 Old Quarry Road",
    "1906 W. Tamarack Street",
    "5 Heron Court, Apt 4B",
    "3320 Foxglove Drive",
]
_CITIES = ["Elmsford Falls", "Wexburg", "Tallow Creek", "Port Allison", "Brindle Park", "Hartsville"]
_HOSPITALS = [
    "Larkspur General Hospital", "St. Brendan's Medical Center", "Tri-County Memorial Hospital",
    "Wexburg Community Hospital", "University Hospital of Port Allison",
]  # fmt: skip
_DATES = {"": "%m/%d/%Y", "iso": "%Y-%m-%d", "long": "%B {day}, %Y", "md": "{month}/{day}"}


@cache
def names() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return given and family names by origin."""
    loaded: dict[str, Any] = yaml.safe_load((HERE / "names.yaml").read_text("utf-8"))
    return loaded


@cache
def notes() -> tuple[Document, ...]:
    """Return the notes; the same ones each time."""
    texts = re.split(r"^=== .*\n", (HERE / "notes.txt").read_text("utf-8"), flags=re.MULTILINE)[1:]
    return tuple(
        _filled(f"{number}-{filling}", text, random.Random(1000 * filling + number))
        for filling in range(FILLINGS) for number, text in enumerate(texts)
    )  # fmt: skip


def _filled(name: str, text: str, rng: random.Random) -> Document:
    values: dict[str, Any] = {}
    pieces: list[str] = []
    spans: list[GoldSpan] = []
    at, length = 0, 0
    for match in _SLOT.finditer(text):
        word, label = (match[2], KEEP) if match[2] else _value(match[1], values, rng)
        pieces += [text[at : match.start()], word]
        length += match.start() - at
        if label:
            spans.append(GoldSpan(length, length + len(word), label))
        length += len(word)
        at = match.end()
    return Document(name, "".join([*pieces, text[at:]]), tuple(spans))


def _value(slot: str, values: dict[str, Any], rng: random.Random) -> tuple[str, str]:
    """Return what stands in a slot, the same in all of a note, and its label."""
    name, _, form = slot.partition(".")
    if name not in values:
        values[name] = _made(name, rng)
    value = values[name]
    if isinstance(value, date):
        return value.strftime(_DATES[form].format(day=value.day, month=value.month)), "DATE"
    if isinstance(value, tuple):
        first, last = value
        forms = {"full": f"{first} {last}", "inverted": f"{last}, {first}", "first": first, "last": last}
        return forms[form], "NAME"
    return value, _LABELS[name.rstrip("123")]


def _made(name: str, rng: random.Random) -> Any:
    if len(name) == 1:
        american = names()["american"]
        return rng.choice(american["given"]), rng.choice(american["family"])
    if name == "dob":
        return date(1930, 1, 1) + timedelta(rng.randrange(25_000))
    if name.startswith("date"):
        return date(2023, 1, 1) + timedelta(rng.randrange(1000))
    return _MADE[name.rstrip("123")](rng)


def _digits(rng: random.Random, count: int) -> str:
    return "".join(str(rng.randrange(1, 10)) for _ in range(count))


_MADE = {
    "mrn": lambda rng: _digits(rng, 8),
    "account": lambda rng: f"{_digits(rng, 4)}-{_digits(rng, 5)}",
    "plan": lambda rng: f"XQH{_digits(rng, 9)}",
    "license": lambda rng: f"RN{_digits(rng, 6)}",
    "device": lambda rng: f"PJN{_digits(rng, 6)}H",
    "vin": lambda rng: f"1HGCM82633A{_digits(rng, 6)}",
    "accession": lambda rng: f"S24-{_digits(rng, 5)}",
    "ssn": lambda rng: f"{rng.randrange(100, 600)}-{rng.randrange(10, 99)}-{_digits(rng, 4)}",
    "phone": lambda rng: f"{rng.choice(['(413) 555-', '617-555-', '802.555.'])}01{rng.randrange(10, 99)}",
    "pager": lambda rng: _digits(rng, 5),
    "email": lambda rng: f"{rng.choice(['kwhit', 'r.tidwell', 'paige_o'])}{_digits(rng, 2)}@example.org",
    "url": lambda rng: f"https://portal.example.org/u/{_digits(rng, 6)}",
    "street": lambda rng: rng.choice(_STREETS),
    "city": lambda rng: rng.choice(_CITIES),
    "state": lambda rng: rng.choice(["VT", "MA", "Ohio"]),
    "zip": lambda rng: f"0{_digits(rng, 4)}",
    "hospital": lambda rng: rng.choice(_HOSPITALS),
    "old": lambda rng: str(rng.randrange(91, 99)),
}
_LABELS = {
    "mrn": "MRN", "account": "ACCOUNT", "plan": "HEALTH_PLAN", "license": "LICENSE", "device": "DEVICE", "vin": "VIN",
    "accession": "ID", "ssn": "SSN", "phone": "PHONE", "pager": "PAGER", "email": "EMAIL", "url": "URL",
    "street": "STREET", "city": "CITY", "state": "STATE", "zip": "ZIP", "hospital": "HOSPITAL", "old": "AGE",
}  # fmt: skip
