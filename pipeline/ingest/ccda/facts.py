"""One statement as the columns of a record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from pipeline.ingest.attachments import AttachmentError, embedded
from pipeline.ingest.ccda.reading import Reading
from pipeline.ingest.ccda.templates import FAMILY, category_of, is_planned
from pipeline.ingest.ccda.values import (
    Concept,
    flatten,
    id_of,
    is_true,
    take,
    take_concept,
    take_quantity,
    take_range,
    take_value,
    take_when,
    take_words,
)
from pipeline.records import RawRecord

Columns = dict[str, Any]

_STATUS = "2.16.840.1.113883.10.20.22.4.6", "2.16.840.1.113883.10.20.22.4.28"
_CLINICAL = {"55561003": "active", "413322009": "resolved", "73425007": "inactive"}
_OF_CONCERN = {"completed": "inactive", "aborted": "inactive"}
# SNOMED CT: kinds of allergy and intolerance
_ALLERGENS = {
    **dict.fromkeys(("416098002", "419511003", "59037007"), "medication"),
    **dict.fromkeys(("414285001", "418471000", "235719002"), "food"),
    "426232007": "environment",
}
_FAMILY_HISTORY = Concept("10157-6", "2.16.840.1.113883.6.1", "Family history")
# How the display of what is denied begins: the words alone must not say the contrary.
_DENIED = {"refuted": "No", "not-done": "Not done:"}


@dataclass(slots=True)
class Statement:
    """A statement, the section's LOINC code, and what its concern or battery says for it."""

    node: Element
    section: str
    concern: str = ""
    when: tuple[str, str] = ("", "")
    around: dict[str, str] = field(default_factory=dict)


def fact(reading: Reading, kind: str, statement: Statement) -> Iterator[RawRecord]:
    """Yield the record of a statement; what no column holds is in its extras."""
    node = statement.node
    negated = is_true(node.attrib, "negationInd")
    planned = is_planned(node, kind)
    start, end = take_when(node)
    columns: Columns = {"start": start or statement.when[0], "end": end or (statement.when[1] if not start else "")}
    written = columns["status"] = take(node.find("statusCode"), "code")
    columns["category"] = category_of(kind, statement.section)
    columns |= _READERS[kind](reading, statement, columns)
    if planned:
        columns["status"] = "planned"
    if negated:
        columns["status"] = "not-done" if kind in _ACTS else "refuted"
        columns["display"] = f"{_DENIED[columns['status']]} {columns['display'] or columns['code']}".strip()
    key = reading.key(*id_of(node))
    extras = statement.around | flatten(node, "")
    if written and written != columns["status"]:
        extras["statusCode.code"] = written
    yield reading.record("observation" if kind == FAMILY else kind, key, **columns, extras=extras)


_ACTS = frozenset(("procedure", "medication", "immunization", "encounter"))


def _coded(concept: Concept) -> Columns:
    return {"code": concept.code, "code_system": concept.system, "display": concept.display}


def _condition(reading: Reading, statement: Statement, columns: Columns) -> Columns:
    value = statement.node.find("value")
    found = take_concept(value)
    if not found.code and not found.display:
        found = Concept(display=take_words(value) or take_words(statement.node.find("text")))
    return {**_coded(found), "status": _clinical_status(statement, columns["end"])}


def _clinical_status(statement: Statement, end: str) -> str:
    """Return the status of what was observed; the statement's own only says that observing it is completed."""
    for observation in statement.node.findall("entryRelationship/observation"):
        if any(template.get("root") in _STATUS for template in observation.findall("templateId")):
            value = observation.find("value")
            if value is not None and value.get("code") in _CLINICAL:
                return _CLINICAL[take(value, "code")]
    high = statement.node.find("effectiveTime/high")
    if end or (high is not None and high.get("nullFlavor") == "UNK"):
        return "resolved"
    return _OF_CONCERN.get(statement.concern, statement.concern)


def _allergy(reading: Reading, statement: Statement, columns: Columns) -> Columns:
    node = statement.node
    value, agent = node.find("value"), node.find("participant/participantRole/playingEntity/code")
    found = take_concept(agent)
    if not found.code and not found.display:
        found = Concept(display=take_words(node.find("participant/participantRole/playingEntity/name")))
    category = _ALLERGENS.get(value.get("code", ""), "") if value is not None else ""
    if not found.code and not found.display:
        found = take_concept(value)
    return {**_coded(found), "category": category, "status": _clinical_status(statement, columns["end"])}


