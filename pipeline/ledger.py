"""The ledger of a source and day: where every unit and record went. Holds counts and codes, no PHI.

    units read      = accepted + rejected + excluded
    records made    = accepted + rejected + superseded      deletions are among the accepted

Each side is counted by another stage than the other. The ledger depends on the input and the policy alone, so that
it is the same for every order of nights.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from pipeline.config import SourceConfig
from pipeline.context import Context, Work
from pipeline.errors import GateError

_FOLDER = "ledger"


@dataclass(frozen=True, slots=True)
class Ledger:
    """The counts of one source and day.

    `findings` counts, by code, what connectors found worth knowing and that refused nothing; `refused` says why
    nothing of the day was committed.
    """

    source: str
    day: str
    files: int
    units: dict[str, Any]
    records: dict[str, Any]
    findings: dict[str, int] = field(default_factory=dict)
    refused: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the ledger as JSON takes it."""
        return {name: getattr(self, name) for name in self.__slots__}

    def balance(self) -> None:
        """Raise `GateError` unless every unit and record is accounted for."""
        for name, counts, left in (
            ("units", self.units, ("accepted", "rejected", "excluded")),
            ("records", self.records, ("accepted", "rejected", "superseded")),
        ):
            total = sum(_total(counts[column]) for column in left)
            if counts["read"] != total:
                raise GateError(
                    f"{self.source} on {self.day}: {counts['read']} {name} read but {total} accounted for; nothing was "
                    "committed: run the day again, and report it if it stays"
                )

    @property
    def reject_share(self) -> float:
        """Return the larger of the shares of units and of records that were rejected."""
        return max(
            _total(counts["rejected"]) / counts["read"] if counts["read"] else 0.0
            for counts in (self.units, self.records)
        )


def _total(count: int | dict[str, int]) -> int:
    return sum(count.values()) if isinstance(count, dict) else count


def _sum(counts: list[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(sorted(total.items()))


def make_ledger(work: Work, superseded: int, deletions: int) -> Ledger:
    """Add up what the stages of a run counted.

    `superseded` is the number of accepted records that a newer version in the same run replaced; of those that are
    left, `deletions` are what the sender took back.
    Raises `GateError` if a stage did not read all that the one before it wrote.
    """
    stages = {
        name: [work.read_json(f"{name}-{part:04}") for part in work.parts]
        for name in ("ingest", "normalize", "redact", "validate")
    }
    written = [part["rows"] for part in stages["ingest"]]
    for name in ("normalize", "redact", "validate"):
        if [part["in"] for part in stages[name]] != written:
            raise GateError(f"{work.source} on {work.day}: {name} did not read all rows; run the day again")
        written = [part["out"] for part in stages[name]]
    files = [counts for part in stages["ingest"] for counts in part["files"].values()]
    rejected_later = [part["rejected"] for name in ("normalize", "redact", "validate") for part in stages[name]]
    units = {
        "read": sum(counts["read"] for counts in files),
        "accepted": sum(part["units"] for part in stages["validate"]),
        "rejected": _sum(
            [counts["rejected"] for counts in files] + [part["units_rejected"] for part in stages["validate"]]
        ),
        "excluded": _sum([counts["excluded"] for counts in files]),
    }
    records = {
        "read": sum(counts["records"] for counts in files),
        "accepted": sum(written) - superseded,
        "rejected": _sum(rejected_later),
        "superseded": superseded,
        "deletions": deletions,
    }
    findings = _sum([counts["findings"] for counts in files])
    return Ledger(work.source, work.day, len(files), units, records, findings)


def check_ledger(ledger: Ledger, source: SourceConfig) -> None:
    """Raise `GateError` unless the ledger balances and not too much was rejected."""
    ledger.balance()
    if ledger.reject_share > source.max_reject_share:
        reasons = _sum([ledger.units["rejected"], ledger.records["rejected"]])
        listed = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items(), key=lambda r: -r[1])[:5])
        raise GateError(
            f"{source.name} on {ledger.day}: {ledger.reject_share:.1%} rejected, more than max_reject_share "
            f"{source.max_reject_share:.1%} ({listed}); nothing was committed. See what was rejected with `chartmill "
            f"quarantine {source.name} --day {ledger.day}`, correct the export or the source, and run the day again"
        )


def write_ledger(context: Context, ledger: Ledger) -> None:
    """Keep a ledger; a later run of the same source and day replaces it."""
    context.data.write_json(f"{_FOLDER}/{ledger.day}/{ledger.source}.json", ledger.as_dict())


def read_ledgers(context: Context, day: str = "") -> list[Ledger]:
    """Return the ledgers of a day, or of all days, sorted by day and source."""
    days = [day] if day else context.data.list(_FOLDER)
    return [
        Ledger(**context.data.read_json(f"{_FOLDER}/{each}/{name}"))
        for each in days
        for name in context.data.list(f"{_FOLDER}/{each}")
    ]
