"""Identifiers by the word before them: `MRN 133202`, `policy no. XJ-99121`, `Acct (hospital): 12 34 56, 12 34 57`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from pipeline.redact.detector.base import UNIT_AFTER, Rule
from pipeline.redact.detector.codes import is_coded, is_free

_LINK = r"(?:(?:numbers?|nums?|nr|nos?|ids?|identifiers?|codes?|key|tag|sn|record)\b\.?|[#:=№])"
_ASIDE = r"(?:/[a-z#]{2,8})?(?:\s?[(\[][^)\]\n\d]{1,12}[)\]])?"
# A letter group may come first, if it is no label, and digit groups may follow: "policy ABC 123 456"
_LABEL = (
    r"(?:ssn?|mrn|dob|npi|dea|fin|csn|har|vin|nos?|num|ids?|dl|pin|tel|fax|ph|cell|sex|age|ht|wt|bp|hr|rr|bmi|spo2|lot|ref|"
    r"exp|po|iv|acct|rm|bed|apt|zip|at|on|in|for|is|was|of|hgb|hct|wbc|plt|inr|na|k|cr)\b"
)
_GROUP = rf"(?:(?!{_LABEL})(?-i:[A-Z]{{1,4}})\s(?=\d{{3}}))?"
_VALUE = r"(?=[-A-Z_/.]{0,9}\d)[A-Z0-9](?:[A-Z0-9]|[-_/.]{1,2}(?=[A-Z0-9])){0,60}"
_MORE = (
    r"(?:\s?(?:,|;|/|&|\band\b|\bor\b)\s?(?:and\s)?#?(?=[A-Z-]{0,6}\d)[A-Z0-9](?:[A-Z0-9]|-(?=[A-Z0-9])){2,30}){0,9}"
)
_ITEM = re.compile(r"[A-Z0-9](?:[A-Z0-9]|-(?=[A-Z0-9]))*", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_FIGURE = re.compile(
    r"\d{1,4}/\d{1,3}|\d{1,4}[.]\d{1,2}|\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,4}\.\d{1,2}[-/]\d{1,4}(?:\.\d{1,2})?"
)
_RANGE = re.compile(r"(?!0\d)\d{1,4}-(?!0\d)\d{1,4}")
_SHARE_AFTER = re.compile(r"\s(?:out\s)?of\s\d")
_GROUPS = re.compile(r"(?:\s\d{2,6}){1,5}(?![\w/]|[.,:-]\d)")


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def is_figure(value: str, *, strong: bool = False) -> bool:
    """Tell whether a value reads as a finding: a year, a decimal, a fraction, a date, a range."""
    if _FIGURE.fullmatch(value):
        return not (strong and "-" in value and "." not in value)
    return not strong and bool(_RANGE.fullmatch(value) or _YEAR.fullmatch(value))


def _holds(match: re.Match[str], strong: bool) -> bool:
    value = match["v"]
    linked = bool(match["link"] or match["gap"].strip())
    if is_figure(value, strong=strong) or (_YEAR.fullmatch(value) and not linked):
        return False
    if _SHARE_AFTER.match(match.string, match.end("v")):
        return False
    if UNIT_AFTER.match(match.string, match.end("v")) or is_free(value) or is_coded(match.string, match.start()):
        return False
    digits = _digits(value)
    if strong:
        # "DL 4" and "driver 2" are no licences, "DL: A417" is.
        return digits >= 3 or len(value) >= 6 or (linked and len(value) >= 4)
    if " " in value and not linked:
        return False
    return digits >= 5 or (linked and digits >= 3) or (digits >= 3 and len(value) >= 6)


def _values(match: re.Match[str], *, strong: bool) -> Iterator[tuple[int, int]]:
    """Yield the value, with the digit groups that belong to it, and what is listed after it."""
    value = match["v"]
    start, end = match.span("v")
    first = value.split(" ")[-1]
    groups = _GROUPS.match(match.string, end) if first.isdigit() else None
    if groups and not UNIT_AFTER.match(match.string, groups.end()):
        sizes = [len(first), *map(len, groups[0].split())]
        if sum(sizes) >= 6 and max(sizes) - min(sizes) <= 1:
            yield start, groups.end()
            return
    if not _holds(match, strong):
        return
    yield start, end
    for item in _ITEM.finditer(match.string, *match.span("more")):
        if _digits(item[0]) >= 5 or (_digits(item[0]) == _digits(value) and len(item[0]) == len(value)):
            yield item.span()


def cued(cues: str, *, strong: bool) -> Rule:
    """Return the rule of some cues, a pattern of alternatives.

    A strong one makes an identifier of nearly anything beside it. One that is an everyday word needs "#", "number",
    "id" or a colon as well, or a value that looks like an identifier.
    """
    return Rule(
        "ID",
        re.compile(
            rf"(?<![^\W_])(?:{cues})s?(?![^\W_]){_ASIDE}(?P<link>(?:[\s_.\-(]{{0,2}}{_LINK}){{0,2}})(?:\s(?:is|was|of))?"
            rf"(?P<gap>[\s:#=._(-]{{0,4}})(?P<v>{_GROUP}{_VALUE})(?P<more>{_MORE})",
            re.IGNORECASE,
        ),
        partial(_values, strong=strong),
        0.95,
        anchor=rf"(?:\b|_)(?:{cues})s?[^a-z0-9][^0-9]{{0,70}}[0-9]",
    )


def glued(prefixes: str, check: Callable[[re.Match[str]], bool] | None = None) -> Rule:
    """Return the rule of identifiers that begin with their cue, one of a pattern of alternatives: `MRN133202`."""
    return Rule(
        "ID",
        re.compile(
            rf"(?<![^\W_])(?:x+)?(?:{prefixes})[-#_]?(?=(?:[A-Z_-]{{0,12}}\d){{3}})"
            r"[A-Z0-9](?:[A-Z0-9]|[-_](?=[A-Z0-9])){0,60}",
            re.IGNORECASE,
        ),
        check,
        0.95,
        anchor=rf"(?:{prefixes})[^\s]{{0,14}}\d",
    )
