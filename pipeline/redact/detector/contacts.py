"""E-mail addresses, web addresses, network addresses.

RFC 5322: https://www.rfc-editor.org/rfc/rfc5322  RFC 3986: https://www.rfc-editor.org/rfc/rfc3986

Presidio's recognizers of these ask the network for the list of public suffixes; these never do.
"""

from __future__ import annotations

import ipaddress
import re

from pipeline.redact.detector.base import Rule, RuleRecognizer

_TLD = (
    r"(?:com|org|net|edu|gov|mil|int|info|biz|name|health|care|clinic|hospital|app|dev|cloud|online|site|me|io|ai|us|"
    r"uk|ca|de|fr|es|it|nl|ch|at|be|se|no|dk|fi|pl|cz|pt|ie|au|nz|jp|cn|in|br|mx|za|ru|eu|example|test|invalid)"
)
_SENTENCE_END = re.compile(r"\.(?:me|in|it|at|be|no|us|is|care|health|clinic|hospital|name|test|es|de)$", re.IGNORECASE)


def _is_domain(match: re.Match[str]) -> bool:
    """`pain.in` is a missing space after a sentence, `mail.example.in` a name on the network."""
    name = match["d"]
    return not (name.count(".") == 1 and _SENTENCE_END.search(name) and match["v"] == name)


def _is_address(match: re.Match[str]) -> bool:
    try:
        ipaddress.ip_address(match["v"])
    except ValueError:
        return False
    return True


class ContactRecognizer(RuleRecognizer):
    """E-mail addresses, URLs, IP addresses."""

    NAME = "contacts"
    ENTITIES = ("EMAIL", "URL", "IP")
    NEEDS = re.compile(r"@|//|\w\.\w|\w:\w|\bat\b.{1,30}\bdot\b|handle|gram|twitter|facebook", re.IGNORECASE)
    RULES = (
        Rule("EMAIL", re.compile(
            r"(?<![\w.+%'-])[\w.+%'-]++@[\w-]{1,63}(?:\.[\w-]{1,63})*",
            re.IGNORECASE,
        ), score=0.95),
        # ann dot lee at example dot org
        Rule("EMAIL", re.compile(
            r"(?<!\w)[\w.-]{1,64}(?:\s(?:dot|\[dot\]|\(dot\))\s[\w-]{1,40})?\s?(?:\bat\b|\[at\]|\(at\))\s?[\w-]{1,63}"
            r"\s?(?:\bdot\b|\[dot\]|\(dot\))\s?(?:com|org|net|edu|gov)\b", re.IGNORECASE,
        )),
        Rule("URL", re.compile(
            r"\b(?:https?|s?ftp|file)://[^\s<>\"\[\]]*[^\s<>\"\[\].,;:!?)'’]",
            re.IGNORECASE,
        ), score=0.95),
        Rule("URL", re.compile(r"\bwww\d?\.[^\s<>\"\[\]]*[^\s<>\"\[\].,;:!?)'’]", re.IGNORECASE), score=0.95),
        Rule("URL", re.compile(
            rf"(?<![\w@.-])(?P<v>(?P<d>[a-z0-9][a-z0-9-]{{1,62}}(?:\.[a-z0-9-]{{1,63}}){{0,3}}\.{_TLD})\b(?!\.?\w)"
            r"(?:[/?][^\s<>\"\[\]]*[^\s<>\"\[\].,;:!?)'’])?)", re.IGNORECASE,
        ), _is_domain),
        Rule("URL", re.compile(
            r"\b(?:twitter|instagram|facebook|snapchat|tiktok|whatsapp|skype|handle|username)(?:\s(?:id|name|handle|"
            r"is|account))?"
            r"[\s:=]{1,3}(?P<v>@?[\w.]*[\d_][\w.]*|@[\w.]+)", re.IGNORECASE,
        )),
        Rule("IP", re.compile(r"(?<![\w.])(?P<v>\d{1,3}(?:\.\d{1,3}){3})(?![\w]|\.\d)"), _is_address, 0.95),
        Rule("IP", re.compile(
            r"(?<![\w:])(?P<v>(?:[0-9a-f]{1,4}:){2,7}[0-9a-f]{1,4}|(?:[0-9a-f]{0,4}:){2,7}:?[0-9a-f]{1,4})(?![\w:])",
            re.IGNORECASE,
        ), _is_address, 0.95),
    )  # fmt: skip
