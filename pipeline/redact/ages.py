"""Ages among measurements: those of 90 and over do not pass, 45 CFR 164.514(b)(2)(i)(C)."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

import yaml

from pipeline.records import SCHEMAS
from pipeline.redact.dates import OLD

_OLD_AGE = re.compile(r"(?<![\d.])(?:9\d|1[0-4]\d)(?![\d.]*\d)")


@cache
def _ages() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((SCHEMAS / "redact" / "ages.yaml").read_text("utf-8"))
    return loaded


@cache
def _display() -> re.Pattern[str]:
    return re.compile(rf"(?!.*\b(?:{'|'.join(_ages()['but'])})\b){_ages()['display']}")


@lru_cache(maxsize=4096)
def is_age(system: str | None, code: str | None, display: str | None) -> bool:
    """Tell whether a measurement is of somebody's age."""
    return code in _ages()["codes"].get(system, ()) or bool(_display().fullmatch((display or "").strip().lower()))


def is_old_age(number: float, unit: str | None, *, age: bool) -> bool:
    """Tell whether a measurement is an age of 90 or over; `age` says that it is one of age."""
    years: float | None = _ages()["years"].get(unit)
    if years is None:
        return age and number >= OLD and (unit in (None, "1") or str(unit).startswith("{"))
    return number * years >= OLD


def has_old_age(text: str) -> bool:
    """Tell whether a text that says an age says one of 90 or over."""
    return bool(_OLD_AGE.search(text))
