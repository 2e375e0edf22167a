"""Postal addresses and the parts of them that are smaller than a state; rooms and beds.

USPS Publication 28: https://pe.usps.com/text/pub28/welcome.htm
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import UPPER, Found, Rule, RuleRecognizer, before
from pipeline.redact.detector.places import (
    AMBIGUOUS_STATES,
    FOREIGN_BEFORE,
    FOREIGN_ENDING,
    RARE,
    STATE_NAMES,
    STATES,
    STREET,
)
from pipeline.redact.detector.words import lexicon, parts


def _either(words: str) -> str:
    return "|".join(sorted(words.split(), key=lambda word: (-len(word), word)))


# Bounded, here and elsewhere: a run without blanks must not be tried from each of its letters to its end.
_WORD = rf"[{UPPER}][\w'’.-]{{0,30}}"
_ANY_WORD = r"[^\W\d_][\w'’.-]{0,30}"
_GAP = r"(?:[ \t]{1,3})"
_BREAK = r"\s{0,3},?\s{1,8}"
_STATE = rf"(?:{_either(STATES)}|{STATE_NAMES})"
_ZIP = r"\d{5}(?:-\d{4})?(?![\w-])"
_UNIT = (
    r"(?:\s{0,3},?\s{0,8}(?:(?i:apartment|apt|suite|ste|unit|floor|fl|building|bldg|room|rm|lot|trailer|trlr|"
    r"#))\.?\s?#?\s?"
    r"(?:[A-Z]?-?\d+[A-Z]?|[A-Z])\b)"
)
_CITY = rf"(?:{_WORD}{_GAP}){{0,3}}{_WORD}"
_TAIL = rf"(?:{_UNIT})?(?:{_BREAK}{_CITY}\s{{0,3}},?\s{{0,3}}{_STATE}\.?(?:{_BREAK}{_ZIP})?)?"
_NUMBER = r"(?<![\w.,/-])\d{1,6}(?:-\d{1,4})?[A-Z]?"
_SIDE = r"(?:(?i:north|south|east|west|n|s|e|w|ne|nw|se|sw)\.?[ \t]{1,3})?"

_PLACE_BEFORE = re.compile(
    r"\b(?:in|from|of|to|near|at|lives?|living|resides?|address|city|town|outside|around|moved|visiting|"
    r"via)\b[\s:]{1,3}$",
    re.IGNORECASE,
)
_AMBIGUOUS = frozenset(AMBIGUOUS_STATES.split())
_MOVES = (
    r"(?:lives?|lived|living|resid(?:es?|ed|ing)|born|raised|grew\sup|moved|relocated|originally|travel(?:l?ed|s)?|"
    r"flew|drove|returned|"
    r"vacation(?:ed|ing)?|native|transferred|immigrated|emigrated|stationed|incarcerated|commutes)"
)
_NOT_STREETS = frozenset(
    (
        "am", "pm", "hour", "hours", "day", "days", "week", "weeks", "month", "months", "year", "years", "mg", "ml",
        "cc", "mm", "cm", "units", "by", "of", "the", "with", "and", "or", "per", "to",
    )
)  # fmt: skip


def _street(match: re.Match[str]) -> bool:
    """`3 Chest CT` and `10 AM Dr` are no streets."""
    words = parts(match["name"])
    if not words or _NOT_STREETS & set(words):
        return False
    if match["suffix"] == "CT" and not match["tail"]:
        return False
    return not all(map(lexicon().is_clinical, words))


def _flat(match: re.Match[str]) -> bool:
    """A flat is named as one: `25 mg #30` counts tablets."""
    return "#" not in match[0] and not _NOT_STREETS & set(parts(match[0]))


def _city(match: re.Match[str]) -> bool:
    """A city before a state; where the state's letters may mean something else, something must say it is a place."""
    if lexicon().all_plain(match["city"]):
        return False
    if match["state"] in _AMBIGUOUS:
        return bool(_PLACE_BEFORE.search(before(match)))
    return True


# The lines after a street, up to a postal code: "Porto Alegre, RS / Brazil 95828"
_BLOCK = re.compile(
    rf"(?:\s{{0,3}}[,\n][\s,>]{{0,8}}|[ ]){_WORD}(?:[ ]\(?{_WORD}\)?){{0,3}}(?:[\s,>]{{1,8}}(?:{_WORD}|nan|"
    rf"\d{{1,3}}(?!\d))(?:[ ]\(?{_WORD}\)?){{0,3}}){{0,3}}?"
    r"[\s,]{1,6}(?:[A-Z]{1,2}-)?\d{4,6}(?:-\d{4})?(?![\w-])"
)


