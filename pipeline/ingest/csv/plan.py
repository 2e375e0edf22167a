"""A table's mapping and a file's header, made into operations on columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import SourceError
from pipeline.ingest.columns import extras_of_columns, identity_of_columns
from pipeline.ingest.csv.cells import Columns, clean, join, where
from pipeline.ingest.csv.dialect import column_name
from pipeline.ingest.csv.join import Lookup
from pipeline.ingest.csv.mapping import Join, Record, Table
from pipeline.ingest.csv.parts import Choice
from pipeline.records import Identifier, Person


@dataclass(slots=True)
class Made:
    """What some rows became: records as columns, in which `row` is the number of the row; or else a reason. PHI."""

    records: list[dict[str, pa.Array]]
    rejected: dict[int, str]
    excluded: dict[int, str]
    people: dict[int, Person]


class _Outcomes:
    """The rows that have an outcome, by number, and those that are still `open`."""

    def __init__(self, rows: int) -> None:
        self.open = pa.repeat(True, rows)
        self.rejected: dict[int, str] = {}
        self.excluded: dict[int, str] = {}

    def settle(self, outcomes: dict[int, str], which: pa.Array, reason: str) -> None:
        """Give an outcome to the rows that have none."""
        settled = pc.indices_nonzero(pc.and_(which, self.open)).to_pylist()
        if settled:
            outcomes.update(dict.fromkeys(settled, reason))
            self.open = pc.and_(self.open, pc.invert(which))


class Plan:
    """How the rows under one header become records.

    `findings` counts columns that the mapping names and the header lacks, columns that nobody maps, and names that
    repeat. Raises `SourceError` if the header is not this table's.
    """

    def __init__(
        self, name: str, table: Table, header: Sequence[str], na_values: frozenset[str], joins: Mapping[str, Lookup]
    ) -> None:
        self.findings: Counter[str] = Counter()
        self._name, self._table, self._joins = name, table, joins
        self._names = [cell.strip() or f"column_{number}" for number, cell in enumerate(header, 1)]
        words = {column_name(column): words for column, words in table.na_values.items()}
        self._words = [na_values | words.get(column_name(name), frozenset()) for name in self._names]
        self._first: dict[str, int] = {}
        for number, cell in enumerate(self._names):
            self._first.setdefault(column_name(cell), number)
        self._joined_words = {name: words_ for name, words_ in words.items() if name not in self._first}
        self._check()
        self._rest = list(self._unmapped())
        self._made = table.made if not table.directory else {}
        shared = Record(columns=table.columns, identity=table.identity).sources | set(table.key)
        self._own = {key: table.records[key].sources - shared if key else set() for key in self._made}

    def apply(self, cells: Sequence[pa.Array], findings: Counter[str]) -> Made:
        """Return what rows become, given their cells column by column."""
        cleaned = [clean(column, words) for column, words in zip(cells, self._words, strict=True)]
        columns = Columns(len(cells[0]), {name: cleaned[number] for name, number in self._first.items()})
        for name, one in self._table.join.items():
            self._look_up(name, one, columns, findings)
        outcomes = _Outcomes(columns.rows)
        if self._table.directory:
            lacking = pc.equal(columns.key(self._table.key), "")
        else:
            lacking = pc.equal(columns.value(self._table.columns["patient_id"]), "")
        if pc.any(lacking).as_py():
            outcomes.settle(outcomes.excluded, _blank(cleaned, lacking), "blank_row")
        for reason, condition in self._table.exclude_when.items():
            outcomes.settle(outcomes.excluded, columns.meet(condition), reason)
        if self._table.directory:
            outcomes.settle(outcomes.rejected, lacking, "no_key")
            people = self._people(columns, outcomes.open)
            outcomes.settle(outcomes.excluded, outcomes.open, f"directory:{self._name}")
            return Made([], outcomes.rejected, outcomes.excluded, people)
        extras = [(name, cleaned[number]) for name, number in self._rest] + self._unmapped_joins(columns)
        return Made(self._records(columns, extras, lacking, outcomes), outcomes.rejected, outcomes.excluded, {})

    def _records(
        self, columns: Columns, extras: list[tuple[str, pa.Array]], lacking: pa.Array, outcomes: _Outcomes
    ) -> list[dict[str, pa.Array]]:
        """Return the records of the rows that are open, of each kind that the table makes."""
        deleted = columns.choose(self._table.deleted) if self._table.deleted else columns.all("")
        kinds = {name: self._kind(record, columns) for name, record in self._made.items()}
        known = {name: pc.not_equal(kind, "") for name, kind in kinds.items()}
        # What was taken back needs no values.
        gone = pc.not_equal(deleted, "")
        wanted = {
            name: pc.and_(known[name], pc.or_(gone, columns.any(own))) if (own := self._own[name]) else known[name]
            for name in kinds
        }
        outcomes.settle(outcomes.excluded, pc.invert(reduce(pc.or_, known.values())), "kind_not_mapped")
        outcomes.settle(outcomes.excluded, pc.invert(reduce(pc.or_, wanted.values())), "no_values")
        outcomes.settle(outcomes.rejected, pc.and_(lacking, pc.invert(gone)), "no_patient")
        made = []
        for name, record in self._made.items():
            keep = pc.and_(outcomes.open, wanted[name])
            if pc.any(keep).as_py():
                fields = {"kind": kinds[name], "deleted": deleted, **self._fields(name, record, columns, extras)}
                fields["row"] = pa.array(range(columns.rows), pa.int64())
                whole = pc.all(keep).as_py()
                made.append(fields if whole else {field: value.filter(keep) for field, value in fields.items()})
        return made

    def _kind(self, record: Record, columns: Columns) -> pa.Array:
        return columns.choose(record.kind) if isinstance(record.kind, Choice) else columns.all(record.kind)

    def _fields(
        self, name: str, record: Record, columns: Columns, extras: list[tuple[str, pa.Array]]
    ) -> dict[str, pa.Array]:
        key = columns.key(self._table.key)
        parts = [columns.all(self._table.key_prefix), key, columns.all(name)]
        key = where(pc.not_equal(key, ""), join(parts, "|"))
        fields: dict[str, Any] = {"key": key}

        def put(field: str, value: pa.Array) -> None:
            fields[field] = join([fields[field], value], " ") if field in fields else value

        for field, cell in record.columns.items():
            value = columns.value(cell)
            if cell.when:
                meets = columns.meet(cell.when)
                put(cell.otherwise, where(pc.invert(meets), value))
                value = where(meets, value)
            put(field, value)
        types = [one.type for one in record.identity]
        fields["identity"] = identity_of_columns(types, [columns.identifier(o) for o in record.identity], columns.rows)
        fields["extras"] = extras_of_columns([name for name, _ in extras], [value for _, value in extras], columns.rows)
        return fields

    def _people(self, columns: Columns, keep: pa.Array) -> dict[int, Person]:
        references = columns.key(self._table.key).to_pylist()
        values = [columns.identifier(one).to_pylist() for one in self._table.identity]
        people = {}
        for row in pc.indices_nonzero(keep).to_pylist():
            found = [Identifier(o.type, v[row]) for o, v in zip(self._table.identity, values, strict=True) if v[row]]
            people[row] = Person(tuple(found), reference=f"{self._name}/{references[row]}")
        return people

    def _look_up(self, name: str, one: Join, columns: Columns, findings: Counter[str]) -> None:
        lookup = self._joins.get(name)
        if lookup is None:
            return
        found, unmatched = lookup.find(columns.key(tuple(one.on)))
        if unmatched:
            findings[f"join_unmatched:{name}"] += unmatched
        for column, values in zip(one.columns, found, strict=True):
            full = column_name(f"{name}.{column}")
            columns.by_name[full] = clean(values, self._joined_words.get(full, ()))

    def _check(self) -> None:
        joined = {column_name(f"{n}.{c}") for n, one in self._table.join.items() for c in one.columns}
        own = {name for name in self._table.wanted if column_name(name) not in joined}
        missing = {name for name in own if column_name(name) not in self._first}
        if missing == own:
            raise SourceError("unknown_header")
        for name in self._table.required:
            if name in missing:
                raise SourceError(f"missing_column:{name}")
        self.findings.update(f"missing_column:{name}" for name in missing)
        if repeated := len(self._names) - len(self._first):
            self.findings["duplicate_column"] = repeated

    def _unmapped(self) -> Iterator[tuple[str, int]]:
        """Yield name and number of the columns that go to `extras`; a name that repeats gets a number."""
        mapped = {self._first.get(column_name(name)) for name in self._table.taken}
        named = {column_name(name) for name in self._table.wanted}
        seen: Counter[str] = Counter()
        for number, name in enumerate(self._names):
            if number in mapped:
                continue
            yield f"{name}[{seen[name]}]" if seen[name] else name, number
            seen[name] += 1
            if column_name(name) not in named:
                self.findings["unmapped_column"] += 1

    def _unmapped_joins(self, columns: Columns) -> list[tuple[str, pa.Array]]:
        taken = {column_name(name) for name in self._table.taken}
        names = [f"{name}.{column}" for name, one in self._table.join.items() for column in one.columns]
        return [(name, columns[name]) for name in names if column_name(name) not in taken]


def _blank(columns: Sequence[pa.Array], candidates: pa.Array) -> pa.Array:
    """Tell for each row whether it is blank; only those of `candidates` can be."""
    blank = candidates
    for column in columns:
        blank = pc.and_(blank, pc.equal(column, ""))
    return blank
