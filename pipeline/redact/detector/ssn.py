"""Social Security numbers, also ones never issued: a mistyped number is as telling.

https://www.ssa.gov/employer/randomization.html
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer

_CUE = r"(?:\bssn?|social(?:[\s_]security)?(?:[\s_](?:number|no|num))?)\b"


class SsnRecognizer(RuleRecognizer):
    """Social Security numbers, whole or their last four digits."""

    NAME = "ssn"
    ENTITIES = ("SSN",)
    RULES = (
        Rule("SSN", re.compile(r"(?<![\w.])(?<!\d-)\d{3}(?P<s>[-–.])\d{2}(?P=s)\d{4}(?!\w|-\d)"), score=0.95),
        Rule("SSN", re.compile(r"(?<![\w.])(?<!\d\s)\d{3}\s\d{2}\s\d{4}(?!\w|[.,/]\d|\s\d)")),
        # Without separators only with its name before it.
        Rule("SSN", re.compile(
            rf"{_CUE}(?:\s(?:number|no|num|is|was))?[\s:#=.-]{{0,4}}(?P<v>\d{{9}}|"
            rf"\d{{3}}\s?-?\s?\d{{2}}\s?-?\s?\d{{4}})\b",
            re.IGNORECASE,
        ), score=0.95),
        # Last four digits, or all but these masked.
        Rule("SSN", re.compile(rf"{_CUE}[^.\n\d]{{0,30}}(?P<v>(?:[x*]{{2,5}}-?){{0,2}}\d{{4}})\b", re.IGNORECASE)),
        Rule("SSN", re.compile(
            r"\blast\s(?:4|four)\s(?:digits|of\s(?:the\s|his\s|her\s)?(?:ssn|social))[^.\n\d]{0,30}(?P<v>\d{4})\b",
            re.IGNORECASE,
        )),
        Rule("SSN", re.compile(r"(?<![\w*])(?:x{3}-?x{2}|\*{3}-?\*{2})-?\d{4}\b", re.IGNORECASE)),
    )  # fmt: skip
