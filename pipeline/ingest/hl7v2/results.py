"""One OBX as the columns of an observation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.ingest.hl7v2.context import comment_text, leftovers
from pipeline.ingest.hl7v2.fields import IDENTIFYING_VALUES
from pipeline.ingest.hl7v2.identity import from_field, identifiers
from pipeline.ingest.hl7v2.structure import Anchor
from pipeline.ingest.hl7v2.tokenizer import Segment
from pipeline.ingest.hl7v2.values import reference_range, value
from pipeline.records import Identifier

_NO_FINDING = IDENTIFYING_VALUES.keys() | {"ED", "RP"}


def observation_columns(result: Anchor) -> dict[str, Any]:
    """Return the columns that an OBX and its comments fill by themselves."""
    obx = result.segment
    columns = _finding(obx)
    columns["identity"] = (*identifiers(obx), *_named(obx))
    if result.comments:
        if text := comment_text(result.comments):
            columns["text"], columns["text_format"] = text, "text/plain"
        columns["identity"] += tuple(one for comment in result.comments for one in identifiers(comment))
        columns["extras"].update(leftovers(result.comments))
    return columns


def _finding(obx: Segment) -> dict[str, Any]:
    extras = leftovers((obx,))
    if obx.raw(2) in _NO_FINDING:  # a document that cannot be read, or an identifier
        number, text, kept = "", "", True
    else:
        number, text, kept = value(obx)
    if kept and obx.raw(5):
        extras["OBX-5"] = obx.raw(5)
    low = high = ""
    if ranged := obx.raw(7):
        limits = reference_range(obx.text(ranged))
        if limits is None:
            extras["OBX-7"] = ranged
        else:
            low, high = limits
    return {
        "kind": "observation",
        "code": obx.get(3),
        "code_system": obx.get(3, 3),
        "display": obx.get(3, 2),
        "value_number": number,
        "value_text": text,
        "unit": obx.get(6) or obx.get(6, 2),
        "reference_low": low,
        "reference_high": high,
        "abnormal": obx.get(8),
        "status": obx.get(11),
        "extras": extras,
    }


def _named(obx: Segment) -> Iterator[Identifier]:
    """Yield the identifiers that an OBX holds as its value."""
    found = IDENTIFYING_VALUES.get(obx.raw(2))
    if found is not None:
        yield from from_field(obx, 5, *found)
