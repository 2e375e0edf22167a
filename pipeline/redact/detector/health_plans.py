"""Numbers of health plans: Medicare, Medicaid, members, policies, claims, authorizations.

MBI: https://www.cms.gov/medicare/new-medicare-card/understanding-the-mbi-with-format.pdf
Claim numbers before 2018 (HICN): https://www.cms.gov/medicare/coding-billing/health-insurance-claim-number
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer
from pipeline.redact.detector.cued import cued, glued

_L = "[AC-HJKMNP-RT-Y]"
_STRONG = (
    r"hicn?|mbi|mbr|policy|subscriber|beneficiary|bene|member(?:ship)?[\s_](?:id|no|number|num)|hpbn?|medi-cal|"
    r"insurance(?:[\s_](?:id|no|number|num|card))?|medicare|medicaid|tricare|edipi|dod\sid|rx\s?bin|rx\s?pcn|rx\s?grp|"
    r"cin|payer\sid|plan[\s_](?:id|no|number)"
)
_WEAK = r"member|group|grp|claim|clm|authorization|auth|pre-?auth|certification|beneficiary|coverage|enrollment"
_PREFIX = r"hpbn?|mbr|hicn?|clm|pol|mbi"
_SUFFIX = r"(?:A|B[1-9A-Z]?|C[1-9A-Z]|D[1-9A-Z]?|E[1-9A-Z]?|F[1-8]|HA|HB|J[1-4]|K[1-9A-Z]|M1?|TA?|TB|W[1-9A-Z]?)"


class HealthPlanRecognizer(RuleRecognizer):
    """Numbers of health plans and of what they pay."""

    NAME = "health_plans"
    ENTITIES = ("ID",)
    RULES = (
        cued(_STRONG, strong=True),
        cued(_WEAK, strong=False),
        # 1EG4-TE5-MK73
        Rule(
            "ID",
            re.compile(
                rf"(?<![^\W_])[1-9]{_L}(?:{_L}|\d)\d[-\s]?{_L}(?:{_L}|\d)\d[-\s]?{_L}{{2}}\d\d(?![^\W_])", re.IGNORECASE
            ),
            score=1.0,
            anchor=r"\d[a-z][a-z0-9]\d[- ]?[a-z][a-z0-9]\d[- ]?[a-z]{2}\d\d",
        ),
        # 123-45-6789A: the holder's Social Security number and the kind of claim
        Rule(
            "ID",
            re.compile(rf"(?<![\w-])\d{{3}}[- ]?\d{{2}}[- ]?\d{{4}}[- ]?{_SUFFIX}(?![\w-])"),
            score=0.95,
            anchor=r"\d{3}[- ]?\d\d[- ]?\d{4}[- ]?[a-z]",
        ),
        # HPBN503731, CLM-4471
        glued(_PREFIX),
    )
