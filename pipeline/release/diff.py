"""Compare two releases: which rows came, went and changed, how far what they are made of has moved.

All of it is read from columns. Texts are read only from shards that differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import ConfigError
from pipeline.records import schema
from pipeline.release.content import FORMAT
from pipeline.release.trainers import INPUTS
from pipeline.shard import CLASSES, SPLITS, add_classes, add_counts, describe, patients_of
from pipeline.storage import Zone

Pair = tuple[int, int]
_NARROW = ("kind", "patient_key", "n_tokens", "entities", *CLASSES)
_CONTENT = pa.schema([("id", pa.string()), ("said", pa.binary(16))])
# Of the total variation distance.
_WORDS = ((0.02, "the same"), (0.1, "a little different"), (0.25, "different: look at the balance of both"))
_WORST = "very different: expect another model"


@dataclass(frozen=True, slots=True)
class SplitDiff:
    """A split of a config, before and after: examples, tokens and identifiers replaced; rows by id and content."""

    examples: Pair
    tokens: Pair
    entities: Pair
    added: int
    removed: int
    changed: int


@dataclass(frozen=True, slots=True)
class Diff:
    """What tells two releases apart. `drift` has a distance from 0 to 1 by config and column."""

    made_of: list[str]
    splits: dict[str, dict[str, SplitDiff]] = field(default_factory=dict)
    drift: dict[str, dict[str, float]] = field(default_factory=dict)
    patients: Pair = (0, 0)
    patients_in: int = 0
    patients_out: int = 0


def diff(before: tuple[Zone, dict[str, Any]], after: tuple[Zone, dict[str, Any]]) -> Diff:
    """Compare two releases, given as `open_release` returns them.

    Raises `ConfigError` where they cannot be compared: of an older format, or made with two keys.
    """
    (_, old), (_, new) = before, after
    if {old["format"], new["format"]} != {FORMAT}:
        raise ConfigError(f"only releases of format {FORMAT} are compared: release again with this chartmill")
    if old["key_fingerprint"] != new["key_fingerprint"]:
        raise ConfigError("they were made with two keys: nothing tells which row or patient is which")
    splits: dict[str, dict[str, SplitDiff]] = {}
    drift, patients = {}, ([pa.array([], pa.string())], [pa.array([], pa.string())])
    for name in sorted({*old["configs"], *new["configs"]}):
        found: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
        splits[name] = {}
        for split in SPLITS:
            files = _files(old, name, split), _files(new, name, split)
            if not any(files):
                continue
            narrow = [_read(side[0], part, _NARROW) for side, part in zip((before, after), files, strict=True)]
            for side, table in enumerate(narrow):
                patients[side].append(patients_of(table))
                found[side].append(describe(table))
            splits[name][split] = SplitDiff(
                _pair(len(table) for table in narrow),
                _pair(_sum(table["n_tokens"]) for table in narrow),
                _pair(_sum(table["entities"]) for table in narrow),
                *_rows(before, after, files, name),
            )
        drift[name] = _drift(*found)
    was, now = (pc.unique(pa.concat_arrays(side)) for side in patients)
    return Diff(
        made_of=_made_of(old, new),
        splits=splits,
        drift=drift,
        patients=(len(was), len(now)),
        patients_in=_sum(pc.invert(pc.is_in(now, was))),
        patients_out=_sum(pc.invert(pc.is_in(was, now))),
    )


def distance(before: dict[str, int], after: dict[str, int]) -> float:
    """Return the total variation distance of two distributions: the share that would have to fall elsewhere."""
    totals = sum(before.values()), sum(after.values())
    if not all(totals):
        return 0.0 if totals == (0, 0) else 1.0
    names = {*before, *after}
    return sum(abs(before.get(n, 0) / totals[0] - after.get(n, 0) / totals[1]) for n in names) / 2


def in_words(drift: float) -> str:
    """Say what a distance means."""
    return next((words for bound, words in _WORDS if drift < bound), _WORST)


def _made_of(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Say what the releases were made with, where it differs."""
    said = [
        f"{name}: {old[name]} → {new[name]}"
        for name in ("day", "policy", "chartmill", "pyarrow", "buckets")
        if old[name] != new[name]
    ]
    if old["tokenizer"] != new["tokenizer"]:
        was, now = (f"{one['name']}@{one['sha256'][:12]}" for one in (old["tokenizer"], new["tokenizer"]))
        said.append(f"tokenizer: {was} → {now}")
    if old["evaluation_sets"] != new["evaluation_sets"]:
        said.append("the evaluation sets that examples must share no text with")
    recipes = [
        {recipe: digest for config in manifest["configs"].values() for recipe, digest in config["recipes"].items()}
        for manifest in (old, new)
    ]
    for recipe in sorted({*recipes[0], *recipes[1]}):
        was, now = (side.get(recipe, "none") for side in recipes)
        if was != now:
            said.append(f"recipe {recipe}: {was} → {now}")
    return said


