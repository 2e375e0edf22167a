"""Walk the entries of a section: which statements are records, and which say more of another."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from xml.etree.ElementTree import Element

from pipeline.ingest.ccda.facts import Statement, fact
from pipeline.ingest.ccda.reading import Reading
from pipeline.ingest.ccda.templates import DETAIL, HOLDER, STATEMENTS, kind_by_template, kind_of
from pipeline.ingest.ccda.values import detach, flatten, id_of, is_empty, take_when
from pipeline.ingest.ccda.xml import words
from pipeline.records import RawRecord

_LINKS = ("entryRelationship", "component")


def entry_records(reading: Reading, section: Element) -> Iterator[RawRecord]:
    """Yield the records of a section's entries. What is none stays in the section; the rest is taken out of it."""
    code = section.find("code")
    loinc = code.get("code", "") if code is not None else ""
    for entry in section.findall("entry"):
        for node in [child for child in entry if _is_record(child, loinc)]:
            detach(entry, node)
            yield from _records(reading, Statement(node, loinc))
        if is_empty(entry):
            detach(section, entry)


def _is_record(node: Element, section: str) -> bool:
    """Tell whether a statement, or one inside it that it only holds together, is a record."""
    if node.tag not in STATEMENTS:
        return False
    kind = kind_of(node, section)
    if kind == HOLDER:
        return any(_is_record(child, section) for link in node if link.tag in _LINKS for child in link)
    # A note without a document of its own is the narrative of the section, which is taken already.
    return kind != DETAIL and (kind != "note" or _has_document(node))


def _records(reading: Reading, statement: Statement) -> Iterator[RawRecord]:
    node = statement.node
    kind = kind_of(node, statement.section)
    inside = list(_take_inside(node, statement.section, holder=kind == HOLDER))
    concern, when, around = "", ("", ""), statement.around
    if kind == HOLDER:
        status = node.find("statusCode")
        if node.tag == "act" and status is not None:
            concern = status.get("code", "")
        elif node.tag == "organizer":
            when = take_when(deepcopy(node))  # for members without a time; it stays the battery's own
        around = flatten(node, node.tag, dict(around))
    else:
        if kind == "encounter":
            root, number = id_of(node)
            reading = replace(reading, encounter_id=number or root or reading.encounter_id)
        yield from fact(reading, kind, statement)
    for child in inside:
        yield from _records(reading, Statement(child, statement.section, concern, when, dict(around)))


def _take_inside(node: Element, section: str, *, holder: bool) -> Iterator[Element]:
    """Take the statements inside another that are records by themselves.

    Of a fact these are the ones whose template says so; anything else inside it says more of it.
    """
    for link in [link for link in node if link.tag in _LINKS]:
        for child in [child for child in link if _is_record(child, section)]:
            if holder or kind_by_template(child):
                detach(link, child)
                yield child
        if is_empty(link):
            detach(node, link)


def _has_document(node: Element) -> bool:
    text = node.find("text")
    return text is not None and text.get("representation", "").upper() == "B64" and bool(words(text))
