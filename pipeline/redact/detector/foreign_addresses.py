"""Addresses as other countries write them: the number after the street, the postal code before the city.

Forms by country: https://www.upu.int/en/universal-postal-union/activities/physical-services/addressing-solutions
"""

from __future__ import annotations

import re

from pipeline.redact.detector.addresses import with_block
from pipeline.redact.detector.base import Found, Rule, RuleRecognizer, before
from pipeline.redact.detector.places import (
    COUNTRY,
    FOREIGN_AFTER,
    FOREIGN_BEFORE,
    FOREIGN_ENDING,
    GAP,
    NOT_STREETS,
    NUMBER,
    TAIL,
    UNIT,
    WORD,
)
from pipeline.redact.detector.words import lexicon, parts

_ARTICLES = rf"(?:{GAP}(?:d[aeiou]s?|del|della|dei|la|le|les|du|de|san|l['’]))*"
_HOUSE = r"\d{1,5}(?:[ ]?[A-Za-z]\b|[/-]\d{1,4})?"
_PLACE = rf"(?:,[ ]?{WORD}(?:{GAP}{WORD}){{0,2}})?"
_ANY_PLACE = rf"(?:,[ ]?(?:{WORD}(?:{GAP}{WORD}){{0,2}}|[^\W\d_]{{3,20}}(?:[ ][^\W\d_]{{1,20}})?(?=[.,?!]|\n|$)))?"
_CODE_CITY = (
    rf",?\s{{1,8}}(?:[A-Z]{{1,2}}-)?\d{{3,5}}(?:[ ]?[A-Z]{{2}}|[ ]\d{{2}})?[ ]{{1,2}}{WORD}(?:{GAP}{WORD}){{0,2}}"
)
_CUE = (
    r"(?:address(?:[ ]is|[ ]to|es)?|lives?[ ](?:at|on|in)|living[ ](?:at|on|in)|resid(?:es?|ing)[ ](?:at|on|in)|"
    r"office[ ]is[ ](?:at|on)|located[ ](?:at|on|in)|"
    r"moved[ ]to|off[ ]at|sent?[ ]to|ship(?:ped)?[ ]to|mail(?:ed)?[ ]to|deliver(?:ed)?[ ]to|headquarters|"
    r"picked[ ]up[ ]at|residence|user)"
)
_CITY_BEFORE = rf"(?:{WORD}(?:{GAP}{WORD})?(?:,?[ ][A-Z]{{2}})?,?[ ]{{1,2}})?"
# UK areas: https://www.royalmail.com/find-a-postcode; inward codes leave out C, I, K, M, O and V
_UK = (
    r"(?:A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|J[E]|K[ATWY]|"
    r"L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|"
    r"ZE)\d[A-Z\d]?[ ]\d[ABD-HJLNP-UW-Z]{2}"
)
# Within three lines to a postal code or a country: a rule sees no further.
_LEADS_ON = (
    rf"[ \t]{{0,2}}[\n,][ \t>]{{0,8}}{WORD}[^\n]{{0,40}}?(?:\n[^\n]{{0,30}}?){{0,2}}[ ,>]{{0,3}}"
    rf"(?:(?<!\d)\d{{4,6}}\b|{COUNTRY}\b)"
)


def _is_street(match: re.Match[str]) -> bool:
    words = [word for word in parts(match["name"]) if not word.isdigit()]
    return bool(words) and not NOT_STREETS.intersection(words) and not lexicon().all_plain(match["name"])


def _with_city(match: re.Match[str]) -> bool:
    return _is_street(match) and not lexicon().all_plain(match["city"])


def _has_number(match: re.Match[str]) -> bool:
    return any(c.isdigit() for c in match[0]) and not lexicon().all_plain(match["name"])


def _is_postcode(match: re.Match[str]) -> bool:
    """Tell whether a postcode is none of a scan's or a stage's labels."""
    return not re.search(r"(?:stage|grade|level|spine|disc|at)[ ]$", before(match, 8), re.IGNORECASE)


