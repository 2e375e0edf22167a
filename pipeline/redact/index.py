"""The index stage: identifiers of a run into the vault."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from pipeline.config import SourceConfig
from pipeline.context import Work
from pipeline.records import Identifier, RawTable
from pipeline.redact.vault import Vault, patient_key


def index_identities(work: Work, source: SourceConfig) -> dict[str, Any]:
    """Put the identifiers of all partitions into the vault, before any of them is redacted.

    They are taken from `raw`, so that a record which normalize rejects still gives away its patient's names.
    """
    found: dict[str, set[Identifier]] = defaultdict(set)
    for part in work.parts:
        for table in work.read(f"raw-{part:04}", RawTable):
            columns = table.data.select(["patient_id", "patient_authority", "identity"]).to_pydict()
            for number, named, identity in zip(*columns.values(), strict=True):
                if number.strip() and identity:
                    key = patient_key(work.context, f"{named or source.authority}|{number}")
                    found[key].update(
                        Identifier(pair["type"], pair["value"]) for pair in identity if pair["value"].strip()
                    )
    new = Vault(work.context).add(found)
    result = {"patients": len(found), "new_identifiers": new}
    work.write_json("index", result)
    return result
