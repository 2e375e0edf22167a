"""Write the notes of the sample: decide which visit gets which, then fill a layout."""

import datetime as dt
import random
import re
from dataclasses import dataclass
from pathlib import Path

import codes
import phrases
import tables
from hospital import DAYS, Result, Visit, World, labs, stable_id, vitals
from people import NURSES, PHYSICIANS, Patient, Physician, Relative, ascii_fold

_FOLDER = Path(__file__).parent / "templates"
TEMPLATES = {
    kind: [path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob(f"{kind}-*.txt"))]
    for kind in codes.NOTE_TYPES
}

AFTER_DISCHARGE = ("discharge", "ed_discharge", "death", "ed", "clinic", "phone")


@dataclass(frozen=True)
class Note:
    """Hold one finished note."""

    id: str
    kind: str
    visit: Visit
    day: int
    author: Physician
    written: dt.datetime
    text: str

    @property
    def type(self) -> codes.NoteType:
        """Return what the kind is called in each feed."""
        return codes.NOTE_TYPES[self.kind]


def notes(world: World, feed: str, day: int) -> list[Note]:
    """Write a feed's notes of a day."""
    return [_write(world, feed, visit, day, kind) for visit in world.active(day) for kind in _kinds(feed, visit, day)]


def _kinds(feed: str, visit: Visit, day: int) -> list[str]:
    """Say which notes a visit gets, so that no text is in two feeds."""
    admitted, leaves = day == visit.first, day == visit.last
    tells = _told(feed, visit, day) is not None
    if visit.patient.died and leaves:
        return ["death"] if feed == "hl7v2" else []
    arrives = visit.kind == "IMP" and admitted
    early_hp = arrives and (tells or visit.index % 6 == 0)
    if feed == "hl7v2":
        picks: dict[str, object] = {
            "radiology": admitted and visit.kind != "AMB" and visit.scenario.imaging is not None,
            "hp": early_hp,
            "ed": visit.kind == "EMER",
            "discharge": visit.kind == "IMP" and leaves and visit.index % 4 != 3,
        }
    elif feed == "fhir":
        middle = visit.kind == "IMP" and not admitted and not leaves
        picks = {
            "hp": arrives and not early_hp and (day != 2 or visit.index % 4 == 1),
            "consult": arrives and (tells or visit.index % (2 if day == 1 else 6) == 0),
            "procedure": day == visit.first + 1 and bool(visit.scenario.procedure),
            "progress": middle and (day == 2 or visit.index % 5 != 0),
            "discharge": visit.kind == "IMP" and leaves and visit.index % 4 == 3,
            "ed_discharge": visit.kind == "EMER",
        }
    else:
        picks = {
            "nursing": visit.kind == "IMP" and (tells or (visit.index + day) % 2 == 0 or day == 1),
            "clinic": visit.kind == "AMB",
            "dialogue": visit.kind == "AMB",
            "phone": visit.kind == "IMP" and leaves and visit.index % (4 if day == 3 else 2) == 1,
        }
    return [kind for kind, wanted in picks.items() if wanted]


def _told(feed: str, visit: Visit, day: int) -> str | None:
    """Name the field that a note of day 1 tells ahead of the structured data."""
    if day > 1:
        return None
    rows = (row for row in tables.LATE if row.last == visit.patient.last and row.told_in == feed)
    return next((row.field for row in rows), None)


def _write(world: World, feed: str, visit: Visit, day: int, kind: str) -> Note:
    rng = random.Random(f"{world.seed}/note/{feed}/{visit.number}/{day}/{kind}")
    author = {
        "radiology": PHYSICIANS["radiology"], "consult": visit.consultant, "nursing": rng.choice(NURSES),
        "phone": rng.choice(NURSES),
    }.get(kind, visit.attending)  # fmt: skip
    written = dt.datetime.combine(DAYS[day - 1], dt.time(rng.randint(12, 19), rng.randint(0, 59)))
    if day == visit.last and visit.discharge is not None:
        minutes = dt.timedelta(minutes=rng.randint(5, 20))
        written = visit.discharge + (minutes if kind in AFTER_DISCHARGE else -minutes)
    values = context(world.seed, rng, visit, day, author, written)
    layout = rng.choice(TEMPLATES[kind])
    told = _told(feed, visit, day)
    if told is None:
        layout = re.sub(r"^\{mention\}\n", "", layout, flags=re.MULTILINE)
    else:
        values["mention"] = phrases.MENTIONS[told].format_map(values)
    text = layout.format_map(values)
    text = text.upper() if kind == "radiology" and rng.random() < 0.6 else text
    text = re.sub(r" +\n", "\n", re.sub(r"(?<=\S) {2}(?=[a-zA-Z])", " ", text)).replace("\n\n\n", "\n\n")
    note_id = stable_id("note", feed, visit.number, day, kind)
    return Note(note_id, kind, visit, day, author, written, text.strip())


