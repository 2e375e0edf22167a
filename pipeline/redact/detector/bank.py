"""Bank accounts and payment cards beside what Presidio's recognizers of card numbers and IBANs find.

Routing numbers: https://www.aba.com/about-us/routing-number
BIC: ISO 9362, https://www.iso9362.org
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer
from pipeline.redact.detector.checksums import is_routing
from pipeline.redact.detector.cued import cued

_CARD = r"(?:visa|master\s?card|mc|amex|american\sexpress|discover|card|account|acct)"


class BankRecognizer(RuleRecognizer):
    """Numbers of accounts, cards and cheques."""

    NAME = "bank"
    ENTITIES = ("ID",)
    RULES = (
        cued(
            r"routing|aba|iban|swift|sort\scode|wire|checking|savings|(?:credit|debit|payment|gift)\scard", strong=True
        ),
        cued(r"che(?:ck|que)|card|bank\saccount", strong=False),
        # 011000015
        Rule(
            "ID",
            re.compile(r"(?<![\w.-])(?:0[1-9]|1[0-2]|2[1-9]|3[0-2])\d{7}(?![\w-]|\.\d)"),
            lambda match: is_routing(match[0]),
            anchor=r"[0-3]\d{8}",
        ),
        Rule(
            "ID",
            re.compile(r"\b(?:BIC|SWIFT)(?:\s(?:code|no))?[\s:#]{1,3}(?P<v>[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b"),
            anchor="bic|swift",
        ),
        # 4111 1111 1111 1111, 3782 822463 10005, whatever its check digit
        Rule(
            "ID",
            re.compile(r"(?<![\w.-])(?:\d{4}([- .])\d{4}\1\d{4}\1\d{1,7}|3[47]\d\d([- .])\d{6}\2\d{5})(?!\w|[.-]\d)"),
            anchor=r"\d{4}[- .]\d{4}[- .]\d{4}[- .]\d|\d{4}[- .]\d{6}[- .]\d{5}",
        ),
        # XXXX-XXXX-XXXX-4242, ****4242
        Rule(
            "ID",
            re.compile(r"(?<!\w)(?:[x*•#]{4}[- ]?){1,4}\d{3,4}(?!\w)", re.IGNORECASE),
            anchor=r"[x*•#]{3}[- ]?\d{3}",
        ),
        # card ending in 4242, acct ends with 118
        Rule(
            "ID",
            re.compile(
                rf"\b{_CARD}\b[^\n.;]{{0,20}}?\b(?:ending|ends|ended|last\s(?:4|four)(?:\sdigits)?)(?:\s(?:in|with|of|is|are))?[\s:#]{{1,2}}(?P<v>\d{{3,6}})\b",
                re.IGNORECASE,
            ),
            anchor=r"(?:end(?:ing|s|ed)|last (?:4|four))[^0-9]{1,20}\d{3}",
        ),
        # Visa 4242, CVV 123, exp 04/27
        Rule(
            "ID",
            re.compile(r"\b(?:Visa|Master[Cc]ard|AMEX|Amex)\s[x*#.]{0,4}(?P<v>\d{4})\b"),
            anchor=r"(?:visa|card|amex)\W[x*#.]{0,4}\d{4}",
        ),
        Rule(
            "ID",
            re.compile(
                r"\b(?:CVV2?|CVC2?|CCV|security\scode)(?:\scode)?[\s:#]{1,3}(?:is\s)?(?P<v>\d{3,4})\b", re.IGNORECASE
            ),
            anchor=r"(?:cvv2?|cvc2?|ccv|security code)[^0-9]{1,14}\d{3}",
        ),
    )
