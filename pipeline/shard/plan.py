"""What the next release is made of: one version of the record store, so that later commits do not mix in."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.context import Context
from pipeline.ledger import Ledger

_PATH = "shards/plan.json"


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """A version of the record store, the folder of each bucket's shards, and the ledgers of what it holds."""

    version: int | None
    folders: dict[int, str]
    ledgers: tuple[Ledger, ...]


def write_release_plan(context: Context, plan: ReleasePlan) -> None:
    """Keep the plan for the stages that follow."""
    ledgers = [ledger.as_dict() for ledger in plan.ledgers]
    folders = {str(bucket): folder for bucket, folder in plan.folders.items()}
    context.data.write_json(_PATH, {"version": plan.version, "folders": folders, "ledgers": ledgers})


def read_release_plan(context: Context) -> ReleasePlan:
    """Return the plan."""
    content = context.data.read_json(_PATH)
    folders = {int(bucket): folder for bucket, folder in content["folders"].items()}
    return ReleasePlan(content["version"], folders, tuple(Ledger(**ledger) for ledger in content["ledgers"]))
