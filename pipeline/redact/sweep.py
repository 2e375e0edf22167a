"""The sweep: make stored rows what they would be had everything that came since been known from the start.

Identifiers that came later are searched for; rows of ids that were linked go to the one patient that they are; what was
deleted loses its content; of a record that came under two patients the newest row stays; and of a patient who is
forgotten none does. What a row should be depends on what the store and the vault hold, and not on the order in which
that came.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.context import Context
from pipeline.records import SafeTable
from pipeline.redact.dates import since_epoch
from pipeline.redact.deletions import Deletions, Store, read_deletions
from pipeline.redact.forgotten import forgotten
from pipeline.redact.links import Links
from pipeline.redact.policy import Policy
from pipeline.redact.settled import is_settled, mark_of, settle
from pipeline.redact.vault import Identity, Vault, nobody_key

# A record of a patient: what the store has one row of.
Key = tuple[str, str]

_RANKED = ("record_id", "patient_key", "version", "deleted", "record_sha")
# So many rows are written at once: each write goes over all files of the buckets that it touches.
_AT_ONCE = 50_000
# Rows are looked at in so many parts of the store.
_PARTS = 16


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The rows of a bucket that are not what they should be.

    `renew` says of each whether it was deleted; `drop` are those that another row of the same record replaces, and
    those of forgotten patients.
    `patients` gives, for each patient key of the bucket, that by which its patient goes now; `identities` are by these.
    """

    bucket: int
    patients: Mapping[str, str]
    identities: Mapping[str, Identity]
    renew: dict[Key, bool] = field(default_factory=dict)
    drop: set[Key] = field(default_factory=set)


class Rank(NamedTuple):
    """What decides between two rows of a record, and the patient that a row is of now."""

    moment: int
    deleted: bool
    record_sha: str
    patient: str


def sweep(context: Context, policy: Policy, store: Store) -> int:
    """Settle all rows of the store; return how many that were.

    A row that goes to another patient is written there before it is taken away here: after a crash the next sweep
    finds it in both places, and goes on.
    """
    # Not above: to look is most nights all, and what makes rows anew takes seconds to import.
    from pipeline.redact.renew import renewed

    batch, changed = _Batch(store), 0
    for found in unsettled(context, store):
        rows = store.read([found.bucket])
        keys = list(zip(rows.data["record_id"].to_pylist(), rows.data["patient_key"].to_pylist(), strict=True))
        stale = rows.filter(pa.array([key in found.renew for key in keys]))
        deleted = [found.renew[key] for key in keys if key in found.renew]
        patients = [found.patients[key[1]] for key in keys if key in found.renew]
        moved = {key for key in found.renew if found.patients[key[1]] != key[1]}
        leaving = rows.filter(pa.array([key in moved or key in found.drop for key in keys]))
        batch.add(renewed(stale, patients, deleted, found.identities, context, policy), leaving)
        changed += len(found.renew) + len(found.drop)
    batch.write()
    return changed


@dataclass(slots=True)
class _Batch:
    """Rows to be written, and rows to be taken away once these are."""

    store: Store
    new: list[pa.Table] = field(default_factory=list)
    old: list[pa.Table] = field(default_factory=list)

    def add(self, new: SafeTable, old: SafeTable) -> None:
        self.new.append(new.data)
        self.old.append(old.data)
        if sum(map(len, self.new)) >= _AT_ONCE:
            self.write()

    def write(self) -> None:
        if self.new:
            self.store.merge(SafeTable(pa.concat_tables(self.new)))
            self.store.drop(SafeTable(pa.concat_tables(self.old)))
        self.new, self.old = [], []


def unsettled(context: Context, store: Store) -> Iterator[Unsettled]:
    """Yield for each bucket the rows that are not what they should be, if there are any.

    If there are none, and nothing has changed when this is asked again, no row is looked at.
    """
    mark, any_found = mark_of(context, store), False
    if is_settled(context, mark):
        return
    vault = Vault(context)
    look = _Look(
        vault, read_deletions(context, store, vault.links), _rivals(context, store, vault.links),
        forgotten(context, vault.links),
    )  # fmt: skip
    for buckets in _groups(store):
        for found in _unsettled_of(context, store, buckets, look):
            any_found = True
            yield found
    if not any_found:
        settle(context, mark)


