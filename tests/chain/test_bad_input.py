"""Files that are no such format, empty or cut: the run goes on and counts them, or is refused and commits nothing."""

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from rich.console import Console

from pipeline import local
from pipeline.config import Settings
from pipeline.context import Work, open_context
from pipeline.errors import GateError
from pipeline.ledger import Ledger, read_ledgers
from pipeline.quarantine import read_quarantine
from pipeline.release import releases, verify_release
from pipeline.store import RecordStore
from tests.chain.chain import CONNECTORS, DAY, add_source, command, cut_sample, environment, run, write, zones

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x00\x00\x01\x00\x08\x06\xb7\xfe\x91" + bytes(
    range(128, 256)
)


class Bad(NamedTuple):
    """A file, the reason under which it counts, and what of it must be in quarantine (nothing: its path)."""

    name: str
    content: bytes
    reason: str
    kept: str = ""


_HL7 = b"MSH|^~\\&|LAB|CRMC|||20260115080000||ORU^R01|9|P|2.5.1\rPID|1||77^^^CRMC^MR||Quill^Ada\r"
BAD: dict[str, Sequence[Bad]] = {
    "hl7v2": (
        Bad("scan.hl7", PNG, "file_not_hl7v2"),
        Bad("nothing.hl7", b"", "file_empty"),
        Bad("cut.hl7", b"FHS|^~\\&|LAB\rBHS|^~\\&|LAB\r" + _HL7 + b"OBX|1|NM|2345-7^Gluc", "truncated", "2345-7^Gluc"),
        Bad("frame.hl7", b"\x0b" + _HL7 + b"OBX|1|NM|2951-2^Sod", "truncated", "2951-2^Sod"),
    ),
    "fhir": (
        Bad("scan.ndjson", PNG, "file_undecodable"),
        Bad("table.ndjson", b"id,value\n1,2\n", "file_not_fhir"),
        Bad("nothing.ndjson", b"", "file_empty"),
        Bad("cut.ndjson", b'{"resourceType": "Claim", "id": "1"}\n{"resourceType": "Pati', "truncated", '"Pati'),
        Bad("bundle.json", b'{"resourceType": "Bundle", "entry": [{"resource": {', "file_truncated"),
    ),
    "csv": (
        Bad("scan.csv", PNG, "file_not_csv"),
        Bad("nothing.csv", b"", "file_empty"),
        Bad("notes_2.csv", b"", "truncated", "NURSING SHIFT"),
        Bad("patients.csv.gz", gzip.compress(b"mrn,last_name\n1,Quill\n" * 40)[:40], "file_truncated"),
    ),
}


@pytest.fixture(params=CONNECTORS)
def connector(request: pytest.FixtureRequest) -> str:
    """Return the name of a connector."""
    return str(request.param)


@pytest.fixture
def settings(tmp_path: Path, connector: str) -> Settings:
    """Return settings of a source whose day holds good units, and among them the bad files."""
    sources = cut_sample(tmp_path, [connector])
    for bad in BAD[connector]:
        write(tmp_path / connector / DAY / bad.name, bad.content or _cut_note(tmp_path, bad))
    return zones(tmp_path, sources)


def _cut_note(home: Path, bad: Bad) -> bytes:
    """Return the first row of the day's notes, cut within its quoted text; nothing for the file without content."""
    if not bad.kept:
        return b""
    content = (home / "csv" / DAY / "notes.csv").read_bytes()
    return content[: content.index(b"NURSING SHIFT") + 40]


def the_ledger(settings: Settings) -> Ledger:
    (ledger,) = read_ledgers(open_context(settings), DAY)
    return ledger


def test_the_run_goes_on_and_counts_them(tmp_path: Path, connector: str, settings: Settings) -> None:
    add_source(tmp_path, connector, max_reject_share=1.0)
    verify_release(run(settings, [connector]))
    ledger = the_ledger(settings)
    ledger.balance()
    expected: dict[str, int] = {}
    for bad in BAD[connector]:
        expected[bad.reason] = expected.get(bad.reason, 0) + 1
    assert ledger.units["rejected"] == expected
    assert ledger.units["accepted"] > 0
    work = Work(open_context(settings), connector, DAY, local.RUN)
    rows = [row for table in read_quarantine(work) for row in table.data.to_pylist()]
    for bad in BAD[connector]:
        (row,) = [row for row in rows if row["path"].endswith(f"/{bad.name}")]
        assert row["reason"] == bad.reason
        assert bad.kept in row["content"]


def test_too_many_of_them_refuse_the_run(connector: str, settings: Settings) -> None:
    with pytest.raises(GateError, match="more than max_reject_share 5"):
        local.run(settings, [connector], DAY, workers=1, console=Console(quiet=True))
    context = open_context(settings)
    assert RecordStore(context).buckets() == []
    assert releases(context) == []
    assert "nothing was committed" in the_ledger(settings).refused


def test_the_command_says_so_in_one_sentence(connector: str, settings: Settings) -> None:
    done = command("run", "--day", DAY, "--workers", "1", env=environment(settings))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith(f"chartmill: {connector} on {DAY}: ")
    assert "Traceback" not in done.stderr + done.stdout
    assert "nothing was committed" in done.stderr
