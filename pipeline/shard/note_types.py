"""Tell what a note is: a discharge summary, a dialogue, ... (`schemas/note_types.yaml`)."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pipeline.config import load_yaml
from pipeline.records import SCHEMAS

OTHER = "other"
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=1 << 14)
def note_type(code: str | None, title: str | None, category: str | None) -> str:
    """Return the type of a note; `other` if neither code, title nor category tells."""
    codes, titles = _types()
    if code in codes:
        return codes[code]
    for said in (title, category):
        padded = f" {' '.join(_WORD.findall(said.lower()))} " if said else ""
        for phrase, name in titles:
            if phrase in padded:
                return name
    return OTHER


@cache
def note_types() -> tuple[str, ...]:
    """Return the names of all types."""
    return (*load_yaml(SCHEMAS / "note_types.yaml"), OTHER)


@cache
def _types() -> tuple[dict[str | None, str], tuple[tuple[str, str], ...]]:
    loaded = load_yaml(SCHEMAS / "note_types.yaml")
    codes: dict[str | None, str] = {code: name for name, of in loaded.items() for code in of.get("loinc", ())}
    return codes, tuple((f" {phrase} ", name) for name, of in loaded.items() for phrase in of["titles"])
