"""Each demand of the conformance suite is refused by a connector that breaks it, and by no other demand's."""

import gzip
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import SourceError
from pipeline.ingest.connector import Batch, SourceFile, Unit
from pipeline.records import Identifier, RawRecord
from pipeline.testing import conformance, connector_suite
from pipeline.testing.conformance import CHECKS, Subject
from pipeline.testing.suite import compare_golden
from tests.testing.vitals import CONTENT, Vitals

GOOD = Subject(lambda: Vitals({}), "vitals.jsonl", CONTENT, identifies=("9000001", "Testa Fictional"))


class Lost(Vitals):
    """Loses what it cannot read."""

    def read(self, file: SourceFile) -> Iterator[Unit]:
        return (unit for unit in super().read(file) if not unit.rejected)


class WrongKind(Vitals):
    def record(self, row: dict[str, Any], patient: str) -> RawRecord:
        return super().record(row, patient)._replace(deleted="some")


class Anonymous(Vitals):
    def record(self, row: dict[str, Any], patient: str) -> RawRecord:
        return super().record(row, patient)._replace(identity=())


class Nameless(Vitals):
    def record(self, row: dict[str, Any], patient: str) -> RawRecord:
        return super().record(row, patient)._replace(identity=(Identifier("id", patient),))


class Numbered(Vitals):
    """Remembers how many it has read."""

    numbers = itertools.count()

    def record(self, row: dict[str, Any], patient: str) -> RawRecord:
        return super().record(row, patient)._replace(key=str(next(self.numbers)))


class Tainted(Vitals):
    """Carries over what a damaged file left."""

    damaged = False

    def unit(self, position: int, line: bytes) -> Unit:
        unit = super().unit(position, line)
        self.damaged |= unit.rejected != "" and not line.startswith(b"this is no json")
        return Unit(position, rejected="bad_json") if self.damaged else unit


class Hasty(Vitals):
    """Takes a block for whole lines."""

    def lines(self, file: SourceFile) -> Iterator[bytes]:
        for block in file.blocks():
            yield from block.split(b"\n")


class TwoWays(Vitals):
    """Has a faster way for columns, which leaves exclusions out."""

    def batches(self, file: SourceFile) -> Iterator[Batch]:
        for batch in super().batches(file):
            yield replace(batch, columns={**batch.columns, "code": ["1234-5"] * batch.rows})


class OpensItself(Vitals):
    """Does not unpack."""

    def lines(self, file: SourceFile) -> Iterator[bytes]:
        with file.open() as stream:
            yield from stream.read().split(b"\n")


class Fragile(Vitals):
    """Takes every line for an object."""

    def unit(self, position: int, line: bytes) -> Unit:
        if line.strip() and not line.strip().endswith((b"}", b"json")):
            raise KeyError(line)
        return super().unit(position, line)


class Strict(Vitals):
    """Believes in UTF-8."""

    def unit(self, position: int, line: bytes) -> Unit:
        line.decode("utf-8")
        return super().unit(position, line)


class RefusesLate(Vitals):
    """Counts what it then refuses to read."""

    def read(self, file: SourceFile) -> Iterator[Unit]:
        if b"\r\n" in file.read():
            raise SourceError("not_vitals")
        return super().read(file)


class Quotes(Vitals):
    """Says what it could not read."""

    def unit(self, position: int, line: bytes) -> Unit:
        unit = super().unit(position, line)
        return (
            Unit(position, rejected=f"bad_json:{line.split()[0].decode('ascii', 'replace')}") if unit.rejected else unit
        )


class Finds(Vitals):
    """Says which patient it has seen."""

    def record(self, row: dict[str, Any], patient: str) -> RawRecord:
        self.findings[f"seen:{patient}"] += 1
        return super().record(row, patient)


class Hoards(Vitals):
    """Holds the whole file."""

    def lines(self, file: SourceFile) -> Iterator[bytes]:
        return iter(file.read().split(b"\n"))


