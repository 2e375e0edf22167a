"""Move the numbers of vitals and laboratory values a little, never across a limit or another number of the text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import ROUND_CEILING, Decimal
from functools import cache
from itertools import pairwise, product
from typing import NamedTuple

from pipeline.config import load_yaml
from pipeline.records import SCHEMAS
from pipeline.shard.augment.analytes import Range, analytes, by_name

# A keyed number in [0, 1) for a name: always the same for one copy of one example.
Draw = Callable[[str], float]
Values = dict[Decimal, Decimal]

_NUMBER = r"\d+(?:\.\d+)?"
_ANY_NUMBER = re.compile(rf"(?<![\d.]){_NUMBER}")
_PRESSURE = r"BP|(?i:blood pressure)"
_BEFORE = r"(?<![\w/.\-\[])"
# Between name and number: what LOINC says of specimen and method, and a sign or a word that equates.
_BETWEEN = r"(?: \[[^\]\n]{1,40}\])?(?: (?:in|by) [^:\n\d]{1,60}(?=:))?(?: ?[:=] ?| is | of | was | )"
_FLAG = (
    r"(?: ?[(\[](?P<flag>HH?|LL?|AA?|N|\*|(?i:high|low|normal|abnormal|critical))[)\]]"
    r"| (?P<bare>HH?|LL?|AA?|N)(?![\w/]))?"
)
# After a number: no other sign, no second number (the same in another unit), and nothing that makes it a bound.
_END = (
    r"(?![\w/%°]|[.,]\d|\s?(?:-|–|to|->|→|x|×|[(\[=])\s?\d"
    r"|\s(?:or|and) (?:less|more|above|below|greater|higher|lower|over|under)\b)"
)
# What stands before the name of a bound, which is no measurement.
_BOUND = re.compile(
    r"(?:\b(?:if|goals?|targets?|keep|maintain|when|until|unless|hold|titrate|replete|call|notify|less|more|above|"
    r"below|under|least|most|greater|higher|lower|than|range|limits?|normal|reference)\b[^.;\n]*"
    r"|\b(?:for|to|from|vitamin) )$",
    re.IGNORECASE,
)
_NEXT_WORD = re.compile(r" ?([^\s,;()]+?)[.:]?(?=[\s,;()]|$)")
_UP, _DOWN, _INWARD = ("H", "HH", "high"), ("L", "LL", "low"), ("N", "normal")
# The least that a systolic pressure is above the diastolic one, unless it was less before.
PULSE_PRESSURE = 10


class _Found(NamedTuple):
    """A number of a text that measures an analyte: where it stands, and its printed flag."""

    analyte: str
    range: Range
    value: Decimal
    start: int
    end: int
    flag: str


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds a blood pressure, and any other measurement."""
    units = {unit for entry in analytes().values() for one in entry.ranges for unit in one.units}
    unit = rf"(?: ?(?P<unit>{_one_of(map(re.escape, units))})(?![\w/]))?"
    names = (re.escape(name) if name != name.lower() else f"(?i:{re.escape(name)})" for name in by_name())
    pair = (
        rf"{_BEFORE}(?:{_PRESSURE}){_BETWEEN}(?P<systolic>{_NUMBER})\s?/\s?(?P<diastolic>{_NUMBER}){unit}{_FLAG}{_END}"
    )
    single = rf"{_BEFORE}(?P<name>{_one_of(names)}){_BETWEEN}(?P<number>{_NUMBER}){unit}{_FLAG}{_END}"
    return re.compile(pair), re.compile(single)


def _one_of(patterns: Iterable[str]) -> str:
    return "|".join(sorted(patterns, key=lambda pattern: (-len(pattern), pattern)))


@cache
def _other_units() -> frozenset[str]:
    """Return what is a unit, and so no end of a number without one."""
    table = load_yaml(SCHEMAS / "units.yaml")
    return frozenset((*table, *(spelling for spellings in table.values() for spelling in spellings), "times", "x"))


def jittered(text: str, said: str, draw: Draw) -> str:
    """Return a text in which the values of some measurements are others, as plausible and as abnormal as before.

    All values of an analyte move together and stay in order. None crosses a limit of the table or another number of
    the text or of `said`, what the answer says; one that equals such a number stays, and so does an analyte from which
    something else in the text is computed. A value flagged high moves up, one flagged low down.
    """
    found = [one for one in _measurements(text) if not _computed_from(one.analyte, text)]
    places = {one.start for one in found}
    fixed = {Decimal(m.group()) for m in _ANY_NUMBER.finditer(text) if m.start() not in places}
    fixed |= {Decimal(m.group()) for m in _ANY_NUMBER.finditer(said)}
    moved = {analyte: _moved([one for one in found if one.analyte == analyte], fixed, draw(analyte))
             for analyte in sorted({one.analyte for one in found})}  # fmt: skip
    if not _in_order(found, moved):
        moved["systolic"], moved["diastolic"] = {}, {}
    for one in sorted(found, key=lambda one: -one.start):
        new = moved[one.analyte].get(one.value, one.value)
        # As many decimals as were written.
        text = text[: one.start] + str(new.quantize(one.value)) + text[one.end :]
    return text


