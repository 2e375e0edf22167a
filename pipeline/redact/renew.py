"""Make stored rows anew: as rows of the patient that they are of now, with what is known of that patient now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.context import Context
from pipeline.records import SafeTable
from pipeline.redact.actions import plain_number
from pipeline.redact.dates import move_sequence, move_version, shift_days, shift_iso
from pipeline.redact.fields import SAFE_LEFT, safe_digests
from pipeline.redact.known import known_of
from pipeline.redact.policy import Policy
from pipeline.redact.surrogates import move_tags, writers
from pipeline.redact.text import search_known
from pipeline.redact.vault import NOBODY, Identity, Vault, patient_bucket
from pipeline.redact.written_dates import move_dates

# Of a record that a deletion of something else took away, the sender's own word on it may still come: it wins.
_NO_RECORD = "0" * 32

_TEXT_ACTIONS = ("free_text", "coded_text")

Columns = dict[str, list[Any]]


def renewed(
    table: SafeTable, patients: Sequence[str], deleted: Sequence[bool], identities: Mapping[str, Identity],
    context: Context, policy: Policy,
) -> SafeTable:  # fmt: skip
    """Return the rows of a table as rows of `patients`; of those that were deleted the content is gone."""
    columns: Columns = {name: table.data[name].to_pylist() for name in table.data.schema.names}
    for row, gone in enumerate(deleted):
        if gone:
            for name in columns.keys() - SAFE_LEFT:
                columns[name][row] = None
            columns["deleted"][row], columns["record_sha"][row] = "record", _NO_RECORD
    _move(columns, patients, context, policy)
    of_row = [
        NOBODY if scope else identities.get(patient, NOBODY)
        for scope, patient in zip(columns["deleted"], patients, strict=True)
    ]
    _search(columns, of_row, context, policy)
    vault = Vault(context)
    versions = {identity: vault.version(identity) for identity in set(of_row)}
    columns["vault_version"] = [versions[identity] for identity in of_row]
    columns["safe_sha"] = safe_digests(context, columns)
    return SafeTable.from_columns(columns)


def _move(columns: Columns, patients: Sequence[str], context: Context, policy: Policy) -> None:
    """Count from the anchor, shift by the days, and number the tags, of the patients that the rows are of now."""
    keys = context.keys
    dates = [rule.target or name for name, rule in policy.file.fields.items() if rule.action == "shift"]
    texts = [rule.target or name for name, rule in policy.file.fields.items() if rule.action in _TEXT_ACTIONS]
    for row, (was, now) in enumerate(zip(columns["patient_key"], patients, strict=True)):
        if was == now:
            continue
        columns["patient_key"][row], columns["bucket"][row] = now, patient_bucket(context, now)
        columns["version"][row] = move_version(keys, columns["version"][row], was, now)
        columns["sequence"][row] = move_sequence(keys, columns["sequence"][row], was, now)
        days, before = shift_days(keys, now), shift_days(keys, was)
        for name in dates:
            columns[name][row] = shift_iso(columns[name][row], days, before)
        for name in texts:
            if text := columns[name][row]:
                columns[name][row] = move_tags(move_dates(text, days, before), keys, was, now)


def _search(columns: Columns, identities: Sequence[Identity], context: Context, policy: Policy) -> None:
    """Search every text, code and number for the identifiers of its patient."""
    written = [writers(policy.file.replace, context.keys, key) for key in columns["patient_key"]]
    for name, target in policy.file.passing.items():
        rule, values = policy.file.fields[name], columns[target]
        if rule.action in _TEXT_ACTIONS:
            values[:] = [
                value and search_known(value, identity, tags).text
                for value, identity, tags in zip(values, identities, written, strict=True)
            ]
        elif rule.action in ("code", "number", "unit"):
            values[:] = [
                None if value is not None and known_of(identity).holds(_plain(value)) else value
                for value, identity in zip(values, identities, strict=True)
            ]


def _plain(value: str | float) -> str:
    return value if isinstance(value, str) else plain_number(value)