class ForeignAddressRecognizer(RuleRecognizer):
    """Streets of other countries, and postcodes of the United Kingdom, Canada and the Netherlands."""

    NAME = "foreign_addresses"
    ENTITIES = ("ADDRESS",)
    RULES = (
        # 86 Rua do Quist 163, Springão; Quister Strasse 8
        Rule("ADDRESS", re.compile(
            rf"(?:{NUMBER}{GAP}(?:\d{{1,5}}{GAP})?)?(?<!\w)(?i:{FOREIGN_BEFORE}){_ARTICLES}{GAP}(?P<name>{WORD}"
            rf"(?:{GAP}{WORD}){{0,3}})(?:{_CODE_CITY}|(?:,?{GAP}{_HOUSE})?(?:{_CODE_CITY}|{TAIL}{_PLACE}))"
        ), _has_number, 0.9, rf"(?:{FOREIGN_BEFORE}) "),
        Rule("ADDRESS", re.compile(
            rf"(?:{NUMBER}{GAP})?(?<![\w'’-])(?P<name>(?:{WORD}{GAP}){{0,2}}(?:{WORD}(?<=\w\w)|{WORD}{GAP})"
            rf"(?i:{FOREIGN_ENDING})){GAP}{_HOUSE}(?:{_CODE_CITY}|{TAIL}{_PLACE})"
        ), _is_street, 0.9, rf"(?:{FOREIGN_ENDING})[ \t]{{1,3}}\d"),
        Rule("ADDRESS", re.compile(
            rf"(?:{NUMBER}{GAP})?(?<![\w'’-])(?P<name>{WORD}(?:{GAP}(?:and{GAP})?{WORD}){{0,3}}){GAP}"
            rf"(?i:{FOREIGN_AFTER}){GAP}{_HOUSE}\.?(?:{_CODE_CITY}|{TAIL}{_PLACE})"
        ), _is_street, 0.9, rf" (?:{FOREIGN_AFTER})[ \t]{{1,3}}\d"),
        # Hovedgade 12, 1234 Springby
        Rule("ADDRESS", re.compile(
            rf"(?<![\w'’-])(?P<name>{WORD}(?:{GAP}{WORD}){{0,3}}){GAP}{_HOUSE}(?:{UNIT})?[ ]?,?\s{{1,8}}"
            rf"(?:[A-Z]{{1,2}}-)?\d{{4,5}}(?:[ ][A-Z]{{2}}\b)?[ ]{{1,2}}(?P<city>{WORD}(?:{GAP}{WORD}){{0,2}})"
        ), _with_city, 0.9, r"\d[ ]?[a-z]?,?\s{1,8}(?:[a-z]{1,2}-)?\d{4}"),
        # his address: 450 Hovedgade 15, Springby V
        Rule("ADDRESS", re.compile(
            rf"\b(?i:{_CUE})[ ]?:?\s{{1,3}}(?P<v>(?:{NUMBER}{GAP})?(?P<name>[^\W\d_][\w'’.-]{{1,30}}"
            rf"(?:{GAP}[^\W\d_][\w'’.-]{{0,30}}){{0,3}}){GAP}{_HOUSE}"
            rf"(?:{GAP}(?i:st|str|street)\b\.?)?(?:{_CODE_CITY}|{TAIL}{_ANY_PLACE}))"
        ), _is_street, 0.9, rf"{_CUE} ?:?\s"),
        # 4500 Hovedgade 15, Springby
        Rule("ADDRESS", re.compile(
            rf"(?<![\w.,/-])\d{{1,6}}{GAP}(?P<name>{WORD}(?:{GAP}{WORD}){{0,3}}){GAP}{_HOUSE}"
            rf"(?:{UNIT})?,\s{{1,3}}{WORD}(?:{GAP}{WORD}){{0,2}}"
        ), _is_street, 0.8, r"\d {1,3}[^\n,\d]{2,60} \d[^\n]{0,20},\s"),
        # 4500 Hovedgade 15 / Springby / 5850
        Rule("ADDRESS", re.compile(
            rf"(?<![\w.,/-])\d{{1,6}}{GAP}(?P<name>{WORD}(?:{GAP}{WORD}){{0,3}}){GAP}{_HOUSE}(?={_LEADS_ON})"
        ), _is_street, 0.8, r"\d[ \t]{1,3}[^\n,]{2,80}[ \t]\d"),
        # SW1A 1AA; K1A 0B1; 1234 AB Springdam
        Rule("ADDRESS", re.compile(
            rf"(?<![\w-]){_CITY_BEFORE}{_UK}(?![\w-])"
        ), _is_postcode, 0.9, r"[a-z]\d[a-z\d]? \d[a-z]{2}"),
        Rule("ADDRESS", re.compile(
            rf"(?<![\w-]){_CITY_BEFORE}[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]\d[ABCEGHJ-NPRSTV-Z]\d(?![\w-])"
        ), _is_postcode, 0.9, r"[a-z]\d[a-z][ -]\d[a-z]\d"),
    )  # fmt: skip

    def grown(self, text: str, found: Found) -> Found:
        """Return an address with the lines that lead on to its postal code."""
        return with_block(text, found)
