"""What a trigger event does to what was sent before: it takes back, merges, or only changes it."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ingest.hl7v2.context import Context
from pipeline.ingest.hl7v2.patient_ids import own_ids
from pipeline.ingest.hl7v2.structure import Order, Patient
from pipeline.ingest.hl7v2.tokenizer import Message
from pipeline.records import Link

# HL7 table 0003. An event that is not here is an update of what it holds.
VISIT_STATUS = {
    **dict.fromkeys(
        (
            "A01",
            "A02",
            "A04",
            "A06",
            "A07",
            "A09",
            "A12",
            "A13",
            "A15",
            "A16",
            "A17",
            "A22",
            "A25",
            "A26",
            "A33",
            "A52",
        ),
        "in-progress",
    ),
    **dict.fromkeys(("A05", "A14"), "planned"),
    **dict.fromkeys(("A21", "A53"), "onleave"),
    "A10": "arrived",
    "A03": "finished",
}
APPOINTMENT_STATUS = {
    **dict.fromkeys(("S12", "S13", "S14", "S18", "S19", "S20", "S21", "S22"), "scheduled"),
    "S15": "cancelled",
    "S16": "stopped",
    "S26": "not-done",
}
APPOINTMENT_DELETED = "S17"
DISCHARGE_CANCELLED = "A13"
_VISIT_TAKEN_BACK = frozenset({"A11", "A27", "A38"})
_PATIENT_DELETED = "A29"
_VISIT_OR_PATIENT_DELETED = "A23"

# Of one person: the old numbers stand in MRG-1, or where that is older than the message's version, in MRG-4.
_MERGES = frozenset({"A18", "A30", "A34", "A35", "A36", "A39", "A40", "A46", "A47", "A48", "A49"})
# Of two patients, or of visits and accounts: nothing that `Link` could say.
_NOT_CARRIED_OUT = {
    **dict.fromkeys(("A43", "A44", "A45"), "move_not_carried_out"),
    **dict.fromkeys(("A41", "A42", "A50", "A51"), "visit_merge_not_carried_out"),
}
_LINKS = {"A24": "link_not_carried_out", "A37": "unlink_not_carried_out"}  # mother and child, too

# HL7 table 0119, order control: what takes an order back or holds it outweighs its status.
_ORDER_CONTROL = {
    **dict.fromkeys(("CA", "OC", "CR"), "cancelled"),
    **dict.fromkeys(("DC", "OD", "DR"), "stopped"),
    **dict.fromkeys(("HD", "OH", "HR"), "on-hold"),
}
_WITHDRAWN = frozenset({"D", "W"})  # HL7 table 0085: deleted, posted as wrong
_DOCUMENT_TAKEN_BACK = frozenset({"CA", "OB"})  # HL7 table 0273
_DELETE = frozenset({"D", "DE"})  # HL7 tables 0206, 0287 and 0323


def message_version(message: Message, patient: Patient) -> str:
    """Return when the sender last changed what a message says.

    That is MSH-7: every message of a feed has it and it grows with each correction, so that results, visits and
    deletions are ordered by one clock. EVN-2 is often the (back-dated) event's, and many laboratories leave OBR-22
    as it was when they correct a line. They come in where MSH-7 has no time of day, which orders nothing.
    """
    clocks = [message.header.get(7)]
    clocks += (segment.get(2) for segment in patient.others if segment.name == "EVN")
    clocks += (order.head((("OBR", 22, 1),)) for order in patient.orders[:1])
    exact = (clock for clock in clocks if sum(map(str.isdigit, clock)) >= len("202601150800"))
    return next(exact, None) or next(filter(None, clocks), "")


def deletion_scope(context: Context, patient: Patient) -> str:
    """Return what of a patient an ADT message takes back: "encounter", "patient", or nothing."""
    event = context.event if context.code == "ADT" else ""
    if event == _PATIENT_DELETED:
        return "patient"
    if event == _VISIT_OR_PATIENT_DELETED:
        visit = patient.visit.get("PV1")
        return "encounter" if visit is not None and context.encounter_id else "patient"
    if event not in _VISIT_TAKEN_BACK:
        return ""
    if not context.encounter_id:
        context.findings[f"cancel_without_visit:{event}"] += 1
        return ""
    return "encounter"


def not_carried_out(message: Message) -> str:
    """Return the finding that counts a message whose meaning is not carried out, empty for others."""
    code, event = message.header.get(9), message.header.get(9, 2)
    if code != "ADT":
        return ""
    return _LINKS.get(event) or (f"{_NOT_CARRIED_OUT[event]}:{event}" if event in _NOT_CARRIED_OUT else "")


def merged_ids(context: Context, patient: Patient) -> Iterator[Link]:
    """Yield the links that a merge message states."""
    if context.code != "ADT" or context.event not in _MERGES:
        return
    prior = [one for segment in patient.others if segment.name == "MRG" for one in own_ids(segment, 1, 4)]
    if not prior:
        context.findings[f"merge_without_prior_id:{context.event}"] += 1
        return
    surviving = (context.patient_id, context.patient_authority)
    others = [(one.number, one.authority) for one in (*own_ids(patient.pid.segment, 3), *prior)]
    for number, authority in dict.fromkeys(others):
        if (number, authority) != surviving:
            yield Link(context.patient_id, number, context.patient_authority, authority)


def order_status(order: Order, places: tuple[tuple[str, int, int], ...]) -> str:
    """Return the status of an order: that it was taken back or held, else the first of `places`."""
    for place in (("ORC", 1, 1), ("ORC", 5, 1)):
        if status := _ORDER_CONTROL.get(order.head((place,)), ""):
            return status
    return order.head(places)


def order_control(order: Order) -> str:
    """Return the code by which an order is taken back or held, if it is."""
    control = order.head((("ORC", 1, 1),))
    return control if control in _ORDER_CONTROL else ""


def is_withdrawn(status: str) -> bool:
    """Tell whether a status of OBX-11 or OBR-25 takes a result back."""
    return status in _WITHDRAWN


def is_document_withdrawn(context: Context, order: Order) -> bool:
    """Tell whether a document is taken back: by its event, or by its availability (TXA-19)."""
    return context.event == "T11" or order.head((("TXA", 19, 1),)) in _DOCUMENT_TAKEN_BACK


def replaces_parent(context: Context) -> bool:
    """Tell whether a document supersedes its parent (TXA-13); edits keep their number, addenda their parent."""
    return context.event in ("T09", "T10")


def is_deletion(action: str) -> bool:
    """Tell whether an action code deletes the fact that its segment names."""
    return action in _DELETE