def _substance(reading: Reading, statement: Statement, columns: Columns) -> Columns:
    node = statement.node
    product = _first(node, "consumable/manufacturedProduct", "product/manufacturedProduct")
    material = product.find("manufacturedMaterial") if product is not None else None
    found = take_concept(material.find("code") if material is not None else None)
    if not found.display and material is not None:
        found = found._replace(display=take_words(material.find("name")))
    if not found.display and not found.code:
        found = Concept(display=take_words(node.find("text")))
    number, unit = take_quantity(node.find("doseQuantity"))
    route = _words_of(node.find("routeCode"))
    how = ", ".join(filter(None, (route, *map(_frequency, node.findall("effectiveTime")))))
    return {**_coded(found), "value_number": number, "unit": unit, "value_text": how}


def _frequency(time: Element) -> str:
    """Return `every 6 h`, or the event of the day that it is tied to."""
    number, unit = take_quantity(time.find("period"))
    if number:
        return f"every {number} {unit}".strip()
    return take(time.find("event"), "code")


def _words_of(node: Element | None) -> str:
    return node.get("displayName", "") if node is not None else ""


def _procedure(reading: Reading, statement: Statement, columns: Columns) -> Columns:
    node = statement.node
    found = take_concept(node.find("code"))
    if not found.code and not found.display:
        found = take_concept(
            _first(
                node,
                "participant/participantRole/playingDevice/code",
                "product/manufacturedProduct/manufacturedMaterial/code",
            )
        )
    if not found.display:
        found = found._replace(display=take_words(node.find("text")))
    value = take_value(node.find("value")) if node.tag == "observation" else {}
    number, unit = take_quantity(node.find("quantity"))
    return {**_coded(found), "value_number": number, "unit": unit} | value


def _encounter(reading: Reading, statement: Statement, columns: Columns) -> Columns:
    root, number = id_of(statement.node)
    status = columns["status"] or ("finished" if columns["end"] else "")
    return {**_coded(take_concept(statement.node.find("code"))), "encounter_id": number or root, "status": status}


def _observation(reading: Reading, statement: Statement, columns: Columns) -> Columns:
    node = statement.node
    code, value = node.find("code"), node.find("value")
    found: Columns = {}
    if value is not None and value.get("representation", "").upper() == "B64":
        found = _document(reading, value)
    if code is not None and code.get("code") == "ASSERTION" and value is not None:
        about = take_concept(value)
        found |= {"value_text": about.display or about.code}
    else:
        about = take_concept(code)
        found |= take_value(value)
    if not about.display:
        about = about._replace(display=take_words(node.find("text")))
    abnormal = take(node.find("interpretationCode"), "code")
    return {**_coded(about), **found, **take_range(node), "abnormal": abnormal}


def _family(reading: Reading, statement: Statement, columns: Columns) -> Columns:
    """Return a relative's condition as an observation of the patient: it must not read as the patient's own."""
    relation = statement.around.get("organizer.subject.relatedSubject.code.displayName", "")
    value = take_concept(statement.node.find("value"))
    display = ": ".join(filter(None, (_FAMILY_HISTORY.display, relation)))
    text = value.display or take_words(statement.node.find("text"))
    kept = {"condition.code": value.code, "condition.codeSystem": value.system}
    statement.around |= {name: text for name, text in kept.items() if text}
    return {**_coded(_FAMILY_HISTORY._replace(display=display)), "value_text": text}


def _note(reading: Reading, statement: Statement, columns: Columns) -> Columns:
    found = _coded(take_concept(statement.node.find("code")))
    text = statement.node.find("text")
    return {**found, "title": found["display"], "category": "clinical-note"} | (
        _document(reading, text) if text is not None else {}
    )


def _document(reading: Reading, node: Element) -> Columns:
    """Return the text of an embedded document; one that cannot be read is counted."""
    try:
        found = embedded(node)
    except AttachmentError as error:
        reading.findings[f"attachment_{error.code}"] += 1
        return {}
    return {"text": found.text, "text_format": found.text_format}


def _first(node: Element, *paths: str) -> Element | None:
    return next((found for found in map(node.find, paths) if found is not None), None)


_READERS: dict[str, Callable[[Reading, Statement, Columns], Columns]] = {
    "condition": _condition,
    "allergy": _allergy,
    "medication": _substance,
    "immunization": _substance,
    "procedure": _procedure,
    "encounter": _encounter,
    "observation": _observation,
    "note": _note,
    FAMILY: _family,
}
