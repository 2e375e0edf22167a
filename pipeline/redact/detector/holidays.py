"""Holidays, seasons with their year and quarters: dates that are written in words.

Federal holidays: 5 U.S.C. 6103, https://www.law.cornell.edu/uscode/text/5/6103
45 CFR 164.514(b)(2)(i)(C): https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule
from pipeline.redact.detector.date_context import YEAR, DatedRecognizer

_S = "(?:['’]?s['’]?|['’])?"
# No words of their own, so that lower case does as well.
_ANY_CASE = (
    rf"christmas(?:\s(?:day|eve|time))?|x-?mas(?:\s(?:day|eve))?|thanksgiving(?:\s(?:day|eve))?|halloween|new\syear{_S}"
    rf"\s(?:day|eve)|hanukkah|chanukah|ramadan|diwali|deepavali|kwanzaa|rosh\shashan[ae]h?|yom\skippur|juneteenth|"
    rf"eid\s(?:al|ul)[\s-](?:fitr|adha)|cinco\sde\smayo|mardi\sgras|ash\swednesday|good\sfriday|palm\ssunday|"
    rf"(?:valentine|mother|father|veteran|president|patriot){_S}\sday|indigenous\speople{_S}\sday|"
    rf"(?:saint|st\.?)\spatrick{_S}\sday|(?:labor|labour|memorial|independence|columbus|boxing|canada|groundhog|"
    rf"mlk|martin\sluther\sking(?:,?\sjr\.?)?)\sday|(?:fourth|4th)\sof\sjuly|(?:lunar|chinese)\snew\syear|"
    rf"(?:super\sbowl|easter)\s(?:sunday|weekend|monday)"
)
_CAPITAL = r"Easter(?!\s[Ss]eal)|Passover|Purim|Sukkot|Pentecost|Holi|Eid|New\sYears|Black\sFriday"
# Christmas disease and factor, the Christmas tree pattern of a rash
_NOT_CLINICAL = r"(?!\s(?:disease|factor|tree)\b)"
_DISTANCE = (
    r"(?i:(?:(?:the|a|an|one|two|three|four|five|six|seven|ten|\d{1,2}|few|several|couple\sof)\s){1,3}"
    r"(?:day|night|week|weekend|month|morning|evening)s?\s(?:of|before|after|following|prior\sto|past)\s)?"
)
_HOLIDAY = rf"\b{_DISTANCE}(?:(?i:{_ANY_CASE})|{_CAPITAL})\b{_NOT_CLINICAL}(?:,?\s(?:of\s|in\s)?{YEAR}\b)?"
_FISCAL = rf"FY\s?['’]?(?:{YEAR}|\d\d)"


def _season(match: re.Match[str]) -> bool:
    """`a fall 2019` is an accident."""
    return match["season"] != "fall" or bool(match["cue"] or match["of"])


class HolidayRecognizer(DatedRecognizer):
    """Holidays, seasons of a year, quarters."""

    NAME = "holidays"
    RULES = (
        # Thanksgiving, two days after Christmas 2024
        Rule(
            "DATE",
            re.compile(_HOLIDAY),
            anchor=(
                r"christmas|x-?mas|thanksgiving|halloween|new.year|ukk?ah|ramadan|diwali|deepavali|kwanzaa|rosh.hash|kippur|"
                r"juneteenth|\beid\b|cinco.de|mardi|ash.wed|good.fri|palm.sun|\Wday\b|of.july|super.bowl|easter|passover|"
                r"purim|sukkot|pentecost|\bholi\b|black.fri"
            ),
        ),
        # spring of 2024, in fall 2021, Summer '22
        Rule(
            "DATE",
            re.compile(
                rf"(?P<cue>\b(?:in|since|last|late|early|the|this|next)\s)?\b(?P<v>(?P<season>spring|summer|winter|autumn|fall)"
                rf"(?:\s(?:semester|term|quarter))?(?P<of>\sof)?,?\s(?:{YEAR}|['’]\d\d)(?:[-/]\d{{2,4}})?)\b",
                re.IGNORECASE,
            ),
            _season,
            anchor=r"(?:spring|summer|winter|autumn|fall)\D{1,13}\d\d",
        ),
        # Q3 2025, 3Q24, Q2 FY24, first quarter of 2024
        Rule(
            "DATE",
            re.compile(
                rf"(?<!\w)(?:Q[1-4][\s-]?(?:of\s)?(?:{YEAR}|['’]\d\d|{_FISCAL})|[1-4]Q\s?['’]?(?:{YEAR}|\d\d)|{_FISCAL}[\s,-]{{0,2}}Q[1-4])"
                rf"(?!\w)|\b(?i:first|second|third|fourth|last|1st|2nd|3rd|4th)\s(?i:quarter|half|semester|trimester)\sof\s"
                rf"(?:(?i:fiscal\s|fy\s)(?:year\s)?)?{YEAR}\b|\b[qQ][1-4]\s{YEAR}\b"
            ),
            anchor=r"q[1-4]|[1-4]q|(?:quarter|half|mester) of",
        ),
    )
