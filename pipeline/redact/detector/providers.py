"""Registrations of who treats: NPI, DEA, UPIN, and professional licences.

NPI: https://www.cms.gov/medicare/regulations-guidance/administrative-simplification/npi
DEA: https://www.deadiversion.usdoj.gov
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer
from pipeline.redact.detector.checksums import is_dea, is_npi
from pipeline.redact.detector.cued import cued


class ProviderRecognizer(RuleRecognizer):
    """Numbers of clinicians and pharmacies."""

    NAME = "providers"
    ENTITIES = ("ID",)
    RULES = (
        cued(r"npi|dea|upin|ncpdp|nabp|clia|(?:provider|prescriber)[\s_](?:id|no|number)", strong=True),
        # AB1234563, AB1234563-012
        Rule(
            "ID",
            re.compile(r"(?<![^\W_])(?P<n>[ABFGMPRX][A-Z9]\d{7})(?:-[A-Z0-9]{1,8})?(?![^\W_])", re.IGNORECASE),
            lambda match: is_dea(match["n"]),
            1.0,
            anchor=r"[abfgmprx][a-z9]\d{7}",
        ),
        # 1234567893
        Rule(
            "ID",
            re.compile(r"(?<![\w.])[12]\d{9}(?!\w|\.\d)"),
            lambda match: is_npi(match[0]),
            1.0,
            anchor=r"[12]\d{9}",
        ),
    )
