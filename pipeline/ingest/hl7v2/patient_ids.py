"""Tell which of the numbers that a message lists is the patient's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.errors import RecordError
from pipeline.ingest.hl7v2.tokenizer import Segment

_BEST = ("MR", "MRN", "PI", "PT", "PN", "PE")  # identifier types, best first
_NOT_THE_PATIENTS = frozenset({"SS", "SSN", "DL", "PPN", "HC", "MC", "MA", "AN", "VN"})  # shared, public or of a visit


class PatientId(NamedTuple):
    """A number, who assigned it, and its type of table 0203."""

    number: str
    authority: str
    type: str


def patient_id(pid: Segment, authorities: Sequence[str] = ()) -> PatientId:
    """Return the patient's number: by authority, best first, then by type; older fields where PID-3 has none.

    Raises `RecordError`: `no_patient_id`.
    """
    listed = list(_listed(pid, 3))
    fit = [one for one in listed if one.type not in _NOT_THE_PATIENTS]
    if fit:
        return min(fit, key=lambda one: (_rank(authorities, one.authority), _rank(_BEST, one.type)))
    # PID-18 is a number of an account and PID-19 the SSN, but both are better than nobody.
    for one in (*_listed(pid, 2), *_listed(pid, 4), *_listed(pid, 18), *listed, *_listed(pid, 19)):
        return one
    raise RecordError("no_patient_id")


def own_ids(segment: Segment, *fields: int) -> list[PatientId]:
    """Return the numbers of some fields that are one patient's and nobody else's."""
    return [one for number in fields for one in _listed(segment, number) if one.type not in _NOT_THE_PATIENTS]


def _listed(segment: Segment, field: int) -> Iterator[PatientId]:
    for raw in segment.repetitions(field):
        if number := segment.pick(raw, 1):
            yield PatientId(number, _authority(segment, raw), segment.pick(raw, 5))


def _authority(segment: Segment, raw: str) -> str:
    """Return the assigning authority of an id: the namespace, else the universal id."""
    components = segment.components(raw)
    parts = segment.subcomponents(components[3]) if len(components) > 3 else []
    return next(filter(None, parts[:2]), "")


def _rank(best: Sequence[str], value: str) -> int:
    return best.index(value) if value in best else len(best)
