"""One OBX as the columns of an observation."""

from __future__ import annotations

from typing import Any

from pipeline.ingest.hl7v2.context import comment_text, leftovers
from pipeline.ingest.hl7v2.identity import from_field, identifiers
from pipeline.ingest.hl7v2.identity_fields import IDENTIFYING_VALUES
from pipeline.ingest.hl7v2.structure import Anchor
from pipeline.ingest.hl7v2.tokenizer import Segment
from pipeline.ingest.hl7v2.values import reference_range, value


def observation_columns(result: Anchor) -> dict[str, Any]:
    """Return what an OBX and its comments say of a value; what is measured, and when, is not among the columns."""
    obx = result.segment
    columns = _finding(obx)
    columns["identity"] = identifiers(obx)
    if obx.raw(2) in IDENTIFYING_VALUES:
        columns["identity"] += tuple(from_field(obx, 5, *IDENTIFYING_VALUES[obx.raw(2)]))
    if result.comments:
        if text := comment_text(result.comments):
            columns["text"], columns["text_format"] = text, "text/plain"
        columns["identity"] += tuple(one for comment in result.comments for one in identifiers(comment))
        columns["extras"].update(leftovers(result.comments))
    return columns


def _finding(obx: Segment) -> dict[str, Any]:
    extras = leftovers((obx,))
    if obx.raw(2) in IDENTIFYING_VALUES:
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
        "value_number": number,
        "value_text": text,
        "unit": obx.get(6) or obx.get(6, 2),
        "reference_low": low,
        "reference_high": high,
        "abnormal": obx.get(8),
        "status": obx.get(11),
        "extras": extras,
    }
