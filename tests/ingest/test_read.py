"""What the framework does around a connector: archives, lookups in other files, columns, people, links, findings."""

import gzip
import io
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import SourceConfig
from pipeline.context import Context, Work
from pipeline.errors import ConfigError, GateError, SourceError
from pipeline.ingest.columns import raw_table
from pipeline.ingest.connector import BATCH, Batch, Connector, SourceFile, Unit
from pipeline.ingest.plan import find_files, write_plan
from pipeline.ingest.read import ingest_partition
from pipeline.ingest.registry import load_connector
from pipeline.records import Identifier, Link, LinkTable, Person, PersonTable, RawRecord, RawTable

DAY = "2026-01-15"


class LinesConnector(Connector):
    """Reads a word a line; some words mean something else than a record."""

    def count(self, file: SourceFile) -> int:
        return file.read().count(b"\n") + self.options.get("miscounts", 0)

    def read(self, file: SourceFile) -> Iterator[Unit]:
        other = b" ".join(sibling.read() for sibling in file.sibling("*.TXT"))
        for position, line in enumerate(file.read().splitlines(), 1):
            word = line.decode("latin-1")
            self.findings["lines"] += 1
            if word == "bad":
                yield Unit(position, rejected="bad_word", content=line)
            elif word == "doctor":
                person = Person((Identifier("staff", "Quill, Ada"),), reference="Practitioner/1")
                yield Unit(position, excluded="directory:Practitioner", people=(person,))
            else:
                record = RawRecord(
                    kind=self.options.get("kind", "note"), key=word, patient_id=word, text=other.decode("latin-1"),
                    identity=(Identifier("name", word), Identifier("reference", "Practitioner/1")), extras={"a": word},
                )  # fmt: skip
                links = (Link(word, "old"),) if word == "merged" else ()
                yield Unit(position, (record,), content=line, links=links)


def source_of(folder: Path, connector: str = "tests.ingest.test_read:LinesConnector", **options: Any) -> SourceConfig:
    return SourceConfig(name="lines", connector=connector, path=f"{folder}/*", authority="CRMC", options=options)


def ingested(context: Context, source: SourceConfig) -> tuple[Work, list[dict[str, Any]]]:
    """Ingest all partitions of a source; return the work files and the counts of each file."""
    work = Work(context, source.name, DAY, "r")
    results = [ingest_partition(work, source, part) for part in write_plan(work, source)]
    return work, [counts for result in results for counts in result["files"].values()]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    return folder


def test_units_become_columns_people_and_links(context: Context, export: Path) -> None:
    (export / "a.txt").write_text("ann\nbad\ndoctor\nmerged\n")
    (export / "b.txt").write_text("bob\n")
    work, counts = ingested(context, source_of(export))
    assert sorted(counts, key=lambda each: each["read"]) == [
        {"read": 1, "accepted": 1, "records": 1, "rejected": {}, "excluded": {}, "findings": {"lines": 1}},
        {
            "read": 4, "accepted": 2, "records": 2, "rejected": {"bad_word": 1},
            "excluded": {"directory:Practitioner": 1}, "findings": {"lines": 4},
        },
    ]  # fmt: skip
    raw = [row for table in work.read("raw-0000", RawTable) for row in table.data.to_pylist()]
    assert {row["key"]: (row["position"], row["text"].split()) for row in raw} == {
        "ann": (1, ["bob"]),
        "merged": (4, ["bob"]),
        "bob": (1, ["ann", "bad", "doctor", "merged"]),
    }
    assert raw[0]["identity"][1] == {"type": "reference", "value": "Practitioner/1"}
    assert raw[0]["extras"] == [("a", raw[0]["key"])]
    (people,) = work.read("person-0000", PersonTable)
    assert people.data.to_pylist() == [
        {
            "identity": [{"type": "staff", "value": "Quill, Ada"}], "patient_id": "", "patient_authority": "",
            "reference": "Practitioner/1",
        }
    ]  # fmt: skip
    (links,) = work.read("link-0000", LinkTable)
    assert links.data.select(["patient_id", "other_id"]).to_pylist() == [{"patient_id": "merged", "other_id": "old"}]


def test_files_that_a_source_leaves_out_are_counted(context: Context, export: Path) -> None:
    (export / "a.txt").write_text("ann\n")
    (export / "Readme.MD").write_text("bad\nbad\n")
    _, counts = ingested(context, source_of(export).model_copy(update={"exclude": ("readme.*",)}))
    assert sorted((each["read"], each["excluded"].get("file_excluded", 0)) for each in counts) == [(1, 0), (1, 1)]


