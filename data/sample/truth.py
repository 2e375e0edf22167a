"""Say what the sample holds: counts, what is wrong with it, and every identifier in it."""

from typing import Any

import tables
from hospital import World
from people import NURSES, PHYSICIANS, Patient, Physician
from units import Files


def count(files: Files) -> dict[str, Any]:
    """Count the units of a feed's day; positions are 1-based within their file."""
    placed = [(name, spot, unit) for name, units in files.items() for spot, unit in enumerate(units, 1)]
    return {
        "units": len(placed),
        "files": {name: len(units) for name, units in files.items()},
        "notes": sum(unit.note and not unit.wrong for _, _, unit in placed),
        "wrong": [{"kind": unit.wrong, "file": name, "position": spot} for name, spot, unit in placed if unit.wrong],
        "repeated": [{"kind": unit.tag, "file": name, "position": spot} for name, spot, unit in placed if unit.tag],
    }


def late(world: World) -> list[dict[str, Any]]:
    """List what a note of day 1 tells ahead of the structured fields."""
    mrns = {patient.last: patient.mrn for patient in world.patients}
    return [
        {
            "mrn": mrns[row.last],
            "field": row.field,
            "values": list(row.value),
            "told": {"feed": row.told_in, "day": tables.DAYS[0]},
            "structured": {feed: tables.DAYS[day - 1] for feed, day in row.shown.items()},
        }
        for row in tables.LATE
    ]


def identifiers(world: World) -> list[dict[str, str]]:
    """List every identifier with its type and whose it is: an MRN, `staff` or `facility`."""
    rows = [
        ("facility", "facility", tables.HOSPITAL),
        ("facility", "street", tables.HOSPITAL_ADDRESS[0]),
        ("facility", "phone", tables.HOSPITAL_PHONE),
        ("staff", "staff_id", tables.REGISTRAR[0]),
        ("staff", "last_name", tables.REGISTRAR[1]),
    ]
    for doctor in (*PHYSICIANS.values(), *NURSES):
        rows += [("staff", kind, value) for kind, value in _staff(doctor)]
    for patient in world.patients:
        rows += [(patient.mrn, kind, value) for kind, value in _patient(patient)]
    rows += [(visit.patient.mrn, "visit_number", visit.number) for visit in world.visits]
    return [{"type": kind, "value": value, "of": of} for of, kind, value in rows if value]


def _staff(doctor: Physician) -> list[tuple[str, str]]:
    return [
        ("npi", doctor.npi),
        ("last_name", doctor.last),
        ("first_name", doctor.first),
        ("full_name", f"{doctor.first} {doctor.last}"),
    ]


def _patient(patient: Patient) -> list[tuple[str, str]]:
    relatives = [each for each in (patient.kin, patient.new_kin) if each]
    addresses = [each for each in (patient.address, patient.new_address) if each]
    found = [
        ("mrn", patient.mrn), ("ssn", patient.ssn), ("account", patient.account),
        ("insurance_id", patient.insurance_id), ("birth_date", patient.born.isoformat()),
        ("last_name", patient.last), ("first_name", patient.first), ("middle_name", patient.middle),
        ("nickname", patient.nickname), ("maiden_name", patient.maiden), ("full_name", patient.full),
        ("phone", patient.home), ("phone", patient.mobile), ("phone", patient.new_mobile),
        ("email", patient.email), ("email", patient.new_email),
    ]  # fmt: skip
    for address in addresses:
        found += [("street", address.street), ("city", address.city), ("zip", address.zip)]
    for each in relatives:
        found += [("relative_name", each.full), ("relative_first_name", each.first), ("phone", each.phone)]
        found += [("relative_last_name", each.last)]
    return found