class _Look(NamedTuple):
    """What rows are judged by: the vault, deletions, the best row of each record that there are several of, and who
    was forgotten."""

    vault: Vault
    deletions: Deletions
    rivals: Mapping[str, Rank]
    out: Collection[str]


def _unsettled_of(context: Context, store: Store, buckets: list[int], look: _Look) -> Iterator[Unsettled]:
    """Yield what is not settled in some buckets: their columns tell which rows to look at, and few need a look."""
    vault, deletions, rivals, out = look
    rows = store.columns(buckets, [*_RANKED, "bucket", "encounter_key", "vault_version"], _placed(context))
    patients = {key: vault.links.canonical(key) for key in rows["patient_key"].unique().to_pylist()}
    live = rows.filter(pc.is_null(rows["deleted"]))
    searched = live.group_by(["patient_key", "vault_version"]).aggregate([]).to_pylist()
    identities = vault.read({patients[pair["patient_key"]] for pair in searched})
    versions = {key: vault.version(identity) for key, identity in identities.items()}
    grown = {p["patient_key"] for p in searched if p["vault_version"] != versions[patients[p["patient_key"]]]}
    moved = {key for key, patient in patients.items() if key != patient}
    deleted = {key for key, patient in patients.items() if patient in deletions.patients}
    leaving = {key for key, patient in patients.items() if patient in out}
    suspect = pc.or_(_in(rows["patient_key"], grown | moved | deleted | leaving), _in(rows["record_id"], rivals))
    for name, taken_back in (("record_id", deletions.records), ("encounter_key", deletions.encounters)):
        suspect = pc.or_(suspect, _in(rows[name], taken_back))
    found = {bucket: Unsettled(bucket, patients, identities) for bucket in buckets}
    for row in rows.filter(suspect).to_pylist():
        key, rank = (row["record_id"], row["patient_key"]), _rank(context, row, patients)
        is_live = row["deleted"] is None
        gone = is_live and deletions.cover(row["record_id"], row["encounter_key"], rank.patient, rank.moment)
        if rank.patient in out or rank < rivals.get(row["record_id"], rank):
            found[row["bucket"]].drop.add(key)
        elif gone or row["patient_key"] in moved or (is_live and row["vault_version"] != versions[rank.patient]):
            found[row["bucket"]].renew[key] = gone
    yield from (one for one in found.values() if one.renew or one.drop)


def _groups(store: Store) -> list[list[int]]:
    """Return the buckets in groups: many small ones are read faster at once, all together may not fit in memory."""
    buckets = store.buckets()
    size = -(-len(buckets) // _PARTS) or 1
    return [buckets[start : start + size] for start in range(0, len(buckets), size)]


def _placed(context: Context) -> pc.Expression:
    return pc.field("patient_key") != nobody_key(context)


def _rivals(context: Context, store: Store, links: Links) -> dict[str, Rank]:
    """Return, of each record that the store has more than one row of, what the best of them is."""
    groups, placed = _groups(store), _placed(context)
    heads = [_heads(store.columns(buckets, ["record_id", "patient_key"], placed)) for buckets in groups]
    values, counts = np.unique(np.concatenate([*heads, _heads(None)]), return_counts=True)
    twice = values[counts > 1]
    best: dict[str, Rank] = {}
    for buckets in groups if len(twice) else ():
        rows = store.columns(buckets, _RANKED, placed)
        for row in rows.filter(pa.array(np.isin(_heads(rows), twice))).to_pylist():
            rank = _rank(context, row, links.canonical_of)
            best[row["record_id"]] = max(rank, best.get(row["record_id"], rank))
    return best


def _heads(rows: pa.Table | None) -> Any:
    """Return the first eight bytes of each record id: enough to see which may be there twice."""
    ids = rows["record_id"].to_pylist() if rows is not None else []
    return np.frombuffer(bytes.fromhex("".join(ids)), ">u8")[::2].astype("u8")


def _rank(context: Context, row: Mapping[str, Any], patients: Mapping[str, str]) -> Rank:
    key = row["patient_key"]
    moment = since_epoch(context.keys, key, row["version"])
    return Rank(moment, row["deleted"] is not None, row["record_sha"], patients.get(key, key))


def _in(column: pa.ChunkedArray, values: Iterable[str]) -> pa.ChunkedArray:
    return pc.is_in(column, pa.array(list(values), pa.string()))