def test_a_unit_without_outcome_stops_the_run(context: Context, export: Path) -> None:
    (export / "a.txt").write_text("ann\n")
    with pytest.raises(GateError, match="2 units counted but 1 accounted for"):
        ingested(context, source_of(export, miscounts=1))


def test_a_kind_that_there_is_none_of_is_the_connectors_fault(context: Context, export: Path) -> None:
    (export / "a.txt").write_text("ann\n")
    with pytest.raises(AssertionError, match="kind"):
        ingested(context, source_of(export, kind="person"))


def test_members_of_an_archive_are_files_of_their_own(context: Context, export: Path) -> None:
    with zipfile.ZipFile(export / "export.ZIP", "w") as archive:
        archive.writestr("inner/a.txt", "ann\n")
        archive.writestr("b.txt", "bob\n")
    (export / "broken.zip").write_bytes(b"PK\x03\x04 cut\n")
    source = source_of(export)
    assert [size for _, size in find_files(source, _day())] == [9, 4, 4]
    work, counts = ingested(context, source)
    raw = [row for table in work.read("raw-0000", RawTable) for row in table.data.to_pylist()]
    assert {row["key"] for row in raw} >= {"ann", "bob"}
    assert len(counts) == 3
    assert len({row["file_id"] for row in raw if row["key"] in ("ann", "bob")}) == 2


def test_a_damaged_member_of_an_archive_is_one_rejected_unit(context: Context, export: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "".join(f"ann{number}\n" for number in range(200)))
    damaged = bytearray(content.getvalue())
    damaged[45:55] = b"\xff" * 10
    (export / "export.zip").write_bytes(damaged)
    _, counts = ingested(context, source_of(export))
    assert [each["rejected"] for each in counts] == [{"file_undecodable": 1}]


def test_small_files_share_a_row_group(context: Context, export: Path) -> None:
    for number in range(30):
        (export / f"{number}.txt").write_text("ann\n")
    work, _ = ingested(context, source_of(export))
    assert [len(table) for table in work.read("raw-0000", RawTable)] == [30]


def test_records_come_in_batches() -> None:
    file = SourceFile("a.txt", lambda: io.BytesIO(b"ann\n" * (2 * BATCH + 1)))
    batches = list(LinesConnector({}).batches(file))
    assert [batch.rows for batch in batches] == [BATCH, BATCH, 1]
    assert [len(raw_table("lines", "f", batch)) for batch in batches] == [BATCH, BATCH, 1]


def test_a_field_that_a_batch_leaves_out_is_empty() -> None:
    batch = Batch({"kind": ["note"], "position": [1]}, rows=1, accepted=1)
    row = raw_table("lines", "f", batch).data.to_pylist()[0]
    assert {name: value for name, value in row.items() if value} == {
        "source": "lines", "file_id": "f", "position": 1, "kind": "note",
    }  # fmt: skip


PACKED = gzip.compress(bytes(range(256)) * 64, mtime=0)


@pytest.mark.parametrize(
    ("content", "code"),
    [(PACKED[:-9], "truncated"), (PACKED[:20], "truncated"), (PACKED[:12] + b"\xff" * 80, "undecodable"),
     (PACKED[:-8] + b"\0" * 8, "undecodable")],
    ids=["cut", "cut short", "damaged", "wrong checksum"],
)  # fmt: skip
def test_a_damaged_gzip_file_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        SourceFile("x.gz", lambda: io.BytesIO(content)).read()
    assert caught.value.code == code


@pytest.mark.parametrize("size", [1, 7, 4096])
@pytest.mark.parametrize("content", [b"", b"x", PACKED, PACKED + PACKED], ids=["empty", "plain", "gzip", "members"])
def test_blocks_are_the_content(content: bytes, size: int) -> None:
    file = SourceFile("x", lambda: io.BytesIO(content))
    blocks = list(file.blocks(size))
    assert b"".join(blocks) == (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content)
    assert all(len(block) == size for block in blocks[:-1])


@pytest.mark.parametrize(
    ("name", "says"),
    [("nothing", "unknown connector"), ("no_such_package.x:Y", "cannot be imported"), ("json:Nothing", "imported")],
)
def test_a_connector_that_is_not_there_is_named(export: Path, name: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        load_connector(source_of(export, name))


def _day() -> date:
    return date.fromisoformat(DAY)
