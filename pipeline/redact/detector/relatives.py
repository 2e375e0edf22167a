"""Names of relatives and of others around the patient: "his wife Jane", "daughter (Ann)".

45 CFR 164.514(b)(2)(i) speaks of the individual and of relatives, employers, or household members:
https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer
from pipeline.redact.detector.name_forms import ANY_FULL, SEVERAL, lower, names

_RELATION = (
    r"(?:(?:daughter|son|mother|father|sister|brother)-in-law|(?:step|half-|foster[ ]|god)?(?:son|daughter|mother|"
    r"father|"
    r"brother|sister)s?|wife|husband|mom|mum|dad|parents|niece|nephew|aunt|uncle|friend|neighbou?r|partner|fianc"
    r"(?:e|é)e?|"
    r"spouse|kid|(?:girl|boy)friend|grand(?:mother|father|m?a|pa|(?:son|daughter)s?)|caregiver|caretaker|guardian|"
    r"roommate|"
    r"cousins?|kids|child(?:ren)?|twins?|siblings|pastor|aide|companion|surrogate|landlord|boss|coworker|teacher|coach|"
    r"widow|ex-wife|ex-husband|babysitter)"
)
_TO_NAME = (
    r"(?:['’]s[ ]name)?(?:[ ]?[,:(–][ ]?|[ ]-{1,2}[ ]|[ ](?:is[ ]|was[ ]|are[ ]|named[ ]|called[ ]|[\"“'‘(])?)"
    r"[\"“'‘(]?"
)


class RelativeRecognizer(RuleRecognizer):
    """Relatives, friends and others, named after what they are to the patient."""

    NAME = "relatives"
    ENTITIES = ("NAME",)
    RULES = (
        # his wife Jane; son, Mark, agrees; children: Ann, Bob and Cy
        Rule("NAME", re.compile(
            rf"\b(?i:{_RELATION}){_TO_NAME}(?P<v>{SEVERAL})"
        ), names(), 0.95, rf"\b{_RELATION}[^a-z]"),
        Rule("NAME", re.compile(
            rf"\b(?i:{_RELATION}){_TO_NAME}(?P<v>{ANY_FULL})"
        ), lower(known=True), 0.9, rf"\b{_RELATION}[^a-z]"),
        # Jane, his wife; Mark (son)
        Rule("NAME", re.compile(
            rf"(?<![\w'’-])(?P<v>{SEVERAL})(?:[ ]?\(|,[ ](?:his|her|the|pt['’]?s|patient['’]?s|their)[ ])"
            rf"(?:[a-z]{{2,10}}[ ])?(?i:{_RELATION})\b"
        ), names(), 0.8, rf"[(,] ?(?:[a-z'’]{{2,12}} ){{0,2}}{_RELATION}"),
    )  # fmt: skip
