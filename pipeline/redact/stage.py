"""The redact stage over one partition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.config import SourceConfig
from pipeline.context import Work
from pipeline.quarantine import Quarantine
from pipeline.records import AuditTable, RecordTable, SafeTable
from pipeline.redact.detector import load_detector
from pipeline.redact.fields import Outcome, redact_table
from pipeline.redact.policy import load_policy
from pipeline.redact.vault import Vault


def redact_partition(work: Work, source: SourceConfig, part: int) -> dict[str, Any]:
    """Redact the `record` table of a partition; return the counts."""
    context = work.context
    policy, detector = load_policy(context.settings), load_detector(context.settings.recognizers, source.language)
    quarantine, vault = Quarantine("redact"), Vault(context)
    read, found = 0, list[AuditTable]()

    def tables() -> Iterator[SafeTable]:
        nonlocal read
        for record in work.read(f"record-{part:04}", RecordTable):
            read += len(record)
            outcome = redact_table(record, context=context, policy=policy, detector=detector, vault=vault, day=work.day)
            for refusal in outcome.refused:
                quarantine.add_row(refusal.reason, record, refusal.row)
            found.append(_audit(outcome))
            yield outcome.safe

    written = work.write(f"safe-{part:04}", tables(), SafeTable)
    work.write(f"audit-{part:04}", found, AuditTable)
    quarantine.write(work, part)
    result = {
        "in": read, "out": written, "rejected": dict(sorted(quarantine.reasons.items())), "policy": policy.label,
        "detector": detector.version,
    }  # fmt: skip
    work.write_json(f"redact-{part:04}", result)
    return result


def _audit(outcome: Outcome) -> AuditTable:
    """Return what was found in each record, for the audit log."""
    counted = zip(outcome.safe.data["record_id"].to_pylist(), outcome.tallies, strict=True)
    rows = [(record_id, *what, count) for record_id, tally in counted for what, count in tally.items()]
    names = ("record_id", "class", "detector", "count")
    return AuditTable.from_columns(dict(zip(names, zip(*rows, strict=True) if rows else [[]] * 4, strict=True)))
