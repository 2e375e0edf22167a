"""Resources that are texts in parts: documents, answers, care plans, impressions, messages."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from pipeline.ingest.fhir.documents import best_text
from pipeline.ingest.fhir.elements import child, children, joined, objects, text, words
from pipeline.ingest.fhir.facts import Facts, Shape
from pipeline.ingest.fhir.readers import COMMON, NOTES, code, concept, line, said, scalar, visit, when
from pipeline.ingest.fhir.references import Node
from pipeline.records import RawRecord

XHTML = "application/xhtml+xml"
_WRITTEN: Shape = (*COMMON, ("status", scalar("status")), ("context", visit))


def activities(facts: Facts, name: str, value: Any) -> None:
    """Say what a CarePlan plans, and how far that is."""
    for activity in objects(value):
        detail = child(activity, "detail")
        planned = words(detail.get("code")) or text(detail, "description")
        planned = planned or words(activity.get("plannedActivityReference") or activity.get("reference"))
        if planned:
            status = text(detail, "status")
            facts.lines.append(f"Activity: {planned} ({status})" if status else f"Activity: {planned}")
    facts.leave(name, value)


_COMPOSITION: Shape = (
    *_WRITTEN, ("type", concept), ("class", code("category")), ("category", code("category")), ("title", said("title")),
    ("date", when),
)  # fmt: skip
_ANSWERS: Shape = (*_WRITTEN, ("authored", when))
_CARE_PLAN: Shape = (
    *_WRITTEN, ("title", said("title")), ("period", when), ("created", when), ("category", line("Category")),
    ("description", line("")), ("addresses", line("Addresses")), ("activity", activities), *NOTES,
)  # fmt: skip
_IMPRESSION: Shape = (
    *_WRITTEN, ("code", concept), ("effectiveDateTime", when), ("effectivePeriod", when), ("date", when),
    ("description", line("")), ("summary", line("")), *NOTES,
)  # fmt: skip
_COMMUNICATION: Shape = (
    *_WRITTEN, ("category", code("category")), ("topic", said("title")), ("sent", when), ("received", when), *NOTES,
)  # fmt: skip


def composition(facts: Facts) -> tuple[RawRecord, ...]:
    """Map a Composition to one note: the narratives of its sections, in order, each below its title."""
    sections = list(_sections(facts.node.pop("section", None)))
    parts = [narrative(facts.node)]
    for section in sections:
        title = text(section, "title") or words(section.get("code"))
        parts += [f"<h2>{escape(title)}</h2>" if title else "", narrative(section)]
    facts.fill(_COMPOSITION)
    for section in sections:
        facts.leave("section", {name: value for name, value in section.items() if name not in ("text", "section")})
    return (_note(facts, joined(parts), XHTML),)


def answers(facts: Facts) -> tuple[RawRecord, ...]:
    """Map a QuestionnaireResponse to one note: a line for each question."""
    lines: list[str] = []
    waiting: list[Any] = [facts.node.pop("item", None)]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
            continue
        if not isinstance(item, dict):
            continue
        given = children(item, "answer")
        asked = text(item, "text") or text(item, "linkId")
        replies = joined((_answer(one) for one in given), "; ")
        if replies or text(item, "text"):
            lines.append(f"{asked}: {replies}" if replies else asked)
        for one in given:
            facts.leave("item.answer", {name: value for name, value in one.items() if name != "item"})
        waiting.extend((item.get("item"), [one.get("item") for one in given]))
    questionnaire = facts.node.get("questionnaire")
    facts.fill(_ANSWERS)
    facts.fields.setdefault("title", words(questionnaire) if isinstance(questionnaire, dict) else "")
    return (_note(facts, joined(lines), "text/plain"),)


def care_plan(facts: Facts) -> tuple[RawRecord, ...]:
    """Map a CarePlan to a note; to its narrative, where that is all it has."""
    return _lines_or_narrative(facts, _CARE_PLAN)


def impression(facts: Facts) -> tuple[RawRecord, ...]:
    """Map a ClinicalImpression to a note."""
    for finding in children(facts.node, "finding"):
        found = words(finding.get("itemCodeableConcept") or finding.get("item"))
        facts.lines.append(f"Finding: {found}" if found else "")
    return _lines_or_narrative(facts, _IMPRESSION)


def communication(facts: Facts) -> tuple[RawRecord, ...]:
    """Map a Communication to a note of what was said."""
    for payload in children(facts.node, "payload"):
        if attachment := child(payload, "contentAttachment"):
            facts.lines.append(best_text([attachment], facts)["text"])
        else:
            facts.lines.append(words(payload.get("contentString") or payload.get("contentCodeableConcept")))
    return _lines_or_narrative(facts, _COMMUNICATION)


def narrative(node: Node) -> str:
    """Return the narrative of a resource or section, as XHTML."""
    found = child(node, "text")
    return "" if text(found, "status") == "empty" else text(found, "div")


def narrative_note(facts: Facts, div: str) -> RawRecord:
    """Return the narrative of a resource as a note of its own."""
    kept = ("version", "status", "patient_id", "patient_authority", "encounter_id", "start", "end")
    fields = {name: facts.fields[name] for name in kept if name in facts.fields}
    title = facts.fields.get("display") or facts.type
    return RawRecord(
        kind="note",
        key=f"{facts.key}#narrative" if facts.key else "",
        identity=tuple(facts.identity),
        title=title,
        text=div,
        text_format=XHTML,
        **fields,
    )


def _lines_or_narrative(facts: Facts, shape: Shape) -> tuple[RawRecord, ...]:
    div = narrative(facts.node)
    facts.fill(shape)
    lines = joined(facts.lines)
    return (_note(facts, lines, "text/plain") if lines else _note(facts, div, XHTML),)


def _note(facts: Facts, written: str, text_format: str) -> RawRecord:
    if not written:
        facts.find(f"note_without_text:{facts.type}")
    title = facts.fields.get("title") or facts.fields.get("display") or ""
    return facts.record("note", title=title, text=written, text_format=text_format if written else "")


def _sections(value: Any) -> Iterator[Node]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(reversed(one))
        elif isinstance(one, dict):
            yield one
            waiting.append(one.get("section"))


def _answer(answer: Node) -> str:
    return joined((words(value) for name, value in answer.items() if name.startswith("value")), "; ")
