"""Network addresses, versions 4 and 6.

RFC 4291: https://www.rfc-editor.org/rfc/rfc4291
"""

from __future__ import annotations

import ipaddress
import re

from pipeline.redact.detector.base import Rule, RuleRecognizer, before

_VERSION_BEFORE = re.compile(
    r"\b(?:version|ver\.?|v|release|firmware|software|build|section|chapter|protocol|guideline)[\s:#]{0,2}$",
    re.IGNORECASE,
)


def _is_address(match: re.Match[str]) -> bool:
    try:
        ipaddress.ip_address(match["v"])
    except ValueError:
        return False
    return _VERSION_BEFORE.search(before(match, 14)) is None


class IpAddressRecognizer(RuleRecognizer):
    """IP addresses."""

    NAME = "ip_addresses"
    ENTITIES = ("IP",)
    RULES = (
        Rule(
            "IP",
            re.compile(r"(?<![\w.])(?P<v>\d{1,3}(?:\.\d{1,3}){3})(?!\w|\.\d)"),
            _is_address,
            0.95,
            anchor=r"\d\.\d{1,3}\.\d{1,3}\.\d",
        ),
        Rule(
            "IP",
            re.compile(
                r"(?<![\w:])(?P<v>(?:[0-9a-f]{1,4}:){2,7}[0-9a-f]{1,4}|(?:[0-9a-f]{0,4}:){2,7}:?[0-9a-f]{1,4})(?![\w:])",
                re.IGNORECASE,
            ),
            _is_address,
            0.95,
            anchor=r"[0-9a-f]{0,4}:[0-9a-f]{0,4}:[0-9a-f]{0,4}",
        ),
    )
