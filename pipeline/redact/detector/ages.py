"""Ages of 90 and over, and years of birth that tell of such an age.

45 CFR 164.514(b)(2)(i)(C): https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer

_OLD = r"(?:9\d|1[0-2]\d)"
_OLD_ANCHOR = r"(?:9[0-9]|1[0-2][0-9])"
_DIGIT = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_WORDS = rf"(?:ninety(?:[\s-]?{_DIGIT})?|(?:a|one)[\s-]hundred(?:[\s-](?:and[\s-])?(?:{_DIGIT}|ten|eleven|twelve))?)"
_YEARS_OLD = (
    r"(?:(?:year|yr)s?\.?[\s-]{0,2}olds?|y[\s.]{0,2}[/-]?\s?o\b\.?(?!\w)|y/?o[MF]?\b|years?\sof\sage|yr?s?\.?\s?"
    r"(?:man|woman|male|female|lady|gentleman)|"
    r"(?:yrs?|years)\b(?!\s?(?:ago|later|prior|post|before|history|hx|of|in|after|since|smoking))|"
    r"y(?!\w|\s?(?:ago|later|prior|post|before|history|hx)\b))"
)
_PERSON = (
    r"(?:he|she|they|patient|pt|mother|father|mom|dad|wife|husband|grandmother|grandfather|grandma|grandpa|aunt|"
    r"uncle|sister|brother|resident|who|i|i['’]m|he['’]s|she['’]s)"
)
_IS = r"(?:\s(?:is|was|just|has|had|will|recently|turns?|turned|be|now|turning|almost|nearly|about|at|age)){0,4}"
_NOT_A_MEASURE = (
    r"(?=[.,;)]?(?:\s|$))(?!\s?(?:%|percent|kg|lbs?|pounds|cm|in\b|inches|feet|mg|days|hours|minutes|weeks|months|"
    r"bpm|over|on|degrees|systolic|units|beats|mm|ml|/))"
)
_PRESENTS = (
    r"(?=,?\s(?:with|w/|who|presenting|presents?|hx|h/o|s/p|admitted|here|c/o|from|p/w|found|brought|BIBA|"
    r"seen)\b|\sc\s)"
)


class AgeRecognizer(RuleRecognizer):
    """Ages of 90 and over."""

    NAME = "ages"
    ENTITIES = ("AGE",)
    RULES = (
        # 92-year-old, 93 y/o, 95yo, 94y, 101 years of age
        Rule("AGE", re.compile(
            rf"(?<![\w.,/-])(?P<v>{_OLD}\+?[\s-]{{0,3}}{_YEARS_OLD})", re.IGNORECASE
        ), None, 0.9, rf"{_OLD_ANCHOR}\+?[ \n-]{{0,3}}y"),
        # aged 94, age: 97, at the age of 91; "87+" does not say that it is under 90
        Rule("AGE", re.compile(
            rf"\bage[ds]?(?:\sof|\sis|\sat\s\w+|\sis\snow|\sapproximately)?[\s:=(]{{1,3}}(?P<v>{_OLD}\+?|8\d\s?\+|"
            rf"{_WORDS}\b)(?![\w/%-]|\.\d)", re.IGNORECASE
        ), None, 0.9, r"age[ds]?[ :=(][^\n]{0,20}(?:9\d|1[0-2]\d|8\d ?\+|ninety|hundred)"),
        Rule("AGE", re.compile(
            rf"\b(?P<v>{_WORDS}[\s-](?:plus[\s-])?years?[\s-](?:old|of\sage))\b", re.IGNORECASE
        ), None, 0.9, r"(?:ninety|hundred)[^\n]{0,20}[\s-]year"),
        Rule("AGE", re.compile(
            r"\b(?:nonagenarian|centenarian|supercentenarian)s?\b", re.IGNORECASE
        ), None, 0.9, "nonagenarian|centenarian"),
        # she is 93; mother died at 96; in his mid 90s
        Rule("AGE", re.compile(
            rf"\b{_PERSON}(?:['’]s)?{_IS}\s(?:is|was|just|turns?|turned|be|now|turning|almost|nearly|age|\s|i['’]m|"
            rf"he['’]s|she['’]s)\s?(?P<v>{_OLD}){_NOT_A_MEASURE}",
            re.IGNORECASE,
        ), None, 0.9, r"(?:is|was|just|turns?|turned|be|now|turning|almost|nearly|age| ) ?(?:9\d|1[0-2]\d)"),
        Rule("AGE", re.compile(
            rf"\b(?:i['’]m|he['’]s|she['’]s)\s(?:almost\s|nearly\s|now\s)?(?P<v>{_OLD}){_NOT_A_MEASURE}", re.IGNORECASE
        ), None, 0.9, r"(?:'|[^a-z\d ])[ms] [^\n\d]{0,7}(?:9\d|1[0-2]\d)"),
        Rule("AGE", re.compile(
            rf"\b{_PERSON}{_IS}\s(?:is|was|turned|turns)\s(?:almost\s|nearly\s|now\s)?(?P<v>{_WORDS})\b(?!\s"
            rf"(?:percent|days|pounds|degrees|minutes))", re.IGNORECASE
        ), None, 0.9, r"(?:is|was|turned|turns) [^\n]{0,8}(?:ninety|hundred)"),
        Rule("AGE", re.compile(
            rf"\b(?:died|dead|deceased|passed(?:\saway)?|lived|living|alive|well|d\.)(?:,)?\s(?:at|to|to\sbe|in)\s"
            rf"(?:the\s)?(?:age\s)?(?:of\s)?(?P<v>{_OLD}|{_WORDS})\b(?!\s?%)",
            re.IGNORECASE,
        ), None, 0.9, r"(?:died|dead|deceased|passed|away|lived|living|alive|well|d\.),? [^\n]{2,14}(?:9\d|1[0-2]\d|"
        r"ninety|hundred)"),
        Rule("AGE", re.compile(
            r"\b(?:in\s)?(?:his|her|their|my)\s(?:early|mid|late|upper|lower)?[\s-]?(?P<v>(?:9|10)0['’]?s|nineties)\b",
            re.IGNORECASE,
        ), None, 0.9, r"(?:[ -](?:90|100)[^\d ]{0,3}s|nineties)"),
        Rule("AGE", re.compile(
            r"\b(?P<v>(?:9\d|10\d)(?:th|st|nd|rd)|ninet(?:y|ieth)\S{0,8}|hundredth)\sbirthday\b", re.IGNORECASE
        ), None, 0.9, "birthday"),
        # 93M with, 95 F presents; a 98F alone is a temperature
        Rule("AGE", re.compile(
            rf"(?<![\w./-])(?P<v>{_OLD}\s?(?:[MF]|yo[MF]|y/o\s?[MF])){_PRESENTS}"
        ), None, 0.9, rf"{_OLD_ANCHOR} ?(?:[mf]|yo|y/o)"),
        Rule("AGE", re.compile(
            r"(?:(?m:^)|\b(?:an?|pt|patient|is|HPI:|ID:|CC:)[ ])(?P<v>(?:9[0-4]|1[12]\d|10[6-9])[ ]?F|(?:9\d|"
            r"1[0-2]\d)[ ]?M)(?=[ .,;]|$)(?!,?[ ](?:HR|BP|RR|pulse|oral))"
        ), None, 0.8, rf"{_OLD_ANCHOR} ?[mf]"),
        # A year of birth before 1940 tells of an age of 90 from 2030 on; earlier ones already do.
        Rule("AGE", re.compile(
            r"(?:\b(?:born(?:\s(?:in|on|around|circa))?|dob|yob|birth\s?(?:date|year)|year\sof\sbirth|"
            r"date\sof\sbirth|b\.)[\s:=(]{1,3})(?P<v>19[0-3]\d|18\d\d)(?![\w/-])", re.IGNORECASE,
        ), None, 0.9, r"(?:born|dob|yob|birth|date|year|b\.|in|on|around|circa)[ \n:=(]{1,3}1[89]\d\d"),
    )  # fmt: skip
