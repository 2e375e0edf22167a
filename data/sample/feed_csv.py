"""Write the CSV feed: one table a file, as a hospital's reporting database exports it."""

import csv
import datetime as dt
import io
from collections.abc import Iterator

import codes
import tables
from hospital import DAYS, Result, Visit, World, labs, vitals
from notes import notes
from people import Patient
from units import Files, Unit, insert

COLUMNS = {
    "patients.csv": (
        "mrn,last_name,first_name,middle_name,maiden_name,dob,sex,race,ethnicity,address,city,state,"
        "zip,phone_home,phone_mobile,email,ssn,insurance_id,account_no,next_of_kin,next_of_kin_phone,"
        "pcp_name,deceased_date,updated_at"
    ),
    "encounters.csv": ("encounter_id,mrn,class,admit_time,discharge_time,attending,facility,room,reason,updated_at"),
    "diagnoses.csv": "diagnosis_id,encounter_id,mrn,icd10,description,diagnosed_on,updated_at",
    "observations.csv": ("observation_id,encounter_id,mrn,loinc,name,value,unit,low,high,flag,taken_at,updated_at"),
    "medications.csv": ("order_id,encounter_id,mrn,rxnorm,drug,sig,ordered_by,start_date,end_date,status,updated_at"),
    "notes.csv": "note_id,encounter_id,mrn,note_type,author,written_at,note_text,updated_at",
}
CLASSES = {"IMP": "Inpatient", "EMER": "Emergency", "AMB": "Outpatient"}


def files(world: World, day: int) -> Files:
    """Write all tables of a day; the units are the data rows."""
    stamp = f"{DAYS[day - 1]}T23:30:00"
    active = world.active(day)
    seen = {visit.patient.mrn: visit.patient for visit in active}
    tables_of_day: Files = {
        "patients.csv": [Unit(_row(_patient(patient, day), stamp)) for patient in seen.values()],
        "encounters.csv": [Unit(_row(_encounter(visit, day), stamp)) for visit in active],
        "diagnoses.csv": [Unit(_row(row, stamp)) for visit in active for row in _diagnoses(visit, day)],
        "observations.csv": [
            Unit(_row(_observation(visit, each), stamp))
            for visit in active
            for each in _measured(world.seed, visit, day)
        ],
        "medications.csv": [Unit(_row(row, stamp)) for visit in active for row in _medications(visit, day)],
        "notes.csv": [
            Unit(_row([note.id, note.visit.number, note.visit.patient.mrn, note.type.title, note.author.full,
                       _iso(note.written), note.text], stamp), note=True)
            for note in notes(world, "csv", day)
        ],
    }  # fmt: skip
    _spoil(tables_of_day, active[day], day, stamp)
    return tables_of_day


def render(name: str, units: list[Unit]) -> bytes:
    """Return a table's bytes, heading first."""
    return (COLUMNS[name] + "\n" + "".join(unit.text for unit in units)).encode()


def _spoil(files_of_day: Files, visit: Visit, day: int, stamp: str) -> None:
    mrn, number = visit.patient.mrn, visit.number
    short = _row([f"{number}-{day}x-hr", number, mrn, "8867-4", "Heart rate", "88"], stamp)
    insert(files_of_day["observations.csv"], short, "short_row")
    no_mrn = [f"RX{number}-{day}x", number, "", "161", "acetaminophen", "650 mg once", "", f"{DAYS[day - 1]}"]
    insert(files_of_day["medications.csv"], _row([*no_mrn, "", "active"], stamp), "empty_mrn")
    if day == 1:
        born_wrong = _patient(visit.patient, day)
        born_wrong[5] = "13/45/1990"
        insert(files_of_day["patients.csv"], _row(born_wrong, stamp), "impossible_date")
    elif day == 2:
        row = [f"DX{number}-x", number, mrn, "R51.9", "Headache, unspecified", "2026-02-30"]
        insert(files_of_day["diagnoses.csv"], _row(row, stamp), "impossible_date")
    else:
        encounter = _encounter(visit, day)
        encounter[3] = "2026-01-17T27:61:00"
        insert(files_of_day["encounters.csv"], _row(encounter, stamp), "impossible_date")


def _row(cells: list[str], stamp: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([*cells, stamp])
    return out.getvalue()


def _iso(time: dt.datetime) -> str:
    return time.isoformat(timespec="seconds")


def _patient(patient: Patient, day: int) -> list[str]:
    known = patient.known("csv", day)
    address, kin = known.new_address or known.address, known.new_kin or known.kin
    died = known.died.isoformat() if known.died is not None and known.died <= DAYS[day - 1] else ""
    return [
        known.mrn, known.last, known.first, known.middle, known.maiden, f"{known.born:%m/%d/%Y}", known.sex,
        tables.RACES[known.race][1], tables.ETHNICITIES[known.ethnicity][1], address.street, address.city,
        address.state, address.zip, known.home, known.new_mobile or known.mobile,
        known.new_email or known.email, known.ssn, known.insurance_id, known.account,
        f"{kin.full} ({kin.relation})", kin.phone, known.pcp.full, died,
    ]  # fmt: skip


def _encounter(visit: Visit, day: int) -> list[str]:
    end = visit.discharged_by(day)
    return [
        visit.number, visit.patient.mrn, CLASSES[visit.kind], _iso(visit.admit), _iso(end) if end else "",
        visit.attending.full, tables.HOSPITAL, f"{visit.ward}-{visit.room}", visit.scenario.complaint,
    ]  # fmt: skip


def _diagnoses(visit: Visit, day: int) -> Iterator[list[str]]:
    if day == visit.first:
        for rank, diagnosis in enumerate(visit.scenario.diagnoses, 1):
            yield [
                f"DX{visit.number}-{rank}", visit.number, visit.patient.mrn, diagnosis.icd10, diagnosis.name,
                visit.admit.date().isoformat(),
            ]  # fmt: skip


def _measured(seed: int, visit: Visit, day: int) -> list[Result]:
    rounds = vitals(seed, visit, day, 9)
    return rounds + labs(seed, visit, day)[:3]


def _observation(visit: Visit, each: Result) -> list[str]:
    low, high = ("" if bound is None else f"{bound:g}" for bound in (each.test.low, each.test.high))
    return [
        f"OB{each.id}", visit.number, visit.patient.mrn, each.test.loinc, each.test.name,
        f"{each.comparator}{each.value}", each.test.unit, low, high, "" if each.flag == "N" else each.flag,
        _iso(each.taken),
    ]  # fmt: skip


def _medications(visit: Visit, day: int) -> Iterator[list[str]]:
    ends = visit.last == day and visit.kind == "IMP"
    if day != visit.first and not ends:
        return
    for rank, key in enumerate(visit.scenario.drugs, 1):
        drug = codes.DRUGS[key]
        yield [
            f"RX{visit.number}-{rank}", visit.number, visit.patient.mrn, drug.rxnorm, drug.name, drug.sig,
            visit.attending.full, visit.admit.date().isoformat(), DAYS[day - 1].isoformat() if ends else "",
            "completed" if ends else "active",
        ]  # fmt: skip
