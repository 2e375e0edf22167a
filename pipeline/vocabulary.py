"""Code systems, sexes, races and closed vocabularies by the one name that chartmill uses for each."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import yaml

from pipeline.records import SCHEMAS

_SEXES = {
    "f": "female", "female": "female", "w": "female", "m": "male", "male": "male", "o": "other", "other": "other",
    "a": "other", "n": "other", "u": "unknown", "unknown": "unknown", "un": "unknown",
}  # fmt: skip

# OMB categories by CDC code (PHVS_RaceCategory_CDC) and by the words exports use
_RACES = {
    "1002-5": "American Indian or Alaska Native",
    "american indian or alaska native": "American Indian or Alaska Native",
    "native": "American Indian or Alaska Native", "2028-9": "Asian", "asian": "Asian",
    "2054-5": "Black or African American", "black": "Black or African American",
    "black or african american": "Black or African American", "african american": "Black or African American",
    "2076-8": "Native Hawaiian or Other Pacific Islander", "hawaiian": "Native Hawaiian or Other Pacific Islander",
    "native hawaiian or other pacific islander": "Native Hawaiian or Other Pacific Islander",
    "2106-3": "White", "white": "White", "2131-1": "Other", "other": "Other", "other race": "Other",
    "unknown": "Unknown", "unk": "Unknown", "asku": "Declined", "declined": "Declined",
}  # fmt: skip

_ETHNICITIES = {
    "2135-2": "Hispanic or Latino", "h": "Hispanic or Latino", "hispanic": "Hispanic or Latino",
    "hispanic or latino": "Hispanic or Latino", "2186-5": "Not Hispanic or Latino", "n": "Not Hispanic or Latino",
    "nonhispanic": "Not Hispanic or Latino", "non-hispanic": "Not Hispanic or Latino",
    "not hispanic or latino": "Not Hispanic or Latino", "u": "Unknown", "unknown": "Unknown",
}  # fmt: skip


@cache
def code_systems() -> dict[str, Any]:
    """Return the known code systems by canonical URI."""
    loaded: dict[str, Any] = yaml.safe_load((SCHEMAS / "code_systems.yaml").read_text("utf-8"))
    return loaded


@cache
def _uris() -> dict[str, str]:
    return {name.lower(): uri for uri, system in code_systems().items() for name in (uri, *system["names"])}


def canonical_system(name: str) -> str:
    """Return the canonical URI of a code system, or the name as it is if the system is unknown."""
    return _uris().get(name.strip().lower().removeprefix("urn:oid:"), name.strip())


def canonical_sex(text: str) -> str:
    """Return female, male, other or unknown."""
    return _SEXES.get(text.strip().lower(), "unknown")


def canonical_race(text: str) -> str:
    """Return the OMB category, or the text as it is."""
    return _RACES.get(text.strip().lower(), text.strip())


def canonical_ethnicity(text: str) -> str:
    """Return the OMB category, or the text as it is."""
    return _ETHNICITIES.get(text.strip().lower(), text.strip())


@cache
def _pattern(uri: str) -> re.Pattern[str]:
    return re.compile(code_systems()[uri]["pattern"])


def is_code(uri: str | None, code: str) -> bool:
    """Tell whether `code` has the form of a code of the system; never so for an unknown system."""
    return uri in code_systems() and bool(_pattern(str(uri)).fullmatch(code))


@cache
def vocabulary(name: str) -> dict[str, str]:
    """Return a closed vocabulary: lower-case word to its spelling (`schemas/vocabularies.yaml`)."""
    loaded = yaml.safe_load((SCHEMAS / "vocabularies.yaml").read_text("utf-8"))
    return {str(word).lower(): str(word) for word in loaded[name]}


_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?([eE][+-]?\d+)?")


def parse_number(text: str) -> float | None:
    """Return a number, thousands separated by commas or not; `None` if the text is not one."""
    text = text.strip()
    if not any(c.isdigit() for c in text) or not text.isascii() or not _NUMBER.fullmatch(text):
        return None
    return float(text.replace(",", ""))
