"""The sweep: search stored text again for identifiers that came after it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pipeline.context import Context
from pipeline.records import SafeTable
from pipeline.redact.fields import safe_digest
from pipeline.redact.known import known_of
from pipeline.redact.policy import Policy
from pipeline.redact.text import search_known
from pipeline.redact.vault import NOBODY, Identity, Vault


def outdated(context: Context, searched: pa.Table) -> dict[str, Identity]:
    """Return the identities, by patient key, that have grown since records of the patient were searched.

    `searched` has the columns `patient_key` and `vault_version` of stored records.
    """
    pairs = searched.group_by(["patient_key", "vault_version"]).aggregate([]).to_pylist()
    vault = Vault(context)
    identities = vault.read(pair["patient_key"] for pair in pairs)
    versions = {key: vault.version(identity) for key, identity in identities.items()}
    return {
        pair["patient_key"]: identities[pair["patient_key"]]
        for pair in pairs
        if pair["patient_key"] in versions and pair["vault_version"] != versions[pair["patient_key"]]
    }


def sweep_table(table: SafeTable, identities: dict[str, Identity], context: Context, policy: Policy) -> SafeTable:
    """Search every text, code and number of a table with the identity of its patient as it is now."""
    columns: dict[str, list[Any]] = {name: table.data[name].to_pylist() for name in table.data.schema.names}
    of_row = [identities.get(key, NOBODY) for key in columns["patient_key"]]
    for name, rule in policy.file.fields.items():
        values = columns[rule.target or name]
        if rule.action in ("free_text", "coded_text"):
            columns[rule.target or name] = [
                value and search_known(value, identity) for value, identity in zip(values, of_row, strict=True)
            ]
        elif rule.action in ("code", "number"):
            columns[rule.target or name] = [
                None if value is not None and known_of(identity).holds(_plain(value)) else value
                for value, identity in zip(values, of_row, strict=True)
            ]
    vault = Vault(context)
    versions = {identity: vault.version(identity) for identity in set(of_row)}
    columns["vault_version"] = [versions[identity] for identity in of_row]
    columns["safe_sha"] = [safe_digest(context, columns, row) for row in range(len(table))]
    return SafeTable.from_columns(columns)


def _plain(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.15g}".lstrip("-")
