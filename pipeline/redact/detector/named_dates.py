"""Dates that name a month, months alone that tell when, and days of a month alone; a year alone may stay.

45 CFR 164.514(b)(2)(i)(C): https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import UNIT_AFTER, Rule
from pipeline.redact.detector.date_context import YEAR, DatedRecognizer, is_surely_dated

# With the misspellings that are usual
_MONTH = (
    r"(?i:jan(?:uary|urary|uray)?|feb(?:ruary|uary|urary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sep(?:t(?:ember|mber)?)?|oct(?:ober)?|nov(?:ember|emeber|mber)?|dec(?:ember|emeber|mber)?)(?![^\W\d_])"
)
_FULL_NAMES = (
    r"jan(?:uary|urary|uray)|feb(?:ruary|uary|urary)|april|june|july|august|sept(?:ember|mber)|october|"
    r"nov(?:ember|emeber|mber)|dec(?:ember|emeber|mber)"
)
_STEM = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_DAY = r"(?:(?:3[01]|[12]\d|0?[1-9])(?!\d)(?:\s?(?i:st|nd|rd|th)(?![^\W_]))?)"
_ORDINAL = (
    r"(?i:(?:twenty|thirty)[\s-](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|first|second|third|"
    r"fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|"
    r"twentieth|thirtieth)"
)
_ANY_YEAR = rf"(?:{YEAR}|['’‘`]\d\d)(?!\d)"
_TO = r"\s?(?:-|–|—|to|thru|through|and|&|/|,)\s?"
_SPANISH = "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"

# In lower case they are mostly words: "may", "march", "dec 5 mg", the tests OCT and MAR.
_WORDS = ("may", "march", "mar", "dec", "oct", "sep")
_END_AFTER = re.compile(r"\s?(?:[.,;:)\n]|$)")
_ALSO_WORDS = ("august", "june", "april")
_TELLING = re.compile(r"\d{4}$|\d\s?(?:st|nd|rd|th)\b|\bof\b|\d[/-]?[a-z]{3}[/-]?\d\d$|['’]\d\d$", re.IGNORECASE)
_UNIT_AFTER = re.compile(rf"(?!\s[lghu]\b){UNIT_AFTER.pattern}|\s?(?:microns?|[uµμ]m)\b", re.IGNORECASE)
_VERB_AFTER = re.compile(
    r"\s(?:be|have|has|not|also|need|take|use|repeat|increase|decrease|give|get|go|return|resume|require|want|start|"
    r"stop|continue|cause|benefit|consider|well|become|include|indicate|represent|reflect|see|eat|drink|shower|drive|"
    r"still|then|only|apply|add|call|contact|discontinue|remove|hold|proceed|help|try|show|do|try|leave|come|"
    r"on|in\splace|of\sdimes)\b",
    re.IGNORECASE,
)


def _named(match: re.Match[str]) -> bool:
    """A month that is a word as well, in lower case, needs a year, an ordinal or a word that opens a date."""
    if _UNIT_AFTER.match(match.string, match.end()):
        return False
    month = match["m"]
    if month.casefold() in ("may", "march") and _VERB_AFTER.match(match.string, match.end("m")):
        return False
    if month[0].isupper() or month not in _WORDS or is_surely_dated(match):
        return True
    if month != "dec" and _END_AFTER.match(match.string, match.end()):
        return True
    return _TELLING.search(match[0]) is not None


def _spelt(match: re.Match[str]) -> bool:
    return match["m"][0].isupper() or match["m"] not in _WORDS or " of " in match[0]


def _when(match: re.Match[str]) -> bool:
    """After a word such as "in", a month tells when; "this may" and "of march" mostly do not."""
    month = match["v"]
    if _VERB_AFTER.match(match.string, match.end()) and month.casefold() in ("may", "march"):
        return False
    if month[0].isupper() or month not in _WORDS:
        return True
    return match["cue"].casefold() in ("in", "since", "during", "until", "early", "late", "mid")


class NamedDateRecognizer(DatedRecognizer):
    """Dates that name a month, and days of one."""

    NAME = "named_dates"
    RULES = (
        # 14 March 2025, 14-Mar-25, 14MAR2025, the 14th of March, 3-5 March
        Rule(
            "DATE",
            re.compile(
                rf"(?<![^\W_])(?<!\d[.,]){_DAY}(?:{_TO}{_DAY}){{0,5}}(?:\s{{1,2}}(?:day\s)?of\s{{1,2}}|[\s./,-]|\s[/-]\s)?"
                rf"(?P<m>{_MONTH})(?:\.?[\s,/-]{{0,3}}(?:of\s)?{_ANY_YEAR}|[\s/-]?\d\d(?![\d:]|\s?(?:mg|m[lL])))?(?![^\W_])"
            ),
            _named,
            anchor=rf"\d(?:st|nd|rd|th)?\W{{0,3}}(?:day )?(?:of\W{{1,2}})?{_STEM}",
        ),
        # March 14th, 2025; Mar. 14-16; March 30-April 2; March 2025; Jan-Mar 2025; MAR 14, 2025@10:30
        Rule(
            "DATE",
            re.compile(
                rf"\b(?P<m>{_MONTH})\.?(?:{_TO}{_MONTH}\.?)?(?:(?:\s{{1,2}}|[-/]|(?<=\.))(?:the\s)?"
                rf"{_DAY}(?:{_TO}(?:{_MONTH}\.?\s)?{_DAY}){{0,6}}(?:\s?,?\s?(?:of\s)?{_ANY_YEAR}|[-/]\d\d)?"
                rf"|[\s,/-]{{0,2}}(?:of\s)?{_ANY_YEAR})(?![^\W_])"
            ),
            _named,
            anchor=rf"{_STEM}\D{{0,30}}\d",
        ),
        # 2025-Mar-14, 2025 March
        Rule(
            "DATE",
            re.compile(rf"(?<![\w/.-]){YEAR}[\s/-](?P<m>{_MONTH})(?:\.?[\s,/-]{{1,2}}{_DAY})?(?![^\W_])"),
            _named,
            anchor=rf"\d{{4}}\W{_STEM}",
        ),
        # March fourteenth, the fourteenth of March
        Rule(
            "DATE",
            re.compile(rf"\b(?:{_ORDINAL}\s(?:day\s)?of\s(?P<m>{_MONTH})(?:,?\s{YEAR})?)(?!\w)"),
            _spelt,
            anchor=rf"(?:st|nd|rd|th) (?:day )?of {_STEM}",
        ),
        Rule(
            "DATE",
            re.compile(rf"\b(?P<m>{_MONTH})\s(?:the\s)?{_ORDINAL}(?:,?\s{YEAR})?(?!\w)"),
            _spelt,
            anchor=rf"{_STEM}[a-z]{{0,7}}\s(?:the\s)?[a-z -]{{2,15}}(?:st|nd|rd|th)",
        ),
        # January, in lower case where it is no word
        Rule(
            "DATE",
            re.compile(rf"\b(?P<v>(?i:{_FULL_NAMES}))(?![^\W\d_])(?!['’]\w)"),
            lambda match: match["v"][0].isupper() or match["v"] not in _ALSO_WORDS,
            anchor=r"jan[u]|feb[ru]|april|june|july|august|sept|octo|nove|dece",
        ),
        # in March, since May
        Rule(
            "DATE",
            re.compile(
                r"(?<![^\W_])(?P<cue>(?i:in|since|last|this|next|early|late|mid|until|till|by|during|from|through|before|"
                rf"after|of|every|each|around|about|to))[\s-](?P<v>{_MONTH})\b(?!['’]\w|[-–](?:Thurner|Gr[uü]nwald|Hegglin))"
            ),
            _when,
            anchor=(
                r"(?:in|since|last|this|next|early|late|mid|until|till|by|during|from|through|before|after|of|every|each|"
                rf"around|about|to)[\s-]{_STEM}"
            ),
        ),
        # on the 14th
        Rule(
            "DATE",
            re.compile(
                r"\b(?i:on|by|until|since|from|before|after|(?:morning|night|evening|afternoon|week)\sof|sun|mon|tues?|wed|thurs?|"
                r"fri|sat|(?:sun|mon|tues|wednes|thurs|fri|satur)day)\.?,?\s(?:(?i:the)\s)?"
                r"(?P<v>(?:3[01]|[12]?\d)(?:st|nd|rd|th)(?:\s?(?:-|to|and|&|through|or)\s(?:the\s)?(?:3[01]|[12]?\d)(?:st|nd|rd|th))?)"
                r"(?=\s?(?:[.,;:)\n]|$|(?:at|with|for|s?he|they|patient|pt|was|when|but|around|due|because|of\s(?:this|last|"
                r"next|the)\smonth)\b))"
            ),
            anchor=r"\d(?:st|nd|rd|th)",
        ),
        # 14 de marzo de 2025
        Rule(
            "DATE",
            re.compile(rf"(?<![\w.]){_DAY}\s(?:de\s)?(?:{_SPANISH})(?:\sdel?\s{YEAR})?(?!\w)", re.IGNORECASE),
            anchor=rf"\d (?:de )?(?:{_SPANISH})",
        ),
    )