def _measurements(text: str) -> list[_Found]:
    pair, single = _patterns()
    found = []
    for match in pair.finditer(text):
        found += _numbers(match, {"systolic": "systolic", "diastolic": "diastolic"})
    for match in single.finditer(text):
        name = match["name"]
        found += _numbers(match, {"number": by_name().get(name) or by_name()[name.lower()]})
    return found


def _numbers(match: re.Match[str], groups: dict[str, str]) -> list[_Found]:
    """Return the numbers of a match, unless one of them is a bound, implausible, or in a unit of something else."""
    line = match.string[: match.start()].rpartition("\n")[2]
    unit, found = match["unit"], []
    following = _NEXT_WORD.match(match.string, match.end(list(groups)[-1]))
    if _BOUND.search(line) or (unit is None and following and following[1] in _other_units()):
        return []
    for group, analyte in groups.items():
        value = Decimal(match[group])
        belongs = analytes()[analyte].range(value, unit)
        if belongs is None:
            return []
        flag = match["flag"] or match["bare"] or ""
        found.append(_Found(analyte, belongs, value, match.start(group), match.end(group), flag))
    return found


@cache
def _dependents(analyte: str) -> re.Pattern[str] | None:
    names = analytes()[analyte].unless
    return re.compile(rf"(?<!\w)(?:{_one_of(map(re.escape, names))})(?!\w)", re.IGNORECASE) if names else None


def _computed_from(analyte: str, text: str) -> bool:
    pattern = _dependents(analyte)
    return pattern is not None and pattern.search(text) is not None


def _moved(found: list[_Found], fixed: set[Decimal], share: float) -> Values:
    """Return the new value of each value of an analyte; none, if they would not stay distinct and in order."""
    if len({id(one.range) for one in found}) > 1:
        return {}
    flags: dict[Decimal, set[str]] = defaultdict(set)
    written: dict[Decimal, list[Decimal]] = defaultdict(list)
    for one in found:
        flags[one.value].add(one.flag)
        written[one.value].append(one.value)
    moved = {}
    for value in sorted(flags):
        # The coarsest way in which it is written: all of them must show the same value.
        grain = max(Decimal(1).scaleb(int(one.as_tuple().exponent)) for one in written[value])
        moved[value] = _move(value, grain, found[0].range, fixed, flags[value] - {""}, share)
    news = list(moved.values())
    return moved if all(a < b for a, b in pairwise(news)) else {}


def _move(value: Decimal, grain: Decimal, limits: Range, fixed: set[Decimal], flags: set[str], share: float) -> Decimal:
    bounds = {*limits.limits, *limits.cuts, *fixed}
    if value in bounds or len(flags) > 1:
        return value
    low = max(bound for bound in bounds if bound < value)
    high = min(bound for bound in bounds if bound > value)
    way = Decimal(str(2 * share - 1))
    if flags:
        (flag,) = flags
        if flag in _UP:
            way = abs(way)
        elif flag in _DOWN:
            way = -abs(way)
        elif flag in _INWARD:
            middle = (low + high) / 2
            way = abs(way).copy_sign(middle - value)
            low, high = max(low, min(value, middle) - grain), min(high, max(value, middle) + grain)
        else:
            return value
    # The first and the last number between the bounds that can be written.
    first, last = (low // grain + 1) * grain, ((high / grain).to_integral_value(ROUND_CEILING) - 1) * grain
    most = max(limits.most(value) // grain, Decimal(1)) * grain
    new = value + (way * most).quantize(grain)
    return min(max(new, first), last) if first <= value <= last else value


def _in_order(found: list[_Found], moved: dict[str, Values]) -> bool:
    """Tell whether every systolic pressure is still well above the diastolic one that it goes with."""
    tops = [one for one in found if one.analyte == "systolic"]
    lows = [one for one in found if one.analyte == "diastolic"]
    couples = list(zip(tops, lows, strict=False)) if len(tops) == len(lows) else list(product(tops, lows))

    def apart(top: _Found, low: _Found) -> bool:
        now = moved["systolic"].get(top.value, top.value) - moved["diastolic"].get(low.value, low.value)
        return now >= min(Decimal(PULSE_PRESSURE), top.value - low.value)

    return all(apart(top, low) for top, low in couples)
