"""The identity vault: per patient all identifiers ever seen, encrypted, in the PHI zone.

Each night appends what it has that is new; a patient's identity is the union of all rows, so it does not matter
in which order, or how often, exports come in. It takes in the rows of the ids that are linked with the patient's, and
of the entries of the directory that they name. The version of an identity is a keyed digest of its content.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from pipeline.context import Context
from pipeline.delta import append, bucket_files, open_table, read_files, remove_patients
from pipeline.records import Identifier
from pipeline.redact.links import Links, read_links

_NAME = "vault"
_SCHEMA = pa.schema(
    [
        pa.field("patient_key", pa.string(), nullable=False),
        pa.field("sealed", pa.binary(), nullable=False),
        pa.field("bucket", pa.int32(), nullable=False),
    ]
)
# Entries of the directory have keys of their own kind, and lie together: a patient may name any of them.
_ENTRY = "@"
_DIRECTORY = -1

Identity = frozenset[Identifier]
NOBODY: Identity = frozenset()


class Vault:
    """The vault of one PHI zone, with the links between patients as they are at the first look."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._directory: dict[str, Identity] = {}

    @cached_property
    def links(self) -> Links:
        """Return which patient keys are one patient."""
        return read_links(self._context)

    @property
    def snapshot(self) -> list[str]:
        """Return the files that the vault consists of: with the same ones it says the same of everybody."""
        table = open_table(self._context.phi, _NAME)
        return sorted(table.file_uris()) if table else []

    def add(self, identities: Mapping[str, set[Identifier]]) -> int:
        """Add identifiers by the key of a patient or of a directory entry; return how many were new."""
        known = self.rows(identities)
        new = {key: found - known.get(key, NOBODY) for key, found in identities.items()}
        rows = [
            {
                "patient_key": key,
                "sealed": self._context.keys.seal(
                    f"identity:{key}", orjson.dumps([list(pair) for pair in sorted(found)])
                ),
                "bucket": self._bucket(key),
            }
            for key, found in sorted(new.items())
            if found
        ]
        if rows:
            append(self._context.phi, _NAME, pa.Table.from_pylist(rows, schema=_SCHEMA))
        return sum(map(len, new.values()))

    def read(self, patient_keys: Iterable[str]) -> dict[str, Identity]:
        """Return the identity of each of the patients, by the key that stands for all ids of the patient.

        It holds no references: what they name stands in their place.
        """
        members = {key: self.links.members(key) for key in patient_keys}
        rows = self.rows(member for each in members.values() for member in each)
        found = {
            key: frozenset().union(*(rows.get(member, NOBODY) for member in each)) for key, each in members.items()
        }
        self._look_up({i.value for identity in found.values() for i in identity if i.type == "reference"})
        return {key: self._resolved(identity) for key, identity in found.items()}

    def version(self, identity: Identity) -> str:
        """Return the version of an identity: equal content, equal version."""
        return self._context.keys.digest("vault_version", *(part for pair in sorted(identity) for part in pair))

    def _look_up(self, wanted: set[str]) -> None:
        """Have the entries of the directory at hand, and those that they name in turn."""
        while missing := wanted - self._directory.keys():
            found = self.rows(missing)
            self._directory.update({key: found.get(key, NOBODY) for key in missing})
            wanted = {i.value for key in missing for i in self._directory[key] if i.type == "reference"}

    def _resolved(self, identity: Identity) -> Identity:
        references = {i.value for i in identity if i.type == "reference"}
        if not references:
            return identity
        seen: set[str] = set()
        while waiting := references - seen:
            seen |= waiting
            named = frozenset().union(*(self._directory[key] for key in waiting))
            references = {i.value for i in named if i.type == "reference"}
            identity |= named
        return frozenset(i for i in identity if i.type != "reference")

    def rows(self, keys: Iterable[str]) -> dict[str, Identity]:
        """Return the identifiers that stand under each key itself."""
        wanted = sorted(set(keys))
        table = open_table(self._context.phi, _NAME) if wanted else None
        if table is None:
            return {}
        files, buckets = bucket_files(table), sorted({self._bucket(key) for key in wanted})
        mine = [file for bucket in buckets for file in files.get(bucket, ())]
        found: dict[str, set[Identifier]] = defaultdict(set)
        for key, identity in self._unsealed(mine, ds.field("patient_key").isin(wanted)):
            found[key].update(identity)
        return {key: frozenset(identity) for key, identity in found.items()}

    def everyone(self) -> Iterator[tuple[str, Identity]]:
        """Yield every row: the key of a patient or of a directory entry, and identifiers."""
        table = open_table(self._context.phi, _NAME)
        for file in sorted(table.file_uris()) if table else ():
            yield from self._unsealed([file])

    def remove(self, patient_keys: Collection[str]) -> None:
        """Remove all rows of some patients, also from old files of the table."""
        remove_patients(self._context.phi, _NAME, patient_keys)

    def _unsealed(self, files: Sequence[str], where: pc.Expression | None = None) -> Iterator[tuple[str, Identity]]:
        rows = read_files(self._context.phi, _NAME, files, _SCHEMA, ["patient_key", "sealed"], where)
        for key, sealed in zip(rows["patient_key"].to_pylist(), rows["sealed"].to_pylist(), strict=True):
            blob = self._context.keys.unseal(f"identity:{key}", sealed)
            yield key, frozenset(Identifier(*pair) for pair in orjson.loads(blob))

    def _bucket(self, key: str) -> int:
        return _DIRECTORY if key.startswith(_ENTRY) else patient_bucket(self._context, key)


def patient_key(context: Context, patient_id: str) -> str:
    """Return the pseudonym of a patient id with authority; without a number it is that of nobody."""
    return (
        nobody_key(context) if not patient_id.partition("|")[2].strip() else context.keys.digest("patient", patient_id)
    )


def nobody_key(context: Context) -> str:
    """Return the key under which deletions lie whose sender did not say of which patient."""
    return context.keys.digest("patient", "")


def entry_key(context: Context, authority: str, reference: str) -> str:
    """Return the key of an entry of the directory of an authority's sources."""
    return _ENTRY + context.keys.digest("directory", authority, reference)


def patient_bucket(context: Context, key: str) -> int:
    """Return the bucket of a patient key."""
    return context.keys.number("bucket", key) % context.settings.buckets
