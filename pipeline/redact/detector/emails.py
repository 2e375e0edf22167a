"""E-mail addresses, also spelt out.

RFC 5322: https://www.rfc-editor.org/rfc/rfc5322

Presidio's recognizer asks the network for the list of public suffixes; this one never does.
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer

_AT = r"(?:\s?(?:\[at\]|\(at\)|\{at\})\s?|\sat\s)"
_DOT = r"(?:\s?(?:\[dot\]|\(dot\)|\{dot\})\s?|\sdot\s)"
_MAIL = r"gmail|yahoo|hotmail|outlook|aol|icloud|comcast|protonmail|live|msn|verizon"
_TOP = r"(?:com|org|net|edu|gov|mil|us|info)"


class EmailRecognizer(RuleRecognizer):
    """E-mail addresses."""

    NAME = "emails"
    ENTITIES = ("EMAIL",)
    RULES = (
        Rule(
            "EMAIL",
            re.compile(r"(?<![\w.+%'-])[\w.+%'-]++@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}"),
            score=0.95,
            anchor=r"\w[.'%+-]{0,9}@[\w-]",
        ),
        # ann.lee @ example.org
        Rule(
            "EMAIL",
            re.compile(
                rf"(?<![\w.+%'-])[\w.+%'-]{{1,64}}\s?@\s?[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,4}}\s?\.\s?{_TOP}\b",
                re.IGNORECASE,
            ),
            score=0.95,
            anchor=rf"@\s?[\w.-]{{1,200}}\s?\.\s?{_TOP}",
        ),
        # ann dot lee at example dot org
        Rule(
            "EMAIL",
            re.compile(
                rf"(?<!\w)[\w.-]{{1,64}}(?:{_DOT}[\w-]{{1,40}})?{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,40}})?{_DOT}{_TOP}\b",
                re.IGNORECASE,
            ),
            anchor=rf"dot\W{{1,3}}{_TOP}",
        ),
        # ann.lee at gmail.com
        Rule(
            "EMAIL",
            re.compile(rf"(?<!\w)[\w.-]{{1,64}}{_AT}(?:{_MAIL})\.(?:com|net|me)\b", re.IGNORECASE),
            anchor=rf"(?:{_MAIL})\.(?:com|net|me)",
        ),
    )