BROKEN: dict[type[Vitals], Callable[[Subject], None]] = {
    Lost: conformance.accounts_for_every_unit,
    WrongKind: conformance.makes_valid_records,
    Anonymous: conformance.names_who_is_in_it,
    Nameless: conformance.names_who_is_in_it,
    Numbered: conformance.reads_the_same_twice,
    Tainted: conformance.reads_the_same_twice,
    Hasty: conformance.does_not_mind_how_bytes_come,
    TwoWays: conformance.gives_the_same_units_in_batches,
    OpensItself: conformance.takes_gzip,
    Fragile: conformance.survives_a_cut_anywhere,
    Strict: conformance.survives_other_bytes,
    RefusesLate: conformance.survives_other_bytes,
    Quotes: conformance.keeps_values_out_of_codes,
    Finds: conformance.keeps_values_out_of_codes,
    Hoards: conformance.reads_in_bounded_memory,
}

test_a_connector_that_does_all_of_it = connector_suite(
    Vitals, files=Path(__file__).parent / "files" / "vitals.jsonl", identifies=GOOD.identifies
)


def test_every_demand_has_a_connector_that_breaks_it() -> None:
    assert set(BROKEN.values()) == set(CHECKS)


@pytest.mark.parametrize(("connector", "check"), BROKEN.items(), ids=[c.__name__ for c in BROKEN])
def test_the_demand_refuses_it(connector: type[Vitals], check: Callable[[Subject], None]) -> None:
    with pytest.raises(AssertionError) as caught:
        check(replace(GOOD, make=lambda: connector({})))
    for value in ("9000001", "9000002", "Testa", "Fictional", "Exampla", "8867-4"):
        assert value not in str(caught.value)


def test_a_kind_that_there_is_none_of() -> None:
    class Odd(Vitals):
        def record(self, row: dict[str, Any], patient: str) -> RawRecord:
            return super().record(row, patient)._replace(kind="vitals")

    with pytest.raises(AssertionError, match="kind"):
        conformance.makes_valid_records(replace(GOOD, make=lambda: Odd({})))


def test_a_cut_that_makes_units_of_nothing() -> None:
    class Echo(Vitals):
        def lines(self, file: SourceFile) -> Iterator[bytes]:
            content = file.read()
            yield from content.split(b"\n") if content.endswith(b"\n") else [b"x"] * 20

    with pytest.raises(AssertionError, match="more units than whole"):
        conformance.survives_a_cut_anywhere(replace(GOOD, make=lambda: Echo({})))


def test_a_cut_archive_that_passes_as_whole() -> None:
    class Lenient(Vitals):
        def lines(self, file: SourceFile) -> Iterator[bytes]:
            with file.open() as stream:
                content = stream.read()
            if content[:2] == b"\x1f\x8b":
                content = CONTENT
            yield from content.split(b"\n")

    with pytest.raises(AssertionError, match="passes as whole"):
        conformance.takes_gzip(replace(GOOD, make=lambda: Lenient({})))
    conformance.takes_gzip(GOOD)
    assert gzip.compress(CONTENT)[:2] == b"\x1f\x8b"


def test_records_are_compared_with_those_that_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "vitals.jsonl"
    path.write_bytes(CONTENT)
    monkeypatch.delenv("UPDATE_GOLDEN", raising=False)
    with pytest.raises(AssertionError, match=r"no vitals\.jsonl\.records\.jsonl yet"):
        compare_golden(GOOD, path)
    monkeypatch.setenv("UPDATE_GOLDEN", "1")
    compare_golden(GOOD, path)
    monkeypatch.delenv("UPDATE_GOLDEN")
    compare_golden(GOOD, path)
    for other in (WrongKind, Lost):
        with pytest.raises(AssertionError, match="line"):
            compare_golden(replace(GOOD, make=lambda other=other: other({})), path)


def test_a_suite_of_no_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="no sample files"):
        connector_suite(Vitals, files=tmp_path)
