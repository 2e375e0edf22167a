"""DocumentReference and DiagnosticReport: the text of their attachments, as notes."""

from __future__ import annotations

import base64
import binascii
import re
from typing import NamedTuple

from pipeline.errors import RecordError
from pipeline.ingest.fhir.elements import Excluded, child, children, take, take_code, take_when, text
from pipeline.ingest.fhir.extras import flatten
from pipeline.ingest.fhir.facts import Facts
from pipeline.ingest.fhir.references import Node
from pipeline.records import RawRecord

_TEXTUAL = ("text/plain", "text/html", "application/xhtml+xml", "application/xhtml")
# A media type goes into a reason only if it looks like one that exists.
_MEDIA_TYPE = re.compile(r"(application|audio|image|message|multipart|text|video)/[a-z0-9.+-]{1,40}")


class Text(NamedTuple):
    """The text of an attachment and its media type."""

    text: str
    format: str


def document(facts: Facts) -> tuple[RawRecord, ...]:
    """Map a DocumentReference to a note.

    Raises `Excluded` if no attachment is text, `RecordError` if one that says so cannot be decoded.
    """
    node = facts.node
    facts.belongs_to()
    attachments = [child(content, "attachment") for content in children(node, "content")]
    found = best_text(attachments, facts)
    if found is None:
        raise Excluded(_not_text(attachments))
    facts.concept(node, "type")
    context = child(node, "context")
    written = take(node, "date")
    start, end = take_when(context, "period")
    if not start:
        start, written = written, ""
    if written:
        node["date"] = written
    titles = [take(node, "description"), *(text(one, "title") for one in attachments)]
    return (
        facts.record(
            "note",
            start=start,
            end=end,
            category=take_code(node, "category"),
            encounter_id=facts.encounter(context, "encounter"),
            title=next(filter(None, titles), facts.values["display"]),
            text=found.text,
            text_format=found.format,
        ),
    )


def report(facts: Facts) -> tuple[RawRecord, ...]:
    """Map a DiagnosticReport to notes of its text and conclusion; to an observation if it has neither."""
    node = facts.node
    facts.belongs_to()
    facts.concept(node, "code")
    start, end = take_when(node, "effectiveDateTime", "effectivePeriod", "issued")
    form = best_text(children(node, "presentedForm"), facts)
    conclusion = take(node, "conclusion")
    facts.values |= {"start": start, "end": end, "title": facts.values["display"]}
    if form is None and not conclusion:
        return (facts.record("observation", title="", category="report"),)
    facts.values["category"] = take_code(node, "category")
    facts.values["extras"] = flatten(node)
    # A conclusion keeps its key when the text of the report comes later.
    notes = [("", form)] if form is not None else []
    if conclusion:
        notes.append(("#conclusion", Text(conclusion, "text/plain")))
    return tuple(facts.record("note", key, text=note.text, text_format=note.format) for key, note in notes)


def best_text(attachments: list[Node], facts: Facts) -> Text | None:
    """Return the plainest of several renditions of a text, or `None`."""
    found: dict[str, Text] = {}
    for attachment in attachments:
        media_type = _media_type(attachment)
        if media_type not in _TEXTUAL or media_type in found:
            continue
        data = text(attachment, "data")
        if not data and text(attachment, "url"):
            binary = facts.resolve({"url": {"reference": text(attachment, "url")}}, "url").resource
            data = text(binary or {}, "data")
        words = _decode(data, text(attachment, "contentType"))
        if words.strip():
            found[media_type] = Text(words, media_type)
    return next((found[name] for name in _TEXTUAL if name in found), None)


def _decode(data: str, content_type: str) -> str:
    charset = re.search(r"charset\s*=\s*\"?([\w.:-]+)", content_type, re.IGNORECASE)
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
        return raw.decode(charset[1] if charset else "utf-8")
    except (binascii.Error, UnicodeDecodeError, LookupError, ValueError):
        raise RecordError("undecodable", "attachment") from None


def _media_type(attachment: Node) -> str:
    return text(attachment, "contentType").partition(";")[0].strip().lower()


def _not_text(attachments: list[Node]) -> str:
    for attachment in attachments:
        media_type = _media_type(attachment)
        if media_type in _TEXTUAL:  # only its URL is here, or nothing
            return f"attachment_not_inline:{media_type}"
        if _MEDIA_TYPE.fullmatch(media_type):
            return f"attachment_not_text:{media_type}"
    return "attachment_not_text"
