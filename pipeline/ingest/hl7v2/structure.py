"""Sort the segments of a message by patient, order and result."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.ingest.hl7v2.tokenizer import Message, Segment

FACT_SEGMENTS = frozenset({"DG1", "PRB", "AL1", "IAM", "PR1"})
ITEM_SEGMENTS = frozenset({"RXO", "RXE", "RXD", "RXG", "RXA"})
_HEADS = frozenset({"ORC", "OBR", "TXA"})
# What says more of an order: the first of each is looked up like a head.
_DETAILS = frozenset({"TQ1", "SPM"})
_SCHEDULE = frozenset({"SCH", "RGS", "AIS", "AIG", "AIL", "AIP"})
# After these, an order is over: what follows belongs to the patient or the visit.
_PATIENT_SEGMENTS = frozenset({"PD1", "NK1", "PV1", "PV2", "GT1", "IN1", "IN2", "IN3", "MRG", "FT1", "ACC"})


@dataclass(frozen=True, slots=True)
class Anchor:
    """A segment with the NTE segments that comment on it."""

    segment: Segment
    comments: list[Segment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Order:
    """One order or document: its heads (ORC, OBR, TXA, TQ1, SPM) by name, what was given, and what was found."""

    heads: dict[str, Segment] = field(default_factory=dict)
    items: list[Segment] = field(default_factory=list)
    results: list[Anchor] = field(default_factory=list)
    comments: list[Segment] = field(default_factory=list)
    others: list[Segment] = field(default_factory=list)

    def head(self, places: tuple[tuple[str, int, int], ...]) -> str:
        """Return the first of some (segment, field, component) of the heads that is not empty."""
        for name, number, component in places:
            segment = self.heads.get(name)
            if segment is not None and (value := segment.get(number, component)):
                return value
        return ""

    def segments(self) -> list[Segment]:
        """Return the segments that are no item and no result."""
        return [*self.heads.values(), *self.others, *self.comments]

    def all_segments(self) -> list[Segment]:
        """Return every segment of the order."""
        results = [one for result in self.results for one in (result.segment, *result.comments)]
        return [*self.segments(), *self.items, *results]

    def takes(self, name: str) -> bool:
        """Tell whether a head of that name still belongs to this order."""
        if self.results or name in self.heads or name == "ORC":
            return False
        return not self.items or name == "OBR"


@dataclass(frozen=True, slots=True)
class Patient:
    """Everything a message says of one patient. `pid.comments` are those on the patient."""

    pid: Anchor
    others: list[Segment] = field(default_factory=list)
    visit: dict[str, Segment] = field(default_factory=dict)
    schedule: list[Segment] = field(default_factory=list)
    facts: list[Anchor] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)


def patients(message: Message) -> list[Patient]:
    """Return the patients of a message, in order; what stands before the first PID belongs to the first."""
    found: list[Patient] = []
    before: list[Segment] = []
    place: _Place | None = None
    for segment in message.segments:
        if segment.name == "PID":
            found.append(_patient(segment, before))
            before = []
            place = _Place(found[-1])
        elif place is None:
            before.append(segment)
        else:
            place.put(segment)
    return found


def _patient(pid: Segment, before: list[Segment]) -> Patient:
    patient = Patient(Anchor(pid))
    for segment in before:
        if segment.name in _SCHEDULE or (segment.name == "NTE" and patient.schedule):
            patient.schedule.append(segment)
        elif segment.name == "NTE":
            patient.pid.comments.append(segment)
        else:
            patient.others.append(segment)
    return patient


class _Place:
    """Where the next segment of a patient belongs."""

    def __init__(self, patient: Patient) -> None:
        self.patient = patient
        self.order: Order | None = None
        self.comments = patient.pid.comments

    def put(self, segment: Segment) -> None:
        name = segment.name
        if name == "OBX":
            result = Anchor(segment)
            order = self._open()
            order.results.append(result)
            self.comments = result.comments
        elif name == "NTE":
            self.comments.append(segment)
        elif name in _HEADS:
            order = self.order if self.order is not None and self.order.takes(name) else self._next()
            order.heads[name] = segment
            self.comments = order.comments
        elif name in ITEM_SEGMENTS:
            order = self._open()
            if order.results:  # a second dose under one ORC
                order = self._next({name: head for name, head in order.heads.items() if name in _HEADS})
            order.items.append(segment)
            self.comments = order.comments
        elif name in FACT_SEGMENTS:
            fact = Anchor(segment)
            self.patient.facts.append(fact)
            self.comments = fact.comments
        else:
            self._put_other(name, segment)

    def _put_other(self, name: str, segment: Segment) -> None:
        if name in _PATIENT_SEGMENTS:
            self.order = None
            self.comments = self.patient.pid.comments
        if name in ("PV1", "PV2") and name not in self.patient.visit:
            self.patient.visit[name] = segment
        elif name in _SCHEDULE:
            self.patient.schedule.append(segment)
        elif name in _DETAILS and self.order is not None and name not in self.order.heads:
            self.order.heads[name] = segment
        elif self.order is not None:
            self.order.others.append(segment)
        else:
            self.patient.others.append(segment)

    def _open(self) -> Order:
        return self.order if self.order is not None else self._next()

    def _next(self, heads: dict[str, Segment] | None = None) -> Order:
        self.order = Order(heads=dict(heads or {}))
        self.patient.orders.append(self.order)
        return self.order
