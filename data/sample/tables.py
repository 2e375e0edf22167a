"""Hold the invented people, places and staff that the sample hospital is made of."""

import csv
from pathlib import Path
from typing import NamedTuple

DAYS = ("2026-01-15", "2026-01-16", "2026-01-17")

HOSPITAL = "Cedar Ridge Medical Center"
HOSPITAL_ADDRESS = ("400 Cedar Ridge Road", "Lebanon", "NH", "03766")
HOSPITAL_PHONE = "603-555-0100"

RACES = {
    "W": ("2106-3", "White"),
    "B": ("2054-5", "Black or African American"),
    "A": ("2028-9", "Asian"),
    "I": ("1002-5", "American Indian or Alaska Native"),
    "P": ("2076-8", "Native Hawaiian or Other Pacific Islander"),
    "O": ("2131-1", "Other Race"),
}
ETHNICITIES = {"H": ("2135-2", "Hispanic or Latino"), "N": ("2186-5", "Not Hispanic or Latino")}
MARITAL = {"M": "Married", "S": "Never Married", "W": "Widowed", "D": "Divorced"}


class PatientRow(NamedTuple):
    """Say who a patient is and why they come; `stay` is first-last day, an empty last is still in.

    Sex, race, ethnicity and marital status are codes of HL7 or of the tables above.
    """

    last: str
    first: str
    middle: str
    nickname: str
    maiden: str
    sex: str
    born: str
    race: str
    ethnicity: str
    marital: str
    scenario: str
    stay: str
    clinic_day: str  # day of a second, ambulatory visit; empty for none


with (Path(__file__).parent / "roster.csv").open(encoding="utf-8", newline="") as _file:
    PATIENTS = tuple(PatientRow(**row) for row in csv.DictReader(_file))
DIED = {"Rice": "2026-01-17"}


class StaffRow(NamedTuple):
    """Name a member of staff; physicians alone have an NPI."""

    npi: str
    last: str
    first: str
    middle: str
    suffix: str
    specialty: str


PHYSICIANS = {
    "medicine": StaffRow("1234567893", "Okafor", "Ngozi", "A", "MD", "Internal Medicine"),
    "cardiology": StaffRow("1306849211", "Bergström", "Anna", "L", "MD", "Cardiology"),
    "pulmonary": StaffRow("1477552867", "Patel", "Rajesh", "K", "MD", "Pulmonary Medicine"),
    "surgery": StaffRow("1588667638", "O'Brien", "Siobhan", "M", "MD", "General Surgery"),
    "orthopedics": StaffRow("1699774505", "White", "Marcus", "T", "DO", "Orthopedic Surgery"),
    "neurology": StaffRow("1285690016", "Nguyen", "Linh", "T", "MD", "Neurology"),
    "gastro": StaffRow("1922031137", "Haddad", "Samir", "E", "MD", "Gastroenterology"),
    "pediatrics": StaffRow("1740283779", "Fitzgerald-Ruiz", "Elena", "C", "MD", "Pediatrics"),
    "family": StaffRow("1811905565", "Marchetti", "Paul", "J", "MD", "Family Medicine"),
    "radiology": StaffRow("1366442782", "Kwon", "Daniel", "S", "MD", "Radiology"),
}
NURSES = (
    ("Tamika", "Bowers"),
    ("Joanna", "Wrzos"),
    ("Miguel", "Estrada"),
    ("Heather", "Quimby"),
    ("Desmond", "Achebe"),
)
REGISTRAR = ("REG07", "Larkin", "Jo")

AREA_CODES = ("603", "802", "207", "307", "617", "978", "518", "413")
STREETS = (
    "Maple Street",
    "Old County Road",
    "Mill Pond Lane",
    "Prospect Avenue",
    "Sugarhouse Road",
    "Court Street",
    "Winding Brook Drive",
    "Ledge Hill Road",
    "South Main Street",
    "Meadow View Terrace",
    "Church Street",
    "Quarry Road",
    "Birch Hollow Lane",
    "Railroad Avenue",
    "Depot Street",
    "Orchard Hill Road",
)
PLACES = (  # 036, 059 and 821 are ZIP3 areas of fewer than 20,000 people
    ("Lebanon", "NH", "03766"),
    ("Hanover", "NH", "03755"),
    ("Claremont", "NH", "03743"),
    ("Keene", "NH", "03431"),
    ("Charlestown", "NH", "03603"),
    ("Walpole", "NH", "03608"),
    ("Canaan", "VT", "05903"),
    ("Guildhall", "VT", "05905"),
    ("White River Junction", "VT", "05001"),
    ("Montpelier", "VT", "05602"),
    ("Burlington", "VT", "05401"),
    ("Concord", "NH", "03301"),
    ("Yellowstone National Park", "WY", "82190"),
    ("Portland", "ME", "04101"),
    ("Newport", "NH", "03773"),
    ("Boston", "MA", "02118"),
)
KIN_FIRST = {
    "F": ("Carol", "Denise", "Rosa", "Helen", "Yvonne", "Claire", "Bridget", "Naomi", "Alice"),
    "M": ("Robert", "Paul", "Hector", "George", "Samuel", "Victor", "Neil", "Andre", "Frank"),
}
KIN_LAST = ("Pruitt", "Esposito", "Langley", "Moreau", "Castellano", "Hendricks", "Osei", "Vance", "Tuttle")
PAYERS = (("NGHP", "Northern Granite Health Plan"), ("MCR", "Medicare"), ("GMC", "Green Mountain Care"))


class LateRow(NamedTuple):
    """Say what a note of day 1 tells before a structured field does; `shown` maps feed to day."""

    last: str
    field: str
    value: tuple[str, ...]
    told_in: str
    shown: dict[str, int]


LATE = (
    LateRow("Núñez", "new_mobile", ("978-555-0187",), "fhir", {"csv": 2}),
    LateRow("Whitfield", "maiden", ("Kowalczyk",), "csv", {"fhir": 2}),
    LateRow(
        "van der Berg",
        "new_kin",
        ("Saskia", "Vermeulen", "Daughter", "413-555-0116"),
        "hl7v2",
        {"csv": 3},
    ),
    LateRow(
        "Delacroix",
        "new_address",
        ("27 Ferry Landing Apt 3C", "Walpole", "NH", "03608"),
        "csv",
        {"hl7v2": 3},
    ),
    LateRow("Smith", "nickname", ("Jack",), "hl7v2", {"fhir": 2}),
    LateRow("Martínez", "new_email", ("sofi.mtz99@example.com",), "fhir", {"hl7v2": 2, "csv": 3}),
    LateRow("Rosenthal", "maiden", ("Goldfarb",), "hl7v2", {"csv": 3, "fhir": 3}),
    LateRow(
        "McAllister",
        "new_kin",
        ("Callum", "Drummond", "Son-in-law", "207-555-0193"),
        "fhir",
        {"hl7v2": 2},
    ),
    LateRow("Ferrari", "new_mobile", ("617-555-0129",), "csv", {"fhir": 3}),
    LateRow("Kowalski", "nickname", ("Stan",), "csv", {"hl7v2": 3}),
)
