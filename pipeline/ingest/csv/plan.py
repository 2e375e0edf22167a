"""A table's mapping and a file's header, made into one function from cells to record."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from pipeline.errors import RecordError, SourceError
from pipeline.ingest.csv.dialect import column_name
from pipeline.ingest.csv.mapping import Cell, Identity, Table
from pipeline.records import Identifier, RawRecord

Cells = list[str]
Getter = Callable[[Cells], str]

_PEOPLE = ("name", "relative", "staff")


class Plan:
    """How the rows under one header become records.

    `findings` counts columns that the mapping names and the header lacks, and columns that nobody maps.
    Raises `SourceError` if the header is not this table's.
    """

    def __init__(self, table: Table, header: Cells, null: frozenset[str] = frozenset()) -> None:
        self.width = len(header)
        self.findings: Counter[str] = Counter()
        self._null = null
        self._where: dict[str, int] = {}
        for number, name in enumerate(header):
            self._where.setdefault(column_name(name), number)
        self._check(table)
        self._kind = table.kind
        self._key = tuple(self._where[column_name(name)] for name in table.key)
        self._constants = {name: cell.const for name, cell in table.columns.items() if cell.const}
        self._plain: list[tuple[str, int]] = []
        self._made: list[tuple[str, Getter, Getter | None]] = []
        for name, cell in table.columns.items():
            if cell.column and not cell.map and not cell.when:
                if column_name(cell.column) in self._where:
                    self._plain.append((name, self._where[column_name(cell.column)]))
            elif not cell.const:
                self._made.append((name, self._getter(cell), self._condition(name, cell)))
        self._identity = [(one.type, self._identifier(one)) for one in table.identity]
        self._rest = list(self._unmapped(table, header))

    def cells(self, cells: Cells) -> Cells:
        """Return the cells of a row without blanks around them, and null words as empty."""
        cells = [cell.strip() for cell in cells]
        return ["" if cell in self._null else cell for cell in cells] if self._null else cells

    def record(self, cells: Cells) -> RawRecord:
        """Return the record of a row, given its cells as `cells` returns them.

        Raises `RecordError("no_patient")`.
        """
        values: dict[str, Any] = dict(self._constants)
        for name, number in self._plain:
            values[name] = cells[number]
        for name, get, choose in self._made:
            value = get(cells)
            if value:
                field = choose(cells) if choose else name
                values[field] = f"{values[field]} {value}" if values.get(field) else value
        if not values.get("patient_id"):
            raise RecordError("no_patient")
        key = [cells[number] for number in self._key]
        identity = [Identifier(kind, get(cells)) for kind, get in self._identity]
        return RawRecord(
            kind=self._kind,
            key="|".join(key) if any(key) else "",
            identity=tuple([one for one in identity if one.value]),
            extras={name: cells[number] for name, number in self._rest if cells[number]},
            **values,
        )

    def _check(self, table: Table) -> None:
        missing = sorted(name for name in table.sources if column_name(name) not in self._where)
        if len(missing) == len(table.sources):
            raise SourceError("unknown_header")
        for name in table.required:
            if name in missing:
                raise SourceError(f"missing_column:{name}")
        self.findings.update(f"missing_column:{name}" for name in missing)

    def _unmapped(self, table: Table, header: Cells) -> Iterator[tuple[str, int]]:
        """Yield name and number of the columns that go to `extras`; a name that repeats gets a number."""
        mapped = {self._where.get(column_name(name)) for name in table.taken}
        named = {column_name(name) for name in table.sources}
        seen: Counter[str] = Counter()
        for number, cell in enumerate(header):
            if number in mapped:
                continue
            name = cell.strip() or f"column_{number + 1}"
            yield f"{name}[{seen[name]}]" if seen[name] else name, number
            seen[name] += 1
            if column_name(cell) not in named:
                self.findings["unmapped_column"] += 1

    def _number(self, column: str) -> int | None:
        return self._where.get(column_name(column))

    def _condition(self, name: str, cell: Cell) -> Getter | None:
        """Return what chooses between two fields, if there is a choice."""
        wanted = [(self._number(column), value) for column, value in cell.when.items()]
        if not wanted:
            return None

        def field(cells: Cells) -> str:
            for number, value in wanted:
                if number is None or cells[number] != value:
                    return cell.otherwise
            return name

        return field

    def _getter(self, cell: Cell) -> Getter:
        if cell.format:
            get = self._format(cell)
        elif cell.columns:
            get = self._join(cell.columns, cell.join)
        else:
            get = self._join((cell.column,), "")
        if not cell.map:
            return get
        return lambda cells: cell.map.get(value := get(cells), value)

    def _join(self, columns: tuple[str, ...], between: str) -> Getter:
        numbers = [number for column in columns if (number := self._number(column)) is not None]
        if len(numbers) == 1:
            return lambda cells: cells[numbers[0]]
        return lambda cells: between.join([cells[number] for number in numbers if cells[number]])

    def _format(self, cell: Cell) -> Getter:
        pieces = cell.template()
        texts, numbers = pieces[::2], [self._number(column) for column in pieces[1::2]]

        def get(cells: Cells) -> str:
            values = [cells[number] if number is not None else "" for number in numbers]
            if not any(values):
                return ""
            return "".join(text + value for text, value in zip(texts, [*values, ""], strict=True))

        return get

    def _identifier(self, one: Identity) -> Getter:
        get = self._people(one)
        pattern, needed = re.compile(one.match), self._number(one.needs)

        def found(cells: Cells) -> str:
            if one.needs and (needed is None or not cells[needed]):
                return ""
            value = get(cells)
            match = pattern.search(value) if one.match else None
            return match[0].strip() if match else value

        return found if one.match or one.needs else get

    def _people(self, one: Identity) -> Getter:
        if one.type not in _PEOPLE or len(one.sources) < 2:
            return self._join(one.sources, " ")
        family, given = self._join(one.sources[:1], ""), self._join(one.sources[1:], " ")
        return lambda cells: ", ".join(filter(None, (family(cells), given(cells))))