class AddressRecognizer(RuleRecognizer):
    """Streets, units, boxes, cities with their state, ZIP codes, rooms and beds."""

    NAME = "addresses"
    ENTITIES = ("ADDRESS",)
    NEEDS = None
    RULES = (
        # 42 N. Cedar Ave., Apt 3B, Springfield, IL 62704
        Rule("ADDRESS", re.compile(
            rf"{_NUMBER}{_GAP}(?:\d{{1,5}}{_GAP})?{_SIDE}(?P<name>(?:(?:{_ANY_WORD}|\d{{1,3}}(?:st|nd|rd|"
            rf"th)){_GAP}){{1,4}}?)"
            rf"(?P<suffix>(?i:{_either(STREET)}))\b\.?{_SIDE}(?P<tail>{_TAIL})"
        ), _street, 0.95),
        Rule("ADDRESS", re.compile(
            rf"{_NUMBER}{_GAP}{_SIDE}(?P<name>(?:{_WORD}{_GAP}){{1,3}}?)(?P<suffix>{_either(RARE.title())})"
            rf"(?=\s*(?:,|\n|$)|{_UNIT})(?P<tail>{_TAIL})"
        ), _street),
        # Any number, words and a flat: "6750 Koski 25 Apt. 864"
        Rule("ADDRESS", re.compile(
            rf"{_NUMBER}{_GAP}(?:[\w'’.-]{{1,30}}{_GAP}){{0,4}}?[\w'’.-]{{1,30}},?{_UNIT}{_TAIL}"
        ), _flat),
        Rule("ADDRESS", re.compile(
            rf"(?:{_NUMBER}{_GAP})?\b(?i:{FOREIGN_BEFORE})(?:{_GAP}(?:d[aeiou]s?|del|della|la|le|les|du|l['’]))*{_GAP}"
            rf"{_WORD}(?:{_GAP}{_WORD}){{0,3}}(?:{_GAP}\d{{1,5}})?{_TAIL}"
        ), lambda match: any(c.isdigit() for c in match[0])),
        Rule("ADDRESS", re.compile(
            rf"(?:{_NUMBER}{_GAP})?\b(?:{_WORD}{_GAP}){{0,2}}(?:{_WORD})?(?i:{FOREIGN_ENDING})"
            rf"{_GAP}\d{{1,4}}[A-Za-z]?\b{_TAIL}"
        )),
        # the corner of Elm Street and 3rd Avenue
        Rule("ADDRESS", re.compile(
            rf"\b(?:corner|intersection)\sof\s(?P<v>[\w'’. -]{{2,40}}?\s(?:and|&)"
            rf"(?:\s(?:\d{{1,3}}(?:st|nd|rd|th)|{_WORD})){{1,3}})"
        )),
        Rule("ADDRESS", re.compile(
            rf"\b(?:(?i:p\.?\s?o\.?\s?box|post\soffice\sbox|lock\s?box)|(?:PSC|CMR|"
            rf"Unit)\s\d{{1,5}},?\s(?i:box))\s?#?\d+{_TAIL}"
        ), score=0.95),
        Rule("ADDRESS", re.compile(r"\b[AFD]PO\s{1,3}A[AEP]\s{1,3}\d{5}(?:-\d{4})?\b")),
        # Springfield, IL 62704
        Rule("ADDRESS", re.compile(
            rf"\b(?P<city>{_CITY})(?:\s{{0,3}},\s{{0,3}}|[ \t]{{1,3}})(?P<state>{_STATE})\b\.?(?:{_BREAK}|"
            rf",)(?P<zip>{_ZIP})"
        ), score=0.95),
        Rule("ADDRESS", re.compile(
            rf"\b(?P<city>{_CITY}),[ \t]{{0,3}}(?P<state>{_STATE})(?![\w'’])"
        ), _city),
        Rule("ADDRESS", re.compile(
            r"\b(?:zip|post(?:al|code)?)(?:[\s_-]?code)?[\s:=#]{1,3}"
            r"(?P<v>(?:[A-Z]{1,2}-?)?\d[\dA-Z]{2,5}(?:[-\s]\d[A-Z0-9]{1,3})?|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z][A-Z\d])\b",
            re.IGNORECASE,
        )),
        # A state, then five digits: a ZIP code without its city
        Rule("ADDRESS", re.compile(rf"(?<![\w-])(?P<v>{_STATE},?\s{{1,3}}{_ZIP})")),
        # Room 412, Rm 4-12B, Bed B, 5 West
        Rule("ADDRESS", re.compile(
            r"\b(?i:rooms?|rm|bed|bay|cubicle)\.?[\s#:]{1,3}(?:no\.?\s)?(?P<v>"
            r"(?:[A-Z]{1,2}-?)?\d{1,4}(?:-?[A-Z0-9]{1,3})?|[A-Z](?=[\s,.;)]|$))"
            r"(?!\s?(?:[LlFf]\b|%|minutes|hours|min\b|hrs?\b|days))(?![\w/])"
        )),
        Rule("ADDRESS", re.compile(
            r"\b(?i:ward|unit|floor|wing|pod)[\s#:]{1,2}(?P<v>\d{1,3}[A-Z]{1,2}|[A-Z]\d{1,3})\b(?!\s?(?:of|prbc|ffp))"
        )),
        # lives in Springfield, grew up in Elmwood Heights
        Rule("ADDRESS", re.compile(
            rf"\b(?i:{_MOVES})\s(?:here\s|back\s|alone\s|there\s)?(?i:in|from|to|of|near|"
            rf"outside)\s(?P<v>{_WORD}(?:{_GAP}{_WORD}){{0,2}})"
        ), lambda match: not lexicon().all_plain(match["v"])),
        Rule("ADDRESS", re.compile(
            r"\b(?i:lives?|living|resides?|residing|home)\s(?i:at|on)\s"
            rf"(?P<v>\d{{1,6}}(?:\s(?:\d{{1,3}}(?:st|nd|rd|th)|{_WORD})){{1,4}})"
        )),
    )  # fmt: skip

    def grown(self, text: str, found: Found) -> Found:
        """Return an address with the lines that lead on to its postal code."""
        block = _BLOCK.match(text, found.end) if any(c.isdigit() for c in text[found.start : found.end]) else None
        return found._replace(end=block.end()) if block else found
