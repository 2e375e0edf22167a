"""Notes made up for measurements, with where their identifiers are; no two are alike, and nobody in them exists."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Note(NamedTuple):
    """A text and the offsets of its identifiers."""

    text: str
    spans: list[tuple[int, int]]


_GIVEN = "Maria James Aisha Wei Robert Elena Thomas Ngozi Linda Ahmed Susan Pavel Carmen David Yuki Fatima".split()
_FAMILY = "Kowalski Johnson Okafor Chen Ramirez Novak Patel Lindqvist Murphy Haddad Tanaka Moreau Silva Becker".split()
_STREETS = "Maple Ave|Harbor Street|Cedar Ridge Road|Lakeview Dr|Old Mill Lane|Summit Blvd".split("|")
_CITIES = "Springfield, IL 62704|Burlington, VT 05401|Salem, OR 97301|Dayton, OH 45402".split("|")
_MONTHS = "January February March April June July August September October November December".split()
_SYLLABLES = "ba ke lo mi nu ra se ti vo zu dar fen gol hin jas kor lun mek nor pel quin rus tav wex yar zel".split()

_SECTIONS = (
    "PATIENT: {name}\nMRN: {mrn}   DOB: {date}\nDate of admission: {date}",
    "CHIEF COMPLAINT: Shortness of breath and {word} discomfort for 3 days.",
    "HPI: Mr. {family} is a 67 year old man with a history of COPD, Parkinson disease and type 2 diabetes who "
    "presented on {date} with fever to 101.2 and productive cough. He was seen by Dr. {family} the week before and "
    "started on azithromycin 250 mg daily without improvement.",
    "PMH: Hypertension, GERD, cholecystectomy, Graves disease, L4-L5 laminectomy. Former smoker, 20 pack-years.",
    "MEDICATIONS: Lisinopril 10 mg daily, metformin 500 mg BID, atorvastatin 40 mg qHS, insulin glargine 12 units.",
    "SOCIAL: Lives with his wife {given} at {street}, {city}. Retired teacher. Daughter can be reached at {phone}.",
    "EXAM: BP 128/76, HR 88, RR 18, SpO2 94% on 2 L. Lungs with crackles at the right base. Grade 2/6 systolic murmur. "
    "Strength 5/5 throughout, Babinski negative, reflexes 2+ and symmetric.",
    "LABS: Na 138, K 4.1, Cl 101, CO2 24, BUN 18, creatinine 1.1, glucose 142. WBC 13.2, Hgb 12.9, platelets 240.",
    "IMAGING: Chest x-ray shows a right lower lobe opacity consistent with pneumonia. No effusion or pneumothorax.",
    "ASSESSMENT AND PLAN: Community acquired pneumonia with {word} features. Continue ceftriaxone 1 g q24h and "
    "doxycycline 100 mg q12h; repeat chest x-ray in 4-6 weeks. Foley removed, Jackson-Pratt drain 15 mL.",
    "Wean oxygen as tolerated. Physical therapy twice a day. Blood cultures negative at 48 hours.",
    "FOLLOW-UP: {facility} on {date}. Questions: {phone} or {email}. Account {account}.",
    "Electronically signed by {name}, MD on {date} at 14:32",
)


def _word(rng: random.Random) -> str:
    return "".join(rng.choice(_SYLLABLES) for _ in range(4))


def _phone(rng: random.Random) -> str:
    form = rng.choice(("{}-555-0{}", "({}) 555-0{}", "{}.555.0{}"))
    return form.format(rng.randint(201, 989), rng.randint(100, 199))


def _date(rng: random.Random) -> str:
    year, month, day = rng.randint(2015, 2025), rng.randint(1, 11), rng.randint(1, 28)
    forms = (f"{month:02}/{day:02}/{year}", f"{year}-{month:02}-{day:02}", f"{_MONTHS[month - 1]} {day}, {year}")
    return rng.choice(forms)


def _family(rng: random.Random) -> str:
    """Return a known family name, or one that no list can hold."""
    return rng.choice(_FAMILY) if rng.random() < 0.5 else _word(rng).capitalize()


_SLOTS: dict[str, Callable[[random.Random], str]] = {
    "account": lambda rng: str(rng.randint(10**8, 10**9 - 1)),
    "city": lambda rng: rng.choice(_CITIES),
    "date": _date,
    "email": lambda rng: f"{_word(rng)}@example.org",
    "facility": lambda rng: f"{_word(rng).capitalize()} Memorial Hospital",
    "family": _family,
    "given": lambda rng: rng.choice(_GIVEN),
    "mrn": lambda rng: str(rng.randint(10**6, 10**8)),
    "name": lambda rng: f"{rng.choice(_GIVEN)} {_family(rng)}",
    "phone": _phone,
    "street": lambda rng: f"{rng.randint(1, 2000)} {rng.choice(_STREETS)}",
    "word": _word,
}
_SLOT = re.compile(r"\{(\w+)\}")


def notes(seed: int) -> Iterator[Note]:
    """Yield notes without end; `{word}` is no identifier, only a word that no other note has."""
    rng = random.Random(seed)
    while True:
        layout = "\n".join(section for section in _SECTIONS if rng.random() < 0.85)
        text, spans, at = "", [], 0
        for slot in _SLOT.finditer(layout):
            text += layout[at : slot.start()]
            value = _SLOTS[slot[1]](rng)
            if slot[1] != "word":
                spans.append((len(text), len(text) + len(value)))
            text += value
            at = slot.end()
        yield Note(text + layout[at:], spans)
