"""Who is to be forgotten, kept sealed in the PHI zone until it is done and proved: nothing else knows it by then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from pipeline.context import Context
from pipeline.forget.needles import Needle, needles
from pipeline.records import Identifier
from pipeline.redact.crosswalk import read_ids
from pipeline.redact.forgotten import suppressed_with
from pipeline.redact.vault import Vault, nobody_key, patient_key

_PATH = "forget/pending"
COLUMNS = ("authority", "id")
# In quarantine; elsewhere longer ones are searched for.
_SHORTEST_ID = 4
_UNREADABLE = "the file of patients cannot be read: give a path or URI that the machine which runs this can read"


@dataclass(frozen=True, slots=True)
class Request:
    """Patients to forget. PHI.

    `patients` are the keys of each one, `strong` what is searched for everywhere, `ids` also the short ones, that are
    searched for in quarantine. `found` counts by place what there was when it began; `after` is the last entry of the
    audit log by then.
    """

    patients: tuple[tuple[str, ...], ...]
    strong: frozenset[Needle]
    ids: frozenset[str]
    found: dict[str, int] = field(default_factory=dict)
    after: int = 0

    @property
    def keys(self) -> frozenset[str]:
        """Return all keys of all patients."""
        return frozenset(key for each in self.patients for key in each)


def read_patients(address: str) -> list[str]:
    """Return the ids of a CSV file with the columns `authority` and `id`, as `authority|id`. PHI.

    Raises `ConfigError` that names the line that is wrong, and no value.
    """
    return [row[0] for row in read_ids(address, COLUMNS, "the file of patients", _UNREADABLE)]


def make_request(context: Context, ids: Iterable[str]) -> Request:
    """Gather what the vault knows of some patients, under all their ids; what other people have too is left out."""
    vault, nobody = Vault(context), nobody_key(context)
    numbers = {patient_key(context, one): one.partition("|")[2] for one in ids}
    patients = set()
    for key in numbers.keys() - {nobody}:
        members = set(vault.links.members(key))
        patients.add(tuple(sorted(members | suppressed_with(context, members))))
    keys = {key for each in patients for key in each}
    own = {Identifier("id", number) for number in numbers.values()}
    others: set[Needle] = set()
    for key, identity in vault.everyone():
        if key in keys:
            own |= identity
        else:
            others |= needles(identity)
    known = [identifier for identifier in own if identifier.type in _OF_PATIENT]
    strong = frozenset(needles(known) - others)
    return Request(
        tuple(sorted(patients)),
        strong,
        frozenset(n.strip() for kind, n in known if kind == "id" and len(n.strip()) >= _SHORTEST_ID),
    )


# What is the patient's own. Relatives and staff are people of their own, who may be known by other patients' records.
_OF_PATIENT = ("name", "phone", "email", "id", "ssn")


def joined(request: Request, pending: Request | None) -> Request:
    """Return a request that also finishes one that was begun."""
    if pending is None:
        return request
    found = {place: max(request.found.get(place, 0), count) for place, count in (request.found | pending.found).items()}
    return Request(
        tuple(sorted({*request.patients, *pending.patients})), request.strong | pending.strong,
        request.ids | pending.ids, found, pending.after,
    )  # fmt: skip


def read_pending(context: Context) -> Request | None:
    """Return what was begun and not finished."""
    if not context.phi.exists(_PATH):
        return None
    kept: dict[str, Any] = orjson.loads(context.keys.unseal(_PATH, context.phi.read_bytes(_PATH)))
    return Request(
        tuple(tuple(each) for each in kept["patients"]), frozenset(Needle(*pair) for pair in kept["strong"]),
        frozenset(kept["ids"]), kept["found"], kept["after"],
    )  # fmt: skip


def write_pending(context: Context, request: Request) -> None:
    """Keep what was begun, sealed."""
    kept = {
        "patients": request.patients, "strong": [list(needle) for needle in sorted(request.strong)],
        "ids": sorted(request.ids), "found": request.found, "after": request.after,
    }  # fmt: skip
    context.phi.write_bytes(_PATH, context.keys.seal(_PATH, orjson.dumps(kept)))


def drop_pending(context: Context) -> None:
    """Forget the request itself."""
    context.phi.remove(_PATH)
