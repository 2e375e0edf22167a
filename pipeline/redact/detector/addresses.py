"""Postal addresses of the United States: streets, flats, boxes, routes, crossings.

USPS Publication 28: https://pe.usps.com/text/pub28/welcome.htm
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Found, Rule, RuleRecognizer
from pipeline.redact.detector.places import (
    ANY_WORD,
    COUNTRY,
    GAP,
    NOT_STREETS,
    NUMBER,
    RARE,
    STREET,
    TAIL,
    UNIT,
    WORD,
    either,
)
from pipeline.redact.detector.words import lexicon, parts

_SIDE = r"(?:(?i:north|south|east|west|n|s|e|w|ne|nw|se|sw)\.?[ \t]{1,3})?"
_ORDINAL = r"\d{1,3}(?i:st|nd|rd|th)"
_STREET = rf"(?i:{either(STREET)})\b\.?"
# Unlike "Dr" or "Way" they need no number to be a street.
_SURE_STREET = r"(?:Street|Avenue|Ave|Boulevard|Blvd|Lane|Road|Rd|Parkway|Pkwy|STREET|AVENUE|BLVD|ROAD|PARKWAY)"
# Suffixes that are words of notes as well
_WORDS_TOO = frozenset(
    (
        "ct",
        "court",
        "way",
        "close",
        "place",
        "square",
        "sq",
        "trail",
        "dr",
        "drive",
        "loop",
        "circle",
        "terrace",
        "ter",
        "pl",
        "route",
    )
)
_SOME_STREET = (
    rf"(?:{_ORDINAL}|{WORD}|\d{{1,5}})(?:\s(?:{_ORDINAL}|[^\W\d_][\w'’.-]{{0,30}})){{0,3}}?"
    rf"(?:\s\d{{1,4}}\b\.?)?(?:\s(?i:str|st)\b\.?)?"
)
_LAST_STREET = rf"(?:{_ORDINAL}|{WORD}|\d{{1,5}})(?:\s(?:{_ORDINAL}|{WORD})){{0,3}}(?:\s\d{{1,4}}\b)?"
_ROUTE = (
    r"(?:county[ ]ro?a?d|co[ ]rd|state[ ](?:route|road|highway|hwy)|us[ ](?:highway|hwy|route)|highway|hwy|"
    r"farm[ ]to[ ]market(?:[ ]road)?|ranch[ ]road|interstate|rural[ ]r(?:ou)?te|township[ ]road)"
)
# Laboratory values as well: only after a house number, and with two digits
_SHORT_ROUTE = r"(?:CR|SR|FM)[ ]\d{2,4}(?![.,]?\d)"

# The lines after a street, up to a postal code or a country: "Springão, RS / Brazil 95999"
_BLOCK = re.compile(
    rf"(?:\s{{0,3}}[,\n][\s,>]{{0,8}}|[ ]){WORD}(?:[ ](?:d[aeiou]s?[ ]|del[ ]|la[ ])?\(?{WORD}\)?){{0,3}}"
    rf"(?:[\s,>]{{1,8}}(?:{WORD}|nan|\d{{1,3}}(?!\d))(?:[ ]\(?{WORD}\)?){{0,3}}){{0,4}}?"
    r"(?:[\s,]{1,8}(?:[A-Z]{1,2}-)?\d{4,6}(?:-\d{4})?(?![\w-])|"
    rf"[\s,>]{{1,8}}{COUNTRY}\b(?:[ ]\([^\W\d_]{{4,20}}\))?(?:[ ]\d{{4,6}}\b)?)"
)


def with_block(text: str, found: Found) -> Found:
    """Return an address with the lines that lead on to its postal code."""
    block = _BLOCK.match(text, found.end) if any(c.isdigit() for c in text[found.start : found.end]) else None
    return found._replace(end=block.end()) if block else found


def _street(match: re.Match[str]) -> bool:
    """Tell whether a number, words and a suffix are a street; `3 Chest CT` and `10 AM Dr` are none."""
    words = [word for word in parts(match["name"]) if not word.isdigit()] or parts(match["name"])
    if not words or NOT_STREETS.intersection(words):
        return False
    if match["suffix"].rstrip(".").casefold() in _WORDS_TOO and not match["tail"]:
        return match["suffix"].istitle() and not lexicon().all_plain(match["name"])
    return not all(map(lexicon().is_clinical, words))


def _flat(match: re.Match[str]) -> bool:
    """Tell whether a flat is named as one; `25 mg #30` counts tablets."""
    return (
        "#" not in match[0] and not NOT_STREETS.intersection(parts(match[0])) and not lexicon().all_plain(match["name"])
    )


def _unplain(match: re.Match[str]) -> bool:
    return not lexicon().all_plain(match["name"])


def _named(match: re.Match[str]) -> bool:
    return not lexicon().all_clinical(match["name"]) and not NOT_STREETS.intersection(parts(match["name"]))


def _crossing(match: re.Match[str]) -> bool:
    """Tell whether both sides of a crossing are streets; `the corner of the eye and nose` is none."""
    return all(
        any(c.isdigit() or c.isupper() for c in side) and not lexicon().all_clinical(side)
        for side in (match["one"], match["other"])
    )


class AddressRecognizer(RuleRecognizer):
    """Streets and boxes, with the city and the postal code that follow."""

    NAME = "addresses"
    ENTITIES = ("ADDRESS",)
    RULES = (
        # 42 N. Cedar Ave., Apt 3B, Springfield, IL 62704
        Rule("ADDRESS", re.compile(
            rf"{NUMBER},?{GAP}(?:\d{{1,5}}{GAP})?{_SIDE}(?P<name>(?:(?:{ANY_WORD}|{_ORDINAL}){GAP}){{1,4}}?)"
            rf"(?P<suffix>{_STREET})(?:[ ](?:[NS][EW]?|[EW]|[ns][ew])\b\.?)?(?P<tail>{TAIL})"
        ), _street, 0.95, rf"[ \t](?:{either(STREET)})\b"),
        Rule("ADDRESS", re.compile(
            rf"{NUMBER}{GAP}{_SIDE}(?P<name>(?:{WORD}{GAP}){{1,3}}?)(?P<suffix>{either(RARE.title())})"
            rf"(?=\s*(?:,|\n|$)|{UNIT})(?P<tail>{TAIL})"
        ), _street, 0.9, rf"[ \t](?:{either(RARE)})\b"),
        # Any number, words and a flat: "6755 Quistki 25 Apt. 86"
        Rule("ADDRESS", re.compile(
            rf"{NUMBER}{GAP}(?P<name>(?:[\w'’.-]{{1,30}}{GAP}){{0,4}}?[\w'’.-]{{1,30}}),?{UNIT}{TAIL}"
        ), _flat, 0.9, r"(?:apartment|apt|suite|ste|unit|floor|fl|building|bldg|room|rm|lot|trailer|trlr|"
        r"flat)\.?\s?#?\s?[a-z]?-?\d"),
        # lives on Elm Street; Maple Avenue
        Rule("ADDRESS", re.compile(
            rf"(?<![\w'’.])(?P<v>{_SIDE}(?P<name>(?:{WORD}|{_ORDINAL})(?:{GAP}{WORD}){{0,2}}){GAP}{_SURE_STREET}\b)"
        ), _unplain, 0.8, rf"[^ \n] {{1,3}}{_SURE_STREET}\b"),
        Rule("ADDRESS", re.compile(
            r"\b(?i:lives?|living|resides?|residing|home|house|located|address(?:[ ]is)?)\s(?i:at|on|off|is)\s"
            rf"(?P<v>\d{{1,6}}(?P<name>(?:\s(?:{_ORDINAL}|{WORD})){{1,4}}))"
        ), _named, 0.9, r"(?:at|on|off|is)\s\d"),
        # the corner of Elm Street and 3rd Avenue; Elm St & Main St
        Rule("ADDRESS", re.compile(
            rf"\b(?i:the\s)?(?i:corner|intersection|crossing)\sof\s(?P<one>{_SOME_STREET})\s(?:and|&|at)\s"
            rf"(?P<other>{_LAST_STREET})"
        ), _crossing, 0.9, r"(?:corner|intersection|crossing)\sof\s"),
        Rule("ADDRESS", re.compile(
            rf"(?<![\w'’-])(?P<one>(?:{_ORDINAL}|{WORD})(?:[ ]{WORD})?[ ](?:St|Ave|Rd|Blvd|Street|Avenue|Road|Drive|"
            rf"Dr|Ln|Lane)\b\.?)"
            rf"[ ](?:and|&|at|@)[ ](?P<other>(?:{_ORDINAL}|{WORD})(?:[ ]{WORD})?[ ](?:St|Ave|Rd|Blvd|Street|Avenue|"
            rf"Road|Drive|Dr|Ln|Lane)\b)"
        ), _crossing, 0.9, r"(?:st|ave|rd|blvd|street|avenue|road|drive|dr|ln|lane)\.? (?:and|&|at|@) "),
        # P.O. Box 471; PSC 0413, Box 8144; RR 2 Box 45
        Rule("ADDRESS", re.compile(
            rf"\b(?:(?i:p\.?\s?o\.?\s?box|post\soffice\sbox|lock\s?box|p\.?\s?o\.?\s?b\.?(?=\s\d))|(?:PSC|CMR|Unit|"
            rf"UNIT)\s\d{{1,5}},?\s(?i:box)|"
            rf"(?i:r\.?r\.?|hc|rural\sr(?:ou)?te)\s?#?\d{{1,3}},?\s(?i:box))\s?#?\d{{1,6}}[A-Z]?\b{TAIL}"
        ), None, 0.95, r"box\s?#?\d|p\.?\s?o\.?\s?b\.?\s\d"),
        Rule("ADDRESS", re.compile(
            r"\b(?i:[AFD]PO)[\s,]{1,3}(?i:A[AEP])[\s,]{1,3}\d{5}(?:-\d{4})?\b"
        ), None, 0.9, r"[afd]po[\s,]{1,3}a[aep]"),
        # 12345 County Road 12; off Highway 61
        Rule("ADDRESS", re.compile(
            rf"(?<![\w.,/-])(?:\d{{1,6}}[ ]{_SIDE})?(?:(?i:off|on|near|along)[ ])?\b(?P<v>"
            rf"(?i:{_ROUTE})[ ]#?\d{{1,4}}[A-Z]?\b(?!\.\d)(?:[ ](?i:north|south|east|west|[nsew])\b)?{TAIL})"
        ), None, 0.8, rf"{_ROUTE} #?\d"),
        Rule("ADDRESS", re.compile(
            rf"(?<![\w.,/-])\d{{2,6}}[ ]{_SIDE}(?:(?i:{_ROUTE}|route|rte|us|i-)[ -]?\d{{1,4}}(?![.]?\d)\b|"
            rf"{_SHORT_ROUTE}){TAIL}"
        ), None, 0.9, r"\d [^\n]{2,30}[ -]?\d"),
    )  # fmt: skip

    def grown(self, text: str, found: Found) -> Found:
        """Return an address with the lines that lead on to its postal code."""
        return with_block(text, found)
