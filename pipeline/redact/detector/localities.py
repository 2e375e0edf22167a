"""Cities, counties and postal codes without a street, and where somebody is from.

45 CFR 164.514(b)(2)(i)(B), geographic subdivisions smaller than a state:
https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer, before
from pipeline.redact.detector.name_forms import Spans
from pipeline.redact.detector.places import AMBIGUOUS_STATES, BREAK, CITY, GAP, STATE, STATE_NAMES, WORD, ZIP
from pipeline.redact.detector.words import lexicon, parts

_PLACE_BEFORE = re.compile(
    r"\b(?:in|from|of|to|near|at|lives?|living|resides?|address|city|town|outside|around|moved|visiting|"
    r"via)\b[\s:]{1,3}$",
    re.IGNORECASE,
)
_AMBIGUOUS = frozenset(AMBIGUOUS_STATES.split())
_STATES = frozenset(STATE_NAMES.casefold().split("|"))
_LIVES = r"(?:lives?|lived|living|resid(?:es?|ed|ing)|born|raised|grew[ ]up|originally|native|hails?)"
_MOVES = (
    r"(?:moved|relocated|travel(?:l?ed|s)?|flew|drove|returned|vacation(?:ed|ing)?|transferred|immigrated|emigrated|"
    r"stationed|incarcerated|commutes|visit(?:ed|ing))"
)
_WHERE = r"(?:in|from|to|of|near|outside)"
_LABEL = r"(?:city|town|county|village|borough|birth[ ]?place|place[ ]of[ ]birth|home[ ]?town|municipality|where)"
_ADDRESS = (
    r"(?:(?:home|mailing|postal|street|billing|work|current|permanent|patient|residential)[ _])?(?:address|"
    r"residence)(?:[ ](?:line[ ])?\d)?"
)


def _city(match: re.Match[str]) -> bool:
    """A city before a state; where the state's letters may mean something else, something must say it is a place."""
    if lexicon().all_plain(match["city"]):
        return False
    if match["state"] in _AMBIGUOUS:
        return bool(_PLACE_BEFORE.search(before(match)))
    return True


def _place(match: re.Match[str]) -> Spans:
    """Yield the words of a place, without the sentence that begins after it: "in Springfield. He"."""
    words = lexicon()
    start, end = match.span("v")
    stop = start
    for token in re.finditer(r"\S+", match.string[start:end]):
        inner = parts(token[0])
        bare = token[0].rstrip(".,")
        if any(word in words.note and len(word) > 1 for word in inner) and not (
            bare.istitle() and stop == start and _is_town(inner)
        ):
            break
        stop = start + token.start() + len(bare)
        if bare != token[0] and len(bare) > 3:
            break
    place = match.string[start:stop]
    if place and not words.all_plain(place) and place.casefold() not in _STATES:
        yield start, stop


def _is_town(inner: list[str]) -> bool:
    return inner[0] in ("new", "north", "south", "east", "west", "saint", "st", "fort", "mount", "los", "las", "san")


def _lower(match: re.Match[str]) -> Spans:
    words = lexicon()
    inner = parts(match["v"])
    if inner and not any(map(words.is_word, inner)) and match["v"].casefold() not in _STATES:
        yield match.span("v")


def _line(match: re.Match[str]) -> bool:
    return (
        "@" not in match["v"]
        and not lexicon().all_plain(match["v"])
        and any(c.isdigit() or c.isupper() for c in match["v"])
    )


