"""Public exports go through the whole chain: nothing is rejected, everything is counted, nobody is in the release."""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from defusedxml import ElementTree

from pipeline.config import Settings
from pipeline.context import open_context
from pipeline.ledger import read_ledgers
from pipeline.release import verify_release
from pipeline.testing.leaks import find_leaks
from tests.chain.chain import DAY, add_source, run, zones

PERSONAL = ("Id", "SSN", "DRIVERS", "PASSPORT", "FIRST", "LAST", "MAIDEN", "ADDRESS")
SHORTEST = 4
CDA = {"v3": "urn:hl7-org:v3"}


def count_messages(path: Path) -> int:
    return sum(line.startswith(b"MSH") for line in path.read_bytes().replace(b"\n", b"\r").split(b"\r"))


def count_entries(path: Path) -> int:
    return len(json.loads(path.read_bytes())["entry"])


def count_rows(path: Path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as text:
        return sum(1 for _ in csv.reader(text)) - 1


def table_values(files: list[Path]) -> Iterator[str]:
    """Yield what the table of patients says of who they are."""
    (patients,) = [path for path in files if path.name == "patients.csv"]
    with patients.open(encoding="utf-8-sig", newline="") as text:
        for row in csv.DictReader(text):
            yield from (row[column] for column in PERSONAL)


def bundle_values(files: list[Path]) -> Iterator[str]:
    """Yield names, numbers and ids of the patients of Bundles."""
    for path in files:
        resources = [entry["resource"] for entry in json.loads(path.read_bytes())["entry"]]
        for patient in (one for one in resources if one["resourceType"] == "Patient"):
            yield patient["id"]
            yield from (identifier["value"] for identifier in patient["identifier"])
            for name in patient["name"]:
                yield from (name["family"], *name["given"])


def document_values(files: list[Path]) -> Iterator[str]:
    """Yield names and numbers of the patients of C-CDA documents."""
    for path in files:
        for role in ElementTree.parse(path).iterfind("v3:recordTarget/v3:patientRole", CDA):
            yield from (number.get("extension", "") for number in role.iterfind("v3:id", CDA))
            yield from (part.text or "" for part in role.iterfind("v3:patient/v3:name/*", CDA))
            yield from (line.text or "" for line in role.iterfind("v3:addr/v3:streetAddressLine", CDA))


def no_values(files: list[Path]) -> Iterator[str]:
    return iter(())


class Export(NamedTuple):
    """Files below the folder of fixtures, how to read them, how to count them, and who is in them."""

    files: str
    connector: str
    count: Callable[[Path], int]
    people: Callable[[list[Path]], Iterator[str]] = no_values
    authority: str = "SYNTHEA"
    options: dict[str, str] = {}  # noqa: RUF012


EXPORTS = {
    "ccda": Export("ccda/[DPU]*_*.xml", "ccda", lambda path: 1, document_values, authority="HOSPITAL"),
    "fhir": Export("fhir/synthea-r4/*.json", "fhir", count_entries, bundle_values),
    "csv": Export("csv/synthea/*.csv", "csv", count_rows, table_values, options={"mapping": "synthea"}),
    "vendors": Export("hl7v2/cosyte/vendor-shapes/**/*.hl7", "hl7v2", count_messages, authority="HOSPITAL"),
    "canonical": Export("hl7v2/cosyte/canonical/*.hl7", "hl7v2", count_messages, authority="HOSPITAL"),
}


def make_source(home: Path, fixtures: Path, name: str) -> Settings:
    export = EXPORTS[name]
    add_source(
        home,
        name,
        connector=export.connector,
        path=str(fixtures / export.files),
        authority=export.authority,
        options=export.options,
    )
    return zones(home, home / "sources")


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_becomes_a_release_without_anybody_in_it(tmp_path: Path, public_fixtures: Path, name: str) -> None:
    export = EXPORTS[name]
    files = sorted(public_fixtures.glob(export.files))
    settings = make_source(tmp_path, public_fixtures, name)
    release = run(settings, [name])
    assert sum(sum(splits.values()) for splits in verify_release(release).values()) > 0
    (ledger,) = read_ledgers(open_context(settings), DAY)
    ledger.balance()
    assert (ledger.files, ledger.units["read"]) == (len(files), sum(map(export.count, files)))
    assert ledger.units["rejected"] == ledger.records["rejected"] == {}
    people = {value for value in export.people(files) if len(value) >= SHORTEST}
    if people:
        # The search finds them where they are.
        assert {leak.value for leak in find_leaks({path.parent for path in files}, people)} == people
    assert find_leaks([release], people) == []
