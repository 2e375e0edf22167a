"""Corrections, deletions, cancellations, merges: what becomes of what was sent before, in any order."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable

import pytest

from pipeline.ingest.connector import Unit
from pipeline.records import Link, RawRecord

Read = Callable[..., list[Unit]]

PID = "PID|1||7^^^CRMC^MR||Quill^Ada"
PV1 = "PV1|1|I" + "|" * 17 + "V1" + "|" * 25 + "20260101|20260104"
OBR = "OBR|1|P1|F1|24323-8^Panel^LN|||20260114080000||||||||||||||||||{status}"
MRG = "MRG|6^^^CRMC^MR~E6^^^EPI^PI~123-45-6789^^^USA^SS||ACC6^^^CRMC^AN|||V6|Quill^Addie"


def _message(type_: str, *segments: str, at: str = "20260115101500") -> str:
    return "\r".join((rf"MSH|^~\&|APP|CRMC|EHR|CRMC|{at}||{type_}|42|P|2.5.1", *segments))


def _outcome(record: RawRecord) -> tuple[str, str, str]:
    return record.kind, record.deleted, record.status


@pytest.mark.parametrize(
    ("event", "segments", "outcomes"),
    [
        ("A01", [PV1], [("encounter", "", "in-progress")]),
        ("A02", [PV1], [("encounter", "", "in-progress")]),
        ("A03", [PV1], [("encounter", "", "finished")]),
        ("A05", [PV1], [("encounter", "", "planned")]),
        ("A08", [PV1], [("encounter", "", "finished")]),
        ("A31", [], []),
        ("A11", [PV1], [("encounter", "encounter", "")]),
        ("A11", [PV1, "DG1|1||I10", OBR.format(status="F"), "OBX|1|NM|A||1"], [("encounter", "encounter", "")]),
        ("A27", [PV1], [("encounter", "encounter", "")]),
        ("A38", [PV1], [("encounter", "encounter", "")]),
        ("A12", [PV1], [("encounter", "", "in-progress")]),
        ("A13", [PV1], [("encounter", "", "in-progress")]),
        ("A23", [PV1], [("encounter", "encounter", "")]),
        ("P12", ["DG1|1||I10^A||||||||||||||||||D"], [("condition", "record", "")]),
        ("PC1", ["PRB|AD|20260101|I10^A||||20250101"], [("condition", "", "")]),
        ("PC3", ["PRB|DE|20260101|I10^A"], [("condition", "record", "")]),
        ("A60", ["IAM|1|DA|70618^Penicillin|SV||D"], [("allergy", "record", "")]),
    ],
)
def test_what_an_event_does_beside_the_patient(
    read: Read, event: str, segments: list[str], outcomes: list[tuple[str, str, str]]
) -> None:
    (unit,) = read(_message(f"ADT^{event}", PID, *segments))
    assert unit.records[0].kind == "patient"
    assert unit.records[0].deleted == ""
    assert [_outcome(record) for record in unit.records[1:]] == outcomes


def test_a_cancelled_discharge_has_no_end(read: Read) -> None:
    (unit,) = read(_message("ADT^A13", PID, PV1))
    assert (unit.records[1].start, unit.records[1].end) == ("20260101", "")
    assert unit.records[1].extras["PV1-45"] == "20260104"


@pytest.mark.parametrize(("event", "segments"), [("A29", [PV1]), ("A29", []), ("A23", []), ("A23", ["PV1|1|I"])])
def test_a_deleted_patient(read: Read, event: str, segments: list[str]) -> None:
    (unit,) = read(_message(f"ADT^{event}", PID, *segments))
    (record,) = unit.records
    assert (record.kind, record.deleted, record.patient_id, record.version) == (
        "patient", "patient", "7", "20260115101500",
    )  # fmt: skip
    assert ("name", "Quill, Ada") in record.identity
    assert not record.extras


def test_what_a_cancelled_visit_says_besides_is_kept_with_the_patient(read: Read) -> None:
    (unit,) = read(_message("ADT^A11", PID, PV1, "DG1|1||I10^Hypertension"))
    assert unit.records[0].extras["DG1-3"] == "I10^Hypertension"


@pytest.mark.parametrize("event", ["A18", "A30", "A34", "A35", "A36", "A39", "A40", "A46", "A47", "A48", "A49"])
def test_merges_link_every_number_that_is_the_patients(read: Read, event: str) -> None:
    counted: Counter[str] = Counter()
    pid = "PID|1||7^^^CRMC^MR~E7^^^EPI^PI||Quill^Ada"
    (unit,) = read(_message(f"ADT^{event}", pid, MRG), findings=counted)
    assert unit.links == (
        Link("7", "E7", "CRMC", "EPI"), Link("7", "6", "CRMC", "CRMC"), Link("7", "E6", "CRMC", "EPI"),
    )  # fmt: skip
    assert ("name", "Quill, Addie") in unit.records[0].identity
    assert not counted


def test_each_pair_of_a_message_is_merged_by_itself(read: Read) -> None:
    (unit,) = read(_message("ADT^A40", PID, "MRG|6^^^CRMC^MR", "PID|2||9^^^CRMC^MR", "MRG|8^^^CRMC^MR"))
    assert unit.links == (Link("7", "6", "CRMC", "CRMC"), Link("9", "8", "CRMC", "CRMC"))


@pytest.mark.parametrize(
    ("event", "segments", "finding"),
    [
        ("A24", [PID, "PID|2||8"], "link_not_carried_out"),
        ("A37", [PID, "PID|2||8"], "unlink_not_carried_out"),
        ("A40", [PID, "MRG|"], "merge_without_prior_id:A40"),
        ("A11", [PID, "PV1|1|I"], "cancel_without_visit:A11"),
        *((event, [PID, MRG], f"visit_merge_not_carried_out:{event}") for event in ("A41", "A42", "A50", "A51")),
        *((event, [PID, MRG], f"move_not_carried_out:{event}") for event in ("A43", "A44", "A45")),
    ],
)
def test_what_is_not_carried_out_is_counted_and_joins_nobody(
    read: Read, event: str, segments: list[str], finding: str
) -> None:
    counted: Counter[str] = Counter()
    (unit,) = read(_message(f"ADT^{event}", *segments), findings=counted)
    assert unit.links == ()
    assert unit.records[0].deleted == ""
    assert counted == {finding: 1}


@pytest.mark.parametrize(
    ("event", "filler_status", "deleted", "status"),
    [
        ("S12", "Booked", "", "scheduled"),
        ("S13", "Booked", "", "scheduled"),
        ("S15", "Cancelled", "", "cancelled"),
        ("S17", "Deleted", "record", ""),
        ("S26", "", "", "not-done"),
        ("S23", "Blocked", "", "Blocked"),
    ],
)
def test_appointments(read: Read, event: str, filler_status: str, deleted: str, status: str) -> None:
    schedule = "SCH|P9|A9|||||CHECKUP^Yearly visit||30|min|^^^20260501090000^20260501093000|9^Moss^Kim"
    schedule += "|" * 13 + filler_status
    message = _message(
        f"SIU^{event}", schedule, "NTE|1||Bring pills.", PID, "RGS|1", "AIS|1||X1^Consult^L", "AIP|1||8^Vale^Ian"
    )
    ((patient, visit),) = (unit.records for unit in read(message))
    assert (visit.kind, visit.key, visit.deleted, visit.status) == (
        "encounter", "CRMC|7|appointment|A9", deleted, status,
    )  # fmt: skip
    assert {("staff", "Moss, Kim"), ("staff", "Vale, Ian")} <= set(patient.identity)
    if not deleted:
        assert (visit.start, visit.end, visit.title) == ("20260501090000", "20260501093000", "Yearly visit")
        assert (visit.code, visit.display, visit.text) == ("X1", "Consult", "Bring pills.")
        assert visit.extras["RGS-1"] == "1"


@pytest.mark.parametrize(
    ("control", "kind_segment", "status"),
    [
        ("NW", "OBR|1|P1||CBC", "NW"),
        ("CA", "OBR|1|P1||CBC", "cancelled"),
        ("OC", "OBR|1|P1|F1|CBC", "cancelled"),
        ("CR", "OBR|1|P1|F1|CBC", "cancelled"),
        ("DC", "RXE||1^Drug|2||TAB", "stopped"),
        ("HD", "RXE||1^Drug|2||TAB", "on-hold"),
    ],
)
def test_order_control_outweighs_the_status_of_the_order(
    read: Read, control: str, kind_segment: str, status: str
) -> None:
    (unit,) = read(_message("ORM^O01", PID, f"ORC|{control}|P1|F1", kind_segment))
    assert unit.records[1].status == status


def test_a_control_of_an_order_that_is_not_said_is_counted(read: Read) -> None:
    counted: Counter[str] = Counter()
    (unit,) = read(_message("ORM^O01", PID, "ORC|CA|P1|F1"), findings=counted)
    assert [record.kind for record in unit.records] == ["patient"]
    assert counted == {"order_control_not_carried_out:CA": 1}


@pytest.mark.parametrize(
    ("obr", "lines", "outcomes"),
    [
        ("C", ["NM|A||1||||||C"], [("observation", "", "C")]),
        ("F", ["NM|A||1||||||D", "NM|B||2||||||F"], [("observation", "", "F"), ("observation", "record", "")]),
        ("F", ["NM|A||1||||||W"], [("observation", "record", "")]),
        ("X", ["NM|A||||||||X"], [("observation", "", "X")]),
        ("D", ["NM|A||1||||||F"], [("observation", "record", ""), ("note", "record", "")]),
        ("F", ["ST|A||Positive||||||D"], [("observation", "record", ""), ("note", "record", "")]),
        ("F", ["FT|A||One.\\.br\\Two.||||||D"], [("note", "record", "")]),
        ("F", ["ED|A||^TEXT^^Base64^****||||||W"], [("note", "record", "")]),
    ],
)
def test_results_taken_back(read: Read, obr: str, lines: list[str], outcomes: list[tuple[str, str, str]]) -> None:
    counted: Counter[str] = Counter()
    obx = [f"OBX|{number}|{line}" for number, line in enumerate(lines, 1)]
    (unit,) = read(_message("ORU^R01", PID, OBR.format(status=obr), *obx), findings=counted)
    assert [_outcome(record) for record in unit.records[1:]] == outcomes
    assert not counted


def test_a_report_goes_on_without_the_line_that_is_taken_back(read: Read) -> None:
    lines = [
        f"OBX|{n}|TX|A^Report||{text}||||||{status}"
        for n, (text, status) in enumerate(zip("abc", "FDF", strict=True), 1)
    ]
    (unit,) = read(_message("ORU^R01", PID, OBR.format(status="C"), *lines))
    assert [(record.kind, record.text) for record in unit.records[1:]] == [("note", "a\nc")]


@pytest.mark.parametrize(
    ("event", "txa", "outcomes"),
    [
        ("T02", "D1", [("D1", "")]),
        ("T04", "D1", [("D1", "")]),
        ("T06", "D2|D1", [("D2", "")]),
        ("T08", "D1", [("D1", "")]),
        ("T10", "D2|D1", [("D2", ""), ("D1", "record")]),
        ("T11", "D1", [("D1", "record")]),
        ("T02", "D1|||||LA||CA", [("D1", "record")]),
    ],
)
def test_documents(read: Read, event: str, txa: str, outcomes: list[tuple[str, str]]) -> None:
    document = "TXA|1|DS|TX|20260112||||||||" + txa
    (unit,) = read(_message(f"MDM^{event}", PID, document, "OBX|1|TX|A||One"))
    assert [(record.key.removeprefix("CRMC|7|document|"), record.deleted) for record in unit.records[1:]] == outcomes


@pytest.mark.parametrize(("event", "key"), [("T11", "D2"), ("T09", "D1")])
def test_a_document_is_taken_back_without_its_text(read: Read, event: str, key: str) -> None:
    (unit,) = read(_message(f"MDM^{event}", PID, "TXA|1|DS|TX|||||||||D2|D1", "NTE|1||Wrong template."))
    assert [(record.key, record.deleted) for record in unit.records[1:]] == [(f"CRMC|7|document|{key}", "record")]
    assert (unit.records[0].extras["TXA-2"], unit.records[0].text) == ("DS", "Wrong template.")


# What was sent, how it is corrected, and how it is taken back: one record each.
LIVES = [
    pytest.param(
        ["OBX|1|NM|A||1||||||F", "OBX|2|NM|B||2||||||F"], ["OBX|1|NM|B||3||||||C"], ["OBX|1|NM|B||||||||D"],
        "observation", id="a line that stands elsewhere in its correction",
    ),
    pytest.param(
        ["OBX|1|NM|A|1.1|1||||||F", "OBX|2|NM|A|1.2|2||||||F"], ["OBX|1|NM|A|1.2|3||||||C"], ["OBX|1|NM|A|1.2|||||||W"],
        "observation", id="one of two sub-ids",
    ),
    pytest.param(
        ["OBX|1|FT|A||One.\\.br\\Two."], ["OBX|1|FT|A||One.\\.br\\Three.||||||C"], ["OBX|1|FT|A||||||||D"], "note",
        id="a report",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "corrected", "withdrawn", "kind"), LIVES)
def test_a_correction_and_a_deletion_have_the_key_of_the_original(
    read: Read, sent: list[str], corrected: list[str], withdrawn: list[str], kind: str
) -> None:
    messages = [
        _message("ORU^R01", PID, "ORC|RE|P1|F1", OBR.format(status="F"), *lines, at=f"2026011510{minute}00")
        for minute, lines in enumerate((sent, corrected, withdrawn), 10)
    ]
    ends = {
        tuple(_store(read, [messages[place] for place in order], kind))
        for order in itertools.permutations(range(3))
    }  # fmt: skip
    (end,) = ends
    assert [deleted for _, _, deleted in end].count("record") == 1
    kept = [version for _, version, deleted in end if not deleted]
    assert set(kept) <= {"20260115101000"}
    assert len(end) == len(_store(read, messages[:1], kind))


def _store(read: Read, messages: list[str], kind: str) -> list[tuple[str, str, str]]:
    """Return what a store holds of a kind: of each key the newest version."""
    held: dict[str, tuple[str, str, str]] = {}
    for message in messages:
        for record in read(message)[0].records:
            if record.kind == kind:
                row = (record.key, record.version, record.deleted)
                held[record.key] = max(row, held.get(record.key, row), key=lambda one: one[1])
    return sorted(held.values())


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (["ORC|NW|P1", "OBR|1|P1||CBC"], ["ORC|CA|P1|F1", "OBR|1|P1|F1|CBC"], "procedure"),
        (["ORC|NW|P1", "RXE||1^Drug|2||TAB"], ["ORC|DC|P1|F1", "RXE||1^Drug|2||TAB"], "medication"),
        (["DG1|1||I10^A|||F"], ["DG1|3||I10^A|||F|||||||||||||||D"], "condition"),
        (["DG1|1||I10^A|||F||||||||||||||D7"], ["DG1|1||I11^A|||F||||||||||||||D7|U"], "condition"),
        (["PR1|1||47562^X||20260111"], ["PR1|2||47562^X||20260111|||||||||||||||D"], "procedure"),
        (["AL1|1|DA|70618^Penicillin"], ["IAM|4|DA|70618^Penicillin|SV||D"], "allergy"),
        (["RXA|0|1|20260101||115^Tdap|1"], ["RXA|0|1|20260101||115^Tdap|1|||||||||||||||D"], "immunization"),
    ],
)
def test_what_is_said_again_has_the_same_key(read: Read, first: list[str], second: list[str], kind: str) -> None:
    keys = [
        [record.key for record in read(_message("ADT^A08", PID, PV1, *segments))[0].records if record.kind == kind]
        for segments in (first, second)
    ]
    assert keys[0] == keys[1]
    assert len(keys[0]) == 1


def test_a_message_that_is_sent_again_is_the_same(read: Read) -> None:
    message = _message("ORU^R01", PID, PV1, OBR.format(status="F"), "OBX|1|NM|A||1", "OBX|2|FT|B||" + "long " * 20)
    assert read(message)[0].records == read(message)[0].records


@pytest.mark.parametrize(
    ("header", "event", "reported", "version"),
    [
        ("20260115101500", "20260101", "20260102080000", "20260115101500"),
        ("20260115", "20260115090000", "", "20260115090000"),
        ("20260115", "20260114", "20260115100000", "20260115100000"),
        ("20260115", "", "", "20260115"),
        ("", "20260114", "", "20260114"),
        ("", "", "", ""),
    ],
)
def test_the_clock_that_orders_versions(read: Read, header: str, event: str, reported: str, version: str) -> None:
    obr = "OBR|1|P1|F1|X" + "|" * 18 + reported
    (unit,) = read(_message("ORU^R01", f"EVN||{event}", PID, obr, "OBX|1|NM|A||1", at=header))
    assert {record.version for record in unit.records} == {version}
