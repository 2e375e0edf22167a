"""The table of who, where and which number a segment names.

`IDENTITY`: segment → field → (identifier type, HL7 data type). `IDENTIFYING_VALUES`: the same for the types of OBX-2.
"""

from __future__ import annotations

from collections.abc import Mapping

# Data types: XPN and XCN name people (XCN with a number first), CNN (and NDL) is XCN in subcomponents; XAD
# addresses, XTN phones, CX, EI and EIP numbers, XON, HD and CE (by its text) organizations, PL locations.
IDENTITY: Mapping[str, Mapping[int, tuple[str, str]]] = {
    "MSH": {4: ("organization", "HD"), 6: ("organization", "HD")},
    "EVN": {5: ("staff", "XCN"), 7: ("organization", "HD")},
    "PID": {
        2: ("id", "CX"), 3: ("id", "CX"), 4: ("id", "CX"), 5: ("name", "XPN"), 6: ("relative", "XPN"),
        7: ("birth_date", "ST"), 9: ("name", "XPN"), 11: ("address", "XAD"), 12: ("city", "ST"),
        13: ("phone", "XTN"), 14: ("phone", "XTN"), 18: ("id", "CX"), 19: ("ssn", "CX"), 20: ("id", "CX"),
        21: ("id", "CX"),
        23: ("city", "ST"), 40: ("phone", "XTN"),
    },
    "PD1": {3: ("organization", "XON"), 4: ("staff", "XCN"), 14: ("organization", "XON")},
    "PDA": {2: ("organization", "PL"), 5: ("staff", "XCN"), 8: ("staff", "XCN")},
    "MRG": {
        1: ("id", "CX"), 2: ("id", "CX"), 3: ("id", "CX"), 4: ("id", "CX"), 5: ("id", "CX"),
        6: ("id", "CX"), 7: ("name", "XPN"),
    },
    "NK1": {
        2: ("relative", "XPN"), 4: ("address", "XAD"), 5: ("phone", "XTN"), 6: ("phone", "XTN"),
        12: ("id", "CX"), 13: ("organization", "XON"), 16: ("birth_date", "ST"),
        26: ("relative", "XPN"), 30: ("relative", "XPN"), 31: ("phone", "XTN"), 32: ("address", "XAD"),
        33: ("id", "CX"), 37: ("ssn", "CX"), 38: ("city", "ST"), 40: ("phone", "XTN"), 41: ("phone", "XTN"),
    },
    "GT1": {
        2: ("id", "CX"), 3: ("relative", "XPN"), 4: ("relative", "XPN"), 5: ("address", "XAD"),
        6: ("phone", "XTN"), 7: ("phone", "XTN"), 8: ("birth_date", "ST"), 12: ("ssn", "CX"),
        16: ("organization", "XON"), 17: ("address", "XAD"), 18: ("phone", "XTN"), 19: ("id", "CX"),
        21: ("organization", "XON"), 29: ("id", "CX"), 42: ("relative", "XPN"), 45: ("relative", "XPN"),
        46: ("phone", "XTN"),
        51: ("organization", "XON"),
    },
    "IN1": {
        4: ("organization", "XON"), 5: ("address", "XAD"), 6: ("staff", "XPN"), 7: ("phone", "XTN"),
        8: ("id", "EI"), 9: ("organization", "XON"), 11: ("organization", "XON"), 14: ("id", "EI"),
        16: ("relative", "XPN"), 18: ("birth_date", "ST"), 19: ("address", "XAD"), 30: ("staff", "XCN"),
        36: ("id", "CX"), 44: ("address", "XAD"),
        49: ("id", "CX"),
    },
    "IN2": {
        1: ("id", "CX"), 2: ("ssn", "CX"), 3: ("organization", "XCN"), 6: ("id", "EI"),
        7: ("relative", "XPN"), 8: ("id", "EI"), 9: ("relative", "XPN"), 10: ("id", "EI"), 25: ("id", "CX"),
        26: ("id", "CX"),
        40: ("relative", "XPN"), 49: ("relative", "XPN"), 52: ("relative", "XPN"), 61: ("id", "CX"),
        63: ("phone", "XTN"), 64: ("phone", "XTN"),
    },
    "IN3": {3: ("staff", "XCN"), 8: ("staff", "XCN"), 14: ("staff", "XCN"), 25: ("staff", "XCN")},
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
    "CTD": {2: ("staff", "XPN"), 3: ("address", "XAD"), 5: ("phone", "XTN"), 7: ("id", "EI")},
    "PRD": {2: ("staff", "XPN"), 3: ("address", "XAD"), 5: ("phone", "XTN"), 7: ("id", "EI")},
    "STF": {
        2: ("id", "CX"), 3: ("staff", "XPN"), 6: ("birth_date", "ST"), 10: ("phone", "XTN"),
        11: ("address", "XAD"), 15: ("phone", "XTN"),
    },
    "PRA": {6: ("id", "EI")},
    "ORC": {
        2: ("id", "EI"), 3: ("id", "EI"), 4: ("id", "EI"), 8: ("id", "EIP"), 10: ("staff", "XCN"),
        11: ("staff", "XCN"), 12: ("staff", "XCN"), 14: ("phone", "XTN"), 19: ("staff", "XCN"),
        21: ("organization", "XON"),
        22: ("address", "XAD"), 23: ("phone", "XTN"), 24: ("address", "XAD"),
    },
    "OBR": {
        2: ("id", "EI"), 3: ("id", "EI"), 10: ("staff", "XCN"), 16: ("staff", "XCN"),
        17: ("phone", "XTN"), 18: ("id", "EI"), 19: ("id", "EI"), 20: ("id", "EI"),
        21: ("id", "EI"), 28: ("staff", "XCN"), 29: ("id", "EIP"), 32: ("staff", "CNN"), 33: ("staff", "CNN"),
        34: ("staff", "CNN"), 35: ("staff", "CNN"),
    },
    "OBX": {
        15: ("organization", "CE"), 16: ("staff", "XCN"), 21: ("id", "EI"), 23: ("organization", "XON"),
        24: ("address", "XAD"),
        25: ("staff", "XCN"),
    },
    "TXA": {
        5: ("staff", "XCN"), 9: ("staff", "XCN"), 10: ("staff", "XCN"), 11: ("staff", "XCN"),
        12: ("id", "EI"), 13: ("id", "EI"), 14: ("id", "EI"), 15: ("id", "EI"), 22: ("staff", "XCN"),
        23: ("staff", "XCN"),
    },
    "NTE": {5: ("staff", "XCN")},
    "SPM": {2: ("id", "EIP"), 3: ("id", "EIP")},
    "SAC": {2: ("id", "EI"), 3: ("id", "EI"), 4: ("id", "EI")},
    "IAM": {7: ("id", "EI"), 14: ("relative", "XPN"), 18: ("staff", "XCN")},
    "DG1": {16: ("staff", "XCN"), 20: ("id", "EI")},
    "PRB": {4: ("id", "EI")},
    "PR1": {8: ("staff", "XCN"), 11: ("staff", "XCN"), 12: ("staff", "XCN"), 19: ("id", "EI")},
    "FT1": {
        2: ("id", "EI"), 20: ("staff", "XCN"), 21: ("staff", "XCN"), 23: ("id", "EI"),
        24: ("staff", "XCN"),
    },
    "RXO": {14: ("staff", "XCN"), 15: ("staff", "XCN")},
    "RXE": {13: ("staff", "XCN"), 14: ("staff", "XCN"), 15: ("id", "EI")},
    "RXD": {7: ("id", "EI"), 10: ("staff", "XCN")},
    "RXA": {10: ("staff", "XCN"), 11: ("organization", "PL")},
    "SCH": {
        1: ("id", "EI"), 2: ("id", "EI"), 12: ("staff", "XCN"), 13: ("phone", "XTN"),
        14: ("address", "XAD"), 15: ("organization", "PL"), 16: ("staff", "XCN"), 17: ("phone", "XTN"),
        18: ("address", "XAD"), 19: ("organization", "PL"), 20: ("staff", "XCN"), 21: ("phone", "XTN"),
        22: ("organization", "PL"), 26: ("id", "EI"), 27: ("id", "EI"),
    },
    "AIP": {3: ("staff", "XCN")},
    "AIL": {3: ("organization", "PL")},
    "ACC": {7: ("staff", "XCN")},
    "VAR": {4: ("staff", "XCN")},
    "CSR": {4: ("id", "CX"), 5: ("id", "CX"), 8: ("staff", "XCN"), 10: ("staff", "XCN")},
}  # fmt: skip

# The data types in which an OBX may hand over an identifier as its value.
IDENTIFYING_VALUES: Mapping[str, tuple[str, str]] = {
    "PN": ("name", "XPN"), "XPN": ("name", "XPN"), "CN": ("staff", "XCN"), "XCN": ("staff", "XCN"),
    "AD": ("address", "XAD"), "XAD": ("address", "XAD"), "TN": ("phone", "XTN"), "XTN": ("phone", "XTN"),
    "CK": ("id", "CX"), "CX": ("id", "CX"), "EI": ("id", "EI"), "XON": ("organization", "XON"),
    "HD": ("organization", "HD"),
}  # fmt: skip
