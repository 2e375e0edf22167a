"""Dates of every usual written form, with or without year; a year alone may stay.

45 CFR 164.514(b)(2)(i)(C): https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import UNIT_AFTER, Found, Rule, RuleRecognizer, before
from pipeline.redact.detector.words import lexicon

_MONTHS = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sept sep oct nov dec"
)


_MONTH = "(?i:" + "|".join(sorted(_MONTHS.split(), key=lambda word: (-len(word), word))) + ")"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:[sS][tT]|[nN][dD]|[rR][dD]|[tT][hH])?"
_YEAR = r"(?:1[89]|20)\d\d"
_SHORT_YEAR = r"(?:'\d\d|’\d\d)"
_TO = r"\s?(?:-|–|—|to|thru|through|and|&|/|,)\s?"
_END = r"(?![\w])"

_TIME = re.compile(
    r"\s{0,2}(?:[,;]\s?|at\s|@\s?|T|around\s|-\s)?\s?(?:"
    r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:\s?[ap]\.?m\b\.?)?(?:\s?(?:Z\b|UTC\b|[+-]\d{2}:?\d{2}\b|[ECMP][SD]T\b))?"
    r"|\d{1,2}\s?[ap]\.?m\b\.?|[0-2]\d[0-5]\d\s?(?:h|hrs|hours)\b)",
    re.IGNORECASE,
)
_WEEKDAY_BEFORE = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s{1,2}(?:the\s)?$", re.IGNORECASE
)
_CUE_BEFORE = re.compile(
    r"\b(?:on|since|from|until|till|through|thru|by|before|after|dated?|dos|dob|seen|admitted|discharged|due|last|"
    r"next|starting|started|stopped|ended|ending|beginning|as of|effective|visit|appt|appointment|lmp|edd|edc|"
    r"scheduled(?: for)?|collected|drawn|done|performed|surgery|mon|tues?|wed|thurs?|fri|sat|sun|\w{3,6}day)"
    r"[\s.,:(]{1,3}(?:the\s)?$",
    re.IGNORECASE,
)
_SCALE_BEFORE = re.compile(
    r"\b(?:bp|gcs|mmse|moca|phq|gad|apgars?|scores?|scored|scale|scales|strength|motor|muscle|power|reflex(?:es)?|"
    r"dtrs?|"
    r"acuity|vision|va|od|os|ou|murmur|pain|grade|graded|rated?|level|rass|bipap|cpap|ipap|vent|settings?|pressures?|"
    r"nihss|mrs|ecog|braden|morse|bishop|aims|cage|audit|sem|systolic|diastolic|pulses?|teeth|ratio|nodes?|recall|"
    r"joints?|criteria|points|stage|gleason|x)\b[^.;\n]{0,18}$",
    re.IGNORECASE,
)
_SCALE_AFTER = re.compile(
    r"\s?-?(?:in\s(?:intensity|severity|strength)|pain|murmurs?|sem|systolic|diastolic|holosystolic|strength|tabs?\b|"
    r"tablets?|pills?|caps?\b|normal\ssaline|ns\b|cups?|teaspoon|tsp|inch|mile|pack|ppd|scale|points?|criteria|nodes?|"
    r"positive|negative|of\s(?:the|a|his|her)|motor|throughout|bilateral|bilat|recall|items|correct|block|cc\b|"
    r"(?:upper|lower)\sext)",
    re.IGNORECASE,
)
_LAST_WORD = re.compile(r"([^\W\d_]+)\W{0,2}$")


def _is_date(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= 31


def _full_numeric(match: re.Match[str]) -> bool:
    """Month and day in either order; a version, a dose or a ratio has a unit or more parts."""
    first, second = int(match["a"]), int(match["b"])
    if not (_is_date(first, second) or _is_date(second, first)):
        return False
    short = len(match["y"]) == 2
    if short and match["s"] == "." and not (len(match["a"]) == 2 == len(match["b"])):
        return False
    return not (short and UNIT_AFTER.match(match.string, match.end()))


def _month_day(match: re.Match[str]) -> bool:
    """`3/14` is a date; `2/6 murmur`, `5/10 pain` and `1/2 tab` are not."""
    month, day = int(match["a"]), int(match["b"])
    if not _is_date(month, day) and not (_is_date(day, month) and month > 12):
        return False
    if UNIT_AFTER.match(match.string, match.end()) or _SCALE_AFTER.match(match.string, match.end()):
        return False
    context = before(match)
    if _SCALE_BEFORE.search(context):
        return False
    if _CUE_BEFORE.search(context):
        return True
    if month > 12:
        return False
    word = _LAST_WORD.search(context)
    if word and lexicon().is_clinical(word[1].casefold()):
        return False
    return not (month <= day <= 6 or (day == 10 and month <= 10))


def _named(match: re.Match[str]) -> bool:
    """In lower case "may", "mar" and their like need a year or an ordinal to be a month."""
    if UNIT_AFTER.match(match.string, match.end()):
        return False
    month = match["m"]
    if month[0].isupper() or (len(month) > 4 and month != "march"):
        return True
    return bool(re.search(r"\d{4}$|\d(?:st|nd|rd|th)\b|\d[/-]?[a-z]{3}[/-]?\d\d$|['’]\d\d$", match[0]))


def _bare_month(match: re.Match[str]) -> bool:
    month = match["v"]
    if match["cue"]:
        return month[0].isupper()
    return month.casefold() not in ("march", "may") and month[0].isupper() and len(month) > 4


_RULES = (
    # 2025-03-14, 2025/3/14
    Rule("DATE", re.compile(
        rf"(?<![\w.])(?<!\d[-/]){_YEAR}(?P<s>[-/.])(?:1[0-2]|0?[1-9])(?P=s)(?:3[01]|[12]\d|0?[1-9])(?!\d)"
    )),
    # 20250314, 202503141030, 20250314T1030Z
    Rule("DATE", re.compile(
        rf"\b{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:T?\d{{4}}(?:\d\d)?(?:[+-]\d{{4}}|Z)?)?\b"
    )),
    # 2025-03
    Rule("DATE", re.compile(rf"(?<![\w/-]){_YEAR}-(?:0[1-9]|1[0-2])(?![\w/-])")),
    # 03/14/2025, 3-14-25, 14.03.2025
    Rule("DATE", re.compile(
        rf"(?<!\w)(?<!\d[./-])(?P<a>\d\d?)\s?(?P<s>[-/.])\s?(?P<b>\d\d?)\s?(?P=s)\s?(?P<y>{_YEAR}|\d\d)(?!\w|[/.-]\d)"
    ), _full_numeric),
    # 03/2025
    Rule("DATE", re.compile(rf"(?<![\w/.-])(?:1[0-2]|0?[1-9])[/-]{_YEAR}(?![\w/-])")),
    # 3/14, 3/14-3/16
    Rule("DATE", re.compile(
        r"(?<![\w/.])(?P<a>\d\d?)/(?P<b>\d\d?)(?![\w/%]|\.\d)(?:\s?(?:-|–|to|thru|through)\s?\d\d?/\d\d?(?![\w/%]))?"
    ), _month_day),
    # 14 March 2025, 14-Mar-25, 14MAR2025, the 14th of March
    Rule("DATE", re.compile(
        rf"(?<!\w)(?<!\d[.,]){_DAY}(?:{_TO}{_DAY})?(?:\s{{1,2}}of\s{{1,2}}|[\s./-]{{0,2}})(?P<m>{_MONTH})"
        rf"(?:\.?[\s,/-]{{0,3}}(?:of\s)?(?:{_YEAR}|{_SHORT_YEAR})|[/-]?\d\d)?(?!\w)"
    ), _named),
    # March 14th, 2025; Mar. 14-16; March 2025; Jan-Mar 2025
    Rule("DATE", re.compile(
        rf"\b(?P<m>{_MONTH})\.?(?:{_TO}{_MONTH}\.?)?(?:(?:\s{{1,2}}|-)(?:the\s)?{_DAY}(?:{_TO}{_DAY})*"
        rf"(?:\s?,?\s?(?:of\s)?(?:{_YEAR}|{_SHORT_YEAR})|[-/]\d\d)?|[\s,/-]{{1,2}}(?:of\s)?(?:{_YEAR}|"
        rf"{_SHORT_YEAR}))(?!\w)"
    ), _named),
    # January; in March, since May
    Rule("DATE", re.compile(
        r"(?P<cue>\b(?i:in|since|last|this|next|early|late|mid|until|till|by|during|from|through|before|after|of|"
        r"and)[\s-])?"
        rf"\b(?P<v>{_MONTH})\b(?!['’]\w)"
    ), _bare_month),
    # Q3 2025, spring of 2024, Thanksgiving 2024
    Rule("DATE", re.compile(
        rf"\bQ[1-4][\s-](?:of\s)?{_YEAR}\b|\b(?i:spring|summer|winter|autumn|fall\sof)(?:\sof)?,?\s{_YEAR}\b"
        r"|\b(?:Christmas(?!\s(?:disease|[Ff]actor))(?:\s(?:Day|Eve))?|Thanksgiving(?:\sDay)?|Halloween|"
        r"Easter(?:\sSunday)?"
        r"|New\sYear['’]?s(?:\s(?:Day|Eve))?|(?:Valentine|Mother|Father|Veteran)['’]?s['’]?\sDay|(?:Labor|Memorial|"
        r"Independence)\sDay"
        rf"|(?:Fourth|4th)\sof\sJuly)(?:,?\s(?:of\s)?{_YEAR}\b)?"
    )),
    # DOB 031452
    Rule("DATE", re.compile(r"(?i:\bdob|\bbirth\s?date|date\sof\sbirth|\bborn)[\s:#=-]{1,3}(?P<v>\d{6})\b")),
)  # fmt: skip


class DateRecognizer(RuleRecognizer):
    """Dates, each with its weekday and time of day."""

    NAME = "dates"
    ENTITIES = ("DATE",)
    RULES = _RULES
    NEEDS = None

    def grown(self, text: str, found: Found) -> Found:
        """Return a date with its weekday and its time of day."""
        weekday = _WEEKDAY_BEFORE.search(text[max(0, found.start - 16) : found.start])
        start = found.start - len(weekday[0]) if weekday else found.start
        time = _TIME.match(text, found.end) if text[found.end - 1].isalnum() else None
        return found._replace(start=start, end=time.end() if time else found.end)
