"""Social Security numbers, also ones never issued: a mistyped number is as telling.

https://www.ssa.gov/employer/randomization.html
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import UNIT_AFTER, Rule, RuleRecognizer

_NAME = (
    r"(?:\bssn?\b|\bs\.s\.n?\.?|\bss#|\bsoc(?:ial)?[\s._]{0,2}sec(?:urity)?\b\.?|\bsocial\b(?=\s?(?:#|number|no\b)))"
)
_CUE = rf"{_NAME}(?:[\s_]?(?:number|no\b\.?|num\b|card|\#))?"
_ANCHOR = r"(?:\bssn?\b|\bs\.s\.|\bsoc(?:ial)?[ ._]{0,2}sec|\bsocial\b)[^0-9]{0,70}\d"


def _is_last_four(match: re.Match[str]) -> bool:
    """`SS enema 1000 mL` and a year are no last four digits."""
    return UNIT_AFTER.match(match.string, match.end("v")) is None


class SsnRecognizer(RuleRecognizer):
    """Social Security numbers, whole or their last four digits."""

    NAME = "ssn"
    ENTITIES = ("SSN",)
    RULES = (
        Rule(
            "SSN",
            re.compile(r"(?<!\d)(?<![.])(?<!\d-)\d{3}(?P<s>[-–‐‑.])\d{2}(?P=s)\d{4}(?!\w|-\d)"),
            score=0.95,
            anchor=r"\d{3}\W{1,3}\d\d\W{1,3}\d{4}",
        ),
        Rule(
            "SSN",
            re.compile(r"(?<![\w.])(?<!\d\s)\d{3}\s?[-–]?\s\d{2}\s?[-–]?\s\d{4}(?!\w|[.,/]\d|\s\d)"),
            anchor=r"\d{3}\W{1,5}\d\d\W{1,5}\d{4}",
        ),
        # Without separators, or with odd ones, only with its name before it.
        Rule(
            "SSN",
            re.compile(
                rf"{_CUE}(?:\s(?:is|was))?[\s:#=.-]{{0,4}}(?P<v>\d(?:[\s./–-]{{0,2}}\d){{8}})(?!\w)", re.IGNORECASE
            ),
            score=0.95,
            anchor=_ANCHOR,
        ),
        # Last four digits, or all but these masked.
        Rule(
            "SSN",
            re.compile(
                rf"{_CUE}(?:[\s:#=,(.-]{{1,3}}(?:last|last4|4|four|digits|of|is|was|ending|ends|in|with|are)\b){{0,5}}"
                r"[\s:#=).(-]{1,3}(?P<v>(?:[x*•]{2,5}[- ]?){0,2}\d{4})(?!\w|[-/]\d)",
                re.IGNORECASE,
            ),
            _is_last_four,
            anchor=_ANCHOR,
        ),
        Rule(
            "SSN",
            re.compile(
                r"\blast\s(?:4|four)(?:\sdigits)?(?:\sof)?\s(?:the\s|his\s|her\s|their\s|patient's\s)?(?:ssn?|social)\b[^.\n\d]{0,30}(?P<v>\d{4})\b",
                re.IGNORECASE,
            ),
            anchor=r"last (?:4|four)",
        ),
        Rule(
            "SSN",
            re.compile(r"(?<![\w*])(?:x{3}|\*{3}|•{3})[- ]?(?:x{2}|\*{2}|•{2})[- ]?\d{4}\b", re.IGNORECASE),
            anchor=r"(?:xx|\*\*|••)[- ]?\d{4}",
        ),
    )
