"""Units in UCUM: by a table of usual spellings, else by the grammar of a library."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import yaml

from pipeline.records import SCHEMAS
from pipeline.ucum import is_ucum

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_POWER_OF_TEN = re.compile(
    r"(?:[xX×]\s?)?10\s?(?:\^|\*\*?|[eE]\+?|\(|(?=[⁰¹²³⁴⁵⁶⁷⁸⁹]))([0-9]{1,2}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})\)?(?=$|[\s/])"
)
_MICRO = re.compile(r"[µμ]|\b[mM][cC](?=[gGlLmMiI])")
_SPACES = re.compile(r"\s+")

# How many of the first unit of its dimension one of a unit is, and where its zero lies.
_MEASURES: tuple[dict[str, tuple[float, float]], ...] = (
    {"Cel": (1, 0), "[degF]": (5 / 9, -160 / 9), "K": (1, -273.15)},
    {"kg": (1, 0), "g": (1e-3, 0), "mg": (1e-6, 0), "[lb_av]": (0.45359237, 0), "[oz_av]": (0.028349523125, 0)},
    {"m": (1, 0), "cm": (0.01, 0), "mm": (0.001, 0), "[in_i]": (0.0254, 0), "[ft_i]": (0.3048, 0)},
)


@cache
def _table() -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = yaml.safe_load((SCHEMAS / "units.yaml").read_text("utf-8"))
    return loaded


@cache
def _spellings() -> tuple[dict[str, str], dict[str, str]]:
    """Return UCUM by spelling, and by spelling in lower case: the first that the table has."""
    exact = {word: ucum for ucum, words in _table().items() for word in words} | {ucum: ucum for ucum in _table()}
    folded: dict[str, str] = {}
    for word, ucum in exact.items():
        folded.setdefault(word.lower(), ucum)
    # UCUM that differs from a spelling by its case only: `Cel`, `mg/dl`.
    return exact, folded | {ucum.lower(): ucum for ucum in _table()}


def _listed(unit: str) -> str | None:
    exact, folded = _spellings()
    return exact.get(unit) or folded.get(unit.lower())


@lru_cache(maxsize=4096)
def listed_unit(text: str) -> str | None:
    """Return the UCUM spelling of a unit that the table has, as a whole or by its parts; `None` for others."""
    unit = _POWER_OF_TEN.sub(lambda power: "10*" + power[1].translate(_SUPERSCRIPTS), _SPACES.sub(" ", text.strip()))
    unit = _MICRO.sub("u", unit.translate(_SUPERSCRIPTS))
    for candidate in (unit, unit.replace(" per ", "/"), unit.replace(" ", "")):
        if found := _listed(candidate):
            return found
    parts = [_listed(part.strip()) if part.strip() else "" for part in unit.replace(" per ", "/").split("/")]
    if len(parts) < 2 or None in parts or not any(parts):
        return None
    joined = "/".join(str(part) for part in parts)
    return _listed(joined) or joined


@lru_cache(maxsize=4096)
def ucum_unit(text: str) -> str | None:
    """Return the UCUM spelling of a unit; `None` where it is none."""
    unit = text.strip()
    return listed_unit(text) or (unit if is_ucum(unit) else None)


def convert(value: float, unit: str, to: str) -> float:
    """Convert a temperature, weight or height between UCUM units.

    Raises `ValueError` for units that do not measure the same, or that there are none of.
    """
    for measure in _MEASURES:
        if unit in measure and to in measure:
            (factor, zero), (to_factor, to_zero) = measure[unit], measure[to]
            return (value * factor + zero - to_zero) / to_factor
    raise ValueError("units that do not measure the same")
