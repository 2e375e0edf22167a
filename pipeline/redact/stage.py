"""The redact stage over one partition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.columns import map_distinct
from pipeline.config import SourceConfig
from pipeline.context import Work
from pipeline.ledger import FORGOTTEN
from pipeline.quarantine import Quarantine
from pipeline.records import AuditTable, RecordTable, SafeTable
from pipeline.redact.detector import load_detector
from pipeline.redact.fields import Outcome, redact_table
from pipeline.redact.forgotten import forgotten
from pipeline.redact.policy import load_policy
from pipeline.redact.vault import Vault, patient_key

PLACE = ["file_id", "position"]


def redact_partition(work: Work, source: SourceConfig, part: int) -> dict[str, Any]:
    """Redact the `record` table of a partition; return the counts.

    Records of patients who are forgotten are left out, and go to no quarantine either.
    """
    context = work.context
    policy, detector = load_policy(context.settings), load_detector(context.settings.recognizers, source.language)
    quarantine, vault = Quarantine("redact"), Vault(context)
    out = forgotten(context, vault.links)
    read, found, left_out = 0, list[AuditTable](), list[pa.Table]()

    def tables() -> Iterator[SafeTable]:
        nonlocal read
        for table in work.read(f"record-{part:04}", RecordTable):
            read += len(table)
            stays = pc.invert(map_distinct(table.data["patient_id"].combine_chunks(), is_out, pa.bool_()))
            left_out.append(table.data.select(PLACE).filter(pc.invert(stays)))
            record = table.filter(stays)
            outcome = redact_table(record, context=context, policy=policy, detector=detector, vault=vault, day=work.day)
            for refusal in outcome.refused:
                quarantine.add_row(refusal.reason, record, refusal.row)
            found.append(_audit(outcome))
            yield outcome.safe

    def is_out(patient_id: str) -> bool:
        return vault.links.canonical(patient_key(context, patient_id)) in out

    written = work.write(f"safe-{part:04}", tables(), SafeTable)
    work.write(f"audit-{part:04}", found, AuditTable)
    quarantine.write(work, part)
    places = [tuple(place.values()) for table in left_out for place in table.to_pylist()]
    work.write_json(f"left-out-{part:04}", sorted(set(places)))
    result = {
        "in": read, "out": written, "rejected": dict(sorted(quarantine.reasons.items())),
        "excluded": {FORGOTTEN: len(places)} if places else {}, "policy": policy.label, "detector": detector.version,
    }  # fmt: skip
    work.write_json(f"redact-{part:04}", result)
    return result


def _audit(outcome: Outcome) -> AuditTable:
    """Return what was found in each record, for the audit log."""
    counted = zip(outcome.safe.data["record_id"].to_pylist(), outcome.tallies, strict=True)
    rows = [(record_id, *what, count) for record_id, tally in counted for what, count in tally.items()]
    names = ("record_id", "class", "detector", "count")
    return AuditTable.from_columns(dict(zip(names, zip(*rows, strict=True) if rows else [[]] * 4, strict=True)))