def _files(manifest: dict[str, Any], config: str, split: str) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = manifest["configs"].get(config, {}).get("splits", {}).get(split, {}).get("files", [])
    return files


def _read(zone: Zone, files: Iterable[dict[str, Any]], columns: Sequence[str]) -> pa.Table:
    tables = []
    for entry in files:
        with zone.fs.open(zone.path(entry["path"]), "rb") as file:
            tables.append(pq.read_table(file, columns=list(columns)))
    if tables:
        return pa.concat_tables(tables)
    return pa.schema([schema("text").field(name) for name in columns]).empty_table()


def _rows(
    before: tuple[Zone, dict[str, Any]], after: tuple[Zone, dict[str, Any]],
    files: tuple[list[dict[str, Any]], list[dict[str, Any]]], config: str,
) -> tuple[int, int, int]:  # fmt: skip
    """Return how many rows were added, removed and changed; what lies in the same shard on both sides did not."""
    same = {file["sha256"] for file in files[0]} & {file["sha256"] for file in files[1]}
    sides = []
    for (zone, manifest), part in zip((before, after), files, strict=True):
        differ = [file for file in part if file["sha256"] not in same]
        sides.append(_content(zone, differ, INPUTS[manifest["configs"][config]["format"]]) if differ else None)
    was, now = (side if side is not None else _CONTENT.empty_table() for side in sides)
    both = was.join(now, "id", join_type="full outer", left_suffix="_was", right_suffix="_now")
    gone, new = pc.is_null(both["said_now"]), pc.is_null(both["said_was"])
    return _sum(new), _sum(gone), _sum(pc.not_equal(both["said_was"], both["said_now"]))


def _content(zone: Zone, files: list[dict[str, Any]], inputs: Sequence[str]) -> pa.Table:
    """Return id and digest of what each row says; rows of one id, as oversampling makes them, are one."""
    rows = _read(zone, files, ("id", *inputs))
    said = [hashlib.sha256(orjson.dumps([row[name] for name in inputs])).digest()[:16] for row in rows.to_pylist()]
    table = pa.table({"id": rows["id"], "said": pa.array(said, pa.binary(16))})
    return table.group_by("id").aggregate([("said", "min")]).rename_columns(["id", "said"]).cast(_CONTENT)


def _drift(was: list[dict[str, Any]], now: list[dict[str, Any]]) -> dict[str, float]:
    moved = {"length": distance(*(add_counts(part["lengths"] for part in side) for side in (was, now)))}
    for column in CLASSES:
        counts = [
            {name: one["examples"] for name, one in add_classes(part["classes"][column] for part in side).items()}
            for side in (was, now)
        ]
        moved[column] = distance(*counts)
    return moved


def _sum(values: Any) -> int:
    return int(pc.sum(values).as_py() or 0)


def _pair(values: Iterable[int]) -> Pair:
    first, second = values
    return first, second
