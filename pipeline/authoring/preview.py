"""The first records of a day as they pass the stages: raw, normalized, redacted. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from pipeline.config import SourceConfig
from pipeline.context import Context
from pipeline.errors import ConfigError
from pipeline.ingest.columns import raw_table
from pipeline.ingest.plan import plan_files
from pipeline.ingest.read import FileCounts, open_files, person_table, read_file
from pipeline.ingest.registry import load_connector
from pipeline.normalize.date_order import DATES, Orders, find_orders
from pipeline.normalize.records import normalize_table
from pipeline.records import Identifier, RawTable
from pipeline.redact.detector import load_detector
from pipeline.redact.fields import redact_table
from pipeline.redact.index import identities
from pipeline.redact.policy import Policy, load_policy
from pipeline.redact.vault import NOBODY, Identity, Vault


@dataclass(frozen=True, slots=True)
class Stages:
    """One record after each stage. `raw` and `record` are PHI. `refused` is the reason of the stage that refused it."""

    raw: Mapping[str, Any]
    record: Mapping[str, Any] | None = None
    safe: Mapping[str, Any] | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """The first records of a file, and the outcomes of all its units."""

    records: list[Stages]
    counts: FileCounts
    policy: Policy


class _ReadOnlyVault(Vault):
    """The vault, and beside it what a file says that is not in it yet."""

    def __init__(self, context: Context, told: Mapping[str, set[Identifier]]) -> None:
        super().__init__(context)
        self._told = told

    def rows(self, keys: Iterable[str]) -> dict[str, Identity]:
        wanted = set(keys)
        known = super().rows(wanted)
        return {key: known.get(key, NOBODY) | self._told.get(key, set()) for key in wanted}

    def add(self, identities: Mapping[str, set[Identifier]]) -> int:
        raise AssertionError("a preview writes nothing")


def preview(context: Context, source: SourceConfig, day: date, number: int) -> Preview:
    """Take the first records of the day's first file that has some through the stages' own functions.

    All of the file is read: its identifiers are searched for in the notes, with those of the vault. Raises
    `ConfigError` if there are no files, or no records in them.
    """
    connector, policy = load_connector(source), load_policy(context.settings)
    files = open_files(file for part in plan_files(context, source, day) for file in part)
    for file_id, file in files.items():
        counts, first = FileCounts(), list[RawTable]()
        told: dict[str, set[Identifier]] = defaultdict(set)
        seen: list[pa.Table] = []
        for batch in read_file(connector, file, counts, source.exclude):
            raw = raw_table(source.name, file_id, batch)
            for key, identity in identities(context, source, [raw], [person_table(batch.people)]):
                told[key].update(identity)
            seen.append(raw.data.select(["file_id", *DATES]))
            missing = number - sum(map(len, first))
            if missing > 0 and len(raw):
                first.append(RawTable(raw.data.slice(0, missing)))
        if first:
            orders = {} if source.date_order else find_orders(seen)
            vault = _ReadOnlyVault(context, told)
            rows = (RawTable(table.data.slice(row, 1)) for table in first for row in range(len(table)))
            return Preview(
                [_stages(context, source, one, policy, vault, day.isoformat(), orders) for one in rows], counts, policy
            )
    raise ConfigError(f"source {source.name} has files for {day}, but no records in them: see what was rejected")


def _stages(
    context: Context, source: SourceConfig, raw: RawTable, policy: Policy, vault: Vault, day: str, orders: Orders
) -> Stages:
    before = raw.data.to_pylist()[0]
    record, rejected = normalize_table(raw, source, day, context.keys, orders)
    if rejected:
        return Stages(before, refused=rejected[0].reason)
    detector = load_detector(context.settings.recognizers, source.language)
    outcome = redact_table(record, context=context, policy=policy, detector=detector, vault=vault, day=day)
    after = record.data.to_pylist()[0]
    if outcome.refused:
        return Stages(before, after, refused=outcome.refused[0].reason)
    return Stages(before, after, outcome.safe.data.to_pylist()[0])
