"""Dates in figures, with or without year; a year alone may stay.

45 CFR 164.514(b)(2)(i)(C): https://www.ecfr.gov/current/title-45/section-164.514
ISO 8601: https://www.iso.org/iso-8601-date-and-time-format.html
HL7 v2 DTM: https://www.hl7.eu/HL7v2x/v251/std251/ch02A.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.redact.detector.base import UNIT_AFTER, Rule, before
from pipeline.redact.detector.date_context import YEAR, DatedRecognizer, is_likely_dated, is_surely_dated

_MONTH = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
# Dashes and slashes of all sorts, and what scans make of them.
_MARK = r"[-/.,_|\\‐‑‒–—−⁄∕]"
_NEVER_SPACED = ",|_"
_TO = r"\s?(?:-|–|—|to|thru|through|until)\s?"
_JOIN = r"\s?(?:-|–|—|to|thru|through|and|&|\+|[,;]|or|[,;]\s?(?:and|or))\s?"
_PAIR = r"\d\d?/\d\d?"
_PAIRS = re.compile(r"(\d\d?)/(\d\d?)")
_FORMAT = r"(?:\s?\(?(?:mm|dd)[/-](?:mm|dd)[/-]y{2,4}\)?)?"
_BIRTH = (
    rf"(?:\bdob|\bd\.o\.b\.?|\bbirth\s?(?:date|day)|\bdate\sof\s(?:birth|death|service)|\bborn|\bdod|\bdos){_FORMAT}"
)

# Scores with a denominator of their own.
_SCORE = (
    r"gcs|glasgow|mmse|moca|phq|gad|bims|slums|epworth|ess|apgars?|aldrete|braden|bishop|tinetti|nihss|mrs|ecog|rass|"
    r"aims|cage|audit|dast|mdq|ciwa|ham-?d|ranson|alvarado|centor|katz|lawton|i?adls?|morse|gleason|scor(?:es?|ed|ing)|"
    r"recall|orientation|mini-?cog|balance|gait|bipap|cpap|ipap|vent|settings?|ratio|nodes?|cores?|joints?|criteria|"
    r"points?"
)
_COUNTED = r"page|sessions?|cycle|week|day|dose|course|block|part|step|x"
# What is rated out of 4, 5, 6 or 10.
_RATED = (
    r"scales?|strength|motor|muscle|power|reflex(?:es)?|dtrs?|acuity|vision|od|os|ou|murmur|pain|grade|graded|rated?|"
    r"level|pulses?|teeth|stage|sem|intensity|severity|discomfort|headache|edema|effort"
)
# After what was done or befell, a month and the last two digits of a year stand without "in".
_EVENT = (
    r"mi|cabg|pci|cva|tia|dvt|stent|cath|repair|fusion|graft|t[kh][ra]|"
    r"\w{2,20}(?:ectomy|plasty|scopy|otomy|gra(?:m|phy))"
)
_SCORE_BEFORE = re.compile(rf"(?<![^\W_])(?:(?:{_SCORE})\b[^.;\n]{{0,18}}|(?:{_COUNTED})\W{{0,3}})$", re.IGNORECASE)
_RATED_BEFORE = re.compile(rf"\b(?:{_RATED})\b[^.;\n]{{0,30}}$", re.IGNORECASE)
_SCORE_AFTER = re.compile(
    r"\s?-?(?:in\s(?:intensity|severity|strength)|pain|murmurs?|sem|systolic|diastolic|holosystolic|strength|ppd|scale|"
    r"positive|negative|of\s(?:the|a|his|her)\b|motor|throughout|bilateral|bilat|recall|items|correct|block|"
    r"(?:\w{1,12}\s)?(?:points?|criteria|nodes?|cores?|joints?)\b|(?:upper|lower)\sext|"
    r"for\s(?:balance|gait|recall|orientation|attention|language|registration|memory)|(?:on|with)\s(?:the\s)?\w+\sscale)",
    re.IGNORECASE,
)
_MEASURE_AFTER = re.compile(
    r"\s?-?(?:tabs?|tablets?|pills?|caps?|normal\ssaline|[dn]s|cups?|cans?|teaspoon|tsp|tbsp|inch(?:es)?|miles?|packs?|"
    r"cc|bottles?|sets?|views?|vessels?|pints?|gallons?|pillows?|dilution|titer|strength|criteria|points?|basis|"
    r"l\s(?:nc|o2|oxygen|bolus|ns|lr|of|via|by))\b",
    re.IGNORECASE,
)
# Tablets of two drugs, by the strengths that could be a date.
_TABLET_BEFORE = re.compile(
    r"\b(?:lotrel|azor|vytorin|liptruzet|caduet|symbyax|loestrin|junel|microgestin|larin|suboxone|zubsolv|exforge|"
    r"tribenzor|twynsta|glyxambi|avandaryl|duetact|benazepril|olmesartan|simvastatin|ezetimibe|atorvastatin|fluoxetine|"
    r"olanzapine|valsartan|telmisartan|linagliptin|glimepiride|naloxone|norco|percocet|vicodin)\W{1,3}(?:\w{2,3}\W)?$",
    re.IGNORECASE,
)
_UNIT_AFTER = re.compile(rf"(?!\s(?:[lghu]\b|hr\s?\d)){UNIT_AFTER.pattern}", re.IGNORECASE)
# "39 2/7" weeks of pregnancy
_WEEKS_BEFORE = re.compile(r"(?<!/)\b[1-4]\d[\s+-]$")
# "in 2/3 of", "by 1/2"
_SHARE_BEFORE = re.compile(r"\b(?:(?P<any>in|of)|by|from|last|next|another|to|between)\s$", re.IGNORECASE)
# Round the clock, every day
_ALWAYS = (24, 7)
_FRACTION_NEAR = re.compile(r"(?<![\d/])(3[01]|[12]?\d)/(3[01]|[12]?\d)(?![\d/])[^\n]{1,40}$")


def _is_date(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= 31


def _is_either(first: int, second: int) -> bool:
    return _is_date(first, second) or _is_date(second, first)


def _is_measured(match: re.Match[str]) -> bool:
    """Tell whether a unit follows; in `3/14 L ankle`, `3/14 h/o` and `3/14 HR 88` none does."""
    return bool(_UNIT_AFTER.match(match.string, match.end()) or _MEASURE_AFTER.match(match.string, match.end()))


def _full(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Month and day in either order; a version, a dose or a ratio has a unit or more parts."""
    marks = {match["s"], match["t"]}
    if not _is_either(int(match["a"]), int(match["b"])):
        return
    if marks.intersection(_NEVER_SPACED) and (" " in match[0] or len(match["y"]) < 4):
        return
    if match["s"] in "-," and re.search(r"\d[-,]$", before(match, 2)):
        return
    if len(match["y"]) < 4:
        if len(marks) > 1 or _is_measured(match) or _SCORE_BEFORE.search(before(match, 24)):
            return
        if match["s"] == "." and not is_surely_dated(match) and not (len(match["a"]) == 2 == len(match["b"])):
            return
    opens = all(_is_either(*one) for one in _in_pairs(match["from"] or ""))
    yield match.start() if opens else match.start("a"), match.end()


