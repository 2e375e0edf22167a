"""Messages of others: every one is read, and says what its README states."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hl7apy.exceptions import HL7apyException
from hl7apy.parser import parse_message

from pipeline.errors import SourceError
from pipeline.ingest.connector import SourceFile, Unit
from pipeline.ingest.hl7v2 import Hl7v2Connector, tokenizer
from pipeline.records import RawRecord

Read = Callable[..., list[Unit]]
FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "hl7v2"
COSYTE = FIXTURES / "cosyte"
CDC = FIXTURES / "cdc-batches"

pytestmark = pytest.mark.skipif(not FIXTURES.is_dir(), reason=f"no public HL7 v2 fixtures at {FIXTURES}")


def _names(*folders: str) -> list[str]:
    files = (path for folder in folders for path in (COSYTE / folder).rglob("*.hl7"))
    return sorted(str(path.relative_to(COSYTE)) for path in files)


def _one(units: list[Unit], kind: str) -> RawRecord:
    (found,) = [record for unit in units for record in unit.records if record.kind == kind]
    return found


_NOT_HL7 = {"LICENSE", "SOURCE.txt", "README.md", "profile-adt-min.json"}
_EVERY = sorted(str(path.relative_to(FIXTURES)) for path in FIXTURES.glob("c*/**/*") if path.is_file())


class _Stream(SourceFile):
    """A file that comes in small blocks."""

    __slots__ = ()

    def blocks(self, size: int = 0) -> Iterator[bytes]:
        return SourceFile.blocks(self, 7)


def _outcomes(
    content: bytes, kind: type[SourceFile] = SourceFile, **options: str
) -> tuple[list[tuple[str, str, tuple[RawRecord, ...]]] | str, Counter[str]]:
    """Return what becomes of the units of a file, or the code under which it is refused, and the findings."""
    connector = Hl7v2Connector(options)
    file = kind("a.hl7", lambda: io.BytesIO(content))
    try:
        units = list(connector.read(file))
    except SourceError as error:
        with pytest.raises(SourceError, match=error.code):
            connector.count(file)
        return error.code, connector.findings
    assert connector.count(file) == len(units)
    return [(unit.rejected, unit.excluded, unit.records) for unit in units], connector.findings


@pytest.mark.parametrize("name", [name for name in _EVERY if Path(name).name not in _NOT_HL7])
def test_nothing_depends_on_blocks_framing_or_encoding(name: str) -> None:
    content = (FIXTURES / name).read_bytes()
    whole = _outcomes(content)
    assert _outcomes(content, _Stream) == whole
    if not isinstance(whole[0], str):
        assert _outcomes(b"\x0b" + content + b"\x1c\r") == whole
        assert _outcomes(content.decode("utf-8-sig").encode("utf-16"), _Stream) == whole
        assert all(records or rejected or excluded for rejected, excluded, records in whole[0])


@pytest.mark.parametrize("name", _names("batch", "stream"))
def test_only_a_count_that_is_wrong_is_found(name: str) -> None:
    expected = {"batch_count_mismatch": 1} if name.endswith("count-mismatch.hl7") else {}
    assert _outcomes((COSYTE / name).read_bytes())[1] == expected


@pytest.mark.parametrize(
    ("name", "findings"),
    [
        ("adt-pass", {}),
        ("adt-missing-required", {"hl7_conformance:missing:PID-3": 1}),
        ("adt-value-not-in-set", {"hl7_conformance:table:PID-8": 1}),
        ("adt-cardinality", {}),  # one too many for a profile, not for HL7
    ],
)
def test_conformance(name: str, findings: dict[str, int]) -> None:
    assert _outcomes((COSYTE / f"conformance/{name}.hl7").read_bytes(), conformance="all")[1] == findings


def test_nulls_are_told_from_empty_fields() -> None:
    null, empty = (
        tokenizer.parse((COSYTE / f"edge-cases/{name}-fields.hl7").read_bytes()) for name in ("null", "empty")
    )
    assert any(segment.is_null(number) for segment in null.segments for number in range(len(segment.fields)))
    assert not any(segment.is_null(number) for segment in empty.segments for number in range(len(segment.fields)))


@pytest.mark.parametrize("name", _names("canonical", "nte", "conformance", "vendor-shapes"))
def test_segments_and_fields_are_those_of_hl7apy(name: str) -> None:
    content = (COSYTE / name).read_bytes()
    try:
        theirs = parse_message(content.decode(), find_groups=False)
    except HL7apyException as error:
        pytest.skip(f"hl7apy does not parse it: {type(error).__name__}")
    ours = tokenizer.parse(content).segments
    assert [segment.name for segment in ours] == [child.name for child in theirs.children]
    for segment, child in zip(ours[1:], list(theirs.children)[1:], strict=True):
        # Of the components, hl7apy leaves out some that the version does not have.
        fields = [field.split("^")[0] for field in child.to_er7().split("|")]
        assert [field.split("^")[0] for field in "|".join(segment.fields).rstrip("|").split("|")] == fields


@pytest.mark.parametrize("name", _names("canonical", "vendor-shapes", "build", "nte", "text", "charset", "datetime"))
def test_every_message_is_taken(read: Read, name: str) -> None:
    (unit,) = read((COSYTE / name).read_bytes())
    assert unit.records[0].kind == "patient"
    keys = [(record.kind, record.key) for record in unit.records]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", _names("edge-cases"))
def test_edge_cases(read: Read, name: str) -> None:
    (unit,) = read((COSYTE / name).read_bytes())
    assert unit.rejected == ("no_patient" if name.endswith("decoded-br.hl7") else "")


@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        ("batch/bare-message.hl7", [""]),
        ("batch/single-batch.hl7", ["", ""]),
        ("batch/multi-batch-file.hl7", ["", "", ""]),
        ("batch/count-mismatch.hl7", ["", ""]),
        ("batch/malformed-mid-batch.hl7", ["", "bad_msh", ""]),
        ("stream/malformed-mid-stream.hl7", ["", "bad_msh", ""]),
        ("stream/mixed-terminators.hl7", ["", ""]),
        ("stream/split-across-chunks.hl7", ["", ""]),
        ("stream/large-batch.ndhl7", [""] * 12),
        ("conformance/adt-missing-required.hl7", ["no_patient_id"]),
    ],
)
def test_batches_and_streams(read: Read, name: str, outcomes: list[str]) -> None:
    assert [unit.rejected for unit in read((COSYTE / name).read_bytes())] == outcomes


@pytest.mark.parametrize(
    ("name", "kind", "column", "value"),
    [
        ("canonical/adt-a01.hl7", "patient", "patient_id", "MRN12345"),
        ("canonical/adt-a01.hl7", "encounter", "category", "I"),
        ("canonical/mdm-t02.hl7", "note", "key", "HOSP|MRN-MDM-001|document|DOC-MDM-001"),
        ("canonical/orm-o01.hl7", "procedure", "code", "CBC"),
        ("canonical/rds-o13-dispense.hl7", "medication", "value_number", "30"),
        ("canonical/vxu-v04-refusal.hl7", "immunization", "status", "RE"),
        ("vendor-shapes/va/oru-r01.hl7", "note", "text", "No acute cardiopulmonary process."),
        ("edge-cases/custom-msh-delimiters.hl7", "patient", "patient_authority", "HOSP"),
        ("edge-cases/empty-fields.hl7", "patient", "patient_id", "MRN-EF-001"),
        ("edge-cases/unknown-escapes.hl7", "observation", "value_text", r"Some text with \Z99\ embedded"),
        ("edge-cases/truncation-char-msh2.hl7", "observation", "value_text", "truncated#at end"),
        ("edge-cases/escape-highlight.hl7", "observation", "value_text", "Critical value requires attention"),
        (
            "text/hex-and-delimiters.hl7",
            "observation",
            "value_text",
            "Ratio 1^128 and unit mg|dL ends with !",
        ),
        ("text/inject-on-encode.hl7", "patient", "text", "X|Y^Z~W\\Q&V\nline2"),
        ("datetime/tz-offset.hl7", "observation", "start", "20250102153045+0500"),
        ("datetime/precision-year.hl7", "patient", "birth_date", "1970"),
    ],
)
def test_values(read: Read, name: str, kind: str, column: str, value: str) -> None:
    assert getattr(_one(read((COSYTE / name).read_bytes()), kind), column) == value


def test_structured_numbers(read: Read) -> None:
    (unit,) = read((COSYTE / "canonical/oru-r01-sn-results.hl7").read_bytes())
    assert [record.value_number for record in unit.records[1:]] == [">90", "100-200", "1:128"]


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("edge-cases/unicode-names.hl7", ["Müller, Jürgen", "李, 明"]),
        ("charset/utf8-name.hl7", ["Zörb, Renée", "山田, 太郎"]),
        ("edge-cases/embedded-delimiters.hl7", ["Smith|Jones, John^Public Q&Roe"]),
    ],
)
def test_names(read: Read, name: str, names: list[str]) -> None:
    patient = _one(read((COSYTE / name).read_bytes()), "patient")
    assert [value for kind, value in patient.identity if kind == "name"] == names


@pytest.mark.parametrize(
    ("name", "prior"),
    [
        ("adt-a40-merge", ["MRN99002", "ACCT8802"]),
        ("adt-a34-merge", ["MRN99004", "LEG99004"]),
        ("adt-a18-merge-deprecated", ["MRN99006", "LEG99006"]),
        ("adt-a43-move", ["MRN99008"]),
    ],
)
def test_merged_ids_are_known(read: Read, name: str, prior: list[str]) -> None:
    patient = _one(read((COSYTE / "canonical" / f"{name}.hl7").read_bytes()), "patient")
    assert {("id", value) for value in prior} <= set(patient.identity)


def test_both_parties_of_a_link(read: Read) -> None:
    (unit,) = read((COSYTE / "canonical/adt-a24-link.hl7").read_bytes())
    assert [record.patient_id for record in unit.records] == ["MRN99009", "MRN99010"]


@pytest.mark.parametrize(
    ("name", "messages"),
    [
        ("GenV1_Batch_No_headers_twoMSH.txt", 2),
        ("GenV1_Batch_No_headers_eightMSHs.txt", 8),
        ("batch_message.hl7", 2),
        ("sample-batch-pdi-20210608-0001.hl7", 20),
        ("Genv2_2-0-1_TC08.txt", 1),
        ("Lyme_ok.txt", 1),
    ],
)
def test_case_notifications(read: Read, name: str, messages: int) -> None:
    units = read((CDC / name).read_bytes())
    assert len(units) == messages
    assert all(unit.records for unit in units)


def test_lines_before_the_first_header_are_rejected_by_themselves(read: Read) -> None:
    units = read((CDC / "Genv1-Case-TestMessage1.HL7").read_bytes())
    assert [unit.rejected for unit in units] == ["outside_message", ""]


@pytest.mark.parametrize(
    ("name", "code"),
    [("empty.txt", "empty"), ("InvalidMessage.txt", "not_hl7v2"), ("BatchMessage.txt", "not_hl7v2")],
)
def test_files_that_are_none(read: Read, name: str, code: str) -> None:
    with pytest.raises(SourceError) as refused:
        read((CDC / name).read_bytes())
    assert refused.value.code == code


@pytest.mark.parametrize("name", _names("canonical"))
def test_hl7apy_reads_the_same_patient(read: Read, name: str) -> None:
    content = (COSYTE / name).read_bytes()
    try:
        message = parse_message(content.decode(), find_groups=False)
    except HL7apyException as error:
        pytest.skip(f"hl7apy does not parse it: {type(error).__name__}")
    pid = next(child for child in message.children if child.name == "PID")
    (unit,) = read(content)
    patient = unit.records[0]
    ids = [field.cx_1.to_er7() for field in pid.pid_3]
    assert patient.patient_id == ids[0]
    assert {value for kind, value in patient.identity if kind in ("id", "ssn")} >= {i for i in ids if i != "SSN"}
    family, given, middle = ([*pid.pid_5[0].to_er7().split("^"), "", ""])[:3]
    assert ("name", f"{family}, {given} {middle}".strip()) in patient.identity
