"""Licences, passports, certificates and other papers, and the machine-readable zone of those who have one.

45 CFR 164.514(b)(2)(i)(K): https://www.ecfr.gov/current/title-45/section-164.514
ICAO 9303: https://www.icao.int/publications/doc-series/doc-9303
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer
from pipeline.redact.detector.cued import cued

_STRONG = (
    r"licen[sc]e|lic|driver'?s?(?:[\s_](?:licen[sc]e|id))?|certificate|cert|passport|visa|green\scard|alien|a-?number|"
    r"registration|permit|state\sid|military\sid|voter\sid|notary|bar\s(?:number|no)"
)


class LicenceRecognizer(RuleRecognizer):
    """Numbers of licences, passports and certificates."""

    NAME = "licences"
    ENTITIES = ("ID",)
    RULES = (
        cued(_STRONG, strong=True),
        # DL 4471203, DL: PA 12345678; not the unit "mg/dL 120"
        Rule(
            "ID",
            re.compile(
                r"(?<![\w/])(?:DL|D\.L\.|OLN)(?:\s?(?:no\.?|number|#))?[\s:#-]{1,3}(?P<v>(?:[A-Z]{2}[\s:#-]{1,2})?(?=[A-Z0-9-]{0,3}\d)"
                r"[A-Z0-9](?:[A-Z0-9]|-(?=[A-Z0-9])){3,20})(?!\w)"
            ),
            lambda match: sum(map(str.isdigit, match["v"])) >= 3,
            0.95,
            anchor=r"(?:dl|d\.l\.|oln)[^0-9]{1,24}\d",
        ),
        # DL4471203, LIC-4471203
        Rule(
            "ID",
            re.compile(
                r"(?<![\w/])(?:dl|lic)[-#_]?(?=(?:[A-Z_-]{0,12}\d){4})[A-Z0-9](?:[A-Z0-9]|[-_](?=[A-Z0-9])){0,60}",
                re.IGNORECASE,
            ),
            score=0.95,
            anchor=r"(?:dl|lic)[^\s]{0,14}\d",
        ),
        # P<UTOQUIST<<ZELDA<<<<
        Rule(
            "ID",
            re.compile(r"(?<![\w<])(?=[A-Z0-9]{0,44}<)(?=[A-Z0-9<]{0,60}(?:\d|<<))[A-Z0-9<]{20,}"),
            anchor=r"[a-z0-9]<[a-z0-9<]",
        ),
    )
