"""What to do with an element: the verbs of the shapes in `clinical.py`.

A field belongs to the first element that has a value for it; later ones go to `extras`. An element of which only
a part was taken goes to `extras` whole.
"""

from __future__ import annotations

from typing import Any

from pipeline.ingest.fhir.elements import code_of, concept_of, objects, quantity, text, words, written
from pipeline.ingest.fhir.extras import flatten
from pipeline.ingest.fhir.facts import Facts, Reader, Shape
from pipeline.ingest.fhir.references import Node

_CODING = frozenset(("system", "code", "display"))
_CONCEPT = frozenset(("coding", "text"))
# What a reader of a resource needs no words for.
_ALONE = frozenset(("reference",))


class Excluded(Exception):
    """A resource is left out on purpose. The argument is the code of the reason."""


def meta(facts: Facts, name: str, value: Any) -> None:
    """Take the version."""
    if not isinstance(value, dict):
        facts.leave(name, value)
        return
    usual = facts.reading.usual
    for part, inner in value.items():
        if part == "lastUpdated" and isinstance(inner, str):
            facts.fields["version"] = inner
        elif isinstance(inner, list):
            # Servers say the same of one resource after the other.
            known, flat = usual.get(part, (None, {}))
            if inner != known:
                flatten(inner, f"{name}.{part}", flat := {}, facts.see)
                usual[part] = inner, flat
            facts.extras |= flat
        else:
            facts.leave(f"{name}.{part}", inner)


def subject(facts: Facts, name: str, value: Any) -> None:
    """Take the patient.

    Raises `Excluded` if the subject is a device, a group or a place.
    """
    if not isinstance(value, dict) or facts.fields.get("patient_id"):
        facts.leave(name, value)
        return
    target = facts.resolve(value)
    if target.type not in ("", "Patient"):
        raise Excluded("subject_not_patient")
    number, facts.fields["patient_authority"] = facts.reading.patient(target)
    facts.fields["patient_id"] = number
    if not number or value.keys() != _ALONE:
        facts.leave(name, value)


def visit(facts: Facts, name: str, value: Any) -> None:
    """Take the encounter, if a reference names one."""
    first = next(iter(objects(value)), {})
    target = facts.resolve(first)
    if (
        target.type not in ("", "Encounter")
        or not (target.id or target.logical.value)
        or "encounter_id" in facts.fields
    ):
        facts.leave(name, value)
        return
    facts.fields["encounter_id"] = target.id or target.logical.value
    if first is not value or first.keys() != _ALONE:
        facts.leave(name, value)


def scalar(field: str) -> Reader:
    """Take a plain value."""

    def read(facts: Facts, name: str, value: Any) -> None:
        if not isinstance(value, (dict, list)) and not facts.fields.get(field):
            facts.fields[field] = written(value)
        else:
            facts.leave(name, value)

    return read


def flag(field: str, *values: Any, meaning: str) -> Reader:
    """Take a fact that turns a resource into its opposite, such as `doNotPerform`."""

    def read(facts: Facts, name: str, value: Any) -> None:
        if value in values and not facts.fields.get(field):
            facts.fields[field] = meaning
        facts.leave(name, value)

    return read


def when(facts: Facts, name: str, value: Any) -> None:
    """Take start and end: of a date, a Period, or the first event or the bounds of a Timing."""
    if facts.fields.get("start") or not (found := _moments(value)):
        facts.leave(name, value)
        return
    facts.fields["start"], end = found
    if end:
        facts.fields["end"] = end
    if isinstance(value, dict) and not value.keys() <= {"start", "end"}:
        facts.leave(name, value)


def until(facts: Facts, name: str, value: Any) -> None:
    """Take the end: a date, or the start of a Period."""
    found = _moments(value)
    if not found or not (moment := found[0] or found[1]) or facts.fields.get("end"):
        facts.leave(name, value)
        return
    facts.fields["end"] = moment
    if isinstance(value, dict):
        facts.leave(name, value)


