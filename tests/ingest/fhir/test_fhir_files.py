"""What a file of FHIR may look like, and that every unit in it is accounted for."""

import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ConfigError, SourceError
from pipeline.ingest.connector import SourceFile, Unit
from pipeline.ingest.fhir.connector import FhirConnector
from pipeline.ingest.fhir.resources import MAPPERS
from pipeline.ingest.sampling import SAMPLE

SAMPLE_DATA = Path(__file__).resolve().parents[3] / "data" / "sample"
needs_sample = pytest.mark.skipif(not (SAMPLE_DATA / "truth.json").is_file(), reason=f"no sample at {SAMPLE_DATA}")

PATIENT = {"resourceType": "Patient", "id": "p1", "gender": "female"}
CONDITION = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}}


def file_of(data: bytes) -> SourceFile:
    return SourceFile("export", lambda: io.BytesIO(data))


def read(data: bytes, **options: str) -> list[Unit]:
    """Read a file and check that it is counted alike."""
    connector = FhirConnector({"conformance": "off"} | options)
    units = list(connector.read(file_of(data)))
    assert connector.count(file_of(data)) == len(units)
    return units


def outcomes(units: list[Unit]) -> list[tuple[int, str]]:
    return [(unit.position, unit.rejected or unit.excluded or unit.records[0].kind) for unit in units]


def dump(*resources: object) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in resources)


BUNDLE = {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": PATIENT}, {"resource": CONDITION}]}
BOTH = [(1, "patient"), (2, "condition")]

SHAPES = {
    "ndjson": (dump(PATIENT, CONDITION), BOTH),
    "ndjson without last newline": (dump(PATIENT, CONDITION)[:-1], BOTH),
    "ndjson with blank lines": (b"\n" + dump(PATIENT) + b"  \r\n" + dump(CONDITION) + b"\n\n",
                                [(2, "patient"), (4, "condition")]),
    "ndjson with CRLF": (dump(PATIENT, CONDITION).replace(b"\n", b"\r\n"), BOTH),
    "byte order mark": (b"\xef\xbb\xbf" + dump(PATIENT, CONDITION), BOTH),
    "gzip": (gzip.compress(dump(PATIENT, CONDITION)), BOTH),
    "single resource": (json.dumps(PATIENT, indent=2).encode(), BOTH[:1]),
    "bundle": (json.dumps(BUNDLE, indent=2).encode(), BOTH),
    "bundle on one line": (dump(BUNDLE), BOTH),
    "bundle without entries": (dump({"resourceType": "Bundle", "type": "searchset"}), []),
    "bundle whose entries are none": (dump(BUNDLE | {"entry": 5}), [(1, "no_resource_type")]),
    "list": (json.dumps([PATIENT, CONDITION]).encode(), BOTH),
    "bad line": (dump(PATIENT) + b"{oops\n" + dump(CONDITION),
                 [(1, "patient"), (2, "bad_json"), (3, "condition")]),
    "bad first line": (b"{oops\n" + dump(PATIENT), [(1, "bad_json"), (2, "patient")]),
    "not UTF-8 in a line": (dump(PATIENT) + b'{"resourceType":"\xff"}\n', [(1, "patient"), (2, "bad_json")]),
    "cut last line": (dump(PATIENT, CONDITION)[:-9], [(1, "patient"), (2, "truncated")]),
    "no resource type": (dump(PATIENT, {"id": "x"}, {"resourceType": 5}, 7),
                         [(1, "patient"), (2, "no_resource_type"), (3, "no_resource_type"), (4, "no_resource_type")]),
    "no subject": (dump(PATIENT, {"resourceType": "Condition"}), [(1, "patient"), (2, "no_patient")]),
    "patient without id": (dump({"resourceType": "Patient"}), [(1, "no_patient")]),
    "subject is a group": (dump(CONDITION | {"subject": {"reference": "Group/1"}}), [(1, "subject_not_patient")]),
    "unsupported": (dump({"resourceType": "Claim"}, {"resourceType": "Jane Doe"}),
                    [(1, "unsupported_resource:Claim"), (2, "unsupported_resource")]),
    "entry without resource": (dump(BUNDLE | {"entry": [{"response": {}}, 3, {"resource": PATIENT}]}),
                               [(1, "no_resource"), (2, "no_resource_type"), (3, "patient")]),
}  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), SHAPES.values(), ids=SHAPES)
def test_every_shape_is_read(data: bytes, expected: list[tuple[int, str]]) -> None:
    assert outcomes(read(data)) == expected


