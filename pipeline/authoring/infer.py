"""Guess from the names and the values of a table's columns what they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

from pipeline.authoring.formats import Rows
from pipeline.authoring.profile import date_order, share
from pipeline.errors import ConfigError
from pipeline.records import SCHEMAS

# A guess by values alone is worth this share of one that the name supports.
_VALUES_ALONE = 0.6
_BY_NAME = 0.9
_ENOUGH = 0.5
_SURE = 0.8
_SELDOM_EMPTY = 0.9
# Most names are in no list of names.
_SOME = 0.2
# What values alone can say of a column, the surest first.
_BY_VALUES: tuple[tuple[str, dict[str, str]], ...] = (
    ("ssn", {"identity": "ssn"}),
    ("email", {"identity": "email"}),
    ("url", {"identity": "url"}),
    ("date", {"field": "start"}),
    ("phone", {"identity": "phone"}),
    ("loinc", {"field": "code", "system": "http://loinc.org"}),
    ("text", {"field": "text"}),
    ("name", {"identity": "name"}),
    ("numbered", {"identity": "id"}),
)
_NUMBERS = ("ssn", "phone", "numbered")
_GENERIC_CODES = (
    ("loinc", "http://loinc.org"),
    ("icd10", "http://hl7.org/fhir/sid/icd-10-cm"),
    ("snomed", "http://snomed.info/sct"),
)


@dataclass(slots=True)
class Guess:
    """What a column is taken for; `why` says by what."""

    column: str
    confidence: float
    why: str
    field: str = ""
    identity: str = ""
    part: str = ""
    system: str = ""


@dataclass(slots=True)
class Inferred:
    """A table as guessed. Holds names of columns, and no value."""

    kind: str
    kind_confidence: float
    guesses: list[Guess]
    key: str
    rows: int
    order: str
    dates: dict[str, float] = field(default_factory=dict)
    extras: list[str] = field(default_factory=list)

    def of(self, field: str) -> Guess | None:
        """Return the guess that fills a field."""
        return next((guess for guess in self.guesses if guess.field == field), None)


@cache
def _roles() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((SCHEMAS / "authoring" / "columns.yaml").read_text("utf-8"))
    return loaded


@cache
def _by_name() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for role in _roles():
        for name in role["names"]:
            found.setdefault(squeeze(name), []).append(role)
    return found


def _may_be_key(name: str) -> bool:
    return any(role.get("key") for role in _by_name().get(squeeze(name), ()))


@cache
def _kinds() -> dict[str, dict[str, list[str]]]:
    loaded: dict[str, dict[str, list[str]]] = yaml.safe_load((SCHEMAS / "authoring" / "kinds.yaml").read_text("utf-8"))
    return loaded


def squeeze(name: str) -> str:
    """Return a name without blanks, punctuation and case."""
    return re.sub(r"[\W_]+", "", name.casefold())


def infer(table: Rows, file_name: str, patient: str = "") -> Inferred:
    """Guess what a table is; `patient` names the column of the patient id if the caller knows it.

    Raises `ConfigError` if no column can be the patient's id.
    """
    columns = {name: table.column(number) for number, name in enumerate(table.header) if name}
    if not patient and not any(squeeze(name) in _by_name() for name in columns):
        # Its cells may be values, then: they are not told.
        raise ConfigError(
            "--from: none of the names of columns is known: if the first line is data, put a line with names above it; "
            "if it is not, name the patient's column with --patient COLUMN"
        )
    guesses = [guess for name, values in columns.items() if (guess := _guess(name, values))]
    _choose_patient(guesses, columns, patient)
    _once_each(guesses)
    _system_of_codes(guesses, columns)
    dates = {name: values for name, values in columns.items() if share(values, "date") >= _ENOUGH}
    order, _ = date_order([value for values in dates.values() for value in values])
    kind, confidence = _kind(guesses, columns, file_name)
    made = Inferred(
        kind, confidence, guesses, "", len(table.rows), order, {name: date_order(v)[1] for name, v in dates.items()}
    )
    if kind == "patient" and (visit := made.of("encounter_id")):
        visit.field = ""
    made.key = _key(made, table)
    used = {guess.column for guess in guesses} | {made.key}
    made.extras = [name for name in columns if name not in used]
    return made


def _guess(name: str, values: Sequence[str]) -> Guess | None:
    for role in _by_name().get(squeeze(name), ()):
        if role.get("key"):
            return None
        known = {part: role[part] for part in ("field", "identity", "part", "system") if part in role}
        form = role.get("form")
        if not values:
            return Guess(name, _ENOUGH, "its name; it is empty", **known)
        if form is None:
            return Guess(name, _BY_NAME, "its name", **known)
        fits = share(values, form)
        if fits >= (_SOME if form == "name" else _ENOUGH):
            return Guess(name, fits, f"its name, and values that are {form}", **known)
    for form, said in _BY_VALUES:
        fits = share(values, form)
        # The numbers of a code system look like anybody's.
        if fits >= _SURE and not (form in _NUMBERS and squeeze(name).endswith("code")):
            return Guess(name, fits * _VALUES_ALONE, f"values that are {form}", **said)
    return None


def _choose_patient(guesses: list[Guess], columns: dict[str, list[str]], patient: str) -> None:
    if patient:
        if patient not in columns:
            raise ConfigError(f"--patient {patient}: the table has no such column")
        for guess in [g for g in guesses if g.field == "patient_id" or g.column == patient]:
            guess.field = ""
        guesses[:] = [g for g in guesses if g.column != patient and (g.field or g.identity)]
        guesses.insert(0, Guess(patient, 1.0, "you said so", field="patient_id", identity="id"))
    if not any(guess.field == "patient_id" for guess in guesses) and any(g.field == "birth_date" for g in guesses):
        # A table of patients may call its key no more than that.
        own = next(
            (name for name, values in columns.items() if _may_be_key(name) and len(values) == len(set(values))), ""
        )
        if own:
            guesses.insert(0, Guess(own, _ENOUGH, "its name, beside a birth date", field="patient_id", identity="id"))
    if not any(guess.field == "patient_id" for guess in guesses):
        numbered = [guess for guess in guesses if guess.identity == "id" and not guess.field]
        if len(numbered) != 1:
            raise ConfigError(
                "--from: no column is known to be the patient's id: name it with --patient COLUMN "
                f"(columns: {', '.join(columns)})"
            )
        numbered[0].field = "patient_id"


def _once_each(guesses: list[Guess]) -> None:
    """Let each field have one column, the surest; the others stay identifiers, or go to extras."""
    for guess in sorted(guesses, key=lambda guess: -guess.confidence):
        if guess.field and any(other is not guess and other.field == guess.field for other in guesses):
            best = max((g for g in guesses if g.field == guess.field), key=lambda g: g.confidence)
            for other in guesses:
                if other is not best and other.field == guess.field:
                    other.field = ""
    guesses[:] = [guess for guess in guesses if guess.field or guess.identity]


def _system_of_codes(guesses: list[Guess], columns: dict[str, list[str]]) -> None:
    """Say of what system the codes are, by their form, where neither the name nor a column does."""
    code = next((guess for guess in guesses if guess.field == "code"), None)
    if code is None or code.system or any(guess.field == "code_system" for guess in guesses):
        return
    for form, uri in _GENERIC_CODES:
        if share(columns[code.column], form) >= _SURE:
            code.system, code.why = uri, f"{code.why}, and values that are {form}"
            return


def _kind(guesses: list[Guess], columns: dict[str, list[str]], file_name: str) -> tuple[str, float]:
    """Return the kind with the most signs, and its share of the signs of all kinds."""
    named = squeeze(file_name)
    fields = {guess.field for guess in guesses} - {""}
    names = {squeeze(name) for name in columns}
    scores: dict[str, float] = {}
    for kind, signs in _kinds().items():
        hits = sum(sign in fields or squeeze(sign) in names for sign in signs["columns"])
        scores[kind] = hits + 3 * any(word in named for word in signs["files"])
    if any(guess.field == "text" and share(columns[guess.column], "text") >= _ENOUGH for guess in guesses):
        scores["note"] += 3
    best = max(scores, key=lambda kind: scores[kind])
    return (best, scores[best] / sum(scores.values())) if scores[best] else ("observation", 0.0)


def _key(made: Inferred, table: Rows) -> str:
    """Return the column that is the natural key: named like one, hardly ever empty, and different in each row."""
    patient = made.of("patient_id")
    candidates = [name for name in table.header if _may_be_key(name) or squeeze(name) == f"{made.kind}id"]
    if made.kind == "encounter" and (visit := made.of("encounter_id")):
        candidates.insert(0, visit.column)
    if made.kind == "patient" and patient:
        candidates.insert(0, patient.column)
    for name in candidates:
        if patient and name == patient.column and made.kind != "patient":
            continue
        values = table.column(table.header.index(name))
        if len(values) >= _SELDOM_EMPTY * len(table.rows) and len(values) == len(set(values)):
            return name
    return ""
