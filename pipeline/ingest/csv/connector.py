"""The connector of tables in CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.errors import RecordError, SourceError
from pipeline.ingest.connector import Connector, SourceFile, Unit
from pipeline.ingest.csv.dialect import (
    Row,
    column_name,
    count_rows,
    encode,
    find_delimiter,
    is_decoded,
    load_text,
    rows,
)
from pipeline.ingest.csv.mapping import load_mapping
from pipeline.ingest.csv.plan import Plan


@dataclass(frozen=True, slots=True)
class _Opened:
    text: str
    delimiter: str
    plan: Plan | None
    excluded: str


class CsvConnector(Connector):
    """Reads tables as a mapping says: `options: {mapping: NAME}`, or the mapping itself.

    `findings` holds what was found in the header of the file read last.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._mapping = load_mapping(options)

    def count(self, file: SourceFile) -> int:
        """Count the rows under the header by quotes and line ends alone."""
        opened = self._open(file)
        return count_rows(opened.text, opened.delimiter) - 1

    def read(self, file: SourceFile) -> Iterator[Unit]:
        """Yield a unit for each row under the header."""
        opened = self._open(file)
        plan = opened.plan
        self.findings.update(plan.findings if plan else ())
        found = rows(opened.text, opened.delimiter)
        next(found)
        decoded = is_decoded(opened.text)
        for row in found:
            content = encode(row.text, self._mapping.encoding)
            if plan is None:
                yield Unit(row.line, excluded=opened.excluded, content=content)
                continue
            wrong = self._wrong(row, plan.width, decoded)
            if wrong:
                yield Unit(row.line, rejected=wrong, content=content)
                continue
            cells = plan.cells(row.cells)
            if not any(cells):
                yield Unit(row.line, excluded="blank_row", content=content)
                continue
            try:
                yield Unit(row.line, (plan.record(cells),), content=content)
            except RecordError as error:
                yield Unit(row.line, rejected=error.reason, content=content)

    def _open(self, file: SourceFile) -> _Opened:
        """Return the text of a file, its delimiter, and the plan or the reason why it has none.

        Raises `SourceError`.
        """
        text = load_text(file, self._mapping.encoding)
        table = self._mapping.table_of(file.name)
        known = {column_name(name) for name in table.sources} if table else set()
        delimiter = self._mapping.delimiter or find_delimiter(text, known)
        header = next(rows(text, delimiter))
        if not is_decoded(header.text):
            raise SourceError("undecodable")
        if table is None or table.exclude:
            return _Opened(text, delimiter, None, table.exclude if table else "unmapped_table")
        return _Opened(text, delimiter, Plan(table, header.cells, self._mapping.na_values), "")

    @staticmethod
    def _wrong(row: Row, width: int, decoded: bool) -> str:
        if row.cut:
            return "truncated"
        if len(row.cells) != width:
            return "row_too_short" if len(row.cells) < width else "row_too_long"
        return "" if decoded or is_decoded(row.text) else "undecodable"
