"""The first records of a day as they pass the stages: raw, normalized, redacted. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.authoring.export import open_found
from pipeline.config import SourceConfig
from pipeline.context import Context
from pipeline.errors import ConfigError
from pipeline.ingest.columns import raw_table
from pipeline.ingest.connector import Batch
from pipeline.ingest.plan import find_files
from pipeline.ingest.read import FileCounts, read_file
from pipeline.ingest.registry import load_connector
from pipeline.normalize.records import normalize_table
from pipeline.records import Identifier, RawTable
from pipeline.redact.detector import load_detector
from pipeline.redact.fields import redact_table
from pipeline.redact.policy import Policy, load_policy
from pipeline.redact.vault import NOBODY, Identity, Vault, patient_key


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


@dataclass(frozen=True, slots=True)
class _ReadOnlyVault(Vault):
    """The vault, and beside it what a file says that is not in it yet."""

    told: Mapping[str, set[Identifier]]

    def read(self, patient_keys: Iterable[str]) -> dict[str, Identity]:
        wanted = set(patient_keys)
        known = Vault.read(self, wanted)
        return {key: known.get(key, NOBODY) | self.told.get(key, set()) for key in wanted}

    def add(self, identities: Mapping[str, set[Identifier]]) -> int:
        raise AssertionError("a preview writes nothing")


def preview(context: Context, source: SourceConfig, day: date, number: int) -> Preview:
    """Take the first records of the day's first file that has some through the stages' own functions.

    All of the file is read: its identifiers are searched for in the notes, with those of the vault. Raises
    `ConfigError` if there are no files, or no records in them.
    """
    connector, policy = load_connector(source), load_policy(context.settings)
    for file_id, file in open_found(context, source, find_files(source, day)).items():
        counts, first = FileCounts(), list[RawTable]()
        told: dict[str, set[Identifier]] = defaultdict(set)
        for batch in read_file(connector, file, counts):
            if not batch.rows:
                continue
            raw = raw_table(source.name, file_id, batch)
            _collect(context, source, raw, batch, told)
            missing = number - sum(map(len, first))
            if missing > 0:
                first.append(RawTable(raw.data.slice(0, missing)))
        if first:
            vault = _ReadOnlyVault(context, told)
            rows = (RawTable(table.data.slice(row, 1)) for table in first for row in range(len(table)))
            return Preview(
                [_stages(context, source, one, policy, vault, day.isoformat()) for one in rows], counts, policy
            )
    raise ConfigError(f"source {source.name} has files for {day}, but no records in them: see what was rejected")


def _collect(
    context: Context, source: SourceConfig, raw: RawTable, batch: Batch, told: dict[str, set[Identifier]]
) -> None:
    """Add the identifiers of a batch to those of their patients, as the index stage does."""
    for number, named, identity in _identities(raw):
        told[patient_key(context, f"{named or source.authority}|{number}")].update(identity)
    for person in batch.people:
        if person.patient_id:
            key = patient_key(context, f"{person.patient_authority or source.authority}|{person.patient_id}")
            told[key].update(person.identity)


def _identities(raw: RawTable) -> Iterator[tuple[str, str, list[Identifier]]]:
    columns = raw.data.select(["patient_id", "patient_authority", "identity"]).to_pydict()
    for number, named, identity in zip(*columns.values(), strict=True):
        yield number, named, [Identifier(**pair) for pair in identity if pair["value"].strip()]


def _stages(context: Context, source: SourceConfig, raw: RawTable, policy: Policy, vault: Vault, day: str) -> Stages:
    before = raw.data.to_pylist()[0]
    record, rejected = normalize_table(raw, source, day, context.keys)
    if rejected:
        return Stages(before, refused=rejected[0].reason)
    detector = load_detector(context.settings.spacy_model)
    safe, refused = redact_table(record, context=context, policy=policy, detector=detector, vault=vault, day=day)
    after = record.data.to_pylist()[0]
    if refused:
        return Stages(before, after, refused=refused[0].reason)
    return Stages(before, after, safe.data.to_pylist()[0])
