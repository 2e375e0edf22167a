"""Hold the invented people, places and staff that the sample hospital is made of."""

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
    """Say who a patient is and why they come; `stay` is first-last day, an empty last is still in."""

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


PATIENTS = tuple(
    PatientRow(*line.split("|"))
    for line in """
Núñez|José|Luis|Pepe||M|1957-03-22|O|H|M|pneumonia|1-3|
Whitfield|Margaret|Jane|Peggy|Kowalczyk|F|1933-08-04|W|N|W|pneumonia|1-2|
Long|David|Allen|||M|1949-11-30|W|N|M|pneumonia|2-3|
Achterberg-Lowe|Ingrid|Marie||Achterberg|F|1971-02-14|W|N|M|pneumonia|1-1|3
Tran|Minh|Quoc|||M|1968-06-19|A|N|M|pneumonia|3-|1
van der Berg|Willem|Pieter|Wim||M|1941-05-09|W|N|W|chf|1-3|
Washington|Ernestine|Ruth|Ernie|Pettway|F|1938-12-01|B|N|W|chf|1-|
Bill|Harold|Edwin|Hal||M|1935-01-28|W|N|M|chf|2-3|
de la Cruz|Consuelo|Inés|Chelo|Barragán|F|1946-04-17|O|H|M|chf|1-2|
Abernathy|Roscoe|Lee|||M|1952-10-06|B|N|D|chf|3-|2
Smith|John|Quincy|Jack||M|1954-07-08|W|N|M|copd|1-3|
White|Dolores|Ann|Dolly|Hutchins|F|1950-09-15|W|N|W|copd|1-2|
Begay|Raymond|Thomas|||M|1959-03-03|I|N|M|copd|2-|
O'Shaughnessy|Kathleen|Mary|Kitty|Doyle|F|1947-12-24|W|N|W|copd|2-2|
Price|Leonard|James|Lenny||M|1955-08-21|B|N|M|copd|3-|1
Martínez|Sofía|Isabel|||F|1999-05-27|O|H|S|dka|1-3|
Kapoor|Arjun|Dev|||M|1988-10-12|A|N|S|dka|1-2|
Young|Tiffany|Nicole|Tiff|Grant|F|1985-02-09|B|N|M|dka|2-|
Lindqvist|Erik|Johan|||M|2009-06-30|W|N|S|dka|2-3|
Kealoha|Leilani|Kai|Lani|Mahoe|F|1993-11-11|P|N|M|dka|3-|2
Rivera-Santos|Camila|Andrea|Cami||F|2004-03-19|O|H|S|appendicitis|1-2|
Park|Ji-hoon||Danny||M|1996-01-05|A|N|S|appendicitis|2-3|
Brown|Tyler|Matthew|Ty||M|2012-09-02|B|N|S|appendicitis|1-3|
Novák|Petra|Ludmila||Svobodová|F|1990-07-14|W|N|M|appendicitis|3-|
Foster|Grace|Eleanor|||F|1981-12-08|W|N|S|appendicitis|2-3|
Delacroix|Geneviève|Simone|Gen|Thibodeaux|F|1931-06-11|W|N|W|hip|1-3|
Hill|Walter|Eugene|Walt||M|1940-02-20|W|N|W|hip|1-|
Nakamura|Hanako||Hana|Ishida|F|1939-09-29|A|N|W|hip|2-|
Fox|Beatrice|Louise|Bea|Winters|F|1944-10-25|W|N|D|hip|3-|
St. Clair|Augustus|Monroe|Gus||M|1936-03-31|B|N|M|hip|2-|
Rosenthal|Miriam|Leah||Goldfarb|F|1953-01-17|W|N|M|stroke|1-3|
Gray|Thomas|Patrick|Tom||M|1958-11-05|W|N|M|stroke|2-3|
Al-Masri|Yusuf|Ibrahim|Joe||M|1961-04-02|W|N|M|stroke|1-1|3
Early|Josephine|Pearl|Josie|Beckett|F|1948-05-30|B|N|W|stroke|2-|
Petrosyan|Anahit|||Sarkisian|F|1963-08-08|W|N|M|stroke|3-|2
McAllister|Agnes|Fiona|Nessie|Rae|F|1932-02-27|W|N|W|sepsis|1-3|
Rice|Clarence|Otis|||M|1943-07-19|B|N|W|sepsis|1-3|
Gutiérrez|Guadalupe||Lupe|Ochoa|F|1951-12-12|O|H|W|sepsis|2-3|
Sheldon|Priscilla|May|Prissy||F|1966-06-06|W|N|D|sepsis|2-|
Yazzie|Verna|Mae||Tsosie|F|1956-10-30|I|N|M|sepsis|3-|1
Okonkwo-Bell|Amara|Grace|||F|2016-04-23|B|N|S|asthma|1-1|
Pope|Ethan|Robert|||M|2017-08-15|W|N|S|asthma|2-2|
Mendoza|Mateo|Gabriel|Teo||M|2014-12-03|O|H|S|asthma|1-2|
Singh|Harpreet|Kaur|Preeti||F|2018-02-11|A|N|S|asthma|3-3|
Stone|Oliver|Henry|Ollie||M|2019-05-05|W|N|S|asthma|3-3|
Ferrari|Antonio|Carlo|Tony||M|1956-09-09|W|N|M|nstemi|1-3|
Banks|Lorraine|Denise||Upshaw|F|1960-03-16|B|N|D|nstemi|2-3|
Zhao|Wei||William||M|1964-12-20|A|N|M|nstemi|1-2|
Hart|Virginia|Lee|Ginny|Sloan|F|1945-08-28|W|N|W|nstemi|3-|1
Wood|Curtis|Ray|||M|1970-04-11|W|N|D|nstemi|2-|
Kowalski|Stanisław|Jan|Stan||M|1942-11-02|W|N|M|gibleed|1-3|
Day|Rosemary|Clare|Rosie|Finnegan|F|1937-05-21|W|N|W|gibleed|1-2|
Haddix|Jerome|Vincent|||M|1967-01-29|B|N|S|gibleed|2-3|
Bird|Eleanor|Joy|Nora|Lightfoot|F|1958-06-17|I|N|M|gibleed|3-|
Dubois-Martin|Luc|Henri|||M|1950-10-10|W|N|M|gibleed|3-|2
Green|Patricia|Susan|Patty|Vogel|F|1969-07-07|W|N|M|wellness|1-1|
Castillo|Fernando|Raúl|Nando||M|1975-09-13|O|H|M|wellness|2-2|
Lee|Christopher|Sung|Chris||M|1983-03-08|A|N|S|wellness|3-3|1
Marsh|Deborah|Kay|Debbie|Ainsworth|F|1962-12-18|W|N|D|wellness|1-1|3
Adeyemi|Taiwo|Oluwaseun|||M|1986-08-26|B|N|M|wellness|2-2|1
""".split("\n")[1:-1]
)
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
    ("Tamika", "Bowers"), ("Joanna", "Wrzos"), ("Miguel", "Estrada"), ("Heather", "Quimby"),
    ("Desmond", "Achebe"),
)
REGISTRAR = ("REG07", "Larkin", "Jo")

