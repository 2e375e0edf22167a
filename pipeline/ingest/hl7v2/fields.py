"""The table of which field means what.

`IDENTITY`: segment → field → (identifier type, HL7 data type): where a person, place or number is named.
`FACTS`: segment → the kind of record it makes and column → the places to look, as (field, component).
`KNOWN`: segment → field → the last component that is understood; what goes beyond is kept in `extras`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Place = tuple[int, int]
ALL = 99  # components: whatever the field holds is understood


@dataclass(frozen=True, slots=True)
class Fact:
    """One record from one segment. `per_visit`: numbered within a visit, not within a patient."""

    kind: str
    columns: Mapping[str, tuple[Place, ...]]
    per_visit: bool = True


# Data types: XPN and XCN name people (XCN with a number first), CNN is XCN in subcomponents; XAD addresses,
# XTN phones, CX, EI and EIP numbers, XON and HD organizations, PL
# locations.
IDENTITY: Mapping[str, Mapping[int, tuple[str, str]]] = {
    "MSH": {4: ("organization", "HD"), 6: ("organization", "HD")},
    "EVN": {5: ("staff", "XCN"), 7: ("organization", "HD")},
    "PID": {
        2: ("id", "CX"), 3: ("id", "CX"), 4: ("id", "CX"), 5: ("name", "XPN"), 6: ("relative", "XPN"),
        7: ("birth_date", "ST"), 9: ("name", "XPN"), 11: ("address", "XAD"), 13: ("phone", "XTN"),
        14: ("phone", "XTN"), 18: ("id", "CX"), 19: ("ssn", "CX"), 20: ("id", "CX"), 21: ("id", "CX"),
        23: ("city", "ST"), 40: ("phone", "XTN"),
    },
    "PD1": {3: ("organization", "XON"), 4: ("staff", "XCN")},
    "MRG": {
        1: ("id", "CX"), 2: ("id", "CX"), 3: ("id", "CX"), 4: ("id", "CX"), 5: ("id", "CX"),
        6: ("id", "CX"), 7: ("name", "XPN"),
    },
    "NK1": {
        2: ("relative", "XPN"), 4: ("address", "XAD"), 5: ("phone", "XTN"), 6: ("phone", "XTN"),
        12: ("id", "CX"), 13: ("organization", "XON"), 16: ("birth_date", "ST"),
        26: ("relative", "XPN"), 30: ("relative", "XPN"), 31: ("phone", "XTN"), 32: ("address", "XAD"),
        33: ("id", "CX"), 37: ("ssn", "CX"), 40: ("phone", "XTN"), 41: ("phone", "XTN"),
    },
    "GT1": {
        2: ("id", "CX"), 3: ("relative", "XPN"), 4: ("relative", "XPN"), 5: ("address", "XAD"),
        6: ("phone", "XTN"), 7: ("phone", "XTN"), 8: ("birth_date", "ST"), 12: ("ssn", "CX"),
        16: ("organization", "XON"), 17: ("address", "XAD"), 18: ("phone", "XTN"), 19: ("id", "CX"),
        29: ("id", "CX"), 42: ("relative", "XPN"), 45: ("relative", "XPN"), 46: ("phone", "XTN"),
        51: ("organization", "XON"),
    },
    "IN1": {
        4: ("organization", "XON"), 5: ("address", "XAD"), 6: ("staff", "XPN"), 7: ("phone", "XTN"),
        8: ("id", "EI"), 11: ("organization", "XON"), 16: ("relative", "XPN"),
        18: ("birth_date", "ST"), 19: ("address", "XAD"), 36: ("id", "CX"), 44: ("address", "XAD"),
        49: ("id", "CX"),
    },
    "IN2": {
        1: ("id", "CX"), 2: ("ssn", "CX"), 3: ("organization", "XCN"), 6: ("id", "EI"),
        8: ("id", "EI"), 10: ("id", "EI"), 25: ("id", "CX"), 26: ("id", "CX"),
        40: ("relative", "XPN"), 49: ("relative", "XPN"), 52: ("relative", "XPN"), 61: ("id", "CX"),
        63: ("phone", "XTN"), 64: ("phone", "XTN"),
    },
    "PV1": {
        3: ("organization", "PL"), 5: ("id", "CX"), 6: ("organization", "PL"), 7: ("staff", "XCN"),
        8: ("staff", "XCN"), 9: ("staff", "XCN"), 11: ("organization", "PL"), 17: ("staff", "XCN"),
        19: ("id", "CX"), 39: ("organization", "HD"), 42: ("organization", "PL"),
        43: ("organization", "PL"), 50: ("id", "CX"), 52: ("staff", "XCN"),
    },
    "PV2": {13: ("staff", "XCN"), 23: ("organization", "XON")},
    "ROL": {4: ("staff", "XCN"), 11: ("address", "XAD"), 12: ("phone", "XTN")},
    "PRT": {
        5: ("staff", "XCN"), 8: ("organization", "XON"), 14: ("address", "XAD"), 15: ("phone", "XTN"),
    },
    "CTD": {2: ("staff", "XPN"), 3: ("address", "XAD"), 5: ("phone", "XTN")},
    "ORC": {
        2: ("id", "EI"), 3: ("id", "EI"), 4: ("id", "EI"), 10: ("staff", "XCN"), 11: ("staff", "XCN"),
        12: ("staff", "XCN"), 14: ("phone", "XTN"), 19: ("staff", "XCN"), 21: ("organization", "XON"),
        22: ("address", "XAD"), 23: ("phone", "XTN"), 24: ("address", "XAD"),
    },
    "OBR": {
        2: ("id", "EI"), 3: ("id", "EI"), 10: ("staff", "XCN"), 16: ("staff", "XCN"),
        17: ("phone", "XTN"), 18: ("id", "EI"), 19: ("id", "EI"), 20: ("id", "EI"),
        21: ("id", "EI"), 28: ("staff", "XCN"), 32: ("staff", "CNN"), 33: ("staff", "CNN"),
        34: ("staff", "CNN"), 35: ("staff", "CNN"),
    },
    "OBX": {
        16: ("staff", "XCN"), 21: ("id", "EI"), 23: ("organization", "XON"), 24: ("address", "XAD"),
        25: ("staff", "XCN"),
    },
    "TXA": {
        5: ("staff", "XCN"), 9: ("staff", "XCN"), 10: ("staff", "XCN"), 11: ("staff", "XCN"),
        12: ("id", "EI"), 13: ("id", "EI"), 14: ("id", "EI"), 15: ("id", "EI"), 22: ("staff", "XCN"),
        23: ("staff", "XCN"),
    },
    "NTE": {5: ("staff", "XCN")},
    "SPM": {2: ("id", "EIP"), 3: ("id", "EIP")},
    "DG1": {16: ("staff", "XCN")},
    "PR1": {8: ("staff", "XCN"), 11: ("staff", "XCN"), 12: ("staff", "XCN")},
    "FT1": {
        2: ("id", "EI"), 20: ("staff", "XCN"), 21: ("staff", "XCN"), 23: ("id", "EI"),
        24: ("staff", "XCN"),
    },
    "RXO": {14: ("staff", "XCN"), 15: ("staff", "XCN")},
    "RXE": {13: ("staff", "XCN"), 14: ("staff", "XCN"), 15: ("id", "EI")},
    "RXD": {7: ("id", "EI"), 10: ("staff", "XCN"), 11: ("staff", "XCN")},
    "RXA": {10: ("staff", "XCN"), 11: ("organization", "PL")},
    "SCH": {
        1: ("id", "EI"), 2: ("id", "EI"), 12: ("staff", "XCN"), 13: ("phone", "XTN"),
        16: ("staff", "XCN"), 17: ("phone", "XTN"), 20: ("staff", "XCN"),
    },
    "AIP": {3: ("staff", "XCN")},
    "AIL": {3: ("organization", "PL")},
    "ACC": {7: ("staff", "XCN")},
}  # fmt: skip

# The data types in which an OBX may hand over an identifier as its value.
IDENTIFYING_VALUES: Mapping[str, tuple[str, str]] = {
    "PN": ("name", "XPN"), "XPN": ("name", "XPN"), "CN": ("staff", "XCN"), "XCN": ("staff", "XCN"),
    "AD": ("address", "XAD"), "XAD": ("address", "XAD"), "TN": ("phone", "XTN"), "XTN": ("phone", "XTN"),
    "CK": ("id", "CX"), "CX": ("id", "CX"), "EI": ("id", "EI"), "XON": ("organization", "XON"),
    "HD": ("organization", "HD"),
}  # fmt: skip

FACTS: Mapping[str, Fact] = {
    "DG1": Fact("condition", {
        "code": ((3, 1),), "code_system": ((3, 3), (2, 1)), "display": ((3, 2), (4, 1)), "start": ((5, 1),),
        "category": ((6, 1),),
    }),
    "AL1": Fact("allergy", {
        "code": ((3, 1),), "code_system": ((3, 3),), "display": ((3, 2),), "start": ((6, 1),),
        "category": ((2, 1),), "abnormal": ((4, 1),), "value_text": ((5, 2), (5, 1)),
    }, per_visit=False),
    "IAM": Fact("allergy", {
        "code": ((3, 1),), "code_system": ((3, 3),), "display": ((3, 2),), "start": ((11, 1), (13, 1)),
        "category": ((2, 1),), "abnormal": ((4, 1),), "value_text": ((5, 2), (5, 1)), "status": ((17, 1),),
    }, per_visit=False),
    "PR1": Fact("procedure", {
        "code": ((3, 1),), "code_system": ((3, 3), (2, 1)), "display": ((3, 2), (4, 1)), "start": ((5, 1),),
        "category": ((6, 1),),
    }),
    "RXO": Fact("medication", {
        "code": ((1, 1),), "code_system": ((1, 3),), "display": ((1, 2),), "value_number": ((2, 1),),
        "unit": ((4, 1), (4, 2)), "text": ((7, 2), (7, 1)),
    }),
    "RXE": Fact("medication", {
        "code": ((2, 1),), "code_system": ((2, 3),), "display": ((2, 2),), "value_number": ((3, 1),),
        "unit": ((5, 1), (5, 2)), "text": ((7, 2), (7, 1)), "start": ((1, 4),), "end": ((1, 5),),
    }),
    "RXD": Fact("medication", {
        "code": ((2, 1),), "code_system": ((2, 3),), "display": ((2, 2),), "start": ((3, 1),),
        "value_number": ((4, 1),), "unit": ((5, 1), (5, 2)), "text": ((9, 1),),
    }),
    "RXG": Fact("medication", {
        "code": ((4, 1),), "code_system": ((4, 3),), "display": ((4, 2),), "value_number": ((5, 1),),
        "unit": ((7, 1), (7, 2)), "start": ((3, 4),), "end": ((3, 5),), "text": ((13, 2), (13, 1)),
    }),
    "RXA": Fact("immunization", {
        "code": ((5, 1),), "code_system": ((5, 3),), "display": ((5, 2),), "start": ((3, 1),),
        "end": ((4, 1),), "value_number": ((6, 1),), "unit": ((7, 1), (7, 2)), "status": ((20, 1),),
    }),
}  # fmt: skip

PATIENT: Mapping[str, tuple[Place, ...]] = {
    "sex": ((8, 1),), "race": ((10, 1), (10, 2)), "ethnicity": ((22, 1), (22, 2)), "birth_date": ((7, 1),),
    "death_date": ((29, 1),),
}  # fmt: skip
ENCOUNTER: Mapping[str, tuple[Place, ...]] = {"category": ((2, 1),), "start": ((44, 1),), "end": ((45, 1),)}
ADMIT_REASON: tuple[Place, ...] = ((3, 2), (3, 1))

# What the code reads beyond these tables.
_READ: Mapping[str, Mapping[int, int]] = {
    "MSH": {1: ALL, 2: ALL, 7: 1, 18: ALL},
    "EVN": {2: 1},
    "PID": {1: ALL, 3: 10, 10: 2, 22: 2},
    "PV1": {1: ALL},
    "PV2": {3: 2},
    "ORC": {5: 1},
    "OBR": {1: ALL, 4: 3, 7: 1, 25: 1},
    "OBX": {1: ALL, 2: ALL, 3: 3, 4: 1, 5: ALL, 6: 3, 7: ALL, 8: 1, 11: 1, 14: 1},
    "TXA": {1: ALL, 2: 3, 4: 1, 17: 1},
    "NTE": {1: ALL, 3: ALL},
    "RXE": {5: 3},
    "RXD": {5: 3},
    "RXO": {4: 3},
    "RXG": {7: 3},
    "RXA": {7: 3},
}


def _known() -> dict[str, dict[int, int]]:
    known: dict[str, dict[int, int]] = {}
    tables = {
        **{name: fact.columns for name, fact in FACTS.items()},
        "PID": PATIENT,
        "PV1": ENCOUNTER,
    }
    for name, columns in tables.items():
        for number, component in (place for places in columns.values() for place in places):
            fields = known.setdefault(name, {1: ALL} if name != "RXO" else {})
            fields[number] = max(component, fields.get(number, 0))
    for name, numbers in IDENTITY.items():
        known.setdefault(name, {}).update(dict.fromkeys(numbers, ALL))
    for name, read in _READ.items():
        known.setdefault(name, {}).update(read)
    known["RXE"][1] = known["RXG"][3] = 0  # of quantity and timing, the frequency stays
    known["MRG"].clear()  # identifies, and says which numbers are one
    return known


KNOWN: Mapping[str, Mapping[int, int]] = _known()
