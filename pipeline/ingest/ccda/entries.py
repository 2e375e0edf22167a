"""Walk the entries of a section: which statements are records, and which say more of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

from pipeline.ingest.ccda.facts import Statement, fact
from pipeline.ingest.ccda.reading import Reading
from pipeline.ingest.ccda.templates import DETAIL, HOLDER, STATEMENTS, kind_by_template, kind_of
from pipeline.ingest.ccda.values import flatten, id_of, take_when
from pipeline.ingest.ccda.xml import words
from pipeline.records import RawRecord


def entry_records(reading: Reading, section: Element) -> Iterator[RawRecord]:
    """Yield the records of a section's entries. What is none stays in the section; the rest is taken out of it."""
    code = section.find("code")
    loinc = code.get("code", "") if code is not None else ""
    for entry in section.findall("entry"):
        for node in [child for child in entry if child.tag in STATEMENTS]:
            made = list(_records(reading, Statement(node, loinc)))
            if made:
                entry.remove(node)
                yield from made
        if not any(child.tag in STATEMENTS for child in entry):
            section.remove(entry)


def _records(reading: Reading, statement: Statement) -> Iterator[RawRecord]:
    node = statement.node
    kind = kind_of(node, statement.section)
    if kind == "note" and not _has_document(node):
        kind = DETAIL  # the narrative of the section says it already
    if kind == DETAIL:
        return
    nested = list(_take_nested(node, statement.section, all_of_them=kind == HOLDER))
    if kind != HOLDER:
        if kind == "encounter":
            root, number = id_of(node)
            reading = replace(reading, encounter_id=number or root or reading.encounter_id)
        yield from fact(reading, kind, statement)
    around = dict(statement.around)
    concern, when = "", statement.when
    if kind == HOLDER and nested:
        status = node.find("statusCode")
        concern = status.get("code", "") if status is not None else ""
        when = take_when(node) if node.tag == "organizer" else ("", "")
        flatten(node, node.tag, around)
    for child in nested:
        yield from _records(reading, Statement(child, statement.section, concern, when, dict(around)))


def _take_nested(node: Element, section: str, *, all_of_them: bool) -> Iterator[Element]:
    """Take the statements inside another that are records by themselves.

    Of a fact these are the ones whose template says so; anything else inside it says more of it.
    """
    for link in [link for link in node if link.tag in ("entryRelationship", "component")]:
        for child in [child for child in link if child.tag in STATEMENTS]:
            kind = kind_of(child, section) if all_of_them else kind_by_template(child)
            if kind in ("", DETAIL) or (kind == "note" and not _has_document(child)):
                continue
            link.remove(child)
            yield child
        if not len(link):
            node.remove(link)


def _has_document(node: Element) -> bool:
    text = node.find("text")
    return text is not None and text.get("representation", "").upper() == "B64" and bool(words(text))
