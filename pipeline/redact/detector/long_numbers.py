"""Strings of digits too long to be a finding, and tokens of letters with such a string, without any cue.

45 CFR 164.514(b)(2)(i)(R): https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer
from pipeline.redact.detector.codes import identifies

_TIME = re.compile(r"[01]\d[0-5]\d|2[0-4][0-5]\d")
# Of a series such as blood sugars
_HIGHEST_VALUE = 500
_YEAR = re.compile(r"(?:19|20)\d\d")


def _whole(match: re.Match[str]) -> bool:
    return identifies(match.string, *match.span())


def _grouped(match: re.Match[str]) -> bool:
    """Series of values, of times and of years stand in groups as well."""
    groups = re.split(r"[- .]", match[0])
    if sum(map(len, groups)) < 9 or not _whole(match):
        return False
    if " " in match[0] and (min(map(len, groups)) < 3 or max(map(int, groups)) < _HIGHEST_VALUE):
        return False
    return not any(
        all(map(reads, groups)) for reads in (_TIME.fullmatch, _YEAR.fullmatch, lambda group: group.endswith("0"))
    )


class LongNumberRecognizer(RuleRecognizer):
    """Long strings of digits."""

    NAME = "long_numbers"
    ENTITIES = ("ID",)
    RULES = (
        # Seven digits and more without a unit
        Rule("ID", re.compile(r"(?<![^\W_])(?<!\d[.,])\d{7,}(?![^\W_]|[.,]\d)"), _whole, anchor=r"\d{7}"),
        # WI-4811786, A1234567, 12345-AB
        Rule(
            "ID",
            re.compile(
                r"(?<![^\W_])(?<![.])(?:[A-Z]{1,8}[-_]?\d{6,}[A-Z0-9]*|\d{5,}[-_]?[A-Z]{1,4}\d*)(?![^\W_])",
                re.IGNORECASE,
            ),
            _whole,
            anchor=r"\d{6}|\d{5}[-_]?[a-z]",
        ),
        # Long tokens of letters and digits
        Rule(
            "ID",
            re.compile(
                r"(?<![^\W_])(?=[A-Za-z0-9]{12})(?=(?:[A-Za-z]{0,20}\d){8})(?=\d{0,40}[A-Za-z])[A-Za-z0-9]+(?![^\W_])"
            ),
            _whole,
            anchor=r"\d[a-z]{0,20}\d[a-z]{0,20}\d[a-z]{0,20}\d",
        ),
        # 9664 8088 5109, 12-3456-7890-1234, 456.378.921-64
        Rule(
            "ID",
            re.compile(r"(?<![\w.,-])\d{2,6}(?:[- .]\d{2,6}){2,5}(?!\w|[.,/-]\d|\s\d)"),
            _grouped,
            anchor=r"\d\d[- .]\d\d",
        ),
    )
