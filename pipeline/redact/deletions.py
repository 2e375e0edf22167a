"""What senders took back: records, and all of an encounter or of a patient, up to a version of each deletion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from pipeline.context import Context
from pipeline.records import SafeTable
from pipeline.redact.dates import since_epoch
from pipeline.redact.links import Links
from pipeline.redact.vault import nobody_key


class Store(Protocol):
    """What the sweep needs of the record store."""

    @property
    def snapshot(self) -> list[str] | None:
        """Return the files that it consists of; `None` if that may change."""

    def buckets(self) -> list[int]:
        """Return the buckets that hold records."""

    def columns(
        self, buckets: Sequence[int], names: Sequence[str] | None, where: pc.Expression | None = None
    ) -> pa.Table:
        """Return some columns of the records of some buckets that hold `where`."""

    def read(self, buckets: Sequence[int]) -> SafeTable:
        """Return all records of some buckets."""

    def merge(self, table: SafeTable) -> object:
        """Bring rows in, unless the store has newer ones."""

    def drop(self, rows: SafeTable) -> None:
        """Take rows out."""


@dataclass(slots=True)
class Deletions:
    """The latest moment, in microseconds since 1970, up to which records, encounters and patients were taken back."""

    records: dict[str, int] = field(default_factory=dict)
    encounters: dict[str, int] = field(default_factory=dict)
    patients: dict[str, int] = field(default_factory=dict)

    def cover(self, record_id: str, encounter_key: str | None, patient_key: str, moment: int) -> bool:
        """Tell whether a record, last changed at `moment`, was taken back since."""
        up_to = (
            self.records.get(record_id), self.encounters.get(encounter_key or ""), self.patients.get(patient_key)
        )  # fmt: skip
        return any(deleted is not None and moment <= deleted for deleted in up_to)


def read_deletions(context: Context, store: Store, links: Links) -> Deletions:
    """Return what the stored deletions take away beside the row in whose place they stand.

    One that names neither patient nor encounter means those of the stored row of its record.
    """
    keys, nobody, found = context.keys, nobody_key(context), Deletions()
    wide = ds.field("deleted").isin(["encounter", "patient"])
    unplaced = ds.field("deleted").is_valid() & (ds.field("patient_key") == nobody)
    names = ["record_id", "kind", "deleted", "patient_key", "encounter_key", "version"]
    own: dict[str, dict[str, Any]] = {}
    for row in store.columns(store.buckets(), names, wide | unplaced).to_pylist():
        row["moment"] = since_epoch(keys, row["patient_key"], row["version"])
        if row["deleted"] == "record":
            found.records[row["record_id"]] = row["moment"]
            continue
        own[row["record_id"]] = row
        if row["deleted"] == "encounter" and row["encounter_key"]:
            _later(found.encounters, row["encounter_key"], row["moment"])
        elif row["deleted"] == "patient" and row["patient_key"] != nobody:
            _later(found.patients, links.canonical(row["patient_key"]), row["moment"])
    if own:
        _named_by_their_record(context, store, links, own, found)
    return found


def _named_by_their_record(
    context: Context, store: Store, links: Links, own: Mapping[str, dict[str, Any]], found: Deletions
) -> None:
    """Add the records whose encounter or patient was taken back, and these themselves if the deletion names none."""
    # Not above: it takes seconds to import, and few stores hold such deletions.
    from pipeline.redact.fields import deletion_id

    scopes: dict[str, set[str]] = defaultdict(set)
    for deletion in own.values():
        scopes[deletion["kind"]].add(deletion["deleted"])
    names = ["record_id", "kind", "patient_key", "encounter_key"]
    nobody = nobody_key(context)
    for row in store.columns(store.buckets(), names, ds.field("kind").isin(list(scopes))).to_pylist():
        for scope in scopes[row["kind"]]:
            named = own.get(deletion_id(context, scope, row["record_id"]))
            if named is None:
                continue
            _later(found.records, row["record_id"], named["moment"])
            if scope == "encounter" and not named["encounter_key"] and row["encounter_key"]:
                _later(found.encounters, row["encounter_key"], named["moment"])
            elif scope == "patient" and named["patient_key"] == nobody and row["patient_key"] != nobody:
                _later(found.patients, links.canonical(row["patient_key"]), named["moment"])


def _later(moments: dict[str, int], key: str, moment: int) -> None:
    moments[key] = max(moment, moments.get(key, moment))
