"""Orders and what came of them: drugs, vaccines, reports and documents, results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.ingest.hl7v2.context import Context, comment_text, first, leftovers
from pipeline.ingest.hl7v2.fields import FACTS
from pipeline.ingest.hl7v2.identity import identifiers
from pipeline.ingest.hl7v2.reports import Report, report_of
from pipeline.ingest.hl7v2.results import observation_columns
from pipeline.ingest.hl7v2.structure import Anchor, Order
from pipeline.ingest.hl7v2.tokenizer import Segment
from pipeline.ingest.hl7v2.values import is_number
from pipeline.records import RawRecord

_NUMBER = (("OBR", 3, 1), ("ORC", 3, 1), ("OBR", 2, 1), ("ORC", 2, 1))
_SERVICE = (("OBR", 4, 1), ("OBR", 4, 2))
_SERVICE_NAME = (("OBR", 4, 2), ("OBR", 4, 1))
_TAKEN_AT = (("OBR", 7, 1),)
_ORDER_START = (("OBR", 6, 1), ("ORC", 9, 1), ("OBR", 7, 1), ("ORC", 7, 4))
_ORDER_STATUS = (("OBR", 25, 1), ("ORC", 5, 1), ("ORC", 1, 1))
_DRUG_START = (("ORC", 7, 4), ("ORC", 15, 1), ("ORC", 9, 1))
_DRUG_STATUS = (("ORC", 5, 1), ("ORC", 1, 1))
_NOTE_KEY = (("TXA", 12, 1),)
_NOTE_START = (("TXA", 4, 1), ("TXA", 6, 1), ("OBR", 7, 1))
_NOTE_STATUS = (("TXA", 17, 1), ("OBR", 25, 1))
_NOTE_CODES = (("TXA", 2), ("OBR", 4))
_NOTE_CATEGORY = (("TXA", 2, 1), ("OBR", 24, 1))
_NOTE_TITLE = (("TXA", 2, 2), ("OBR", 4, 2))
_AMOUNT_UNKNOWN = "999"  # of a vaccine, by convention of the immunization guides
_MEDIA_TYPE = "text/plain"

# The columns of a record to be: the first of an order also takes what is left of the order's heads.
_Columns = dict[str, Any]


def order_records(context: Context, order: Order) -> list[RawRecord]:
    """Return the records of one order, none if there is nothing in it that a record could be made of."""
    given = [item for item in order.items if item.name != "RXO"] or order.items
    report = report_of(order)
    made = [_drug(context, order, item) for item in given]
    if report:
        made.append(_note(context, order, report))
    made.extend(_observations(context, order, report.results if report else []))
    if not made and "OBR" in order.heads and "TXA" not in order.heads:
        made.append(_ordered(context, order))
    if not made:
        return []
    _add_heads(made[0], order)
    if superseded := [item for item in order.items if item not in given]:
        made[0]["extras"].update(leftovers(superseded, whole=True))
        made[0]["identity"] += tuple(one for item in superseded for one in identifiers(item))
    return [context.record(columns.pop("kind"), **columns) for columns in made]


def _add_heads(columns: _Columns, order: Order) -> None:
    segments = order.segments()
    named = (one for head in segments for one in identifiers(head))
    columns["identity"] = tuple(dict.fromkeys((*columns.get("identity", ()), *named)))
    columns["extras"] = {**leftovers(segments), **columns.get("extras", {})}
    if text := comment_text(order.comments):
        columns["text"] = "\n".join(filter(None, (columns.get("text"), text)))
        columns["text_format"] = columns.get("text_format") or _MEDIA_TYPE


def _drug(context: Context, order: Order, item: Segment) -> _Columns:
    fact = FACTS[item.name]
    columns: _Columns = {column: first(item, places) for column, places in fact.columns.items()}
    amount = columns["value_number"]
    if item.name == "RXA" and amount == _AMOUNT_UNKNOWN:
        columns["value_number"] = ""
    elif not is_number(amount):
        columns["value_number"], columns["value_text"] = "", amount
    columns["start"] = columns.get("start") or order.head(_DRUG_START)
    columns["status"] = columns.get("status") or order.head(_DRUG_STATUS)
    number, what = order.head(_NUMBER), columns["code"] or columns["display"]
    # A vaccine has its date in the key: registries give all that come without an order the same number.
    when = "" if number and item.name != "RXA" else columns["start"]
    return {
        "kind": "medication" if context.code == "RAS" else fact.kind,
        "key": "|".join((context.patient_scope, number, item.name, what, when)) if what else "",
        **columns,
        "text_format": _MEDIA_TYPE if columns.get("text") else "",
        "identity": identifiers(item),
        "extras": leftovers((item,)),
    }


def _ordered(context: Context, order: Order) -> _Columns:
    """Describe an order for which nothing has been found yet."""
    start = order.head(_ORDER_START)
    return {
        "kind": "procedure",
        "key": f"{order.head(_NUMBER) or f'{context.visit_scope}|{start}'}|{order.head(_SERVICE)}",
        "code": order.head((("OBR", 4, 1),)),
        "code_system": order.head((("OBR", 4, 3),)),
        "display": order.head((("OBR", 4, 2),)),
        "start": start,
        "status": order.head(_ORDER_STATUS),
    }


def _note(context: Context, order: Order, report: Report) -> _Columns:
    line = report.results[0].segment
    start = order.head(_NOTE_START) or line.get(14)
    code, system = _note_code(order, line)
    number = order.head(_NOTE_KEY)
    if not number:
        number = f"{order.head(_NUMBER) or f'{context.visit_scope}|{start}'}|{code}"
    comments = [comment for result in report.results for comment in result.comments]
    segments = [*(result.segment for result in report.results), *comments]
    return {
        "kind": "note",
        "key": number,
        "start": start,
        "code": code,
        "code_system": system,
        "category": order.head(_NOTE_CATEGORY),
        "title": order.head(_NOTE_TITLE) or line.get(3, 2) or code,
        "status": order.head(_NOTE_STATUS) or line.get(11),
        "text": "\n".join(filter(None, (report.text, comment_text(comments)))),
        "text_format": report.media_type,
        "identity": tuple(one for segment in segments for one in identifiers(segment)),
        "extras": leftovers(segments),
    }


def _note_code(order: Order, line: Segment) -> tuple[str, str]:
    """Return the code and system of a document's type: its own, the order's or its first line's.

    One whose system is named comes first: the types of TXA-2 seldom have one, and LOINC stands in OBX-3.
    """
    found = [(order.head(((name, field, 1),)), order.head(((name, field, 3),))) for name, field in _NOTE_CODES]
    found.append((line.get(3), line.get(3, 3)))
    coded = [(code, system) for code, system in found if code]
    return next((pair for pair in coded if pair[1]), coded[0] if coded else ("", ""))


def _observations(context: Context, order: Order, reported: list[Anchor]) -> Iterator[_Columns]:
    taken_at, number = order.head(_TAKEN_AT), order.head(_NUMBER)
    scope = f"{number or f'{context.visit_scope}|{taken_at}'}|{order.head(_SERVICE)}"
    category = order.head(_SERVICE_NAME)
    seen: set[str] = set()
    done = {id(result) for result in reported}
    for ordinal, result in enumerate(order.results, 1):
        if id(result) in done:
            continue
        obx = result.segment
        columns = observation_columns(result)
        columns["category"] = category
        columns["start"] = start = obx.get(14) or taken_at
        key = f"{scope}|{columns['code'] or columns['display']}|{obx.get(4)}|{obx.get(1) or ordinal}"
        if not number and not taken_at:  # only the time tells it from the next measurement
            key = f"{key}|{start or context.version}"
        columns["key"] = key if key not in seen else f"{key}|{ordinal}"
        seen.add(key)
        yield columns
