"""Apply the policy to a `record` table, column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from pipeline.context import Context
from pipeline.errors import RedactionError
from pipeline.records import RecordTable, SafeTable, contract, schema
from pipeline.redact.actions import ACTIONS, Rows
from pipeline.redact.dates import sequence_of, version_of
from pipeline.redact.policy import DERIVED, Policy
from pipeline.redact.spans import Detector
from pipeline.redact.text import Tally
from pipeline.redact.vault import NOBODY, Vault, patient_bucket, patient_key

# Part of the content that `safe_sha` covers: all but where it was read.
LINEAGE = frozenset(("file_id", "position", "safe_sha"))
# All that stays of a record that its sender took back: of `record`, and of `safe`.
_LEFT = frozenset(("source", "file_id", "position", "record_id", "kind", "deleted", "version"))
RECORD_LEFT = _LEFT | {"patient_id", "encounter_id"}
SAFE_LEFT = _LEFT | {"patient_key", "encounter_key"} | DERIVED - {"sequence"}
# Never looked at here: the vault has read the one, and nothing of the other passes.
_UNREAD = frozenset(("identity", "extras"))


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that could not be made safe."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A table made safe, what was found in each of its rows, and the rows that could not be made safe."""

    safe: SafeTable
    tallies: list[Tally]
    refused: list[Refused]


def redact_table(
    table: RecordTable, *, context: Context, policy: Policy, detector: Detector, vault: Vault, day: str
) -> Outcome:
    """Make a table safe: every column by its rule, and nothing that the policy does not name.

    Rows whose free text no detector can vouch for are left out and returned with their reasons.
    """
    columns = {name: table.data[name].to_pylist() for name in table.data.schema.names if name not in _UNREAD}
    deleted = [row for row, scope in enumerate(columns["deleted"]) if scope]
    for name in columns.keys() - RECORD_LEFT:
        for row in deleted:
            columns[name][row] = None
    keys_of = {pid: vault.links.canonical(patient_key(context, pid)) for pid in set(columns["patient_id"])}
    patient_keys = [keys_of[pid] for pid in columns["patient_id"]]
    blobs = vault.read(set(keys_of.values()))
    identities = [blobs[key] for key in patient_keys]
    for row in deleted:
        identities[row] = NOBODY
    rows = Rows(context, policy, detector, day, columns, patient_keys, identities, [Counter() for _ in patient_keys])

    refused: dict[int, str] = {}
    safe: dict[str, list[Any]] = {name: [None] * len(rows) for name in contract("safe")}
    for name, target in policy.file.passing.items():
        if columns[name].count(None) == len(rows):
            continue
        outcome = ACTIONS[policy.file.fields[name].action](rows, name)
        for row, value in enumerate(outcome):
            if isinstance(value, RedactionError):
                refused.setdefault(row, f"{value.code}:{name}")
                outcome[row] = None
        safe[target] = outcome
    _derive(rows, safe, vault)

    kept = [row for row in range(len(rows)) if row not in refused]
    result = SafeTable.from_columns({name: [column[row] for row in kept] for name, column in safe.items()})
    return Outcome(
        result, [rows.tallies[row] for row in kept], [Refused(row, reason) for row, reason in sorted(refused.items())]
    )


def _derive(rows: Rows, safe: dict[str, list[Any]], vault: Vault) -> None:
    """Fill the columns that redaction itself writes."""
    context = rows.context
    buckets = {key: patient_bucket(context, key) for key in set(rows.patient_keys)}
    versions = {identity: vault.version(identity) for identity in set(rows.identities)}
    safe["bucket"] = [buckets[key] for key in rows.patient_keys]
    safe["policy"] = [rows.policy.label] * len(rows)
    safe["vault_version"] = [versions[identity] for identity in rows.identities]
    for name, made, moments in (("version", version_of, "version"), ("sequence", sequence_of, "start")):
        safe[name] = [
            made(context.keys, key, moment)
            for key, moment in zip(rows.patient_keys, rows.columns[moments], strict=True)
        ]
    safe["record_id"] = [
        deletion_id(context, scope, record_id) if scope in ("encounter", "patient") else record_id
        for scope, record_id in zip(rows.columns["deleted"], safe["record_id"], strict=True)
    ]
    content = [column for name, column in rows.columns.items() if name not in ("file_id", "position")]
    safe["record_sha"] = _digests(context, "record_sha", content)
    safe["safe_sha"] = safe_digests(context, safe)


def deletion_id(context: Context, scope: str, record_id: str) -> str:
    """Return the id of the deletion of a record's encounter or patient.

    It has one of its own: a newer version of that record does not call back what else was deleted.
    """
    return context.keys.digest("deletion", scope, record_id)


def safe_digests(context: Context, safe: Mapping[str, Sequence[Any]]) -> list[str]:
    """Return the digest of the content of each safe row, lineage left out."""
    return _digests(context, "safe_sha", [safe[name] for name in schema("safe").names if name not in LINEAGE])


def _digests(context: Context, purpose: str, columns: Iterable[Sequence[Any]]) -> list[str]:
    return context.keys.digests(purpose, map(orjson.dumps, zip(*columns, strict=True)))
