"""Keys of services, tokens, hashes, wallets and other secrets or digests that no one reads.

UUID: https://www.rfc-editor.org/rfc/rfc9562  JWT: https://www.rfc-editor.org/rfc/rfc7519
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer


class KeyRecognizer(RuleRecognizer):
    """Keys, tokens, UUIDs and hashes."""

    NAME = "keys"
    ENTITIES = ("ID",)
    RULES = (
        # sk_test_4471, ghp_4a71
        Rule(
            "ID",
            re.compile(
                r"(?<![^\W_])(?:sk|pk|rk|api|gh[pousr]|glpat|tok|key|hf|npm|whsec)[_-](?=[a-z-]{0,40}[\d_])[\w-]{8,255}",
                re.IGNORECASE,
            ),
            anchor=r"(?:sk|pk|rk|api|gh[pousr]|glpat|tok|key|hf|npm|whsec)[_-][a-z0-9_-]{8}",
        ),
        Rule(
            "ID",
            re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[\w-]{35}|\bxox[abposr]-[\w-]{10,200}"),
            anchor="akia|asia|aiza|xox[abposr]-",
        ),
        Rule("ID", re.compile(r"\beyJ[\w-]{8,4000}\.[\w-]{8,8000}(?:\.[\w-]{0,2000})?"), anchor=r"eyj[a-z0-9_-]{8}"),
        # api key: x, access token = x, Bearer x
        Rule(
            "ID",
            re.compile(
                r"\b(?:(?:api|access|secret|private|auth|session)[\s_-]?(?:key|token|secret|id)|bearer)(?:\s?[:=]\s?|\s(?:is\s)?)[\"'“]?"
                r"(?P<v>(?=[a-z._~+/-]{0,200}\d)[\w.~+/-]{8,400}=*)",
                re.IGNORECASE,
            ),
            anchor=r"(?:api|access|secret|private|auth|session)[ _-]?(?:key|token|secret|id)\W|bearer\W",
        ),
        Rule(
            "ID",
            re.compile(r"(?<![\w-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-])", re.IGNORECASE),
            anchor=r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-",
        ),
        Rule(
            "ID",
            re.compile(r"(?<![^\W_])(?=[a-f]{0,20}\d)[0-9a-f]{32,128}(?![^\W_])", re.IGNORECASE),
            anchor=r"[0-9a-f]{32}",
        ),
        # Wallets
        Rule(
            "ID",
            re.compile(
                r"\b(?:bc1[a-z0-9]{25,60}|0x[0-9a-fA-F]{40}|[13](?=[A-Za-z]{0,20}\d)[A-HJ-NP-Za-km-z1-9]{25,34})\b"
            ),
            anchor=r"bc1[a-z0-9]{25}|0x[0-9a-f]{40}|[13][a-z1-9]{25}",
        ),
    )
