"""Plant values that stand out in every field of an export, one field at a time, and in its notes.

The values belong to one person, the patient of everything planted. What was planted must be found nowhere outside
the PHI zone, whatever field it stood in.
"""

from __future__ import annotations

import base64
import copy
import csv
import io
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson


class Canary(NamedTuple):
    """A value to plant, and the byte strings that must not be found."""

    type: str
    value: str
    needles: tuple[str, ...]


CANARIES = (
    Canary("name", "Zyxwellian Quorbington", ("Zyxwellian", "Quorbington")),
    Canary("id", "MRN84773921", ("84773921",)),
    Canary("phone", "617-555-0182", ("617-555-0182", "6175550182", "555-0182")),
    Canary("date", "03/17/1949", ("03/17/1949", "1949-03-17", "19490317", "March 17")),
    Canary("address", "7391 Quillfeather Lane", ("7391 Quillfeather", "Quillfeather")),
)
ALL_AT_ONCE = " ".join(canary.value for canary in CANARIES)
PATIENT_ID = "MRN84773921"
# What is planted in each field, in turn: everything, and values that could pass for a code or a number.
_PLANTED = (ALL_AT_ONCE, "Quorbington", "84773921")

NOTE = """DISCHARGE SUMMARY
Patient: QUORBINGTON, ZYXWELLIAN   MRN: MRN84773921   DOB: 03/17/1949
Mr. Quorbington, of 7391 Quillfeather Lane, was admitted with pneumonia. Zyxwellian's wife can be reached
at (617) 555-0182 or 617.555.0182. BP 128/76, pain 5/10. Born March 17, 1949.
D/w Z. Quorbington on 1949-03-17. Electronically signed by Zyxwellian Quorbington, MD."""


def plant_hl7v2(sample: bytes) -> bytes:
    """Return messages made from the first one of each type in `sample`, a canary in another field of each.

    The fields are those of the first segment of each name, and one more than the segment has.
    """
    seen: set[str] = set()
    planted: list[str] = []
    for message in sample.decode("utf-8").replace("\r\n", "\r").replace("\n", "\r").split("\rMSH"):
        segments = [s for s in ("MSH" + message.removeprefix("MSH")).split("\r") if s]
        kind = segments[0].split("|")[8].split("^")[0]
        if kind not in seen and any(s.startswith("PID") for s in segments):
            seen.add(kind)
            base = [_canary_segment(segment) for segment in segments]
            planted += ["\r".join(variant) for variant in _message_variants(base)]
    return ("\r".join(planted) + "\r").encode()


def _canary_segment(segment: str) -> str:
    fields = segment.split("|")
    if fields[0] == "PID":
        fields += [""] * (31 - len(fields))
        fields[3], fields[5], fields[7] = f"{PATIENT_ID}^^^CRMC^MR", "Quorbington^Zyxwellian", "19490317"
        fields[11], fields[13] = "7391 Quillfeather Lane^^Boston^MA^02115", "617-555-0182"
    if fields[0] == "OBX" and fields[2] in ("TX", "FT"):
        fields[5] = NOTE.replace("\n", "\\.br\\")
    return "|".join(fields)


# Fields that key a record: each variant gets its own, lest a later one supersede it.
_KEYS = {"MSH": 9, "PID": 3, "PV1": 19, "ORC": 3, "OBR": 3, "TXA": 12}


def _message_variants(base: list[str]) -> Iterator[list[str]]:
    number, seen = 0, set[str]()
    for at, segment in enumerate(base):
        name, *fields = segment.split("|")
        if name in seen:
            continue
        seen.add(name)
        # MSH-1 to 2 are the delimiters, MSH-9 and MSH-18 say how to read the rest.
        structural = {1, 8, 17} if name == "MSH" else set()
        for field in sorted(set(range(1, len(fields) + 2)) - structural):
            for value in _PLANTED:
                number += 1
                variant = [_keyed(other, number) for other in base]
                changed = variant[at].split("|")
                changed += [""] * (field + 1 - len(changed))
                changed[field] = value
                variant[at] = "|".join(changed)
                yield variant


def _keyed(segment: str, number: int) -> str:
    fields = segment.split("|")
    key = _KEYS.get(fields[0])
    if key and key < len(fields):
        fields[key] = f"{PATIENT_ID}X{number}^^^CRMC^MR" if fields[0] == "PID" else _numbered(fields[key], number)
    return "|".join(fields)


def _numbered(field: str, number: int) -> str:
    first, caret, rest = field.partition("^")
    return f"{first}X{number}{caret}{rest}"


def plant_fhir(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return resources made from the first one of each type, a canary in another element of each."""
    seen: set[str] = set()
    planted: list[dict[str, Any]] = []
    for resource in resources:
        kind = resource["resourceType"]
        if kind in seen:
            continue
        seen.add(kind)
        base = _canary_resource(resource)
        planted.append(base)
        leaves = [path for path in _leaves(base) if path != ("resourceType",)]
        for number, path in enumerate(leaves):
            for turn, value in enumerate(_PLANTED):
                variant = copy.deepcopy(base)
                variant["id"] = f"{base['id']}X{number}X{turn}"
                _put(variant, path, _as_leaf(path, value))
                planted.append(variant)
    return planted


def _canary_resource(resource: dict[str, Any]) -> dict[str, Any]:
    base = copy.deepcopy(resource)
    for name in ("subject", "patient"):
        if name in base:
            base[name] = {"reference": f"Patient/{PATIENT_ID}", "display": "Zyxwellian Quorbington"}
    if base["resourceType"] == "Patient":
        base |= {
            "id": PATIENT_ID,
            "name": [{"family": "Quorbington", "given": ["Zyxwellian"]}],
            "telecom": [{"system": "phone", "value": "617-555-0182"}],
            "address": [{"line": ["7391 Quillfeather Lane"], "city": "Boston", "state": "MA", "postalCode": "02115"}],
            "birthDate": "1949-03-17",
        }
    for path in list(_leaves(base)):
        if path[-1] == "data":
            _put(base, path, _as_leaf(path, NOTE))
    return base


def _leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(node, dict):
        for name, child in node.items():
            yield from _leaves(child, (*path, name))
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from _leaves(child, (*path, number))
    else:
        yield path


def _put(node: Any, path: tuple[Any, ...], value: str) -> None:
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value


def _as_leaf(path: tuple[Any, ...], value: str) -> str:
    if path[-1] == "data":
        return base64.b64encode(value.encode()).decode()
    return f"Patient/{value}" if path[-1] == "reference" and path[0] in ("subject", "patient") else value


def to_ndjson(resources: list[dict[str, Any]]) -> bytes:
    """Return resources as NDJSON."""
    return b"".join(orjson.dumps(resource) + b"\n" for resource in resources)


def plant_csv(table: str, *, patient_columns: dict[str, str]) -> str:
    """Return a table made from its first row, a canary in another cell of each row.

    `patient_columns` gives the value of those columns in every row but the one in which they are planted.
    """
    reader = csv.DictReader(io.StringIO(table))
    columns, first = list(reader.fieldnames or ()), next(reader)
    first |= {name: value for name, value in patient_columns.items() if name in first}
    if "note_text" in first:
        first["note_text"] = NOTE
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerow(first)
    number = 0
    for column in columns:
        for value in _PLANTED:
            number += 1
            # The first column is the key: each row gets its own, lest a later one supersede it.
            writer.writerow({**first, columns[0]: f"{first[columns[0]]}X{number}", column: value})
    return out.getvalue()
