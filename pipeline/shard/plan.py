"""What the next release is made of: one version of the record store, so that later commits do not mix in."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.context import Context
from pipeline.ledger import Ledger

_PATH = "shards/plan.json"


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """A version of the record store, and the ledgers of what it holds.

    `candidates` are the folders of each bucket's examples, `folders` those of its shards, known once it is selected.
    """

    version: int | None
    candidates: dict[int, str]
    ledgers: tuple[Ledger, ...]
    folders: dict[int, str] = field(default_factory=dict)


def write_release_plan(context: Context, plan: ReleasePlan) -> None:
    """Keep the plan for the stages that follow."""
    context.data.write_json(
        _PATH,
        {
            "version": plan.version,
            "candidates": {str(bucket): folder for bucket, folder in plan.candidates.items()},
            "folders": {str(bucket): folder for bucket, folder in plan.folders.items()},
            "ledgers": [ledger.as_dict() for ledger in plan.ledgers],
        },
    )


def read_release_plan(context: Context) -> ReleasePlan:
    """Return the plan."""
    content = context.data.read_json(_PATH)
    return ReleasePlan(
        content["version"],
        {int(bucket): folder for bucket, folder in content["candidates"].items()},
        tuple(Ledger(**ledger) for ledger in content["ledgers"]),
        {int(bucket): folder for bucket, folder in content["folders"].items()},
    )