def context(
    seed: int, rng: random.Random, visit: Visit, day: int, author: Physician, written: dt.datetime
) -> dict[str, str]:
    """Return every value a layout can name."""
    measured = {result.key: result.value for result in vitals(seed, visit, day)}
    values = (
        _person(rng, visit.patient, written.date())
        | _contact(rng, visit.patient)
        | _staff(rng, visit, author)
        | _dates(rng, visit, written)
        | {key: measured[key] for key in ("hr", "rr", "temp", "spo2")}
        | {"bp": f"{measured['sys']}/{measured['dia']}", "labs": lab_line(labs(seed, visit, day))}
    )
    return values | _clinical(rng, visit, day, values)


def lab_line(results: list[Result]) -> str:
    """Write results the way clinicians do."""
    marks = {"H": " (H)", "L": " (L)"}
    return ", ".join(
        f"{codes.SHORT[each.key]} {each.comparator}{each.value.lower()}{marks.get(each.flag, '')}" for each in results
    )


def _person(rng: random.Random, patient: Patient, today: dt.date) -> dict[str, str]:
    child, male = patient.age(today) < 18, patient.sex == "M"
    title = "Mr." if male else "Mrs." if patient.marital in "MW" else "Ms."
    he, him, his = ("he", "him", "his") if male else ("she", "her", "her")
    middle = patient.middle[:1]
    upper = f"{patient.last}, {patient.first} {middle}".strip().upper()
    word = ("boy" if male else "girl") if child else ("man" if male else "woman")
    return {
        "first": patient.first, "last": patient.last, "full": patient.full, "maiden": patient.maiden,
        "mr": patient.first if child else f"{title} {patient.last}", "mr_full": f"{title} {patient.full}",
        "last_first": ascii_fold(upper) if rng.random() < 0.5 else upper,
        "nick": patient.nickname or patient.first,
        "nee": f" (née {patient.maiden})" if patient.maiden else "",
        "initials": ".".join(filter(None, (patient.first[0], middle, patient.last[0].upper()))) + ".",
        "he": he, "him": him, "his": his, "He": he.capitalize(), "sex": patient.sex, "sex_word": word,
        "age": str(patient.age(today)), "a_age": f"a{'n' * _an(patient.age(today))} {patient.age(today)}",
        "mrn": patient.mrn, "account": patient.account, "insurance": patient.insurance_id,
        "ssn": patient.ssn if rng.random() < 0.7 else patient.ssn.replace("-", " "),
        "dob_us": f"{patient.born:%m/%d/%Y}", "dob_iso": patient.born.isoformat(),
        "dob_long": f"{patient.born:%B} {patient.born.day}, {patient.born.year}",
    }  # fmt: skip


def _an(age: int) -> bool:
    return age in (8, 11, 18) or 80 <= age <= 89


def _phone(rng: random.Random, phone: str) -> str:
    area, exchange, line = phone.split("-")
    return rng.choice((
        phone, f"({area}) {exchange}-{line}", f"{area}.{exchange}.{line}", f"{area} {exchange} {line}",
        f"+1 {area} {exchange} {line}", f"{area}{exchange}{line}",
    ))  # fmt: skip


def _kin_words(prefix: str, kin: Relative | None) -> dict[str, str]:
    if kin is None:
        return {}
    return {f"{prefix}kin": kin.full, f"{prefix}kin_first": kin.first, f"{prefix}rel": kin.relation}


def _contact(rng: random.Random, patient: Patient) -> dict[str, str]:
    words = {
        "home": _phone(rng, patient.home), "mobile": _phone(rng, patient.mobile), "email": patient.email,
        "street": patient.address.street, "city": patient.address.city, "state": patient.address.state,
        "zip": patient.address.zip, "address": patient.address.line,
        "kin_phone": _phone(rng, patient.kin.phone), "kin_phone_alt": _phone(rng, patient.kin.phone),
        "new_mobile": _phone(rng, patient.new_mobile) if patient.new_mobile else "",
        "new_email": patient.new_email,
        "new_address": patient.new_address.line if patient.new_address else "",
        "new_kin_phone": _phone(rng, patient.new_kin.phone) if patient.new_kin else "",
    }  # fmt: skip
    words |= _kin_words("", patient.kin) | _kin_words("new_", patient.new_kin)
    return words | {"rel": words["rel"].lower(), "rel_cap": words["rel"]}


