"""Names of persons in running text: greeted, introduced, talked to, of an age.

45 CFR 164.514(b)(2)(i)(A): https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer
from pipeline.redact.detector.name_forms import ANY_FULL, FULL, GAP, LONG, PART, lower, name, names

_NAMED = r"(?:(?:full[ ])?name(?:[ ]is|['’]s|[ ]was)|named|née|goes[ ]by|known[ ]as|alias|nicknamed?)"
_GREETED = (
    r"(?:hi|hello|hey|dear|thanks|thank[ ]you|good[ ](?:morning|afternoon|evening)|welcome|i['’]m|i[ ]am|this[ ]is|"
    r"nee|a\.?k\.?a\.?|called|calls[ ](?:me|him|her)|dictating[ ]on|regarding|next[ ]patient[ ]is|(?:patient|pt)[ ]is)"
)
_TALKED = (
    r"(?:d/w|discussed[ ]with|sp(?:oke|eak|eaking)[ ](?:with|to)|talk(?:ed|ing)[ ](?:with|to)|met[ ]with|contacted|"
    r"paged|informed|notified|called[ ]by|conferred[ ]with|reviewed[ ]with|staffed[ ]with|hand(?:ed)?[ -]?off[ ]to|"
    r"signed[ ]out[ ]to|consulted[ ]with|report[ ](?:given[ ])?to|under[ ]the[ ]care[ ]of|followed[ ]by|referred[ ]"
    r"(?:to|by)|and[ ]by|attn|follow[ -]?up[ ]with|f/u[ ]with|app(?:ointmen)?t[ ]with|seen[ ]with|case[ ]of)"
)
_SOMEBODY = r"(?:(?:the[ ])?(?:pt|patient|family|attending|resident|nurse|RN|PCP|his|her|my|our)[ ,]{1,2}){0,2}"
_OF_AGE = (
    r"(?:[ ]?,|[ ]is|[ ]was)[ ](?:an?|this|the|our)(?:[ ][a-z-]{2,14}){0,3}[ ](?:\d{1,3}|[a-z]{3,8}"
    r"(?:-[a-z]{3,5})?)[ ]?-?[ ]?(?:year|yr|y[./ ]?o|month|week|day)"
)


class MentionRecognizer(RuleRecognizer):
    """Persons named where the text greets, introduces or consults them."""

    NAME = "mentions"
    ENTITIES = ("NAME",)
    RULES = (
        # a friend named Zelda; my name is zelda quist
        Rule("NAME", re.compile(rf"\b(?i:{_NAMED})[ ]{{1,2}}(?P<v>{FULL})"), name(), 0.95, rf"\b{_NAMED} "),
        Rule("NAME", re.compile(rf"\b(?i:named)[ ](?P<v>{ANY_FULL})"), lower(known=True), 0.9, r"\bnamed "),
        Rule("NAME", re.compile(
            rf"\b(?i:{_GREETED})(?:[ ]?,)?[ ]{{1,2}}(?P<v>{FULL})"
        ), name(acronyms=False), 0.9, rf"\b{_GREETED}[ ,]"),
        # hi , martha .
        Rule("NAME", re.compile(
            rf"\b(?i:{_GREETED})(?:[ ]?,)?(?:[ ]there)?[ ]{{1,2}}(?P<v>{ANY_FULL})"
        ), lower(known=True), 0.9, rf"\b{_GREETED}[ ,]"),
        Rule("NAME", re.compile(
            r"\b(?i:hi|hello|hey|dear)(?:[ ]?,)?[ ](?P<v>[^\W\d_]{3,20})(?=[ ]?[.,!?:](?:\s|$))"
        ), lower(), 0.8, r"\b(?:hi|hello|hey|dear)[ ,]"),
        # d/w Zelda from case management
        Rule("NAME", re.compile(
            rf"\b(?i:{_TALKED})[ ]{{1,2}}{_SOMEBODY}(?P<v>{LONG}(?:{GAP}{PART}){{0,2}}(?:[ ](?:and|&)[ ]{LONG}"
            rf"(?:{GAP}{PART}){{0,2}})?)"
        ), names(acronyms=False), 0.9, rf"\b{_TALKED} "),
        Rule("NAME", re.compile(
            rf"\b(?i:{_TALKED})[ ]{{1,2}}{_SOMEBODY}(?P<v>{ANY_FULL})"
        ), lower(known=True), 0.9, rf"\b{_TALKED} "),
        Rule("NAME", re.compile(
            rf"\b(?i:per|via)[ ]{{1,2}}(?P<v>{LONG}(?:{GAP}{PART}){{0,2}})"
        ), name(weak=True), 0.9, r"\b(?:per|via) "),
        # The patient, Zelda Quist,
        Rule("NAME", re.compile(
            rf"\b(?i:patient|pt|resident|client|veteran)(?:[ ]?,)?[ ](?P<v>{LONG}{GAP}(?:{PART}{GAP})?{LONG})"
        ), name(), 0.9, r"\b(?:patient|pt|resident|client|veteran)[ ,]"),
        # Zelda Quist is a 45-year-old
        Rule("NAME", re.compile(rf"(?<![\w'’-])(?P<v>{FULL}){_OF_AGE}"), name(acronyms=False), 0.9, _OF_AGE),
        Rule("NAME", re.compile(rf"(?<![\w'’-])(?P<v>{ANY_FULL}){_OF_AGE}"), lower(known=True), 0.9, _OF_AGE),
    )  # fmt: skip
