"""Web addresses, with and without scheme.

RFC 3986: https://www.rfc-editor.org/rfc/rfc3986

Presidio's recognizer asks the network for the list of public suffixes; this one never does.
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer, before

_TLD = (
    r"(?:com|org|net|edu|gov|mil|int|info|biz|name|health|care|clinic|hospital|app|dev|cloud|online|site|me|io|ai|us|"
    r"uk|ca|de|fr|es|it|nl|ch|at|be|se|no|dk|fi|pl|cz|pt|ie|au|nz|jp|cn|in|br|mx|za|ru|eu|co|ly|tv|gg|example|test|invalid)"
)
# "pain.in the morning": a blank is missing after a sentence.
_WORDS = re.compile(
    r"\.(?:me|in|it|at|be|no|us|is|care|health|clinic|hospital|name|test|es|de|se|ca|fr|pt|ch|ie|id|info|app|online|site|"
    r"co|int|fi|pl|ly|tv|gg)",
    re.IGNORECASE,
)
_SITE_BEFORE = re.compile(
    r"\b(?:web\s?site|url|site|portal|web|online|link|www)[\s:]{1,3}(?:is\s|at\s)?$", re.IGNORECASE
)
_REST = r"[^\s<>\"\[\]]{0,2000}[^\s<>\"\[\].,;:!?)'’]"


def _is_domain(match: re.Match[str]) -> bool:
    """`pain.in` is the end of a sentence, `mail.example.in` a name on the network."""
    name = match["d"]
    if name.count(".") > 1 or match["v"] != name or not _WORDS.fullmatch(name[name.rindex(".") :]):
        return True
    return _SITE_BEFORE.search(before(match, 24)) is not None


class UrlRecognizer(RuleRecognizer):
    """Web addresses."""

    NAME = "urls"
    ENTITIES = ("URL",)
    RULES = (
        Rule(
            "URL",
            re.compile(rf"(?<![^\W_])(?:h(?:tt|xx)ps?|s?ftp|file|smb|wss?)://{_REST}", re.IGNORECASE),
            score=0.95,
            anchor="://",
        ),
        Rule("URL", re.compile(rf"(?<![^\W_])www\d?\.{_REST}", re.IGNORECASE), score=0.95, anchor=r"www\d?\."),
        Rule(
            "URL",
            re.compile(
                rf"(?<![\w@.-])(?P<v>(?P<d>[a-z0-9][a-z0-9-]{{1,62}}(?:\.[a-z0-9-]{{1,63}}){{0,4}}\.{_TLD})\b(?!\.?\w)"
                rf"(?:[/?]{_REST})?)",
                re.IGNORECASE,
            ),
            _is_domain,
            anchor=rf"[a-z0-9-]\.{_TLD}",
        ),
    )
