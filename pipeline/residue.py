"""The last look at text that leaves the PHI zone, independent of the detectors."""

from __future__ import annotations

import re

# What must not stand in any text that leaves the PHI zone, whatever the detectors thought of it.
_NEVER = re.compile(
    r"(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w-])"  # SSN
    r"|(?<![\w.+-])[\w.+-]+@[\w-]+\.[A-Za-z]{2,}"  # e-mail
    r"|\(\d{3}\)\s?\d{3}-\d{4}|(?<![\d.-])\d{3}[-.]\d{3}[-.]\d{4}(?![\d-])"  # telephone
)


def residue_free(text: str) -> bool:
    """Tell whether a text is free of numbers in the form of an SSN, a telephone or an e-mail address."""
    return not _NEVER.search(text)
