"""The last look at text that leaves the PHI zone, independent of the detectors."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

# What must not stand in any text that leaves the PHI zone, whatever the detectors thought of it.
_NEVER = re.compile(
    r"(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w-])"  # SSN
    r"|(?<![\w.+-])[\w.+-]+@[\w-]+\.[A-Za-z]{2,}"  # e-mail
    r"|\(\d{3}\)\s?\d{3}-\d{4}|(?<![\d.-])\d{3}[-.]\d{3}[-.]\d{4}(?![\d-])"  # telephone
)
# What a text has that holds any of it, or is not ASCII: RE2 need not know the same letters and digits as Python.
_NEAR = r"@|[0-9]{2}[-.][0-9]{4}|[^\x00-\x7F]"
# Of these, what nobody can have: it is what surrogates are made of.
_FICTION = re.compile(
    r"000-\d{2}-\d{4}"
    r"|[\w.+-]+@example\.org(?!\.?\w)"
    r"|(?:\([2-9]9\d\)\s?|[2-9]9\d[-.])555[-.]01\d{2}"
)


def residue_free(text: str, *, fiction: bool = False) -> bool:
    """Tell whether a text is free of numbers in the form of an SSN, a telephone or an e-mail address.

    With `fiction` it may hold such as are reserved for fiction.
    """
    return all(fiction and _FICTION.match(text, found.start()) for found in _NEVER.finditer(text))


def may_hold_residue(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Tell of many texts, fast, which may not be free of such numbers: the others are."""
    return pc.match_substring_regex(texts, _NEAR)
