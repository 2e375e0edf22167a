"""A ClinicalDocument as records: the patient, the visit, the document as a note, and its entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element

from pipeline.errors import RecordError
from pipeline.ingest.attachments import AttachmentError, embedded
from pipeline.ingest.ccda.entries import entry_records
from pipeline.ingest.ccda.narrative import document_html, narrative_ids, sections
from pipeline.ingest.ccda.people import SSN, mentioned
from pipeline.ingest.ccda.reading import Reading
from pipeline.ingest.ccda.values import detach, flatten, id_of, ids_of, take, take_concept, take_when, take_words
from pipeline.records import Link, RawRecord

# A summary of all that is known of a patient: its entries belong to no one visit.
_SUMMARY = "34133-9"


class Document(NamedTuple):
    """What a document holds."""

    records: tuple[RawRecord, ...]
    links: tuple[Link, ...]


def read_document(root: Element, authorities: Mapping[str, str], findings: Counter[str]) -> Document:
    """Return the records of a document; the tree is used up.

    Raises `RecordError`: `no_patient`, `several_patients`.
    """
    patients = root.findall("recordTarget/patientRole")
    if len(patients) > 1:
        raise RecordError("several_patients")
    number, authority = _patient_id(patients[0], authorities) if patients else ("", "")
    if not number:
        raise RecordError("no_patient")
    links = tuple(_links(patients[0], number, authority, authorities))
    identity = mentioned(root)
    reading = Reading(number, authority, version=_time(root), findings=findings)
    _resolve_references(root, reading)
    _count_left_out(root, findings)
    html = document_html(root)
    visit = root.find("componentOf/encompassingEncounter")
    visits = list(_visit(reading, visit)) if visit is not None else []
    code = root.find("code")
    if visits and (code is None or code.get("code") != _SUMMARY):
        reading.encounter_id = visits[0].encounter_id
    entries = [record for _, section in list(sections(root)) for record in entry_records(reading, section)]
    patient = _patient(reading, patients[0])
    note = _note(reading, root, html, visits[0].encounter_id if visits else "")
    rest = _rest(root)
    if note is None:
        patient = patient._replace(extras={**patient.extras, **rest})
    notes = [note._replace(extras=rest, identity=identity)] if note is not None else []
    records = (patient._replace(identity=identity), *visits, *notes, *entries, *_replaced(reading, root))
    return Document(records, links)


def _patient_id(role: Element, authorities: Mapping[str, str]) -> tuple[str, str]:
    """Return id and authority: the first of a named authority, else the first that is no SSN, else that."""
    listed = [(number or root, root) for root, number in ids_of(role)]
    for number, root in listed:
        if root in authorities:
            return number, authorities[root]
    for number, root in listed:
        if root != SSN:
            return number, ""
    return (listed[0][0], SSN) if listed else ("", "")


def _links(role: Element, number: str, authority: str, authorities: Mapping[str, str]) -> Iterator[Link]:
    for root, other in ids_of(role):
        named = authorities.get(root, "")
        if named and (other or root, named) != (number, authority):
            yield Link(number, other or root, authority, named)


def _time(root: Element) -> str:
    time = root.find("effectiveTime")
    return time.get("value", "") if time is not None else ""


def _resolve_references(root: Element, reading: Reading) -> None:
    """Put the words of the narrative where entries refer to them."""
    known = narrative_ids(root)
    for _, section in sections(root):
        for entry in section.findall("entry"):
            for node in entry.iter():
                for reference in node.findall("reference"):
                    target = reference.get("value", "")
                    if not target.startswith("#"):
                        continue
                    if target[1:] not in known:
                        reading.findings["dangling_reference"] += 1
                        continue
                    detach(node, reference)
                    # Beside an embedded document the reference names its rendition in the narrative.
                    if node.get("representation", "").upper() != "B64" and not (node.text or "").strip():
                        node.text = known[target[1:]]


def _count_left_out(root: Element, findings: Counter[str]) -> None:
    """Count what becomes part of no record: what the author marked as deleted, and pictures."""
    for node in root.iter():
        if node.get("revised") == "delete":
            findings["narrative_deleted"] += 1
        elif node.tag == "observationMedia":
            findings["media_left_out"] += 1


def _patient(reading: Reading, role: Element) -> RawRecord:
    person = role.find("patient")
    addresses = [
        one for one in role.findall("addr") if one.find("state") is not None or one.find("postalCode") is not None
    ]
    columns = {}
    if person is not None:
        columns = {
            "sex": take(person.find("administrativeGenderCode"), "code"),
            "race": _first_code(person, "raceCode"),
            "ethnicity": _first_code(person, "ethnicGroupCode"),
            "birth_date": take(person.find("birthTime")),
            "death_date": take(person.find("deceasedTime")),
        }
    if addresses:
        columns["state"] = take_words(addresses[0].find("state"))
        columns["postal_code"] = take_words(addresses[0].find("postalCode"))
    # Every document describes its patient, and the newest description is the one to keep.
    key = reading.key("", "patient")
    return reading.record("patient", key, **columns, encounter_id="", extras=flatten(role, "patientRole"))


def _first_code(person: Element, name: str) -> str:
    return next((take(one, "code") for one in person.findall(name) if one.get("code")), "")


def _visit(reading: Reading, node: Element) -> Iterator[RawRecord]:
    root, number = id_of(node)
    if not root and not number:
        return
    start, end = take_when(node)
    found = take_concept(node.find("code"))
    yield reading.record(
        "encounter",
        reading.key(root, number),
        encounter_id=number or root,
        start=start,
        end=end,
        status="finished" if end else "",
        code=found.code,
        code_system=found.system,
        display=found.display,
        # The codes of HL7's ActCode for kinds of visit are what categories are in other formats.
        category=found.code if found.system == "2.16.840.1.113883.5.4" else "",
        extras=flatten(node, "encompassingEncounter"),
    )


def _note(reading: Reading, root: Element, html: str, encounter_id: str) -> RawRecord | None:
    """Return the document as a note: its sections in order under their titles, or the document that it wraps."""
    text, text_format = html, "text/html"
    body = root.find("component/nonXMLBody/text")
    if body is not None:
        text, text_format = _body(reading, body)
    if not text:
        return None
    found = take_concept(root.find("code"))
    return reading.record(
        "note",
        _document_key(reading, root),
        encounter_id=encounter_id,
        start=_time(root),
        code=found.code,
        code_system=found.system,
        display=found.display,
        category="clinical-note",
        title=take_words(root.find("title")) or found.display,
        text=text,
        text_format=text_format,
    )


def _body(reading: Reading, body: Element) -> tuple[str, str]:
    if body.find("reference") is not None and not (body.text or "").strip():
        reading.findings["attachment_external"] += 1
        return "", ""
    try:
        return embedded(body)
    except AttachmentError as error:
        reading.findings[f"attachment_{error.code}"] += 1
        return "", ""


def _document_key(reading: Reading, root: Element) -> str:
    """Return the key under which all versions of a document are one: its set, else its id."""
    series = root.find("setId")
    if series is not None and not series.get("nullFlavor") and (series.get("root") or series.get("extension")):
        return reading.key(series.get("root", ""), series.get("extension", ""))
    return reading.key(*id_of(root))


def _replaced(reading: Reading, root: Element) -> Iterator[RawRecord]:
    """Yield the deletion of each document that this one replaces, unless they are versions of one set."""
    own = _document_key(reading, root)
    for related in root.findall("relatedDocument"):
        parent = related.find("parentDocument")
        if related.get("typeCode") != "RPLC" or parent is None:
            continue
        for key in dict.fromkeys((_document_key(reading, parent), reading.key(*id_of(parent)))):
            if key not in ("", own):
                yield reading.record("note", key, deleted="record", encounter_id="")


def _rest(root: Element) -> dict[str, str]:
    """Return what no record took: the rest of the header, and of the sections all but the narrative."""
    for target in root.findall("recordTarget"):
        root.remove(target)
    for holder in root.findall("componentOf"):
        root.remove(holder)
    for _, section in list(sections(root)):
        text = section.find("text")
        if text is not None:
            detach(section, text)
    return flatten(root, "")
