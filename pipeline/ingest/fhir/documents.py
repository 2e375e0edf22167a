"""DocumentReference and DiagnosticReport: the text of their attachments, as notes."""

from __future__ import annotations

from typing import Any

from pipeline.ingest.attachments import Attachment, AttachmentError, decode_base64, read_attachment
from pipeline.ingest.fhir.elements import child, children, joined, text, words
from pipeline.ingest.fhir.facts import Facts, Shape
from pipeline.ingest.fhir.readers import COMMON, code, concept, said, scalar, visit, when
from pipeline.ingest.fhir.references import Node
from pipeline.records import RawRecord

# Renditions of one document, the plainest first; what is not here comes last.
_PLAINEST = (
    "text/plain", "text/html", "application/xhtml+xml", "application/xhtml", "text/rtf", "application/rtf", "text/xml",
    "application/xml", "application/hl7-v3+xml", "application/pdf",
)  # fmt: skip


def context_of(facts: Facts, name: str, value: Any) -> None:
    """Take encounter and period of a DocumentReference's context: an object, in R5 references to encounters."""
    inner = value if isinstance(value, dict) else {}
    visit(facts, f"{name}.encounter" if inner else name, inner.get("encounter") if inner else value)
    if inner:
        when(facts, f"{name}.period", inner.get("period"))
        facts.leave(name, {part: one for part, one in inner.items() if part not in ("encounter", "period")})


_DOCUMENT: Shape = (
    *COMMON,
    ("status", scalar("status")),
    ("type", concept),
    ("class", code("category")),
    ("category", code("category")),
    ("description", said("title")),
    ("context", context_of),
    ("period", when),
    ("date", when),
    ("indexed", when),
    ("created", when),
)
_REPORT: Shape = (
    *COMMON,
    ("status", scalar("status")),
    ("context", visit),
    ("code", concept),
    ("category", code("category")),
    ("effectiveDateTime", when),
    ("effectivePeriod", when),
    ("issued", when),
)


def document(facts: Facts) -> tuple[RawRecord, ...]:
    """Map a DocumentReference to a note, without text if no attachment can be read."""
    attachments = [child(content, "attachment") for content in children(facts.node, "content")]
    facts.fill(_DOCUMENT)
    found = best_text(attachments, facts)
    titles = (
        facts.fields.get("title", ""),
        *(text(one, "title") for one in attachments),
        facts.fields.get("display", ""),
    )
    return (facts.record("note", title=next(filter(None, titles), ""), **found),)


def report(facts: Facts) -> tuple[RawRecord, ...]:
    """Map a DiagnosticReport to notes of its text and conclusion; to an observation if it has neither."""
    node = facts.node
    forms = children(node, "presentedForm")
    codes = words(node.get("conclusionCode") or node.get("codedDiagnosis"))
    conclusion = joined((words(node.pop("conclusion", "")) or codes, words(node.get("note"))))
    facts.fill(_REPORT)
    if not forms and not conclusion:
        category = facts.fields.get("category", "")
        return (facts.record("observation", category="report", extras=facts.extras | {"report.category": category}),)
    title = facts.fields.get("display", "")
    # A conclusion keeps its key when the text of the report comes later.
    notes = [("", best_text(forms, facts))] if forms else []
    if conclusion:
        notes.append(("#conclusion", {"text": conclusion, "text_format": "text/plain"}))
    return tuple(facts.record("note", key, title=title, **found) for key, found in notes)


def best_text(attachments: list[Node], facts: Facts) -> dict[str, str]:
    """Return text and media type of the plainest of several renditions that can be read.

    Where none can, each of them is a finding, and the text is empty.
    """
    codes = []
    for attachment in sorted(attachments, key=_plainness):
        try:
            found = _read(attachment, facts)
        except AttachmentError as error:
            codes.append(error.code)
        else:
            return {"text": found.text, "text_format": found.text_format}
    for reason in codes or ["empty"]:
        facts.find(f"attachment_{reason}")
    return {"text": "", "text_format": ""}


def _read(attachment: Node, facts: Facts) -> Attachment:
    data, content_type = text(attachment, "data"), text(attachment, "contentType")
    if not data and (url := text(attachment, "url")):
        target = facts.reading.scope.locate(url, facts.contained)
        binary = target.resource
        if binary is None and target.type == "Binary":
            binary = facts.reading.lookups.binary(target.id)
        if binary is None:
            raise AttachmentError("external")
        data = text(binary, "data") or text(binary, "content")
        content_type = content_type or text(binary, "contentType")
    return read_attachment(decode_base64(data), content_type)


def _plainness(attachment: Node) -> int:
    media_type = text(attachment, "contentType").partition(";")[0].strip().lower()
    return _PLAINEST.index(media_type) if media_type in _PLAINEST else len(_PLAINEST)