def _in_pairs(text: str) -> list[tuple[int, int]]:
    return [(int(one[1]), int(one[2])) for one in _PAIRS.finditer(text)]


def _is_rated(first: int, second: int) -> bool:
    return first <= second <= 6 or (second == 10 and first <= 10)


def _pairs(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    """`3/14` is a date; `2/6 murmur`, `5/10 pain` and `1/2 tab` are not. What is listed together is of one kind."""
    found = _in_pairs(match[0])
    dates = [pair for pair in found if _is_either(*pair) and pair != _ALWAYS]
    if _is_measured(match) or not (is_surely_dated(match) or _seems_dated(match, dates, len(dates) == len(found))):
        return
    if len(dates) == len(found):
        yield match.span()
        return
    for one in _PAIRS.finditer(match.string, *match.span()):
        if (int(one[1]), int(one[2])) in dates:
            yield one.span()


def _seems_dated(match: re.Match[str], dates: list[tuple[int, int]], alike: bool) -> bool:
    context = before(match, 44)
    if _SCORE_BEFORE.search(context) or _SCORE_AFTER.match(match.string, match.end()):
        return False
    if _WEEKS_BEFORE.search(context) and all(second == 7 for _, second in dates):
        return False
    rated = all(_is_rated(*pair) for pair in dates)
    if is_likely_dated(match):
        if len(dates) > 1 and all(second == 10 for _, second in dates):
            return False
        return not rated or not (_RATED_BEFORE.search(context) or _is_share(match, dates))
    if _TABLET_BEFORE.search(context):
        return False
    near = _FRACTION_NEAR.search(context)
    if near and not _is_either(int(near[1]), int(near[2])):
        return False
    return alike and any(first <= 12 and not _is_rated(first, second) for first, second in dates)


def _is_share(match: re.Match[str], dates: list[tuple[int, int]]) -> bool:
    found = _SHARE_BEFORE.search(before(match, 9))
    small = all(second <= 4 for _, second in dates)
    return _after(match).startswith(" of ") or bool(found and (small or found["any"]))


def _after(match: re.Match[str]) -> str:
    return match.string[match.end() : match.end() + 5]


def _is_month(match: re.Match[str]) -> bool:
    return _MEASURE_AFTER.match(match.string, match.end()) is None


def _dashed(match: re.Match[str]) -> bool:
    """`on 03-14`; `on 3-4 liters` is none."""
    if not _is_either(int(match["a"]), int(match["b"])) or _is_measured(match) or not is_surely_dated(match):
        return False
    return "0" in (match["a"][0], match["b"][0]) or re.match(r"\s*(?:[.,;)\n]|$)", _after(match)) is not None


class DateRecognizer(DatedRecognizer):
    """Dates in figures."""

    NAME = "dates"
    RULES = (
        # 2025-03-14, 2025/3/14, 2025 - 03 - 14, 2025-03-14/2025-03-16
        Rule(
            "DATE",
            re.compile(rf"(?<![^\W_])(?<![.])(?<!\d-){YEAR} ?(?P<s>{_MARK}) ?{_MONTH} ?(?P=s) ?{_DAY}(?!\d)"),
            anchor=r"\d{4}\W{1,5}\d{1,2}\W{1,5}\d|\d{4}_\d{1,2}_\d",
        ),
        # 20250314, 202503141030, 20250314T1030Z, 20250314103045.123-0500
        Rule(
            "DATE",
            re.compile(
                rf"(?<![^\W_]){YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
                r"(?:[T_-]?[0-2]\d[0-5]\d(?:[0-6]\d(?:\.\d{1,6})?)?(?:[+-]\d{4}|Z)?)?(?![^\W_])"
            ),
            anchor=r"(?:1[89]|20)\d{6}",
        ),
        # 2025-03
        Rule("DATE", re.compile(rf"(?<![\w/-]){YEAR}[-‐–](?:0[1-9]|1[0-2])(?![\w/-])"), anchor=r"\d{4}\W{1,3}[01]\d"),
        # 03/14/2025, 3-14-25, 14.03.2025, 03/14-2025, 3/14/'25, 3/14-3/16/25
        Rule(
            "DATE",
            re.compile(
                rf"(?:(?<![\w.])|(?<=[a-z]{{2}}))(?<!\d[./])(?P<from>{_PAIR}{_TO})?"
                rf"(?P<a>\d\d?) ?(?P<s>{_MARK}) ?(?P<b>\d\d?) ?(?P<t>{_MARK}) ?"
                rf"(?P<y>{YEAR}|['’]?\d\d)(?!\d|[/.]\d|-\d{{1,4}}(?![\d/.-]))",
                re.IGNORECASE,
            ),
            _full,
            anchor=r"\d\W{1,5}\d{1,2}\W{1,6}\d\d|\d_\d{1,2}_\d\d",
        ),
        # 03 14 2025
        Rule(
            "DATE",
            re.compile(
                rf"(?<![\w.,/-])(?<!\d\s)(?:(?:0[1-9]|1[0-2])\s(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])\s(?:0[1-9]|1[0-2]))"
                rf"\s{YEAR}(?!\w|[./,-]\d|\s\d\d)"
            ),
            lambda match: not _is_measured(match),
            anchor=r"\d\d\W{1,2}\d\d\W{1,2}\d{4}",
        ),
        # 03/2025
        Rule(
            "DATE",
            re.compile(rf"(?:(?<![\w/.-])|(?<=\d{{4}}-)){_MONTH}\s?[-/]\s?{YEAR}(?![\w/]|-(?!\d\d?/))"),
            _is_month,
            anchor=r"\d\s?[-/]\s?\d{4}",
        ),
        # since 3/98
        Rule(
            "DATE",
            re.compile(rf"\b(?i:in|since|dated|circa|about|{_EVENT})\s(?P<v>{_MONTH}/(?:[4-9]\d|3[2-9]))(?![\w/.%])"),
            _is_month,
            anchor=r"\d/\d\d",
        ),
        # 3/'98
        Rule("DATE", re.compile(rf"(?<![\w/.]){_MONTH}/['’]\d\d(?!\w)"), anchor=r"\d/\W{1,3}\d\d"),
        # 3/14, 3/14-3/16, 3/5, 3/6 and 3/7
        Rule(
            "DATE",
            re.compile(
                rf"(?<![\w/.+])(?<![A-Z]\d-)(?<![\s(]\d-){_PAIR}(?![\w/%]|\.\d)(?:{_JOIN}{_PAIR}(?![\w/%]|\.\d)){{0,9}}(?:\s?[-–]\s?{_DAY}(?![\w/.%]))?"
            ),
            _pairs,
            anchor=r"\d/\d",
        ),
        # on 03-14
        Rule("DATE", re.compile(r"(?<![\w/.-])(?P<a>\d\d?)-(?P<b>\d\d?)(?![\w/%-]|\.\d)"), _dashed, anchor=r"\d-\d"),
        # vom 14.3. bis 16.3.
        Rule(
            "DATE",
            re.compile(rf"\b(?i:on|am|vom|bis|seit|den|since|dated|until)\s(?:the\s)?(?P<v>{_DAY}\.{_MONTH}\.)(?!\w)"),
            anchor=r"\d\.\d{1,2}\.",
        ),
        # DOB 031452, DOB 03 14 52
        Rule(
            "DATE",
            re.compile(
                rf"{_BIRTH}[\s:#=-]{{1,3}}(?P<v>\d{{6}}|\d{{8}}|\d\d?\s\d\d?\s\d\d(?:\d\d)?)(?!\w)", re.IGNORECASE
            ),
            anchor=r"(?:dob|d\.o\.b|birth|date of|born|dod|dos)[^0-9]{1,22}\d",
        ),
        # Julian date 2025-073
        Rule(
            "DATE",
            re.compile(
                rf"\b(?:julian|ordinal)(?:\s(?:date|day))?[\s:#]{{1,3}}(?P<v>(?:{YEAR}|\d\d)?[-/.]?[0-3]\d\d)(?!\w)",
                re.IGNORECASE,
            ),
            anchor=r"(?:julian|ordinal)[^0-9]{1,9}\d",
        ),
        # day 73 of 2025
        Rule("DATE", re.compile(rf"\bday\s[1-3]?\d?\d\sof\s{YEAR}\b", re.IGNORECASE), anchor=r"day \d{1,3} of \d{4}"),
    )
