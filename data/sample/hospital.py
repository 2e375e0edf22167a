"""Make the visits of the sample hospital and what was measured and ordered in them."""

import datetime as dt
import random
import uuid
from dataclasses import dataclass
from typing import Literal

import codes
import tables
from people import PHYSICIANS, Patient, Physician, make_patients
from scenarios import SCENARIOS, Scenario

VisitClass = Literal["IMP", "EMER", "AMB"]
DAYS = tuple(dt.date.fromisoformat(day) for day in tables.DAYS)
_NAMESPACE = uuid.UUID("6f1c2a34-52d1-5b6e-9d0b-3c7d1f0a9e21")


@dataclass(frozen=True)
class Visit:
    """Hold one encounter; `first` and `last` count days from 1, a last of 9 is still in."""

    number: str
    patient: Patient
    scenario: Scenario
    kind: VisitClass
    first: int
    last: int
    admit: dt.datetime
    discharge: dt.datetime | None
    attending: Physician
    consultant: Physician
    ward: str
    room: str
    index: int

    def on(self, day: int) -> bool:
        """Say whether the patient was in on a day."""
        return self.first <= day <= self.last

    def discharged_by(self, day: int) -> dt.datetime | None:
        """Return the end of the visit if it was over on a day."""
        return self.discharge if self.last <= day else None


@dataclass(frozen=True)
class Result:
    """Hold one measurement; `code` is a SNOMED code when the value is coded."""

    id: str
    key: str
    test: codes.Measure
    value: str
    comparator: str
    code: str
    flag: str  # HL7 table 0078: N, H, L, A
    taken: dt.datetime


@dataclass(frozen=True)
class World:
    """Hold the whole sample hospital."""

    seed: int
    patients: tuple[Patient, ...]
    visits: tuple[Visit, ...]

    def active(self, day: int) -> tuple[Visit, ...]:
        """Return the visits that a day's export is about."""
        return tuple(visit for visit in self.visits if visit.on(day))


def stable_id(*parts: object) -> str:
    """Return a UUID that only the parts decide."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(map(str, parts))))


def make_world(seed: int) -> World:
    """Draw the hospital for a seed."""
    patients = make_patients(seed)
    visits: list[Visit] = []
    for patient, row in zip(patients, tables.PATIENTS, strict=True):
        first, _, last = row.stay.partition("-")
        visits.append(_visit(seed, len(visits), patient, row.scenario, int(first), int(last or 9)))
        if row.clinic_day:
            day = int(row.clinic_day)
            visits.append(_visit(seed, len(visits), patient, "wellness", day, day))
    return World(seed, patients, tuple(visits))


def _visit(seed: int, index: int, patient: Patient, key: str, first: int, last: int) -> Visit:
    rng = random.Random(f"{seed}/visit/{index}")
    scenario = SCENARIOS[key]
    kind: VisitClass = "AMB" if key == "wellness" else "EMER" if first == last else "IMP"
    admit = dt.datetime.combine(DAYS[first - 1], dt.time(rng.randint(6, 11), rng.randint(0, 59)))
    discharge = None
    if last <= len(DAYS):
        stay = dt.timedelta(minutes=rng.randint(25, 55) if kind == "AMB" else rng.randint(180, 400))
        end = dt.datetime.combine(DAYS[last - 1], dt.time(rng.randint(13, 17), rng.randint(0, 59)))
        discharge = end if kind == "IMP" else admit + stay
    attending = scenario.attending
    if kind == "IMP" and key == "asthma":
        attending = "pediatrics"
    return Visit(
        number=f"V26{rng.randint(10_000, 99_999)}{index:02}", patient=patient, scenario=scenario, kind=kind,
        first=first, last=last, admit=admit, discharge=discharge, attending=PHYSICIANS[attending],
        consultant=PHYSICIANS[scenario.consultant], ward="ED" if kind == "EMER" else scenario.ward,
        room=str(rng.randint(201, 548)), index=index,
    )  # fmt: skip


def vitals(seed: int, visit: Visit, day: int, hour: int = 8) -> list[Result]:
    """Measure the vital signs of a visit on a day."""
    better = (96, 62, 84, 17, 36.8, 96) if visit.scenario.vitals[0] < 100 else (126, 76, 80, 17, 36.8, 96)
    pairs = zip(codes.VITALS.items(), visit.scenario.vitals, better, strict=True)
    return [_result(seed, visit, day, hour, key, test, arrival, later) for (key, test), arrival, later in pairs]


def labs(seed: int, visit: Visit, day: int, hour: int = 6) -> list[Result]:
    """Run the laboratory tests of a visit on a day."""
    return [
        _result(seed, visit, day, hour, key, codes.LABS[key], arrival, later)
        for key, (arrival, later) in visit.scenario.labs.items()
    ]


def _result(
    seed: int, visit: Visit, day: int, hour: int, key: str, test: codes.Measure, arrival: float | str,
    later: float | str,
) -> Result:  # fmt: skip
    rng = random.Random(f"{seed}/result/{visit.number}/{day}/{hour}/{key}")
    minute = (visit.index * 7 + day) % 50  # one round, one time
    wanted = dt.datetime.combine(DAYS[day - 1], dt.time(hour, minute))
    taken = max(wanted, visit.admit + dt.timedelta(minutes=12))
    result_id = f"{visit.number}-{day}{hour:02}-{key}"
    value = arrival if day == visit.first else later
    if isinstance(value, str) and value in codes.CODED_VALUES:
        code, display, mark = codes.CODED_VALUES[value]
        return Result(result_id, key, test, display, "", code, mark, taken)
    comparator = ""
    if isinstance(value, str):
        comparator, number = value[0], float(value[1:])
    else:
        number = value
        if not isinstance(arrival, str) and not isinstance(later, str):
            number = arrival + min(1.0, 0.55 * (day - visit.first)) * (later - arrival)
        spread = 0.004 if key == "temp" else 0.01 if key == "spo2" else 0.03
        number *= 1 + rng.uniform(-spread, spread)
    if key == "spo2":
        number = min(number, 99)
    text = f"{number:.{test.decimals}f}"
    return Result(result_id, key, test, text, comparator, "", flag(test, float(text), comparator), taken)


def flag(test: codes.Measure, value: float, comparator: str = "") -> str:
    """Return the abnormal flag of a value."""
    if test.high is not None and (value > test.high or comparator == ">"):
        return "H"
    if test.low is not None and value < test.low:
        return "L"
    return "N"
