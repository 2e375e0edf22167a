"""Make the patients, their relatives and the staff of the sample hospital."""

import datetime as dt
import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import tables


@dataclass(frozen=True)
class Address:
    """Hold one postal address."""

    street: str
    city: str
    state: str
    zip: str

    @property
    def line(self) -> str:
        """Return the address on one line."""
        return f"{self.street}, {self.city}, {self.state} {self.zip}"


@dataclass(frozen=True)
class Relative:
    """Hold a next of kin."""

    first: str
    last: str
    relation: str
    phone: str

    @property
    def full(self) -> str:
        """Return first and last name."""
        return f"{self.first} {self.last}"


@dataclass(frozen=True)
class Physician:
    """Hold a physician or, with no NPI, a nurse."""

    npi: str
    last: str
    first: str
    middle: str
    suffix: str
    specialty: str

    @property
    def full(self) -> str:
        """Return the name as it is signed."""
        return f"{self.first} {self.middle}. {self.last}, {self.suffix}".replace(" . ", " ")


@dataclass(frozen=True)
class Patient:
    """Hold everything the hospital will ever know of a patient; `new_*` came after registration."""

    mrn: str
    last: str
    first: str
    middle: str
    nickname: str
    maiden: str
    sex: str
    born: dt.date
    race: str
    ethnicity: str
    marital: str
    address: Address
    home: str
    mobile: str
    email: str
    ssn: str
    insurance_id: str
    payer: tuple[str, str]
    account: str
    kin: Relative
    pcp: Physician
    died: dt.date | None = None
    new_mobile: str = ""
    new_email: str = ""
    new_address: Address | None = None
    new_kin: Relative | None = None

    @property
    def full(self) -> str:
        """Return first and last name."""
        return f"{self.first} {self.last}"

    def age(self, on: dt.date) -> int:
        """Return whole years of age."""
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))

    def known(self, feed: str, day: int) -> "Patient":
        """Return the patient as the structured fields of a feed know them on a day."""
        hidden: dict[str, Any] = {
            late.field: None if late.field in ("new_address", "new_kin") else ""
            for late in tables.LATE
            if late.last == self.last and day < late.shown.get(feed, day + 1)
        }
        return replace(self, **hidden) if hidden else self


PHYSICIANS = {key: Physician(*row) for key, row in tables.PHYSICIANS.items()}
NURSES = tuple(Physician("", last, first, "", "RN", "Nursing") for first, last in tables.NURSES)


def ascii_fold(text: str) -> str:
    """Spell a name in plain ASCII."""
    return unicodedata.normalize("NFKD", text.replace("ł", "l")).encode("ascii", "ignore").decode()


def make_patients(seed: int) -> tuple[Patient, ...]:
    """Draw all patients, in the order of `tables.PATIENTS`."""
    rng = random.Random(f"{seed}/people")
    phones = _phones(rng)
    mrns = rng.sample(range(10_000_000, 99_999_999), len(tables.PATIENTS))
    return tuple(
        _patient(rng, row, f"{mrn}", phones, number)
        for number, (row, mrn) in enumerate(zip(tables.PATIENTS, mrns, strict=True))
    )


def _phones(rng: random.Random) -> Iterator[str]:
    taken = {tables.HOSPITAL_PHONE} | {value for late in tables.LATE for value in late.value}
    pool = [f"{area}-555-01{line:02}" for area in tables.AREA_CODES for line in range(100)]
    rng.shuffle(pool)
    return (phone for phone in pool if phone not in taken)


def _patient(rng: random.Random, row: tables.PatientRow, mrn: str, phones: Iterator[str], number: int) -> Patient:
    born = dt.date.fromisoformat(row.born)
    unit = rng.choice(("", "", f" Apt {rng.randint(1, 9)}{rng.choice('ABCD')}", f" #{rng.randint(2, 40)}"))
    street = f"{rng.randint(3, 940)} {rng.choice(tables.STREETS)}{unit}"
    address = Address(street, *tables.PLACES[number % len(tables.PLACES)])
    handle = ascii_fold(f"{row.first[0]}.{row.last}").lower().replace(" ", "").replace("'", "")
    patient = Patient(
        mrn=mrn, last=row.last, first=row.first, middle=row.middle, nickname=row.nickname, maiden=row.maiden,
        sex=row.sex, born=born, race=row.race, ethnicity=row.ethnicity, marital=row.marital, address=address,
        home=next(phones), mobile=next(phones),
        email=f"{handle}{rng.randint(1, 99)}@{rng.choice(('example.org', 'example.com'))}",
        # Area 9xx with groups 10-49 is never given out, neither as an SSN nor as an ITIN.
        ssn=f"9{rng.randint(0, 99):02}-{rng.randint(10, 49)}-{rng.randint(1000, 9999)}",
        insurance_id=f"{rng.choice('ABCHKWX')}{rng.randint(100_000_000, 999_999_999)}",
        payer=tables.PAYERS[1] if born.year < 1961 else tables.PAYERS[2 * (number % 2)],
        account=f"70{rng.randint(1_000_000, 9_999_999)}",
        kin=_kin(rng, row, next(phones)),
        pcp=PHYSICIANS["pediatrics" if row.scenario == "asthma" else "family"],
        died=dt.date.fromisoformat(tables.DIED[row.last]) if row.last in tables.DIED else None,
    )  # fmt: skip
    return _with_late(patient)


def _kin(rng: random.Random, row: tables.PatientRow, phone: str) -> Relative:
    if row.born >= "2007":
        relation, sex, last = "Mother", "F", row.last
    elif row.marital == "M":
        relation, sex, last = ("Wife", "F", row.last) if row.sex == "M" else ("Husband", "M", row.last)
    else:
        close = (("Mother", "F"), ("Father", "M"))
        if row.born < "1970":
            close = (("Daughter", "F"), ("Son", "M"))
        relation, sex = rng.choice((*close, ("Brother", "M"), ("Sister", "F")))
        last = rng.choice((row.last, *tables.KIN_LAST))
    return Relative(rng.choice(tables.KIN_FIRST[sex]), last, relation, phone)


def _with_late(patient: Patient) -> Patient:
    makers: dict[str, type] = {"new_address": Address, "new_kin": Relative}
    for late in tables.LATE:
        if late.last == patient.last and late.field.startswith("new_"):
            changes: dict[str, Any] = {late.field: makers.get(late.field, str)(*late.value)}
            patient = replace(patient, **changes)
    return patient