def concept(facts: Facts, name: str, value: Any) -> None:
    """Take code, system and display: of a CodeableConcept, a Coding, or a CodeableReference; the first of a list."""
    fields = facts.fields
    if fields.get("code") or fields.get("display"):
        facts.leave(name, value)
        return
    fields["code"], fields["code_system"], fields["display"] = concept_of(value)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not _is_plain(value):
        facts.leave(name, value)
    elif value.get("text") and value["text"] != fields["display"]:
        facts.leave(f"{name}.text", value["text"])


def code(field: str) -> Reader:
    """Take a code where only codes of a closed vocabulary make sense."""

    def read(facts: Facts, name: str, value: Any) -> None:
        if facts.fields.get(field):
            facts.leave(name, value)
            return
        facts.fields[field] = found = code_of(value)
        if not found:
            facts.leave(name, value)
        elif not isinstance(value, str):
            leave_coded(facts, name, value)

    return read


def leave_coded(facts: Facts, name: str, value: Any) -> None:
    """Put what is left of a concept, the first code of which was taken, into `extras`."""
    only = value[0] if isinstance(value, list) and len(value) == 1 else value
    if _is_plain(only):
        facts.leave_plain(name, only)
    else:
        facts.leave(name, value)


def said(field: str) -> Reader:
    """Take the words of an element of any type."""

    def read(facts: Facts, name: str, value: Any) -> None:
        found = words(value)
        if found and not facts.fields.get(field):
            facts.fields[field] = found
        if not isinstance(value, str):
            facts.leave(name, value)

    return read


def say(facts: Facts, label: str, value: Any) -> None:
    """Make the words of a part of an element a line of the text."""
    if found := words(value):
        facts.lines.append(f"{label}: {found}" if label else found)


def line(label: str) -> Reader:
    """Make the words of an element a line of the text."""

    def read(facts: Facts, name: str, value: Any) -> None:
        say(facts, label, value)
        if not isinstance(value, str):
            facts.leave(name, value)

    return read


def amount(facts: Facts, name: str, value: Any) -> None:
    """Take number and unit of a Quantity."""
    found = quantity(value) if isinstance(value, dict) else None
    if found and found.number and not facts.fields.get("value_number"):
        facts.fields["value_number"], facts.fields["unit"] = found
        if not value.keys() <= {"value", "unit", "code", "system", "comparator"}:
            facts.leave(name, value)
    else:
        facts.leave(name, value)


def ignore(facts: Facts, name: str, value: Any) -> None:
    """Leave out what repeats the rest of the resource."""


def narrative(facts: Facts, name: str, value: Any) -> None:
    """Leave out the narrative, which repeats what the resource says, unless it does not."""
    if not isinstance(value, dict):
        facts.leave(name, value)


NOTES: Shape = (("note", line("Note")), ("comment", line("Note")))
# Of every resource. Who is first, has the field: what takes the fact back outweighs its status.
COMMON: Shape = (
    ("meta", meta),
    ("text", narrative),
    ("implicitRules", ignore),
    ("doNotPerform", flag("status", True, meaning="not-done")),
    ("notDone", flag("status", True, meaning="not-done")),
    ("notGiven", flag("status", True, meaning="not-done")),
    ("taken", flag("status", "n", meaning="not-done")),
    ("subject", subject),
    ("patient", subject),
    ("encounter", visit),
)


def _moments(value: Any) -> tuple[str, str] | None:
    if isinstance(value, str):
        return value, ""
    if not isinstance(value, dict):
        return None
    events = value.get("event")
    if isinstance(events, list) and events and isinstance(events[0], str):
        return events[0], ""
    repeat = value.get("repeat")
    bounds: Node = value
    if isinstance(repeat, dict) and isinstance(repeat.get("boundsPeriod"), dict):
        bounds = repeat["boundsPeriod"]
    start, end = text(bounds, "start"), text(bounds, "end")
    return (start, end) if start or end else None


def _is_plain(value: Any) -> bool:
    """Tell whether a concept holds nothing but one code, its system and words."""
    if not isinstance(value, dict):
        return False
    codings = value.get("coding")
    if codings is None:
        return value.keys() <= _CODING or value.keys() <= _CONCEPT
    return (
        value.keys() <= _CONCEPT
        and isinstance(codings, list)
        and len(codings) == 1
        and isinstance(codings[0], dict)
        and codings[0].keys() <= _CODING
    )
