"""What the next release is made of: one version of the record store, so that later commits do not mix in."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.context import Context
from pipeline.errors import StorageError
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


def has_release_plan(context: Context) -> bool:
    """Tell whether there is a plan."""
    return context.data.exists(_PATH)


def read_release_plan(context: Context) -> ReleasePlan:
    """Return the plan.

    Raises `StorageError` if there is none: patients were forgotten since the release was begun.
    """
    try:
        content = context.data.read_json(_PATH)
    except FileNotFoundError:
        raise StorageError("the plan of this release is gone: start the release again from the sweep") from None
    return ReleasePlan(
        content["version"],
        {int(bucket): folder for bucket, folder in content["candidates"].items()},
        tuple(Ledger(**ledger) for ledger in content["ledgers"]),
        {int(bucket): folder for bucket, folder in content["folders"].items()},
    )


def drop_release_plan(context: Context) -> None:
    """Stop a release that is being made: it holds what the record store held when it was planned."""
    context.data.remove(_PATH)
