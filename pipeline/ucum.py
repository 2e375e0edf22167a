"""Units of UCUM, https://ucum.org: what is one, and in which no name or number can stand."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import yaml

from pipeline.records import SCHEMAS

_LONGEST = 40
_LONGEST_SAFE = 20
_ANNOTATION = re.compile(r"\{[^{}]*\}")
_DIGITS = re.compile(r"\d+")
# More or longer numbers than in 10*12/L or /100.kg have another meaning than that of a unit.
_MOST_NUMBERS, _LONGEST_NUMBER = 2, 3
# A unit by itself of letters alone may be a name: `Tim` is a tera-inch. With a bracket or an operator it is none.
_SHORT_NAME = re.compile(r"[A-Z][a-z]{2,}")


@cache
def _parser() -> object:
    # It takes most of a second to import: only who has a unit that the table lacks pays for it.
    from ucumvert import get_ucum_parser

    return get_ucum_parser()


@lru_cache(maxsize=4096)
def is_ucum(unit: str) -> bool:
    """Tell whether the grammar of UCUM takes a unit."""
    from lark.exceptions import LarkError

    if not unit or len(unit) > _LONGEST or not unit.isascii():
        return False
    try:
        _parser().parse(unit)  # type: ignore[attr-defined]
    except LarkError:
        return False
    return True


@cache
def _listed() -> tuple[dict[str, str], frozenset[str]]:
    """Return the units of the table by their spelling in lower case, and the annotations that stand in them."""
    units = [str(unit) for unit in yaml.safe_load((SCHEMAS / "units.yaml").read_text("utf-8"))]
    annotations = yaml.safe_load((SCHEMAS / "vocabularies.yaml").read_text("utf-8"))["unit_annotation"]
    folded: dict[str, str] = {}
    for unit in units:
        folded.setdefault(unit.lower(), unit)
    written = {match for unit in units for match in _ANNOTATION.findall(unit)}
    return folded, frozenset(written | {f"{{{word}}}" for word in annotations})


@lru_cache(maxsize=4096)
def plain_unit(text: str) -> str | None:
    """Return a unit in which no name or number can stand: one of the table, else any that UCUM has.

    Of annotations only those of a closed list stay, since anything may stand in them. `None` for what is no unit.
    """
    unit = text.strip()
    folded, annotations = _listed()
    if found := folded.get(unit.lower()):
        return found
    unit = _ANNOTATION.sub(lambda match: match[0] if match[0] in annotations else "", unit)
    if found := folded.get(unit.lower()):
        return found
    bare = _ANNOTATION.sub("", unit)
    numbers = _DIGITS.findall(bare)
    if len(unit) > _LONGEST_SAFE or len(numbers) > _MOST_NUMBERS or any(len(n) > _LONGEST_NUMBER for n in numbers):
        return None
    if (numbers and not any(c.isalpha() for c in bare)) or _SHORT_NAME.fullmatch(bare):
        return None
    return unit if is_ucum(unit) else None