class LocalityRecognizer(RuleRecognizer):
    """Places smaller than a state."""

    NAME = "localities"
    ENTITIES = ("ADDRESS",)
    RULES = (
        # Springfield, IL 62704
        Rule("ADDRESS", re.compile(
            rf"\b(?P<city>{CITY})(?:\s{{0,3}},\s{{0,3}}|[ \t]{{1,3}})(?P<state>{STATE})\b\.?(?:{BREAK}|,)(?P<zip>{ZIP})"
        ), None, 0.95, r"[a-z]\.?,?\s{0,8}\d{5}"),
        Rule("ADDRESS", re.compile(
            rf"\b(?P<city>{CITY}),[ \t]{{0,3}}(?P<state>{STATE})(?![\w'’])"
        ), _city, 0.9, rf"[^\n\d],[ \t]{{0,3}}{STATE}"),
        Rule("ADDRESS", re.compile(
            rf"\b(?:(?i:{_LIVES}|{_MOVES}|from|in)[ ])(?:here[ ])?(?:in[ ]|from[ ]|to[ ])?(?P<v>[a-z]{{3,20}}"
            rf"(?:[ ][a-z]{{3,20}})?,[ ]?(?:{STATE}|{STATE.lower()}))(?![\w'’])"
        ), lambda match: not lexicon().is_plain(parts(match["v"])[0]), 0.8, rf"[^\n\d],[ \t]{{0,3}}{STATE}"),
        Rule("ADDRESS", re.compile(
            r"\b(?:zip|post(?:al|code)?)(?:[\s_-]?code)?(?:[ ]is)?[\s:=#]{1,3}"
            r"(?P<v>(?:[A-Z]{1,2}-?)?\d[\dA-Z]{2,5}(?:[-\s]\d[A-Z0-9]{1,3})?|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z][A-Z\d])\b",
            re.IGNORECASE,
        ), None, 0.9, r"(?:zip|postal|postcode|post)[ _-]?(?:code)?[\s:=#]"),
        # A state, then five digits: a ZIP code without its city
        Rule("ADDRESS", re.compile(rf"(?<![\w-])(?P<v>{STATE},?\s{{1,3}}{ZIP})"), None, 0.9, r"[a-z],?\s{1,3}\d{5}"),
        # lives in Springfield, grew up in Elmwood Heights
        Rule("ADDRESS", re.compile(
            rf"\b(?i:{_LIVES}|{_MOVES})\s(?:(?:here|back|alone|there|up|out|over)\s){{0,2}}(?i:{_WHERE})\s"
            rf"(?P<v>{WORD}(?:{GAP}{WORD}){{0,2}})"
        ), _place, 0.9, rf"(?:{_LIVES}|{_MOVES})\s"),
        Rule("ADDRESS", re.compile(
            rf"\b(?i:{_LIVES})[ ](?:here[ ]|alone[ ])?(?:in|from|near|outside)[ ](?P<v>[^\W\d_]{{3,20}})(?=[ ]?"
            rf"(?:[.,;)]|\n|$|[ ](?:with|and|for|since|but|alone)\b))"
        ), _lower, 0.8, rf"{_LIVES} "),
        # in Quistby 6091; not a year
        Rule("ADDRESS", re.compile(
            rf"\b(?:in|at|to|from)[ ](?P<v>(?P<name>{WORD})[ ](?!19\d\d|20\d\d)\d{{4,5}})(?![\w.,/:-]*\d)"
        ), lambda match: not lexicon().all_plain(match["name"]), 0.7, r"(?:in|at|to|from) [^\n\d]{2,32} \d{4}"),
        # City: Springfield
        Rule("ADDRESS", re.compile(
            rf"(?<![^\W_])(?i:{_LABEL})[ ]?[:=][ ]{{0,3}}(?P<v>{WORD}(?:{GAP}{WORD}){{0,3}})"
        ), _place, 0.9, rf"{_LABEL} ?[:=]"),
        # Address: what follows, up to the next field or the end of the line
        Rule("ADDRESS", re.compile(
            rf"(?<!ip[ ])(?<![^\W_])(?i:{_ADDRESS})[ ]?[:=][ \t]{{0,3}}(?P<v>\w[^\n|;\t=:]{{2,100}}?)(?=[ ]{{2}}|"
            rf"[|;\t\n]|$|[.,]?[ ](?:[A-Z][\w ]{{0,15}}|[a-z]{{2,12}})[:=]|[.?!](?:\s|$))"
        ), _line, 0.8, r"(?:address|residence)[^:=\n]{0,8}[:=]"),
        # Elmwood County
        Rule("ADDRESS", re.compile(
            rf"(?<![\w'’.])(?P<v>(?P<name>{WORD}(?:{GAP}{WORD})?){GAP}(?:County|Township|Borough|COUNTY))\b"
        ), lambda match: not lexicon().all_plain(match["name"]), 0.8, r" (?:county|township|borough)\b"),
    )  # fmt: skip
