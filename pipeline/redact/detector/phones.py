"""Telephone, fax and pager numbers: North American and international forms.

North American Numbering Plan: https://www.nanpa.com/numbering/numbering-plan-area-nanp
E.164: https://www.itu.int/rec/T-REC-E.164
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import UNIT_AFTER, Rule, RuleRecognizer, before

_EXTENSION = r"(?:\s?,?\s?(?:x|ext\.?|extension|#)\s?\d{1,6})?"
_CUE = (
    r"(?:phone|telephone|tel|ph|cell(?:ular)?|mobile|fax|facsimile|pager|pgr|beeper|call(?:ed|ing)?|answer(?:ing|s)?|"
    r"contact|"
    r"reach(?:ed|able)?|number|home|work|desk|office|text|dial|hotline|voicemail|callback|ext)"
)
_CUE_BEFORE = re.compile(rf"\b{_CUE}\b[^\d\n]{{0,25}}\n?[^\d\n]{{0,6}}$", re.IGNORECASE)
_NOT_LOCAL_BEFORE = re.compile(
    r"(?:range|normal|ref(?:erence)?|goal|between|from|dose|lot|ndc|cpt|loinc|model|code|icd|part|plt|platelets|wbc)"
    r"\W{0,3}(?:\w+\W{1,2})?$",
    re.IGNORECASE,
)

_DATE = re.compile(r"\d{1,4}[/-]\d{1,2}[/-]\d{2,4}")


def _local(match: re.Match[str]) -> bool:
    """`555-1234` is a telephone number unless it reads as a range."""
    context = before(match)
    if _CUE_BEFORE.search(context):
        return True
    if UNIT_AFTER.match(match.string, match.end()) or _NOT_LOCAL_BEFORE.search(context):
        return False
    return not (match["a"].endswith("0") and match["b"].endswith("0"))


def _digits(low: int, high: int, match: re.Match[str]) -> bool:
    count: int = sum(c.isdigit() for c in match["v"])
    return low <= count <= high


def _is_international(match: re.Match[str]) -> bool:
    return _digits(8, 15, match)


def _is_trunk(match: re.Match[str]) -> bool:
    return _digits(7, 15, match) and not _NOT_LOCAL_BEFORE.search(before(match))


def _is_cued(match: re.Match[str]) -> bool:
    if _DATE.fullmatch(match["v"]) or UNIT_AFTER.match(match.string, match.end("v")):
        return False
    return _digits(7, 15, match)


class PhoneRecognizer(RuleRecognizer):
    """Telephone, fax and pager numbers."""

    NAME = "phones"
    ENTITIES = ("PHONE",)
    RULES = (
        # (617) 555-0123 ext. 4, 617.555.0123, +1 617 555 0123
        Rule("PHONE", re.compile(
            r"(?<![\w.])(?<!\d[-/])(?:\+?1[-. ]?)?(?:\(\d{3}\)\s?|\d{3}[-. /]{1,2})\d{3}[-. ]{1,3}\d{4}"
            rf"(?!\d|[-.]\d){_EXTENSION}", re.IGNORECASE,
        )),
        # 555-0123
        Rule("PHONE", re.compile(
            rf"(?<![\w.])(?<!\d[-/])(?P<a>[2-9]\d\d)[-.](?P<b>\d{{4}})(?!\w|[-./]\d){_EXTENSION}", re.IGNORECASE
        ), _local),
        # +44 20 7946 0958, 011 44 20 7946 0958
        Rule("PHONE", re.compile(
            r"(?<![\w.])(?P<v>(?:\+\s?|00|011[ -])[1-9](?:[ .()/-]{0,3}\d){7,14})(?!\d)" + _EXTENSION, re.IGNORECASE
        ), _is_international),
        # Phone: 60-56-85-91; call me on 9472 7916
        Rule("PHONE", re.compile(
            rf"\b{_CUE}\b[^\d\n+(]{{0,25}}\n?\s?(?P<v>[+(]?\d(?:[ .()/-]{{0,2}}\d){{6,14}}{_EXTENSION})(?!\d)",
            re.IGNORECASE
        ), _is_cued),
        # 07700 063 966-Fax
        Rule("PHONE", re.compile(
            r"(?<![\w.-])(?P<v>[+(]?\d(?:[ .()/-]{0,2}\d){6,14})\s?[-–(,]?\s?(?:home|work|cell|mobile|office|fax|"
            r"desk|pager)\b",
            re.IGNORECASE,
        ), _is_cued),
        # 0688 872 49 99: groups that start with a trunk 0
        Rule("PHONE", re.compile(r"(?<![\w.-])(?P<v>0\d{2,4}(?:[ .-]\d{2,4}){2,4})(?![\w-]|\.\d)"), _is_trunk),
        # pager 1234, ext. 4455, x5-1234
        Rule("PHONE", re.compile(
            r"\b(?:pager|pgr|beeper|page)(?:\s(?:number|no\.?|id|is))?[\s:#]{1,3}(?P<v>\d(?:[\d-]){2,10}\d)\b",
            re.IGNORECASE
        )),
        Rule("PHONE", re.compile(r"\b(?:ext\.?|extension)[\s:#]{0,2}(?P<v>\d(?:-?\d){2,5})\b(?!\s?%)", re.IGNORECASE)),
        Rule("PHONE", re.compile(
            r"(?<![\w.])(?P<v>x\s?\d-?\d{4})\b(?!\s?(?:mg|ml|units?|g|mcg|days?|cells?)\b)", re.IGNORECASE
        )),
    )  # fmt: skip
