"""Columns of strings, and what fields and identifiers are made of them. Nothing is null: what is not there is empty."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.columns import map_distinct, null_if_empty
from pipeline.ingest.csv.dialect import column_name
from pipeline.ingest.csv.parts import Cell, Choice, Identity

_PEOPLE = ("name", "relative", "staff")


class Columns:
    """Some columns by name, whatever the case, for a number of rows. PHI."""

    def __init__(self, rows: int, columns: Mapping[str, pa.Array]) -> None:
        self.rows = rows
        self.by_name = dict(columns)

    def __getitem__(self, name: str) -> pa.Array:
        """Return a column; an empty one if it is not there."""
        found = self.by_name.get(column_name(name))
        return self.all("") if found is None else found

    def all(self, text: str) -> pa.Array:
        """Return a column that has the same text throughout."""
        return pa.repeat(text, self.rows)

    def filter(self, keep: pa.Array) -> Columns:
        """Return the rows for which `keep` is true."""
        kept = {name: column.filter(keep) for name, column in self.by_name.items()}
        return Columns(pc.sum(keep).as_py() or 0, kept)

    def joined(self, names: Iterable[str], between: str) -> pa.Array:
        """Return columns joined, empty ones left out."""
        return join([self[name] for name in names], between) if names else self.all("")

    def key(self, names: Sequence[str]) -> pa.Array:
        """Return a key of columns; empty if all of them are."""
        columns = [self[name] for name in names]
        if not columns:
            return self.all("")
        return where(self.any(names), pc.binary_join_element_wise(*columns, "|"))

    def any(self, names: Iterable[str]) -> pa.Array:
        """Tell for each row whether one of the columns is not empty."""
        found = pa.repeat(False, self.rows)
        for name in names:
            found = pc.or_(found, pc.not_equal(self[name], ""))
        return found

    def meet(self, condition: Mapping[str, Sequence[str]]) -> pa.Array:
        """Tell for each row whether its columns have the values wanted."""
        found = pa.repeat(True, self.rows)
        for name, values in condition.items():
            found = pc.and_(found, pc.is_in(self[name], pa.array(values, pa.string())))
        return found

    def choose(self, choice: Choice) -> pa.Array:
        """Return what a choice makes of its column; empty where it makes nothing."""
        return map_distinct(self[choice.column], lambda text: choice.map.get(text, ""))

    def value(self, cell: Cell) -> pa.Array:
        """Return what a cell is made of, whatever its condition."""
        if cell.const:
            return self.all(cell.const)
        if cell.format:
            pieces = cell.template()
            parts = [self[piece] if number % 2 else self.all(piece) for number, piece in enumerate(pieces)]
            value = where(self.any(cell.sources), pc.binary_join_element_wise(*parts, ""))
        elif cell.first:
            value = pc.coalesce(*(null_if_empty(self.value(one)) for one in cell.first), "")
        else:
            value = self.joined(cell.sources, cell.join)
        return map_distinct(value, lambda text: cell.map.get(text, text)) if cell.map else value

    def identifier(self, one: Identity) -> pa.Array:
        """Return an identifier; empty where there is none."""
        if one.table:
            key = self.key(one.sources)
            return where(pc.not_equal(key, ""), pc.binary_join_element_wise(self.all(one.table), key, "/"))
        if one.type in _PEOPLE and len(one.sources) > 1:
            value = join([self[one.sources[0]], self.joined(one.sources[1:], " ")], ", ")
        else:
            value = self.joined(one.sources, one.join)
        if one.match:
            pattern = re.compile(one.match)
            value = map_distinct(value, lambda text: found[0].strip() if (found := pattern.search(text)) else text)
        return where(self.any([one.needs]), value) if one.needs else value


def clean(column: pa.Array, words: Iterable[str]) -> pa.Array:
    """Return a column without blanks around its cells, and with the words that mean nothing as empty ones."""
    column = pc.utf8_trim_whitespace(column)
    listed = pa.array(sorted(words), pa.string())
    return pc.if_else(pc.is_in(column, listed), "", column) if len(listed) else column


def join(columns: Sequence[pa.Array], between: str) -> pa.Array:
    """Return columns joined row by row, empty ones left out."""
    # `null_handling="skip"` of pyarrow 26 drops the row in which all of them are null.
    whole = columns[0]
    for column in columns[1:]:
        both = pc.and_(pc.not_equal(whole, ""), pc.not_equal(column, ""))
        whole = pc.binary_join_element_wise(whole, pc.if_else(both, between, ""), column, "")
    return whole


def where(condition: pa.Array, column: pa.Array) -> pa.Array:
    """Return a column that is empty where a condition does not hold."""
    return pc.if_else(condition, column, "")
