"""Ages of 90 and over, and years of birth that tell of such an age.

45 CFR 164.514(b)(2)(i)(C): https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer

_OLD = r"(?:9\d|1[0-2]\d)"
_WORDS = (
    r"(?:ninety(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine))?|(?:a|one)[\s-]hundred"
    r"(?:[\s-](?:and[\s-])?(?:one|two|three|four|five|six|seven|eight|nine|ten))?)"
)
_YEARS_OLD = (
    r"(?:(?:year|yr)s?[\s-]{0,2}old|y\.?\s?/?\s?o\.?(?!\w)|years?\sof\sage|yr?s?\.?\s?(?:man|woman|male|female)|"
    r"y(?!\w|\s?(?:ago|later|prior|post|before|history|hx)\b))"
)
_PERSON = (
    r"(?:he|she|they|patient|pt|mother|father|mom|dad|wife|husband|grandmother|grandfather|aunt|uncle|sister|"
    r"brother|resident|who)"
)


class AgeRecognizer(RuleRecognizer):
    """Ages of 90 and over."""

    NAME = "ages"
    ENTITIES = ("AGE",)
    NEEDS = re.compile(r"9\d|1[0-2]\d|8\d\s?\+|ninet|hundred|genarian|centenarian|19[0-3]\d", re.IGNORECASE)
    RULES = (
        # 92-year-old, 93 y/o, 95yo, 94y, 101 years of age
        Rule("AGE", re.compile(rf"(?<![\w.,/-])(?P<v>{_OLD}\+?[\s-]{{0,3}}{_YEARS_OLD})", re.IGNORECASE)),
        # aged 94, age: 97, at the age of 91; "87+" does not say that it is under 90
        Rule("AGE", re.compile(
            rf"\bage[ds]?(?:\sof|\sis|\sat\s\w+)?[\s:=(]{{1,3}}(?P<v>{_OLD}\+?|8\d\s?\+)(?![\w/%-]|\.\d)", re.IGNORECASE
        )),
        Rule("AGE", re.compile(rf"\b(?P<v>{_WORDS}[\s-]years?[\s-](?:old|of\sage))\b", re.IGNORECASE)),
        Rule("AGE", re.compile(r"\b(?:(?:nona|cente)n?(?:gen)?arian|centenarian|nonagenarian)\b", re.IGNORECASE)),
        # she is 93; mother died at 96; in his mid 90s
        Rule("AGE", re.compile(
            rf"\b{_PERSON}\s(?:is|was|just|has|had|will|recently|turns?|turned|be|now|turning|"
            rf"\s){{1,4}}\s?(?P<v>{_OLD})"
            r"(?=[.,;)]?(?:\s|$))(?!\s?(?:%|percent|kg|lbs?|pounds|cm|in\b|inches|feet|mg|days|hours|minutes|weeks|"
            r"months|bpm|over|on))",
            re.IGNORECASE,
        )),
        Rule("AGE", re.compile(
            rf"\b(?:died|dead|deceased|passed(?:\saway)?|lived|living|alive|d\.)(?:,)?\s(?:at|to|"
            rf"to\sbe)\s(?:age\s)?(?P<v>{_OLD})\b(?!\s?%)",
            re.IGNORECASE,
        )),
        Rule("AGE", re.compile(
            r"\b(?:in\s)?(?:his|her|their)\s(?:early|mid|late|upper)?[\s-]?(?P<v>(?:9|10)0['’]?s|nineties)\b",
            re.IGNORECASE
        )),
        # 93M with, 95 F presents; 98 F alone is a temperature
        Rule("AGE", re.compile(
            rf"(?<![\w./-])(?P<v>{_OLD}\s?[MF])(?=,?\s(?:with|w/|who|presenting|presents?|hx|h/o|s/p|admitted|here|"
            rf"c/o|from|p/w)\b|\sc\s)"
        )),
        # A year of birth before 1940 tells of an age of 90 from 2030 on; earlier ones already do.
        Rule("AGE", re.compile(
            r"(?:\b(?:born(?:\s(?:in|on))?|dob|birth\s?(?:date|year)|year\sof\sbirth|date\sof\sbirth)[\s:=(]{1,3})"
            r"(?P<v>19[0-3]\d|18\d\d)(?![\w/-])", re.IGNORECASE,
        )),
    )  # fmt: skip
