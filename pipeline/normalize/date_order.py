"""Tell the month from the day in a column of dates such as 03/04/2026, by what the whole file holds.

Every value that can be a date in some orders only, as 15/04/2026 can, rules the others out for its column of its
file. What stays possible is what dates are read by: a date that then could still be two is refused. A column whose
values contradict one another says nothing, so that each of its values stands alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dates import ORDERS, feasible_orders

DATES = ("version", "start", "end", "birth_date", "death_date")
# The only form that can be ambiguous; all others are left out before anything is done in Python.
_SEPARATED = r"^\s*\d{1,2}[-/.]\d{1,2}[-/.]\d{2}"

# By file and column.
Orders = Mapping[tuple[str, str], frozenset[str]]


def find_orders(tables: Iterable[pa.Table]) -> Orders:
    """Return the orders that stay possible, from the date columns and `file_id` of all rows of some files."""
    seen: dict[tuple[str, str], set[frozenset[str]]] = {}
    for table in tables:
        for name in DATES:
            mask = pc.match_substring_regex(table[name], _SEPARATED)
            if not pc.any(mask).as_py():
                continue
            rows = table.select(["file_id", name]).filter(mask)
            distinct = rows.group_by(["file_id", name]).aggregate([])
            for file_id, text in zip(distinct["file_id"].to_pylist(), distinct[name].to_pylist(), strict=True):
                seen.setdefault((file_id, name), set()).add(feasible_orders(text))
    return {place: _possible(found) for place, found in seen.items()}


def _possible(found: set[frozenset[str]]) -> frozenset[str]:
    return reduce(frozenset.__and__, (orders for orders in found if orders), ORDERS) or ORDERS
