"""Employers and firms.

45 CFR 164.514(b)(2)(i) speaks of the identifiers of the individual's employers:
https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer
from pipeline.redact.detector.facilities import GAP, WORD, without_notes_words
from pipeline.redact.detector.name_forms import Spans
from pipeline.redact.detector.words import lexicon

_COMPANY = (
    r"(?:Inc|INC|Incorporated|LLC|L\.L\.C|LLP|PLLC|Corp|CORP|Corporation|Ltd|LTD|Limited|GmbH|Co|Company|Group|"
    r"Partners|PLC|plc|AG|S\.A|N\.A|Bank|Industries|Enterprises|Holdings)"
)
_WORKS = r"(?:works?|worked|working|employed|employer|employment|job|retired|volunteers?|interned)"
_ONE = rf"{WORD}(?:(?:{GAP}(?:and|&|of))?{GAP}{WORD}){{0,3}}"


def _firm(match: re.Match[str]) -> Spans:
    start = without_notes_words(match.string, *match.span("name"))
    if start is not None:
        yield start, match.end()


def _employer(match: re.Match[str]) -> bool:
    return not lexicon().all_plain(match["v"])


def _unknown(match: re.Match[str]) -> bool:
    return not any(map(lexicon().is_word, match["v"].split()))


class EmployerRecognizer(RuleRecognizer):
    """Names of employers, and of firms by their legal form."""

    NAME = "employers"
    ENTITIES = ("ORGANIZATION",)
    RULES = (
        # Quist & Brandt LLC
        Rule("ORGANIZATION", re.compile(
            rf"\b(?P<name>{WORD}(?:(?:,?{GAP}(?:and|&){GAP}|,{GAP}|{GAP}){WORD}){{0,3}}),?{GAP}{_COMPANY}\b\.?"
        ), _firm, 0.9, rf",?[ \t]{_COMPANY}\b"),
        # works as a plumber for Quistgaard Plumbing
        Rule("ORGANIZATION", re.compile(
            rf"\b(?i:{_WORKS})(?:{GAP}(?:as|is){GAP}an?(?:{GAP}[a-z]+){{1,3}})?(?:{GAP}(?:at|for|by|with|from)|"
            rf"[ ]?:){GAP}(?:the{GAP})?(?P<v>{_ONE})"
        ), _employer, 0.9, rf"{_WORKS}[^\n]{{0,60}}(?:at|for|by|with|from|:)[ \t]"),
        Rule("ORGANIZATION", re.compile(
            r"\b(?i:works?|worked|working|employed|job)[ ](?:at|for|by)[ ](?P<v>[a-z][a-z'’]{2,20}(?:[ ]"
            r"(?:&[ ])?[a-z]{3,20}){0,2}?)(?=[ ]?(?:[.,;)]|\n|$|[ ](?:as|and|in|since|for|but)\b))"
        ), _unknown, 0.8, r"(?:works?|worked|working|employed|job) (?:at|for|by) "),
    )  # fmt: skip
