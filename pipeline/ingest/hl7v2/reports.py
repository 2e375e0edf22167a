"""Tell a report from results, and join its lines.

Senders put a report into OBX segments, a line or a section each, and laboratories put short findings into the
same text types. What makes text a report: a document header (TXA), a section of the diagnostic service that
writes reports, the code of a section, several lines under one code, or a text too long to be a finding. A document
(ED, RP) is always one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.ingest.hl7v2.documents import DOCUMENT_TYPES, documents
from pipeline.ingest.hl7v2.lifecycle import is_withdrawn
from pipeline.ingest.hl7v2.structure import Anchor, Order
from pipeline.ingest.hl7v2.values import CODED_TYPES, PLAIN_TYPES, TEXT_TYPES, lines

# HL7 table 0074: imaging, pathology, cytology, cardiac and other reports.
_REPORT_SERVICES = frozenset({
    "RAD", "RUS", "CT", "CUS", "NMR", "NMS", "NRS", "OUS", "RX", "VUS", "XRC", "CTH", "PAT", "SP", "CP", "EC",
    "NUC", "CYTO", "OTH", "PHR",
})  # fmt: skip
# What the code of a line says, in its suffix or alone, where reports are sent in sections.
_SECTIONS = frozenset({"GDT", "IMP", "ADT", "REC", "DEV", "ANT", "IMPRESSION", "FINDINGS", "REPORT"})
_LONGEST_FINDING = 60  # characters
_MEASURED = CODED_TYPES | {"NM", "SN"}
_PLAIN = "text/plain"


class Report(NamedTuple):
    """The results that together are a report, and its text. `withdrawn` are lines that the sender took back.

    Without `results` all of it is taken back; without `text` none of its documents could be read.
    """

    results: list[Anchor]
    text: str = ""
    text_format: str = ""
    withdrawn: Sequence[Anchor] = ()


class _Part(NamedTuple):
    result: Anchor
    text: str
    text_format: str


def reports_of(order: Order, findings: Counter[str]) -> list[Report]:
    """Return the reports among the results of an order: that of its lines, and one for each format of documents."""
    kinds = {result.segment.raw(2) for result in order.results}
    if kinds.isdisjoint(TEXT_TYPES | DOCUMENT_TYPES) and "TXA" not in order.heads:
        return []
    text = _text_lines(order, kinds)
    enclosing = [result for result in order.results if result.segment.raw(2) in DOCUMENT_TYPES]
    withdrawn = [result for result in (*text, *enclosing) if is_withdrawn(result.segment.raw(11))]
    parts = [_Part(result, lines(result.segment), _PLAIN) for result in _present(text)]
    groups = [parts] if any(part.text.strip() for part in parts) else []
    read, unread = _documents(_present(enclosing), findings)
    groups += read
    if not groups and (unread or withdrawn):
        return [Report(unread, withdrawn=withdrawn)]
    made = [Report([part.result for part in group], _join(group), group[0].text_format) for group in groups]
    if made:
        made[0] = made[0]._replace(results=[*made[0].results, *unread], withdrawn=withdrawn)
    return made


def _present(results: Sequence[Anchor]) -> list[Anchor]:
    return [result for result in results if not is_withdrawn(result.segment.raw(11))]


def _documents(enclosing: list[Anchor], findings: Counter[str]) -> tuple[list[list[_Part]], list[Anchor]]:
    """Return the documents that could be read, by format, and the results that hold none."""
    groups: dict[str, list[_Part]] = {}
    unread: list[Anchor] = []
    for result in enclosing:
        found = documents(result.segment, findings)
        for document in found:
            groups.setdefault(document.text_format, []).append(_Part(result, *document))
        if not found:
            unread.append(result)
    return list(groups.values()), unread


def _text_lines(order: Order, kinds: set[str]) -> list[Anchor]:
    text = _candidates(order, kinds)
    return text if "TXA" in order.heads or _is_prose(order, text, kinds) else []


def _candidates(order: Order, kinds: set[str]) -> list[Anchor]:
    """Return the results that would be lines of a report, if there is one."""
    results = order.results
    if "TXA" in order.heads:
        return [result for result in results if result.segment.raw(2) in PLAIN_TYPES]
    if _is_measured(order, kinds):  # a comment in several lines, beside measurements
        return _repeated([result for result in results if result.segment.raw(2) in TEXT_TYPES])
    return [result for result in results if result.segment.raw(2) in PLAIN_TYPES]


def _is_measured(order: Order, kinds: set[str]) -> bool:
    return not kinds.isdisjoint(_MEASURED) or any(result.segment.raw(6) for result in order.results)


def _is_prose(order: Order, text: list[Anchor], kinds: set[str]) -> bool:
    if _is_measured(order, kinds):
        return bool(text)
    return (
        order.head((("OBR", 24, 1),)) in _REPORT_SERVICES
        or any(len(value := lines(result.segment)) > _LONGEST_FINDING or "\n" in value for result in text)
        or any(_section(result) in _SECTIONS for result in text)
        or bool(_repeated(text))
    )


def _section(result: Anchor) -> str:
    return result.segment.get(3).rpartition(result.segment.delimiters.subcomponent)[2].upper()


def _repeated(text: list[Anchor]) -> list[Anchor]:
    """Return the lines whose code another line has too."""
    codes = Counter(result.segment.get(3) for result in text)
    return [result for result in text if codes[result.segment.get(3)] > 1]


def _join(parts: list[_Part]) -> str:
    """Join the lines; where a report has several sections, each starts with its name."""
    names = [part.result.segment.get(3, 2) for part in parts]
    sections = len(set(names)) > 1 and parts[0].text_format == _PLAIN
    joined: list[str] = []
    before = ""
    for name, part in zip(names, parts, strict=True):
        if sections and name and name != before:
            joined.append(f"{name}:")
        before = name
        joined.append(part.text.rstrip())
    return "\n".join(joined)
