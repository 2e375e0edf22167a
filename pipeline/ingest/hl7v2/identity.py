"""Find who, where and which number a segment names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import chain

from pipeline.ingest.hl7v2.escapes import Delimiters
from pipeline.ingest.hl7v2.identity_fields import IDENTITY
from pipeline.ingest.hl7v2.tokenizer import NULL, Segment
from pipeline.records import Identifier

_FIELDS = {
    name: [(number, *meaning) for number, meaning in sorted(numbers.items())] for name, numbers in IDENTITY.items()
}
_REMEMBERED = 500  # characters of the longest field that is
_SSN_TYPES = ("SS", "SSN")
_LONG_ENOUGH = 4  # an organization of three letters is a word of every other note
# What small sites put for a name, and what is no employer. They are words of every note: as identifiers they
# would only blacken clinical text.
_COMMON = frozenset({
    "MAIN", "HOSP", "HOSPITAL", "CLINIC", "CLINICS", "RADIOLOGY", "BILLING", "LABORATORY", "PHARMACY",
    "EMERGENCY", "SURGERY", "CARDIOLOGY", "NORTH", "SOUTH", "EAST", "WEST", "CENTER", "UNIT", "WARD", "SELF",
    "NONE", "UNKNOWN", "RETIRED", "UNEMPLOYED", "STUDENT", "DISABLED", "HOME", "OTHER",
})  # fmt: skip


def identifiers(segment: Segment) -> tuple[Identifier, ...]:
    """Return every identifier that a segment holds in the fields made for them."""
    fields = segment.fields
    present = len(fields)
    found: tuple[Identifier, ...] = ()
    for number, kind, data_type in _FIELDS.get(segment.name, ()):
        if number >= present:
            break
        if raw := fields[number]:
            read = _read if len(raw) <= _REMEMBERED else _read.__wrapped__
            found += read(raw, segment.delimiters, kind, data_type)
    return found


def from_field(segment: Segment, number: int, kind: str, data_type: str) -> list[Identifier]:
    """Return the identifiers of one field of the given data type."""
    return list(_read.__wrapped__(segment.raw(number), segment.delimiters, kind, data_type))


# The same few people and places stand in most messages of a file, a patient in several in a row.
@lru_cache(maxsize=20_000)
def _read(field: str, delimiters: Delimiters, kind: str, data_type: str) -> tuple[Identifier, ...]:
    read, segment = _READERS[data_type], Segment("", ["", field], delimiters)
    return tuple(
        Identifier(type_, " ".join(value.split()))
        for raw in segment.repetitions(1)
        for type_, value in read(segment, raw, kind)
        if value
    )


_Pairs = Iterator[tuple[str, str]]


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _person(families: list[str], given: str, middle: str) -> list[str]:
    """Return "Family, Given Middle", once for each surname a person goes by."""
    forenames = f"{given} {middle}".strip()
    names = [f"{family}, {forenames}" if forenames else family for family in families if family]
    return names or ([forenames] if forenames else [])


def _surnames(segment: Segment, raw: str) -> list[str]:
    """Return the surname, and from its subcomponents the person's own and the spouse's."""
    parts = segment.subcomponents(raw)
    surnames = (parts[0], *parts[2:3], *parts[4:5])
    return [part for part in dict.fromkeys(surnames) if part not in ("", NULL)]


def _xpn(segment: Segment, raw: str, kind: str) -> _Pairs:
    surnames = _surnames(segment, segment.components(raw)[0])
    for name in _person(surnames, segment.pick(raw, 2), segment.pick(raw, 3)):
        yield kind, name


def _xcn(segment: Segment, raw: str, kind: str) -> _Pairs:
    parts = segment.components(raw)
    number = segment.pick(raw, 1)
    surnames = _surnames(segment, parts[1]) if len(parts) > 1 else []
    names = _person(surnames, segment.pick(raw, 3), segment.pick(raw, 4))
    for name in names:
        yield kind, name
    if not names and ("," in number or " " in number):  # a name where the number belongs
        yield kind, number
    # A number without digits is a placeholder, a word such as ATTEND; a login has the name in it.
    elif _has_digit(number) or any(surname.lower() in number.lower() for surname in surnames):
        yield "id", number


def _cnn(segment: Segment, raw: str, kind: str) -> _Pairs:
    """Read a person in the subcomponents of a first component, or as senders also write it, in components."""
    parts = segment.subcomponents(segment.components(raw)[0])
    if len(parts) == 1:
        yield from _xcn(segment, raw, kind)
        return
    number, family, given, middle = (*parts, "", "", "")[:4]
    for name in _person([family], given, middle):
        yield kind, name
    yield "id", number


def _xad(segment: Segment, raw: str, kind: str) -> _Pairs:
    yield kind, segment.subcomponents(segment.components(raw)[0])[0]
    if _has_digit(other := segment.pick(raw, 2)):  # not "Suite", which is no part of an address by itself
        yield kind, other
    yield "city", segment.pick(raw, 3)
    yield "postal_code", segment.pick(raw, 5)


def _xtn(segment: Segment, raw: str, kind: str) -> _Pairs:
    for component in (1, 4, 12):
        value = segment.pick(raw, component)
        yield ("email" if "@" in value else kind), value
    area, number = segment.pick(raw, 6), segment.pick(raw, 7)
    if len(number) == 7 and number.isdigit():
        number = f"{number[:3]}-{number[3:]}"
    yield kind, f"{area}-{number}" if area and number else number


def _cx(segment: Segment, raw: str, kind: str) -> _Pairs:
    number = segment.pick(raw, 1)
    if segment.pick(raw, 5) in _SSN_TYPES:
        kind = "ssn"
    if kind != "ssn" or _has_digit(number):
        yield kind, number


def _ei_pair(segment: Segment, raw: str, kind: str) -> _Pairs:
    for component in segment.components(raw):
        yield kind, segment.subcomponents(component)[0]


def _number(segment: Segment, raw: str, kind: str) -> _Pairs:
    value = segment.pick(raw, 1)
    if _has_digit(value):
        yield kind, value


def _st(segment: Segment, raw: str, kind: str) -> _Pairs:
    yield kind, segment.pick(raw, 1)


def _organization(name: str, kind: str) -> _Pairs:
    if len(name) >= _LONG_ENOUGH and name.upper() not in _COMMON and not name.isdigit():
        yield kind, name


def _xon(segment: Segment, raw: str, kind: str) -> _Pairs:
    return _organization(segment.pick(raw, 1), kind)


def _ce(segment: Segment, raw: str, kind: str) -> _Pairs:
    return _organization(segment.pick(raw, 2), kind)


def _pl(segment: Segment, raw: str, kind: str) -> _Pairs:
    components = segment.components(raw)
    if len(components) < 4:
        return iter(())
    return chain(
        _organization(segment.subcomponents(components[3])[0], kind),
        _organization(segment.pick(raw, 9), kind),
    )


_READERS: Mapping[str, Callable[[Segment, str, str], _Pairs]] = {
    "XPN": _xpn, "XCN": _xcn, "CNN": _cnn, "XAD": _xad, "XTN": _xtn, "CX": _cx, "EI": _number,
    "EIP": _ei_pair, "ST": _st, "XON": _xon, "HD": _xon, "PL": _pl, "CE": _ce,
}  # fmt: skip
DATA_TYPES = frozenset(_READERS)
