"""Orders and what came of them: drugs, vaccines, reports and documents, results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from pipeline.ingest.hl7v2.context import Context, comment_text, first, leftovers
from pipeline.ingest.hl7v2.fields import DOSE_MOST, FACTS, FREQUENCY
from pipeline.ingest.hl7v2.identity import identifiers
from pipeline.ingest.hl7v2.lifecycle import (
    is_deletion,
    is_document_withdrawn,
    is_withdrawn,
    order_control,
    order_status,
    replaces_parent,
)
from pipeline.ingest.hl7v2.reports import Report, reports_of
from pipeline.ingest.hl7v2.results import observation_columns
from pipeline.ingest.hl7v2.structure import Anchor, Order
from pipeline.ingest.hl7v2.tokenizer import Segment
from pipeline.ingest.hl7v2.values import PLAIN_TYPES
from pipeline.records import RawRecord

_FILLER_FIRST = (("OBR", 3, 1), ("ORC", 3, 1), ("OBR", 2, 1), ("ORC", 2, 1))
_PLACER_FIRST = (("ORC", 2, 1), ("OBR", 2, 1), ("ORC", 3, 1), ("OBR", 3, 1))
_SERVICE = (("OBR", 4, 1), ("OBR", 4, 2))
_SERVICE_NAME = (("OBR", 4, 2), ("OBR", 4, 1))
_SECTION = (("OBR", 24, 1),)
_TAKEN_AT = (("OBR", 7, 1), ("SPM", 17, 1))
_ORDER_START = (("OBR", 6, 1), ("TQ1", 7, 1), ("ORC", 9, 1), ("OBR", 7, 1), ("ORC", 7, 4))
_ORDER_STATUS = (("OBR", 25, 1), ("ORC", 5, 1), ("ORC", 1, 1))
_DRUG_START = (("TQ1", 7, 1), ("ORC", 7, 4), ("ORC", 15, 1), ("ORC", 9, 1))
_DRUG_END = (("TQ1", 8, 1), ("ORC", 7, 5))
_DRUG_STATUS = (("ORC", 5, 1), ("ORC", 1, 1))
_CONTROLLED_AT = (("ORC", 15, 1),)
_FREQUENCY = (("TQ1", 11, 1), ("TQ1", 3, 1), ("ORC", 7, 2))
_DOCUMENT = (("TXA", 12, 1), ("TXA", 12, 3))
_PARENT = (("TXA", 13, 1), ("TXA", 13, 3))
_NOTE_START = (("TXA", 4, 1), ("TXA", 6, 1), ("OBR", 7, 1))
_NOTE_STATUS = (("TXA", 17, 1), ("OBR", 25, 1))
_NOTE_CODES = (("TXA", 2), ("OBR", 4))
_NOTE_CATEGORY = (("TXA", 2, 1), ("OBR", 24, 1))
_NOTE_TITLE = (("TXA", 2, 2), ("OBR", 4, 2))
_AMOUNT_UNKNOWN = "999"  # of a vaccine, by convention of the immunization guides
_PLAIN = "text/plain"

# The columns of a record to be: the first of an order also takes what is left of the order's heads.
_Columns = dict[str, Any]


def order_records(context: Context, order: Order) -> list[RawRecord]:
    """Return the records of one order, none if there is nothing in it that a record could be made of."""
    if "TXA" in order.heads and is_document_withdrawn(context, order):
        made = [_deletion("note", _note_key(context, order))]
    else:
        made = _found(context, order)
    made.sort(key=lambda columns: "deleted" in columns)  # the first record takes what is left of the order
    if "TXA" in order.heads and replaces_parent(context) and (parent := order.head(_PARENT)):
        made.append(_deletion("note", f"{context.patient_scope}|document|{parent}"))
    if not made:
        if control := order_control(order):  # of what order, the message does not say
            context.findings[f"order_control_not_carried_out:{control}"] += 1
        return []
    _add_heads(made[0], order)
    return [context.record(columns.pop("kind"), **columns) for columns in made]


def _found(context: Context, order: Order) -> list[_Columns]:
    given = [item for item in order.items if item.name != "RXO"] or order.items
    made = [_drug(context, order, item) for item in given]
    if made and (requested := [item for item in order.items if item not in given]):
        made[0].setdefault("extras", {}).update(leftovers(requested, whole=True))
        made[0]["identity"] += tuple(one for item in requested for one in identifiers(item))
    if is_withdrawn(order.head((("OBR", 25, 1),))):  # the whole report, whatever its lines say
        return [*made, *_withdrawn(context, order)]
    reports = reports_of(order, context.findings)
    made.extend(_note(context, order, report, number) for number, report in enumerate(reports, 1))
    lines = [result for report in reports for result in (*report.results, *report.withdrawn)]
    made.extend(_observations(context, order, lines))
    if not reports and any(is_withdrawn(result.segment.raw(11)) and _is_text(result) for result in order.results):
        made.append(_deletion("note", _note_key(context, order)))  # it may have been a line of a report
    if not made and "OBR" in order.heads and "TXA" not in order.heads:
        made.append(_ordered(context, order))
    return made


def _deletion(kind: str, key: str) -> _Columns:
    return {"kind": kind, "key": key, "deleted": "record"}


def _withdrawn(context: Context, order: Order) -> list[_Columns]:
    made = [_deletion("observation", columns["key"]) for columns in _observations(context, order, [])]
    return [*made, _deletion("note", _note_key(context, order))]


def _is_text(result: Anchor) -> bool:
    return result.segment.raw(2) in PLAIN_TYPES


def _add_heads(columns: _Columns, order: Order) -> None:
    segments = order.segments()
    named = (one for head in segments for one in identifiers(head))
    columns["identity"] = tuple(dict.fromkeys((*columns.get("identity", ()), *named)))
    if "deleted" in columns:
        return
    columns["extras"] = {**leftovers(segments), **columns.get("extras", {})}
    if text := comment_text(order.comments):
        columns["text"] = "\n".join(filter(None, (columns.get("text"), text)))
        columns["text_format"] = columns.get("text_format") or _PLAIN


def _drug(context: Context, order: Order, item: Segment) -> _Columns:
    fact = FACTS[item.name]
    columns: _Columns = {column: first(item, places) for column, places in fact.columns.items()}
    columns["start"] = columns.get("start") or order.head(_DRUG_START)
    given = item.name == "RXA"
    # A vaccine's number is the registry's, and has its date beside it: many that come without an order share one.
    number = order.head(_FILLER_FIRST if given else _PLACER_FIRST)
    what, when = columns["code"] or columns["display"], columns["start"] if given or not number else ""
    kind = "medication" if context.code == "RAS" else fact.kind
    key = "|".join((context.patient_scope, number, item.name, what, when)) if what else ""
    if key and given and is_deletion(first(item, fact.action)):
        return {**_deletion(kind, key), "identity": identifiers(item)}
    columns["end"] = columns.get("end") or order.head(_DRUG_END)
    columns["status"] = columns.get("status") or order_status(order, _DRUG_STATUS)
    if columns["status"] == "stopped":
        columns["end"] = order.head(_CONTROLLED_AT) or columns["end"]
    columns["value_number"] = _dose(item, columns["value_number"])
    columns["value_text"] = "; ".join(filter(None, (columns.get("value_text"), *_manner(order, item))))
    return {"kind": kind, "key": key, **columns, "identity": identifiers(item), "extras": leftovers((item,))}


def _dose(item: Segment, amount: str) -> str:
    """Return a dose, or its range, as it is written."""
    if item.name == "RXA" and amount == _AMOUNT_UNKNOWN:
        return ""
    most = first(item, (DOSE_MOST[item.name],)) if item.name in DOSE_MOST else ""
    return f"{amount}-{most}" if amount and most and most != amount else amount


def _manner(order: Order, item: Segment) -> Iterator[str]:
    """Yield route, site and frequency. The routes of an order stand in the order of its items."""
    routes = [segment for segment in order.others if segment.name == "RXR"]
    if routes:
        route = routes[min(order.items.index(item), len(routes) - 1)]
        yield route.get(1, 2) or route.get(1)
        yield route.get(2, 2) or route.get(2)
    often = first(item, (FREQUENCY[item.name],)) if item.name in FREQUENCY else ""
    yield (order.head(_FREQUENCY) or often).partition(item.delimiters.subcomponent)[0]


def _ordered(context: Context, order: Order) -> _Columns:
    """Describe an order for which nothing has been found yet."""
    start = order.head(_ORDER_START)
    # The number that the placer gave is there from the request to its cancellation, the filler's only between.
    number = order.head(_PLACER_FIRST)
    scope = f"{context.patient_scope}|{number}" if number else f"{context.visit_scope}|{start}"
    return {
        "kind": "procedure",
        "key": f"{scope}|{order.head(_SERVICE)}",
        "code": order.head((("OBR", 4, 1),)),
        "code_system": order.head((("OBR", 4, 3),)),
        "display": order.head((("OBR", 4, 2),)),
        "category": order.head(_SECTION),
        "start": start,
        "status": order_status(order, _ORDER_STATUS),
    }


def _note_key(context: Context, order: Order) -> str:
    """Return the key of a document's or report's note: the document's number, else its order's and service."""
    if number := order.head(_DOCUMENT):
        return f"{context.patient_scope}|document|{number}"
    if number := order.head(_FILLER_FIRST):
        return f"{context.patient_scope}|{number}|{order.head(_SERVICE)}"
    return f"{context.visit_scope}|{order.head(_NOTE_START)}|{order.head(_SERVICE) or _line_code(order)}"


def _line_code(order: Order) -> str:
    return order.results[0].segment.get(3) if order.results else ""


def _note(context: Context, order: Order, report: Report, number: int) -> _Columns:
    key = _note_key(context, order) + (f"|{number}" if number > 1 else "")
    if not report.results:
        return _deletion("note", key)
    line = report.results[0].segment
    code, system = _note_code(order, line)
    comments = [comment for result in report.results for comment in result.comments]
    segments = [*(result.segment for result in report.results), *comments]
    extras = leftovers(segments)
    if pointers := [result.segment.raw(5) for result in report.results if result.segment.raw(2) == "RP"]:
        extras["OBX-5"] = line.delimiters.repetition.join(pointers)
    return {
        "kind": "note",
        "key": key,
        "start": order.head(_NOTE_START) or line.get(14),
        "code": code,
        "code_system": system,
        "category": order.head(_NOTE_CATEGORY),
        "title": order.head(_NOTE_TITLE) or line.get(3, 2) or code,
        "status": order.head(_NOTE_STATUS) or line.get(11),
        "text": "\n".join(filter(None, (report.text, comment_text(comments)))),
        "text_format": report.text_format or _PLAIN,
        "identity": tuple(one for segment in segments for one in identifiers(segment)),
        "extras": extras,
    }


def _note_code(order: Order, line: Segment) -> tuple[str, str]:
    """Return the code and system of a document's type: its own, the order's or its first line's.

    One whose system is named comes first: the types of TXA-2 seldom have one, and LOINC stands in OBX-3.
    """
    found = [(order.head(((name, field, 1),)), order.head(((name, field, 3),))) for name, field in _NOTE_CODES]
    found.append((line.get(3), line.get(3, 3)))
    coded = [(code, system) for code, system in found if code]
    return next((pair for pair in coded if pair[1]), coded[0] if coded else ("", ""))


def _observations(context: Context, order: Order, lines: list[Anchor]) -> Iterator[_Columns]:
    """Yield the observations of an order, and the deletions of those that are taken back, but for a report's lines.

    A correction need not have the place in its message that the original had: it is known by what is measured and by
    the sub-id. Of several that share both, it must be sent with the others.
    """
    taken_at, number, panel = order.head(_TAKEN_AT), order.head(_FILLER_FIRST), order.head(_SERVICE_NAME)
    scope = f"{context.patient_scope}|{number}" if number else context.visit_scope
    scope, section = f"{scope}|{order.head(_SERVICE)}", order.head(_SECTION)
    seen: Counter[str] = Counter()
    done = {id(result) for result in lines}
    for result in order.results:
        if id(result) in done:
            continue
        obx = result.segment
        code, display, system = obx.coded(3)
        start = obx.get(14) or taken_at
        key = f"{scope}|{code or display}|{obx.get(4)}"
        if not number:  # only the time tells it from the next measurement
            key = f"{key}|{start or context.version}"
        seen[key] += 1
        if seen[key] > 1:
            key = f"{key}|{seen[key]}"
        if is_withdrawn(obx.raw(11)):
            yield {**_deletion("observation", key), "identity": identifiers(obx)}
            continue
        columns = observation_columns(result)
        columns |= {"key": key, "code": code, "display": display, "code_system": system, "start": start}
        columns["category"] = section or panel
        if section and panel:
            columns["extras"]["panel.display"] = panel
        yield columns
