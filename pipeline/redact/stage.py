"""The index and redact stages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import orjson

from pipeline.config import SourceConfig
from pipeline.context import Work
from pipeline.quarantine import Quarantine
from pipeline.records import Identifier, RawTable, RecordTable, SafeTable
from pipeline.redact.detector import load_detector
from pipeline.redact.fields import redact_table
from pipeline.redact.policy import load_policy
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
                    found[key].update(Identifier(pair["type"], pair["value"]) for pair in identity if pair["value"].strip())
    new = Vault(work.context).add(found)
    result = {"patients": len(found), "new_identifiers": new}
    work.write_json("index", result)
    return result


def redact_partition(work: Work, part: int) -> dict[str, Any]:
    """Redact the `record` table of a partition; return the counts."""
    context = work.context
    policy, detector = load_policy(context.settings), load_detector(context.settings.spacy_model)
    quarantine = Quarantine("redact")
    read = 0

    def tables() -> Iterator[SafeTable]:
        nonlocal read
        for record in work.read(f"record-{part:04}", RecordTable):
            read += len(record)
            safe, refused = redact_table(
                record, context=context, policy=policy, detector=detector, vault=Vault(context), day=work.day
            )
            for refusal in refused:
                row = record.data.slice(refusal.row, 1).to_pylist()[0]
                quarantine.add(
                    refusal.reason,
                    file_id=row["file_id"],
                    position=row["position"],
                    content=orjson.dumps(row).decode(),
                )
            yield safe

    written = work.write(f"safe-{part:04}", tables(), SafeTable)
    quarantine.write(work, part)
    result = {"in": read, "out": written, "rejected": dict(sorted(quarantine.reasons.items()))}
    work.write_json(f"redact-{part:04}", result)
    return result