REFUSED = {
    "nothing": (b"", "empty"),
    "blanks": (b" \n\t\r\n", "empty"),
    "empty list": (b"[]", "empty"),
    "gzip of nothing": (gzip.compress(b""), "empty"),
    "cut gzip": (gzip.compress(dump(PATIENT))[:-9], "truncated"),
    "damaged gzip": (b"\x1f\x8b" + b"\x00" * 40, "undecodable"),
    "cut bundle": (json.dumps(BUNDLE, indent=2).encode()[:-30], "truncated"),
    "cut resource": (dump(PATIENT)[:-9], "truncated"),
    "UTF-16": (json.dumps(PATIENT).encode("utf-16"), "undecodable"),
    "CSV": (b"id,name\n1,Jane\n", "not_fhir"),
    "HL7": (b"MSH|^~\\&|A|B\rPID|1\r", "not_fhir"),
    "XML": (b"<Bundle xmlns='http://hl7.org/fhir'/>", "not_fhir"),
    "JSON of another kind": (b'{"name": "Jane"}', "not_fhir"),
    "lines of JSON of another kind": (b'{"a": 1}\n{"a": 2}\n', "not_fhir"),
    "list of another kind": (b"[1, 2]", "not_fhir"),
    "number": (b"12", "not_fhir"),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_files_that_are_none_are_refused(data: bytes, code: str) -> None:
    connector = FhirConnector({})
    with pytest.raises(SourceError) as counted:
        connector.count(file_of(data))
    with pytest.raises(SourceError) as caught:
        next(connector.read(file_of(data)))
    assert (counted.value.code, caught.value.code) == (code, code)


def test_a_rejected_unit_keeps_its_content() -> None:
    nobodys = {"resourceType": "Condition", "id": "c", "code": {"text": "Asthma"}}
    bad, good = read(b"{oops\n" + dump(nobodys))
    assert (bad.content, json.loads(good.content)) == (b"{oops\n", nobodys)
    (unit,) = read(dump(BUNDLE | {"entry": [{"resource": nobodys}]}))
    assert json.loads(unit.content) == nobodys


@pytest.mark.parametrize("options", [{"conformance": "strict"}, {"conformence": "all"}])
def test_wrong_options_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="conformance"):
        FhirConnector(options)


def test_findings_hold_codes_and_paths_and_no_value() -> None:
    connector = FhirConnector({"conformance": "all"})
    wrong = PATIENT | {"birthDate": "Jane Doe", "Jane": 1, "name": [{"family": {"Doe": 1}}]}
    (unit,) = connector.read(file_of(dump(wrong)))
    assert unit.records[0].birth_date == "Jane Doe"
    assert set(connector.findings) >= {"value_error:Patient.birthDate", "extra_forbidden:Patient.*"}
    assert not any("Jane" in finding or "Doe" in finding for finding in connector.findings)


@pytest.mark.parametrize(("level", "expected"), [("off", 0), ("sample", SAMPLE), ("all", SAMPLE + 5)])
def test_findings_are_of_as_many_resources_as_asked_for(level: str, expected: int) -> None:
    connector = FhirConnector({"conformance": level})
    data = dump(*[PATIENT | {"birthDate": "x"}] * (SAMPLE + 5))
    for _ in range(2):  # the sample is of each file
        connector.findings.clear()
        assert len(list(connector.read(file_of(data)))) == SAMPLE + 5
        assert connector.findings.total() == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = (
    "id", "meta", "subject", "patient", "encounter", "context", "status", "code", "category", "value", "component",
    "valueQuantity", "valueCodeableConcept", "valueRange", "valueRatio", "valuePeriod", "valueString", "identifier",
    "referenceRange", "interpretation", "name", "telecom", "address", "contact", "extension", "contained", "type",
    "content", "presentedForm", "conclusion", "medicationReference", "dosage", "effectivePeriod", "text", "performer",
    "reference", "display", "coding", "attachment", "contentType", "data", "url", "system", "clinicalStatus",
)  # fmt: skip
LOOSE = st.recursive(
    JSON | st.sampled_from(("Patient/p1", "#x", "text/plain", "http://x/Patient/p1", "urn:uuid:1", "aGk=")),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=12,
)
RESOURCE = st.builds(
    lambda kind, body: body | {"resourceType": kind, "subject": {"reference": "Patient/p1"}, "id": "p1"},
    st.sampled_from(sorted(MAPPERS)),
    st.dictionaries(st.sampled_from(NAMES), LOOSE, max_size=8),
)


def check_accounted_for(data: bytes) -> None:
    connector = FhirConnector({"conformance": "off"})
    try:
        units = list(connector.read(file_of(data)))
    except SourceError as error:
        with pytest.raises(SourceError, match=error.code):
            connector.count(file_of(data))
    else:
        assert connector.count(file_of(data)) == len(units)


@given(st.binary(max_size=200) | st.text('{}[]":,\n\r \\resourceTypPatn1é', max_size=80).map(str.encode))
def test_any_bytes_are_accounted_for(data: bytes) -> None:
    check_accounted_for(data)


@settings(max_examples=300)
@given(st.lists(RESOURCE | JSON, max_size=4), st.integers(0, 40), st.booleans())
def test_any_json_is_accounted_for(resources: list[object], cut: int, bundled: bool) -> None:
    bundle = {"resourceType": "Bundle", "entry": [{"fullUrl": "urn:uuid:1", "resource": r} for r in resources]}
    data = dump(bundle) if bundled else dump(*resources)
    check_accounted_for(data[: len(data) - cut])


@pytest.mark.parametrize("opening", ["[", '{"extension":'])
def test_deep_nesting_is_accounted_for(opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    resource = json.dumps(CONDITION)[:-1] + f', "extra": {opening * 900}1{closing * 900}}}'
    assert outcomes(read(resource.encode())) == [(1, "condition")]


@needs_sample
def test_the_sample_is_read_and_what_is_wrong_in_it_rejected() -> None:
    truth = json.loads((SAMPLE_DATA / "truth.json").read_bytes())["feeds"]["fhir"]
    for day, expected in truth.items():
        wrong: set[tuple[str, int]] = set()
        for name, count in expected["files"].items():
            units = read((SAMPLE_DATA / "fhir" / day / name).read_bytes())
            assert len(units) == count, (day, name)
            wrong.update((name, unit.position) for unit in units if unit.rejected)
            assert all(unit.excluded == "unsupported_resource:Claim" for unit in units if name == "Claim.ndjson")
        assert wrong == {(one["file"], one["position"]) for one in expected["wrong"]}, day
