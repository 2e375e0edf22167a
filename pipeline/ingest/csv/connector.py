"""The connector of tables in CSV."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from pipeline.errors import SourceError
from pipeline.ingest.connector import Batch, Connector, SourceFile, Unit
from pipeline.ingest.csv.cells import Columns, clean
from pipeline.ingest.csv.dialect import Opened, column_name, open_table
from pipeline.ingest.csv.join import Lookup
from pipeline.ingest.csv.mapping import Join, load_mapping
from pipeline.ingest.csv.plan import Plan
from pipeline.ingest.csv.rows import Chunk, count_rows, read_rows
from pipeline.records import Identifier, RawRecord

_Part = tuple[list[dict[str, pa.Array]], list[Unit]]


class CsvConnector(Connector):
    """Reads tables as a mapping says: `options: {mapping: NAME}`, or the mapping itself."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._mapping = load_mapping(options)
        self._lookups: dict[tuple[Any, ...], Lookup | None] = {}
        self._last: tuple[SourceFile, tuple[Opened, Plan | str]] | None = None

    def count(self, file: SourceFile) -> int:
        """Count the rows under the header by quotes and line ends alone."""
        opened, _ = self._open(file)
        return count_rows(opened.rows(file), opened.dialect)

    def read(self, file: SourceFile) -> Iterator[Unit]:
        """Yield a unit for each row under the header that is not an empty line."""
        for records, others in self._parts(file):
            units = {unit.position: unit for unit in others}
            made: dict[int, list[RawRecord]] = defaultdict(list)
            for columns in records:
                for row in pa.table(columns).to_pylist():
                    identity = tuple(Identifier(**one) for one in row.pop("identity"))
                    made[row.pop("position")].append(
                        RawRecord(identity=identity, extras=dict(row.pop("extras")), **row)
                    )
            units |= {position: Unit(position, tuple(rows)) for position, rows in made.items()}
            yield from (units[position] for position in sorted(units))

    def batches(self, file: SourceFile) -> Iterator[Batch]:
        """Yield what `read` yields, as columns."""
        for records, others in self._parts(file):
            batch = Batch.of(others)
            if records:
                names = set().union(*records)
                parts = [_filled(columns, names) for columns in records]
                batch.columns = {name: pa.concat_arrays([part[name] for part in parts]) for name in names}
                batch.rows = len(batch.columns["position"])
                batch.accepted = len(batch.columns["position"].unique())
            yield batch

    def _parts(self, file: SourceFile) -> Iterator[_Part]:
        """Yield, for some rows at a time, the records as columns, and the rows that make none."""
        opened, plan = self._open(file)
        if isinstance(plan, Plan):
            self.findings.update(plan.findings)
        if opened.dialect.encoding not in ("utf-8", self._mapping.encoding):
            self.findings[f"encoding:{opened.dialect.encoding}"] = 1
        for chunk in read_rows(opened.rows(file), opened.dialect, len(opened.header), opened.lines + 1):
            if isinstance(plan, str):
                lines = [*chunk.lines.tolist(), *(odd.line for odd in chunk.odd)]
                yield [], [Unit(line, excluded=plan) for line in lines]
            else:
                yield self._made(chunk, plan)

    def _made(self, chunk: Chunk, plan: Plan) -> _Part:
        if chunk.trailing:
            self.findings["trailing_empty_cells"] += chunk.trailing
        others = [
            Unit(odd.line, rejected=odd.reason, content=odd.content)
            if odd.reason
            else Unit(odd.line, excluded="blank_row")
            for odd in chunk.odd
        ]
        if not len(chunk.lines):
            return [], others
        made = plan.apply(chunk.columns, self.findings)
        lines = chunk.lines
        for row, reason in made.rejected.items():
            others.append(Unit(int(lines[row]), rejected=reason, content=chunk.content(row)))
        for row, reason in made.excluded.items():
            people = (made.people[row],) if row in made.people else ()
            others.append(Unit(int(lines[row]), excluded=reason, people=people))
        for columns in made.records:
            columns["position"] = pa.array(lines[columns.pop("row").to_numpy()], pa.int64())
        return made.records, sorted(others, key=lambda unit: unit.position)

    def _open(self, file: SourceFile) -> tuple[Opened, Plan | str]:
        """Return a file with its header read, and the plan or the reason why it has none.

        A file that is counted is read next: to find its encoding may take all of it, and is done once. Raises
        `SourceError`.
        """
        if self._last is None or self._last[0] is not file:
            self._last = file, self._look_at(file)
        return self._last[1]

    def _look_at(self, file: SourceFile) -> tuple[Opened, Plan | str]:
        found = self._mapping.table_of(file.name)
        if found is None:
            return open_table(file, self._mapping, ()), "unmapped_table"
        name, table = found
        opened = open_table(file, table.over(self._mapping), table.wanted)
        if table.exclude:
            return opened, table.exclude
        joins = {other: self._lookup(file, join) for other, join in table.join.items()}
        lookups = {other: lookup for other, lookup in joins.items() if lookup}
        plan = Plan(name, table, opened.header, self._mapping.na_values, lookups)
        plan.findings.update(f"join_missing:{other}" for other, lookup in joins.items() if lookup is None)
        return opened, plan

    def _lookup(self, file: SourceFile, join: Join) -> Lookup | None:
        """Return the table that is joined, read once; none if it is not there or not what the mapping says."""
        wanted = (join.files, tuple(join.on.values()), join.columns)
        if wanted not in self._lookups:
            self._lookups[wanted] = self._load(file, join)
        return self._lookups[wanted]

    def _load(self, file: SourceFile, join: Join) -> Lookup | None:
        try:
            parts = [part for other in file.sibling(*join.files) for part in self._joined(other, join)]
        except SourceError:
            return None
        return Lookup.of(iter(parts), list(join.columns)) if parts else None

    def _joined(self, file: SourceFile, join: Join) -> Iterator[tuple[pa.Array, list[pa.Array]]]:
        keys = tuple(join.on.values())
        opened = open_table(file, join.over(self._mapping), {*keys, *join.columns})
        names = [column_name(name) for name in opened.header]
        wanted = {column_name(name) for name in (*keys, *join.columns)}
        if not wanted <= set(names):
            raise SourceError("missing_column")
        for chunk in read_rows(opened.rows(file), opened.dialect, len(names), opened.lines + 1):
            cells = {name: clean(chunk.columns[names.index(name)], self._mapping.na_values) for name in sorted(wanted)}
            columns = Columns(len(chunk.lines), cells)
            yield columns.key(keys), [columns[name] for name in join.columns]


def _filled(columns: dict[str, pa.Array], names: set[str]) -> dict[str, pa.Array]:
    return {name: columns.get(name, pa.repeat("", len(columns["position"]))) for name in names}
