"""The checks that stand between shards and a release. Each one refuses with a sentence that says what to do."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.context import Context
from pipeline.errors import GateError
from pipeline.ledger import Ledger
from pipeline.records import schema
from pipeline.release.catalog import digest
from pipeline.release.content import ShardFile
from pipeline.release.trainers import INPUTS
from pipeline.residue import may_hold_residue, residue_free
from pipeline.shard import Recipe, split_of

_PASSED = "shards/passed.json"


def check_ledgers(ledgers: Iterable[Ledger]) -> None:
    """Refuse if no day was committed, or if units or records of a committed day are unaccounted for."""
    committed = [ledger for ledger in ledgers if not ledger.refused]
    if not committed:
        raise GateError("there is nothing to release: no day of any source was committed yet")
    for ledger in committed:
        ledger.balance()


def check_policy(policies: dict[str, int], label: str) -> None:
    """Refuse if the store holds records that another policy, or another version of it, made."""
    others = {name: count for name, count in policies.items() if name != label}
    if others:
        listed = ", ".join(f"{count} by {name}" for name, count in sorted(others.items()))
        raise GateError(
            f"the record store mixes policies: the release is for {label}, but there are records made {listed}; run "
            "the days of those records again under the current policy, or use another CHARTMILL_DATA for another policy"
        )


def check_shards(context: Context, files: list[ShardFile], recipes: list[Recipe], *, fiction: bool) -> None:
    """Refuse shards that are altered, miscounted, of another schema, in a wrong split, or hold what looks like PHI.

    With `fiction` they may hold numbers and addresses that are reserved for it: the policy put them there. The bytes of
    each shard are compared with its checksum; what they hold is not looked at again if they passed these very checks.
    """
    formats = {recipe.config: recipe.format for recipe in recipes}
    if not files:
        raise GateError("there is nothing to release: no recipe made an example of the records in the store")
    before = set(context.data.read_json(_PASSED)) if context.data.exists(_PASSED) else set()
    passed = []
    for file in files:
        content, state = context.data.read_bytes(file.built), formats[file.config]
        if digest(content) != file.sha256:
            raise GateError(
                f"shard {file.path} was altered after it was built: remove the folder `shards` and release again"
            )
        # Keyed: who can write to the safe zone cannot say that a shard passed.
        verdict = context.keys.digest(
            "gate", _checks(), str(schema(state)), file.sha256, file.split, str(file.examples), str(fiction)
        )
        if verdict not in before:
            _check_content(context, file, content, state, fiction=fiction)
        passed.append(verdict)
    context.data.write_json(_PASSED, sorted(passed))


@cache
def _checks() -> str:
    """Return a digest of the code of all checks: where it has changed, every shard is looked at again."""
    here = Path(__file__).parent
    code = [*sorted(here.glob("*.py")), here.parent / "residue.py", here.parent / "shard" / "candidates.py"]
    return digest(b"\0".join(path.read_bytes() for path in code))


def _check_content(context: Context, file: ShardFile, content: bytes, state: str, *, fiction: bool) -> None:
    table = pq.read_table(io.BytesIO(content))
    if not table.schema.equals(schema(state)):
        raise GateError(
            f"shard {file.path} has other columns than schemas/{state}.yaml: remove the folders `examples` and "
            "`shards` and release again"
        )
    if len(table) != file.examples:
        raise GateError(f"shard {file.path} has {len(table)} examples, not {file.examples} as counted")
    # The key alone says where a patient belongs: whoever is where it says is in one split of all configs.
    for patient in pc.unique(table["patient_key"]).to_pylist():
        if split_of(context.keys, patient) != file.split:
            raise GateError(f"shard {file.path} holds patient {patient}, who belongs to another split")
    if file.split != "train" and table["augmentation"].null_count != len(table):
        raise GateError(
            f"shard {file.path} holds augmented examples, which are for the split train alone: remove the folder "
            "`shards` and release again"
        )
    for name in INPUTS[state]:
        texts, rows = table[name], pa.array(range(len(table)), pa.int64())
        if name == "messages":
            texts, rows = pc.struct_field(pc.list_flatten(texts), "content"), pc.list_parent_indices(texts)
        near = may_hold_residue(texts)
        for text, row in zip(texts.filter(near).to_pylist(), rows.filter(near).to_pylist(), strict=True):
            if not residue_free(text, fiction=fiction):
                raise GateError(
                    f"shard {file.path}: example {table['id'][row].as_py()} holds what looks like an SSN, telephone or "
                    "e-mail address; report the detector's miss, and do not release"
                )
