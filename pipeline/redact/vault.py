"""The identity vault: per patient all identifiers ever seen, encrypted, in the PHI zone.

Each night appends what it has that is new; a patient's identity is the union of all rows, so it does not matter
in which order, or how often, exports come in. The version of an identity is a keyed digest of its content.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson
import pyarrow as pa
import pyarrow.dataset as ds

from pipeline.context import Context
from pipeline.delta import append, bucket_files, open_table, read_files
from pipeline.records import Identifier

_NAME = "vault"
_SCHEMA = pa.schema(
    [
        pa.field("patient_key", pa.string(), nullable=False),
        pa.field("sealed", pa.binary(), nullable=False),
        pa.field("bucket", pa.int32(), nullable=False),
    ]
)

Identity = frozenset[Identifier]
NOBODY: Identity = frozenset()


@dataclass(frozen=True, slots=True)
class Vault:
    """The vault of one PHI zone."""

    context: Context

    def add(self, identities: Mapping[str, set[Identifier]]) -> int:
        """Add identifiers by patient key; return how many were new."""
        known = self.read(identities)
        new = {key: found - known.get(key, NOBODY) for key, found in identities.items()}
        rows = [
            {
                "patient_key": key,
                "sealed": self.context.keys.seal(
                    f"identity:{key}", orjson.dumps([list(pair) for pair in sorted(found)])
                ),
                "bucket": patient_bucket(self.context, key),
            }
            for key, found in sorted(new.items())
            if found
        ]
        if rows:
            append(self.context.phi, _NAME, pa.Table.from_pylist(rows, schema=_SCHEMA))
        return sum(map(len, new.values()))

    def read(self, patient_keys: Iterable[str]) -> dict[str, Identity]:
        """Return the identity of each of the patients that the vault knows."""
        wanted = sorted(set(patient_keys))
        table = open_table(self.context.phi, _NAME)
        if table is None or not wanted:
            return {}
        buckets = sorted({patient_bucket(self.context, key) for key in wanted})
        rows = read_files(
            self.context.phi, _NAME, bucket_files(table, buckets), _SCHEMA, ["patient_key", "sealed"],
            ds.field("patient_key").isin(wanted),
        )  # fmt: skip
        found: dict[str, set[Identifier]] = defaultdict(set)
        for row in rows.to_pylist():
            blob = self.context.keys.unseal(f"identity:{row['patient_key']}", row["sealed"])
            found[row["patient_key"]].update(Identifier(*pair) for pair in orjson.loads(blob))
        return {key: frozenset(identity) for key, identity in found.items()}

    def version(self, identity: Identity) -> str:
        """Return the version of an identity: equal content, equal version."""
        return self.context.keys.digest("vault_version", *(part for pair in sorted(identity) for part in pair))


def patient_key(context: Context, patient_id: str) -> str:
    """Return the pseudonym of a patient id with authority."""
    return context.keys.digest("patient", patient_id)


def patient_bucket(context: Context, key: str) -> int:
    """Return the bucket of a patient key."""
    return context.keys.number("bucket", key) % context.settings.buckets
