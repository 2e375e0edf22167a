"""What the labels of gold sets are to us. The map is data: `schemas/evaluation/labels.yaml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.config import load_yaml
from pipeline.errors import ConfigError
from pipeline.records import ENTITIES, SCHEMAS

FILE = SCHEMAS / "evaluation" / "labels.yaml"
PLACES = SCHEMAS / "evaluation" / "places.txt"
# What may be said of a label aloud: a label, not a value that stands where a label should.
_SPEAKABLE = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{0,39}")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a label, or one span of it, is to us.

    `entity` is the class that must be found, or the label that must be kept if `keep`; otherwise `reason` says why it
    is out of scope. `unless` names the rule that decides about each span by its text.
    """

    entity: str = ""
    keep: bool = False
    reason: str = ""
    unless: str = ""


class Labels:
    """A map from labels to what they are to us; case, blanks, - and _ make no difference in a label."""

    def __init__(self, meanings: Mapping[str, Meaning]) -> None:
        self._meanings = {_folded(label): meaning for label, meaning in meanings.items()}

    def check(self, labels: Iterable[str]) -> None:
        """Raise `ConfigError` that names the labels that the map does not have."""
        unknown = sorted({label for label in labels if _folded(label) not in self._meanings})
        if unknown:
            named = [label for label in unknown if _SPEAKABLE.fullmatch(label)]
            more = f" and {len(unknown) - len(named)} that do not look like labels" if len(named) < len(unknown) else ""
            raise ConfigError(
                f"unknown labels: {', '.join(named) or 'none'}{more}; say with --labels MAP.yaml what they are, "
                "each on a line as in schemas/evaluation/labels.yaml"
            )

    def meaning(self, label: str, text: str) -> Meaning:
        """Return what a span of a label is, given its text; `label` must be known."""
        meaning = self._meanings[_folded(label)]
        if meaning.unless and RULES[meaning.unless](text):
            return Meaning(reason=meaning.unless)
        return meaning


def load_labels(own: Path | None = None) -> Labels:
    """Read the map; what `own` says comes before it.

    Raises `ConfigError` if a value is none of the forms that the map explains.
    """
    meanings: dict[str, Meaning] = {}
    for path in (FILE, own):
        for label, value in (load_yaml(path) if path else {}).items():
            meaning = _parsed(str(value))
            if meaning is None:
                raise ConfigError(
                    f"{path.name if path else ''}: the value of {label} must be a class ({', '.join(ENTITIES)}), "
                    f"CLASS unless RULE ({', '.join(RULES)}), `out of scope REASON`, or `keep`"
                )
            meanings[str(label)] = Meaning(str(label), keep=True) if meaning.keep else meaning
    return Labels(meanings)


def _parsed(value: str) -> Meaning | None:
    if value == "keep":
        return Meaning(keep=True)
    if value.startswith("out of scope "):
        return Meaning(reason=value.removeprefix("out of scope ").strip())
    entity, _, rule = value.partition(" unless ")
    return Meaning(entity, unless=rule) if entity in ENTITIES and rule in ("", *RULES) else None


def _folded(label: str) -> str:
    return re.sub(r"[\s_-]+", "_", label).casefold()


# A year, a weekday, a time of day, a part of the day or year, a distance: no element of a date but the year.
_COARSE = re.compile(
    r"(?<!\d)(?:1[6-9]|20)\d\d(?!\d)|(?<!\d)'?\d0s\b|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:days?)?\b|"
    r"\b\d{1,2}(?::\d\d){1,2}\b|\b\d{1,2}(?=\s?[ap]\.?m\b)|\b[ap]\.?m\b|\bo'clock\b|"
    r"\b\d{1,3}(?=[ -](?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b)|"
    r"\b(?:seconds?|minutes?|hours?|days?|weeks?|weekends?|months?|years?|decades?|today|tonight|yesterday|tomorrow|"
    r"now|morning|noon|afternoon|evening|night|midnight|spring|summer|fall|autumn|winter|ago|last|next|this|past|"
    r"previous|current|early|earlier|late|later|mid|in|on|at|of|the|a|an|few|several|couple|every|each|since|about|and|"
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")
_OLD = re.compile(r"ninet(?:y|ies)|hundred|centenarian", re.IGNORECASE)


def _no_date(text: str) -> bool:
    return not any(c.isalnum() for c in _COARSE.sub("", text))


def _under_90(text: str) -> bool:
    return not _OLD.search(text) and all(int(number) < 90 for number in _NUMBER.findall(text))


def _state_or_country(text: str) -> bool:
    bare = re.sub(r"\([^)]*\)|\bthe\b|[^\w\s]", "", text, flags=re.IGNORECASE)
    return " ".join(bare.split()).casefold() in _large_places()


@cache
def _large_places() -> frozenset[str]:
    lines = PLACES.read_text("utf-8").splitlines()
    return frozenset(name.strip().casefold() for line in lines if not line.startswith("#") for name in line.split(","))


# By what a span of a label in scope may be out of it all the same.
RULES: Mapping[str, Callable[[str], bool]] = {
    "no_date": _no_date,
    "under_90": _under_90,
    "state_or_country": _state_or_country,
}
