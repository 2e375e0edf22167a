"""The columns of a result: number, comparator, unit, text and reference range."""

from __future__ import annotations

from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.columns import is_empty, map_distinct
from pipeline.normalize.columns import Additions, Flags, where
from pipeline.normalize.text import clean_text
from pipeline.normalize.units import ucum_unit
from pipeline.normalize.values import Limits, Value, parse_limits, parse_number, parse_value

_VALUE = pa.struct(
    [("number", pa.float64()), ("comparator", pa.string()), ("unit", pa.string()), ("text", pa.string())]
)
_NO_UNIT = frozenset(("", "null", "none", "n/a", "na", "nan", "-", "unknown"))
_LIMITS = pa.struct([("low", pa.float64()), ("high", pa.float64()), ("plain", pa.bool_())])


def result_columns(
    raw: dict[str, pa.Array], value_text: pa.Array, flags: Flags, additions: Additions
) -> dict[str, pa.Array]:
    """Return the columns of results.

    A value that is no number is text. What the sender wrote stays in `extras` where a column holds it otherwise: a unit
    of another spelling, a reference range in one string, a number beside a text.
    """
    unit = _unit(raw["unit"], flags, additions)
    low, high = _limits(raw, additions)
    columns = {"value_text": value_text, "unit": unit, "reference_low": low, "reference_high": high}
    written = raw["value_number"]
    if is_empty(written):
        nothing = pa.nulls(len(written), pa.string())
        return columns | {"value_number": nothing.cast(pa.float64()), "comparator": nothing}

    judged = map_distinct(written, lambda text: _value(text)._asdict(), _VALUE)
    number, comparator, beside, text = judged.flatten()
    if beside.null_count < len(beside):
        # Two units that are not the same: the sender's words are all that is sure.
        conflict = pc.fill_null(pc.not_equal(beside, unit), False)
        number, comparator = (pc.if_else(conflict, pa.scalar(None, c.type), c) for c in (number, comparator))
        text = pc.if_else(conflict, map_distinct(written, clean_text), text)
        columns["unit"] = pc.coalesce(unit, pc.if_else(conflict, pa.scalar(None, pa.string()), beside))
    if text.null_count < len(text):
        additions.add(where(pc.and_(pc.is_valid(text), pc.is_valid(value_text))), "value_number", written)
        columns["value_text"] = pc.coalesce(value_text, text)
    return columns | {"value_number": number, "comparator": comparator}


def _value(text: str) -> Value:
    value = parse_value(text)
    return value if value.text is None else value._replace(text=clean_text(value.text) or None)


def _unit(written: pa.Array, flags: Flags, additions: Additions) -> pa.Array:
    if is_empty(written):
        return pa.nulls(len(written), pa.string())
    given = map_distinct(written, lambda text: text.strip().lower() not in _NO_UNIT, pa.bool_())
    known = map_distinct(written, lambda text: ucum_unit(text) if text.strip().lower() not in _NO_UNIT else None)
    flags.add(where(pc.and_(given, pc.is_null(known))), "unknown_unit")
    additions.add(where(pc.not_equal(known, written)), "unit", written)
    unknown = map_distinct(written, lambda text: clean_text(text).strip() or None)
    return pc.coalesce(known, pc.if_else(given, unknown, pa.scalar(None, pa.string())))


def _limits(raw: dict[str, pa.Array], additions: Additions) -> tuple[pa.Array, pa.Array]:
    """Return both ends of the reference range, either of which may stand in the other's column."""
    ends: dict[str, list[pa.Array]] = {"low": [], "high": []}
    for own, other in (("low", "high"), ("high", "low")):
        column = raw[f"reference_{own}"]
        if is_empty(column):
            continue
        found = map_distinct(column, partial(_limit, own), _LIMITS)
        fields = dict(zip(("low", "high", "plain"), found.flatten(), strict=True))
        ends[own].insert(0, fields[own])
        ends[other].append(fields[other])
        additions.add(where(pc.and_(pc.not_equal(column, ""), pc.invert(fields["plain"]))), f"reference_{own}", column)
    nothing = pa.nulls(len(raw["reference_low"]), pa.float64())
    return pc.coalesce(*ends["low"], nothing), pc.coalesce(*ends["high"], nothing)


def _limit(own: str, text: str) -> dict[str, float | bool | None]:
    number = parse_number(text)
    limits = parse_limits(text) or Limits(None, None)
    if number is not None:
        limits = Limits(None, None)._replace(**{own: number})
    return {"low": limits.low, "high": limits.high, "plain": number is not None or not text.strip()}
