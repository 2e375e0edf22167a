"""Telephone, fax and pager numbers: North American and international forms.

North American Numbering Plan: https://www.nanpa.com/numbering/numbering-plan-area-nanp
E.164: https://www.itu.int/rec/T-REC-E.164
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import UNIT_AFTER, Rule, RuleRecognizer, before
from pipeline.redact.detector.codes import is_coded

_DASH = r"[-. ‐‑–—·~]"
_EXTENSION = r"(?:\s?,?\s?(?:x|ext\.?|extension|#)\s?\d{1,6})?"
_CUE = (
    r"(?:phone|telephone|tel|ph|cell(?:ular)?|mobile|fax|facsimile|pager|pgr|beeper|call(?:ed|ing)?|answer(?:ing|s)?|"
    r"contact|reach(?:ed|able)?|number|home|work|desk|office|text(?:ed)?|dial(?:ed)?|hotline|voicemail|vm|callback|cb|ext|"
    r"landline|whatsapp|sms|faxed|rang|ring)"
)
_GROUPS = r"\d(?:[ .()/–-]{0,2}\d)"
_CUE_BEFORE = re.compile(rf"\b{_CUE}\b[^\d\n]{{0,25}}\n?[^\d\n]{{0,6}}$", re.IGNORECASE)
_NO_NUMBER_BEFORE = re.compile(
    r"(?:(?:range|normal|ref(?:erence)?|goal|between|from|dose|lot|ndc|cpt|loinc|model|code|icd|part|plt|platelets|wbc|"
    r"ferritin|b12|ck|cpk|calories|kcal|codes)\W{0,3}(?:\w+\W{1,2})?|\d\s?[(\[])$",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,4}[/-]\d{1,2}[/-]\d{2,4}")


def _local(match: re.Match[str]) -> bool:
    """`555-1234` is a telephone number unless it reads as a range."""
    context = before(match)
    if _CUE_BEFORE.search(context):
        return True
    if UNIT_AFTER.match(match.string, match.end()) or _NO_NUMBER_BEFORE.search(context):
        return False
    if is_coded(match.string, match.start()):
        return False
    return not (match["a"].endswith("0") and match["b"].endswith("0"))


def _digits(match: re.Match[str], low: int) -> bool:
    return low <= sum(map(str.isdigit, match["v"])) <= 15


def _national(match: re.Match[str]) -> bool:
    return not is_coded(match.string, match.start())


def _international(match: re.Match[str]) -> bool:
    return _digits(match, 8) and _national(match)


def _trunk(match: re.Match[str]) -> bool:
    return _digits(match, 7) and not _NO_NUMBER_BEFORE.search(before(match)) and _national(match)


def _cued(match: re.Match[str]) -> bool:
    if _DATE.fullmatch(match["v"]) or UNIT_AFTER.match(match.string, match.end("v")):
        return False
    return _digits(match, 7)


def _short(match: re.Match[str]) -> bool:
    """An extension or a pager; `extension 1000 mg` is a tablet."""
    return UNIT_AFTER.match(match.string, match.end()) is None


class PhoneRecognizer(RuleRecognizer):
    """Telephone, fax and pager numbers."""

    NAME = "phones"
    ENTITIES = ("PHONE",)
    RULES = (
        # (617) 555-0123 ext. 4, 617.555.0123, +1 617 555 0123, Ph617-555-0123
        Rule(
            "PHONE",
            re.compile(
                rf"(?<!\d)(?<!\d[-/.])(?:\+?1{_DASH}?)?(?:\(\s?\d{{3}}\s?\)\s{{0,2}}{_DASH}?\s?|\d{{3}}(?:{_DASH}|/){{1,3}})\d{{3}}{_DASH}{{1,3}}"
                rf"\d{{4}}(?!\d|[-.]\d){_EXTENSION}",
                re.IGNORECASE,
            ),
            _national,
            anchor=r"\d{3}\W{1,9}\d{3}\W{1,9}\d{4}",
        ),
        # 1-800-FLOWERS, 1-800-555-HELP
        Rule(
            "PHONE",
            re.compile(
                r"(?<!\w)(?:\+?1[-. ])?\(?8(?:00|33|44|55|66|77|88)\)?[-. ]"
                r"(?:[A-Z]{3}[-. ]?(?:[A-Z]{4}|\d{4})|\d{3}[-. ]?[A-Z]{4})(?!\w)"
            ),
            anchor=r"8(?:00|33|44|55|66|77|88)\)?[-. ][a-z0-9]{3}",
        ),
        # 555-0123
        Rule(
            "PHONE",
            re.compile(
                rf"(?<![\w.])(?<!\d[-/])(?P<a>[2-9]\d\d)[-.‐‑–](?P<b>\d{{4}})(?!\w|[-./]\d){_EXTENSION}", re.IGNORECASE
            ),
            _local,
            anchor=r"[2-9]\d\d\W{1,3}\d{4}",
        ),
        # +44 20 7946 0958, 011 44 20 7946 0958
        Rule(
            "PHONE",
            re.compile(
                rf"(?<![\w.])(?P<v>(?:\+\s?|00|011[ -])[1-9](?:[ .()/–-]{{0,3}}\d){{7,14}})(?!\d){_EXTENSION}",
                re.IGNORECASE,
            ),
            _international,
            anchor=r"\+\s?[1-9]|00[1-9]|011[ -]",
        ),
        # Phone: 60-56-85-91; call me on 9472 7916
        Rule(
            "PHONE",
            re.compile(
                rf"\b{_CUE}\b[^\d\n+(]{{0,25}}\n?\s?(?P<v>[+(]?{_GROUPS}{{6,14}}{_EXTENSION})(?!\d)", re.IGNORECASE
            ),
            _cued,
            anchor=rf"{_CUE}[^0-9]{{0,30}}\d\W{{0,6}}\d\W{{0,6}}\d",
        ),
        # 07700 900 966-Fax
        Rule(
            "PHONE",
            re.compile(
                rf"(?<![\w.-])(?P<v>[+(]?{_GROUPS}{{6,14}})\s?[-–(,]?\s?(?:home|work|cell|mobile|office|fax|desk|pager|[hwcm]\))(?!\w)",
                re.IGNORECASE,
            ),
            _cued,
            anchor=r"\d\W{0,7}(?:home|work|cell|mobile|office|fax|desk|pager|[hwcm]\))",
        ),
        # 0688 872 49 99: groups that start with a trunk 0
        Rule(
            "PHONE",
            re.compile(r"(?<![\w.-])(?P<v>(?:0\d{2,4}|\(0\d{1,4}\))(?:[ .-]\d{2,4}){2,4})(?![\w-]|\.\d)"),
            _trunk,
            anchor=r"0\d{1,4}\)?[ .-]\d{2,4}[ .-]\d\d",
        ),
        # XXX-XXX-0123
        Rule(
            "PHONE",
            re.compile(r"(?<!\w)\(?(?:x{3}|\*{3})\)?[-. ]{1,2}(?:x{3}|\*{3}|\d{3})[-. ]\d{4}(?!\w)", re.IGNORECASE),
            anchor=r"(?:x{3}|\*{3})\W{1,3}[x*0-9]{3}[-. ]\d{4}",
        ),
        # pager 1234, beep 4471, ext. 4455, x5-1234
        Rule(
            "PHONE",
            re.compile(
                r"\b(?:pager|pgr|beeper|beep|bpr|page)(?:\s(?:number|no\.?|id|is|me|at|him|her)){0,2}[\s:#]{1,3}(?P<v>\d[\d-]{2,10}\d)\b",
                re.IGNORECASE,
            ),
            _short,
            anchor=r"(?:page|pgr|beep|bpr)[^0-9]{1,24}\d",
        ),
        Rule(
            "PHONE",
            re.compile(r"\b(?:ext\.?|extension|extn\.?)[\s:#]{0,2}(?P<v>\d(?:-?\d){2,5})\b", re.IGNORECASE),
            _short,
            anchor=r"ext[^0-9]{0,9}\d-?\d",
        ),
        Rule("PHONE", re.compile(r"(?<![\w.])(?P<v>x\s?\d-?\d{4})\b", re.IGNORECASE), _short, anchor=r"x\s?\d-?\d{4}"),
        # (x4455), call at x4455, desk 4-1234
        Rule(
            "PHONE",
            re.compile(
                r"(?:\(|\b(?:at|on|call|dial|phone|office|desk|ward|floor|unit|vm|voicemail|spectralink|vocera|ascom)"
                r"[\s,:#]{1,2})(?P<v>x\s?\d{4,5}|x?\d-\d{4})\b",
                re.IGNORECASE,
            ),
            _short,
            anchor=r"x\s?\d{4}|\d-\d{4}",
        ),
    )
