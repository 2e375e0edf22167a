"""A table's mapping and a file's header, made into operations on columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import SourceError
from pipeline.ingest.columns import extras_of_columns, identity_of_columns
from pipeline.ingest.csv.cells import Columns, clean, join, where
from pipeline.ingest.csv.dialect import column_name
from pipeline.ingest.csv.join import Lookup
from pipeline.ingest.csv.mapping import Choice, Join, Record, Table
from pipeline.records import Identifier, Person


@dataclass(slots=True)
class Made:
    """What some rows became: records as columns, in which `row` is the number of the row; or else a reason. PHI."""

    records: list[dict[str, pa.Array]]
    rejected: dict[int, str]
    excluded: dict[int, str]
    people: dict[int, Person]


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
        shared = Record(columns=table.columns, identity=table.identity).named | set(table.key)
        self._own = {key: record.named - shared if (record := table.records.get(key)) else set() for key in self._made}

    def apply(self, cells: Sequence[pa.Array], findings: Counter[str]) -> Made:
        """Return what rows become, given their cells column by column."""
        cleaned = [clean(column, words) for column, words in zip(cells, self._words, strict=True)]
        rows = len(cells[0])
        table, made = self._table, Made([], {}, {}, {})
        columns = Columns(rows, {name: cleaned[number] for name, number in self._first.items()})
        for name, one in table.join.items():
            self._look_up(name, one, columns, findings)
        open_ = pa.repeat(True, rows)

        def settle(outcomes: dict[int, str], which: pa.Array, reason: str) -> None:
            nonlocal open_
            settled = pc.indices_nonzero(pc.and_(which, open_)).to_pylist()
            if settled:
                outcomes.update(dict.fromkeys(settled, reason))
                open_ = pc.and_(open_, pc.invert(which))

        needed = columns.key(table.key) if table.directory else columns.value(table.columns["patient_id"])
        lacking = pc.equal(needed, "")
        if pc.any(lacking).as_py():
            settle(made.excluded, pc.and_(lacking, _blank(cleaned, lacking)), "blank_row")
        for reason, condition in table.exclude_when.items():
            settle(made.excluded, columns.meet(condition), reason)
        if table.directory:
            settle(made.rejected, lacking, "no_key")
            made.people = self._people(columns, open_)
            settle(made.excluded, pa.repeat(True, rows), f"directory:{self._name}")
            return made
        deleted = columns.choose(table.deleted) if table.deleted else columns.all("")
        kinds = {name: self._kind(record, columns) for name, record in self._made.items()}
        wanted = {
            name: pc.and_(pc.not_equal(kinds[name], ""), columns.any(own))
            if (own := self._own[name])
            else pc.not_equal(kinds[name], "")
            for name in self._made
        }
        any_wanted = pa.repeat(False, rows)
        any_kind = pa.repeat(False, rows)
        for name in self._made:
            any_wanted = pc.or_(any_wanted, wanted[name])
            any_kind = pc.or_(any_kind, pc.not_equal(kinds[name], ""))
        settle(made.excluded, pc.invert(any_kind), "kind_not_mapped")
        settle(made.excluded, pc.invert(any_wanted), "no_values")
        settle(made.rejected, pc.and_(lacking, pc.equal(deleted, "")), "no_patient")
        extras = [(name, cleaned[number]) for name, number in self._rest] + self._unmapped_joins(columns)
        for name, record in self._made.items():
            keep = pc.and_(open_, wanted[name])
            if pc.any(keep).as_py():
                fields = {"kind": kinds[name], "deleted": deleted, **self._fields(name, record, columns, extras)}
                fields["row"] = pa.array(range(rows), pa.int64())
                whole = pc.all(keep).as_py()
                made.records.append(fields if whole else {key: value.filter(keep) for key, value in fields.items()})
        return made

    def _kind(self, record: Record, columns: Columns) -> pa.Array:
        return columns.choose(record.kind) if isinstance(record.kind, Choice) else columns.all(record.kind)

    def _fields(
        self, name: str, record: Record, columns: Columns, extras: list[tuple[str, pa.Array]]
    ) -> dict[str, pa.Array]:
        key = columns.key(self._table.key)
        if name:
            key = where(pc.not_equal(key, ""), pc.binary_join_element_wise(key, columns.all(name), "|"))
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