def _staff(rng: random.Random, visit: Visit, author: Physician) -> dict[str, str]:
    consultant, pcp = visit.consultant, visit.patient.pcp
    if pcp == author:
        pcp = PHYSICIANS["medicine"]
    nurse = rng.choice(NURSES)
    return {
        "author": author.full, "att": f"Dr. {visit.attending.last}", "att_full": visit.attending.full,
        "con": f"Dr. {consultant.last}", "con_full": consultant.full, "con_spec": consultant.specialty,
        "con_spec_caps": consultant.specialty.upper(), "pcp": f"Dr. {pcp.last}",
        "rad_full": PHYSICIANS["radiology"].full, "nurse": f"{nurse.first[0]}. {nurse.last}",
        "hospital": tables.HOSPITAL, "hosp_street": tables.HOSPITAL_ADDRESS[0],
        "hosp_city": f"{tables.HOSPITAL_ADDRESS[1]}, {tables.HOSPITAL_ADDRESS[2]}",
        "hosp_phone": _phone(rng, tables.HOSPITAL_PHONE), "ward": visit.ward, "room": visit.room,
        "visit": visit.number,
    }  # fmt: skip


def _dates(rng: random.Random, visit: Visit, written: dt.datetime) -> dict[str, str]:
    near_past = visit.admit.date() - dt.timedelta(days=rng.randint(1, 4))
    far_past = visit.admit.date() - dt.timedelta(days=rng.randint(30, 700))
    follow = written.date() + dt.timedelta(days=rng.randint(5, 16))
    follow += dt.timedelta(days=(0, 0, 0, 0, 0, 2, 1)[follow.weekday()])  # the clinic is shut on weekends
    tomorrow = written.date() + dt.timedelta(days=1)
    named = {"d": written.date(), "admit": visit.admit.date(), "follow": follow, "next": tomorrow}
    words = {f"{name}_{form}": text for name, date in named.items() for form, text in date_forms(date).items()}
    past, recent = date_forms(far_past), date_forms(near_past)
    words |= {f"prior_{form}": past[form] for form in ("us", "long", "mon", "iso", "year")}
    words |= {"prior_short": recent["short"], "prior_day": recent["weekday"]}
    return words | {
        "time": f"{written:%H:%M}" if rng.random() < 0.7 else f"{written:%H%M}",
        "admit_time": f"{visit.admit:%H:%M}",
        "hd": str((written.date() - visit.admit.date()).days + 1),
    }


def date_forms(date: dt.date) -> dict[str, str]:
    """Write a date in the forms notes use."""
    return {
        "us": f"{date:%m/%d/%Y}", "long": f"{date:%B} {date.day}, {date.year}",
        "mon": f"{date.day} {date:%b} {date.year}", "iso": date.isoformat(),
        "short": f"{date.month}/{date.day}",
        "weekday": f"{date:%A}", "day": f"{date:%A}, {date:%B} {date.day}", "year": str(date.year),
    }  # fmt: skip


def _lower_first(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _clinical(rng: random.Random, visit: Visit, day: int, values: dict[str, str]) -> dict[str, str]:
    scenario, child = visit.scenario, visit.patient.age(visit.admit.date()) < 18
    drugs = [codes.DRUGS[key] for key in scenario.drugs]
    first_near, second_near = rng.sample(phrases.NEAR_MISSES, 2)
    picks = {
        "complaint": scenario.complaint, "dx": scenario.title, "hpi": rng.choice(scenario.hpi),
        "exam": scenario.exam, "course": scenario.course, "opinion": scenario.opinion,
        "advice": scenario.advice, "procedure": scenario.procedure, "nursing": rng.choice(scenario.nursing),
        "history": rng.choice(phrases.CHILD_HISTORY if child else phrases.HISTORY),
        "social": rng.choice(phrases.CHILD_SOCIAL if child else phrases.SOCIAL),
        "allergy": phrases.ALLERGIES[visit.index % len(phrases.ALLERGIES)],
        "near1": first_near, "near2": second_near,
        "weight": f"{rng.uniform(19, 34) if scenario.ward == 'ED' else rng.uniform(54, 98):.1f}",
    }  # fmt: skip
    picks |= {f"plan{number}": line for number, line in enumerate(scenario.plan, 1)}
    if scenario.imaging is not None:
        study = scenario.imaging
        picks |= {"image": study.name, "technique": study.technique}
        picks |= {"findings": study.findings, "impression": study.impression}
    words = {name: text.format_map(values | picks) for name, text in picks.items()}
    return words | {
        "dx_cap": words["dx"][0].upper() + words["dx"][1:],
        "complaint_cap": words["complaint"].capitalize(),
        **{f"plan{number}_low": _lower_first(words[f"plan{number}"]) for number in (1, 2, 4)},
        "meds": ", ".join(drug.name for drug in drugs),
        "med1": drugs[0].name,
        "med_list": "\n".join(f"- {drug.name} {drug.sig}" for drug in drugs),
        "mention": "",
    }