AREA_CODES = ("603", "802", "207", "307", "617", "978", "518", "413")
STREETS = (
    "Maple Street", "Old County Road", "Mill Pond Lane", "Prospect Avenue", "Sugarhouse Road", "Court Street",
    "Winding Brook Drive", "Ledge Hill Road", "South Main Street", "Meadow View Terrace", "Church Street",
    "Quarry Road", "Birch Hollow Lane", "Railroad Avenue", "Depot Street", "Orchard Hill Road",
)
PLACES = (  # 036, 059 and 821 are ZIP3 areas of fewer than 20,000 people
    ("Lebanon", "NH", "03766"), ("Hanover", "NH", "03755"), ("Claremont", "NH", "03743"),
    ("Keene", "NH", "03431"), ("Charlestown", "NH", "03603"), ("Walpole", "NH", "03608"),
    ("Canaan", "VT", "05903"), ("Guildhall", "VT", "05905"), ("White River Junction", "VT", "05001"),
    ("Montpelier", "VT", "05602"), ("Burlington", "VT", "05401"), ("Concord", "NH", "03301"),
    ("Yellowstone National Park", "WY", "82190"), ("Portland", "ME", "04101"), ("Newport", "NH", "03773"),
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
        "van der Berg", "new_kin", ("Saskia", "Vermeulen", "Daughter", "413-555-0116"), "hl7v2", {"csv": 3},
    ),
    LateRow(
        "Delacroix", "new_address", ("27 Ferry Landing Apt 3C", "Walpole", "NH", "03608"), "csv",
        {"hl7v2": 3},
    ),
    LateRow("Smith", "nickname", ("Jack",), "hl7v2", {"fhir": 2}),
    LateRow("Martínez", "new_email", ("sofi.mtz99@example.com",), "fhir", {"hl7v2": 2, "csv": 3}),
    LateRow("Rosenthal", "maiden", ("Goldfarb",), "hl7v2", {"csv": 3, "fhir": 3}),
    LateRow(
        "McAllister", "new_kin", ("Callum", "Drummond", "Son-in-law", "207-555-0193"), "fhir", {"hl7v2": 2},
    ),
    LateRow("Ferrari", "new_mobile", ("617-555-0129",), "csv", {"fhir": 3}),
    LateRow("Kowalski", "nickname", ("Stan",), "csv", {"hl7v2": 3}),
)
