"""The table of which field means what.

`FACTS`: segment → the kind of record it makes and column → the places to look, as (field, component).
`KNOWN`: segment → field → the last component that is understood; what goes beyond is kept in `extras`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.ingest.hl7v2.identity_fields import IDENTITY

Place = tuple[int, int]
ALL = 99  # components: whatever the field holds is understood


@dataclass(frozen=True, slots=True)
class Fact:
    """One record from one segment.

    `per_visit`: it is told of a visit, not of a patient. `number` is the sender's own number of it, `apart` the column
    that tells two of the same code apart where there is none. `action` is where a sender says that it deletes it.
    """

    kind: str
    columns: Mapping[str, tuple[Place, ...]]
    per_visit: bool = True
    number: tuple[Place, ...] = ()
    apart: str = ""
    action: tuple[Place, ...] = ()


FACTS: Mapping[str, Fact] = {
    "DG1": Fact("condition", {
        "code": ((3, 1),), "code_system": ((3, 3), (2, 1)), "display": ((3, 2), (4, 1)), "start": ((5, 1),),
        "category": ((6, 1),),
    }, number=((20, 1),), apart="category", action=((21, 1),)),
    "PRB": Fact("condition", {
        "code": ((3, 1),), "code_system": ((3, 3),), "display": ((3, 2),), "start": ((16, 1), (7, 1)),
        "end": ((9, 1),), "status": ((14, 1),),
    }, per_visit=False, number=((4, 1),), action=((1, 1),)),
    "AL1": Fact("allergy", {
        "code": ((3, 1),), "code_system": ((3, 3),), "display": ((3, 2),), "start": ((6, 1),),
        "category": ((2, 1),), "abnormal": ((4, 1),), "value_text": ((5, 2), (5, 1)),
    }, per_visit=False),
    "IAM": Fact("allergy", {
        "code": ((3, 1),), "code_system": ((3, 3),), "display": ((3, 2),), "start": ((11, 1), (13, 1)),
        "category": ((2, 1),), "abnormal": ((4, 1),), "value_text": ((5, 2), (5, 1)), "status": ((17, 1),),
    }, per_visit=False, action=((6, 1),)),
    "PR1": Fact("procedure", {
        "code": ((3, 1),), "code_system": ((3, 3), (2, 1)), "display": ((3, 2), (4, 1)), "start": ((5, 1),),
        "category": ((6, 1),),
    }, number=((19, 1),), apart="start", action=((20, 1),)),
    # What is taken: `value_number` is the dose, `value_text` how it is to be taken.
    "RXO": Fact("medication", {
        "code": ((1, 1),), "code_system": ((1, 3),), "display": ((1, 2),), "value_number": ((2, 1),),
        "unit": ((4, 1), (4, 2)), "value_text": ((7, 2), (7, 1)),
    }),
    "RXE": Fact("medication", {
        "code": ((2, 1),), "code_system": ((2, 3),), "display": ((2, 2),), "value_number": ((3, 1),),
        "unit": ((5, 1), (5, 2)), "value_text": ((7, 2), (7, 1)), "start": ((1, 4),), "end": ((1, 5),),
    }),
    "RXD": Fact("medication", {
        "code": ((2, 1),), "code_system": ((2, 3),), "display": ((2, 2),), "start": ((3, 1),),
        "value_number": ((4, 1),), "unit": ((5, 1), (5, 2)), "value_text": ((9, 1),),
    }),
    "RXG": Fact("medication", {
        "code": ((4, 1),), "code_system": ((4, 3),), "display": ((4, 2),), "value_number": ((5, 1),),
        "unit": ((7, 1), (7, 2)), "start": ((3, 4),), "end": ((3, 5),), "value_text": ((13, 2), (13, 1)),
    }),
    "RXA": Fact("immunization", {
        "code": ((5, 1),), "code_system": ((5, 3),), "display": ((5, 2),), "start": ((3, 1),),
        "end": ((4, 1),), "value_number": ((6, 1),), "unit": ((7, 1), (7, 2)), "status": ((20, 1),),
    }, action=((21, 1),)),
}  # fmt: skip

# Where the most of a dose that is a range stands, and how often it is taken.
DOSE_MOST: Mapping[str, Place] = {"RXO": (3, 1), "RXE": (4, 1), "RXG": (6, 1)}
FREQUENCY: Mapping[str, Place] = {"RXE": (1, 2), "RXG": (3, 2)}

PATIENT: Mapping[str, tuple[Place, ...]] = {
    "sex": ((8, 1),), "race": ((10, 1), (10, 2)), "ethnicity": ((22, 1), (22, 2)), "birth_date": ((7, 1),),
    "death_date": ((29, 1),),
}  # fmt: skip
# Of a visit, `display` is the hospital service and `value_text` where the patient was discharged to.
ENCOUNTER: Mapping[str, tuple[Place, ...]] = {
    "category": ((2, 1),), "start": ((44, 1),), "end": ((45, 1),), "display": ((10, 2), (10, 1)),
    "value_text": ((36, 2), (36, 1)),
}  # fmt: skip
ADMIT_REASON: tuple[Place, ...] = ((3, 2), (3, 1), (12, 1))
EXPECTED_START: tuple[Place, ...] = ((8, 1),)
APPOINTMENT: Mapping[str, tuple[Place, ...]] = {
    "start": ((11, 4),), "end": ((11, 5),), "title": ((7, 2), (7, 1)), "status": ((25, 1),),
    "display": ((8, 2), (8, 1)),
}  # fmt: skip
APPOINTMENT_NUMBER: tuple[Place, ...] = ((2, 1), (1, 1))
# What an appointment is for: one service of several, of which the others stay in `extras`.
SERVICE: Mapping[str, tuple[Place, ...]] = {
    "code": ((3, 1),), "display": ((3, 2), (3, 1)), "code_system": ((3, 3),), "start": ((4, 1),),
}  # fmt: skip

# What the code reads beyond these tables.
_READ: Mapping[str, Mapping[int, int]] = {
    "MSH": {1: ALL, 2: ALL, 7: 1, 18: ALL},
    "EVN": {2: 1},
    "PID": {1: ALL, 3: 10, 10: 2, 22: 2},
    "PV1": {1: ALL},
    "PV2": {3: 2, 12: 1},
    "OBR": {1: ALL, 4: 3, 7: 1, 24: 1, 25: 1},
    "OBX": {1: ALL, 2: ALL, 3: 3, 4: 1, 5: ALL, 6: 3, 7: ALL, 8: 1, 11: 1, 14: 1},
    "TXA": {1: ALL, 2: 3, 4: 1, 17: 1},
    "NTE": {1: ALL, 3: ALL},
    "RXE": {5: 3, 4: 1},
    "RXD": {5: 3},
    "RXO": {4: 3, 3: 1},
    "RXG": {7: 3, 6: 1},
    "RXA": {7: 3},
    "RXR": {1: 2, 2: 2},
}


def _known() -> dict[str, dict[int, int]]:
    known: dict[str, dict[int, int]] = {}
    tables = {
        **{name: fact.columns for name, fact in FACTS.items()},
        "PID": PATIENT,
        "PV1": ENCOUNTER,
        "SCH": APPOINTMENT,
        "AIS": SERVICE,
    }
    for name, columns in tables.items():
        for number, component in (place for places in columns.values() for place in places):
            fields = known.setdefault(name, {1: ALL} if name != "RXO" else {})
            fields[number] = max(component, fields.get(number, 0))
    for name, numbers in IDENTITY.items():
        known.setdefault(name, {}).update(dict.fromkeys(numbers, ALL))
    for name, read in _READ.items():
        known.setdefault(name, {}).update(read)
    known["RXE"][1] = known["RXG"][3] = known["SCH"][11] = known["SCH"][8] = known["AIS"][4] = (
        0  # read in part, or only where another is empty
    )
    known["MRG"].clear()  # identifies, and says which numbers are one
    return known


KNOWN: Mapping[str, Mapping[int, int]] = _known()
