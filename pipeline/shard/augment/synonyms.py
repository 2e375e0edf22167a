"""Replace clinical abbreviations by their long forms, and the other way round."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache

from pipeline.config import load_yaml
from pipeline.errors import ConfigError
from pipeline.records import ENTITIES
from pipeline.shard.augment.config import SYNONYMS

# A keyed number in [0, 1) for a name: always the same for one copy of one example.
Draw = Callable[[str], float]

_SHARE = 0.5
_TAG = rf"\[(?:{'|'.join(ENTITIES)})(?:-[0-9A-F ]+)?\]"
# Beside a hyphen, slash or bracket it may be part of something else; after an article another sound may follow.
_BEFORE = r"(?<![\w/\-&.'’\[])(?<!\b[Aa] )(?<!\b[Aa][Nn] )"
_AFTER = r"(?![\w/\-&'’\]]|\.\w)"
_SENTENCE_START = re.compile(r"(?:^|[.!?]\s)[\s*•-]*(?:\d+[.)]\s*)?$")


@cache
def table() -> dict[str, tuple[str, ...]]:
    """Return the long forms of each abbreviation, the usual one first.

    Raises `ConfigError` if an entry is no abbreviation with its long forms, or if two share one.
    """
    content = {
        short: (long,) if isinstance(long, str) else tuple(long or ()) for short, long in load_yaml(SYNONYMS).items()
    }
    forms = [form for short, long in content.items() for form in (short, *long)]
    if not all(isinstance(form, str) for form in forms) or not all(content.values()):
        raise ConfigError(f"augment/{SYNONYMS.name}: every line must be `abbreviation: long form`, quoted where needed")
    if len({form.casefold() for form in forms}) < len(forms):
        raise ConfigError(f"augment/{SYNONYMS.name}: two lines have the same abbreviation or long form: keep one")
    return content


@cache
def _pattern() -> re.Pattern[str]:
    """Return what finds tags and all forms, the longest first."""
    forms = {re.escape(short): len(short) for short in table()}
    forms |= {f"(?i:{re.escape(form)})": len(form) for long in table().values() for form in long}
    written = "|".join(sorted(forms, key=lambda form: (-forms[form], form)))
    return re.compile(rf"{_TAG}|{_BEFORE}(?P<form>{written}){_AFTER}")


@cache
def _abbreviations() -> dict[str, str]:
    """Return the abbreviation of each long form, in lower case."""
    return {form.casefold(): short for short, long in table().items() for form in long}


def _terms(text: str) -> dict[str, set[str]]:
    """Return the terms of a text, by abbreviation, and the forms that each of them has there."""
    terms: dict[str, set[str]] = defaultdict(set)
    for found in (match["form"] for match in _pattern().finditer(text) if match["form"]):
        short = found if found in table() else _abbreviations()[found.casefold()]
        terms[short].add(found if found in table() else found.casefold())
    return terms


def with_synonyms(text: str, said: str, draw: Draw) -> str:
    """Return a text in which about half of the terms, at least one, are written in another way, each throughout.

    A term that the text has in two ways (`hypertension (HTN)`) is left as it is, and so is one that stands in `said`,
    what the answer says.
    """
    answered = _terms(said)
    terms = [short for short, forms in _terms(text).items() if len(forms) == 1 and short not in answered]
    ranked = sorted((draw(short), short) for short in terms)
    chosen = {short for place, (share, short) in enumerate(ranked) if place == 0 or share < _SHARE}

    def other(match: re.Match[str]) -> str:
        found = match["form"] or ""
        if found in chosen:
            return _long(table()[found][0], match)
        short = _abbreviations().get(found.casefold())
        if short not in chosen:
            return match.group()
        return _short(short, found)

    return _pattern().sub(other, text)


def _short(form: str, found: str) -> str:
    """Return an abbreviation; one of small letters (`h/o`) in the case of what was found."""
    if not form.islower() or found[:1].islower():
        return form
    return form.upper() if found.isupper() else _capitalized(form)


def _long(form: str, match: re.Match[str]) -> str:
    """Return a long form in the case of its line, and with a capital where a sentence begins."""
    before = match.string[: match.start()].rpartition("\n")[2]
    around = before + match.string[match.end() :].partition("\n")[0]
    if around.isupper():
        return form.upper()
    return _capitalized(form) if _SENTENCE_START.search(before) else form


def _capitalized(form: str) -> str:
    return form[:1].upper() + form[1:]
