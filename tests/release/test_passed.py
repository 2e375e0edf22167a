"""What passed the gate is not looked at again; what was altered since, or forged to seem passed, is refused."""

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import stages
from pipeline.config import Settings
from pipeline.context import Context
from pipeline.errors import GateError
from pipeline.records import SafeTable
from pipeline.redact.policy import load_policy
from pipeline.release import gate
from pipeline.release.catalog import digest
from pipeline.residue import may_hold_residue, residue_free
from pipeline.shard import parquet_bytes
from pipeline.store import RecordStore
from tests.release.made import DAY, build
from tests.rows import safe_row

PASSED = "shards/passed.json"
LEAK = "SSN 912-45-6789"


def shards(context: Context) -> list[str]:
    return [path for path in context.data.find("shards") if path.endswith(".parquet") and "selection" not in path]


def alter(context: Context, path: str) -> bytes:
    """Plant a leak into a shard, and let its counts say that this is how it was built."""
    table = pq.read_table(io.BytesIO(context.data.read_bytes(path)))
    name = "text" if "text" in table.schema.names else "messages"
    planted = LEAK if name == "text" else [{"role": "user", "content": LEAK}]
    at = table.schema.get_field_index(name)
    altered = table.set_column(
        at, table.schema.field(at), pa.array([planted] * len(table), table.schema.field(at).type)
    )
    content = parquet_bytes(altered)
    context.data.write_bytes(path, content)
    folder, _, file = path.rpartition("/")
    counts = context.data.read_json(f"{folder}/counts.json")
    counts["files"][file] |= {"bytes": len(content), "sha256": digest(content)}
    context.data.write_json(f"{folder}/counts.json", counts)
    return content


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return where the paths of the shards are listed whose content is looked at."""
    seen: list[str] = []
    check = gate._check_content

    def listed(context: Context, file: object, *rest: object, **more: object) -> None:
        seen.append(file.built)  # type: ignore[attr-defined]
        check(context, file, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(gate, "_check_content", listed)
    return seen


def test_only_new_shards_are_looked_at(settings: Settings, stored: Context, looked_at: list[str]) -> None:
    build(settings)
    stages.gate(settings, DAY)
    assert sorted(looked_at) == sorted(shards(stored))
    looked_at.clear()
    stages.gate(settings, DAY)
    assert looked_at == []
    row = safe_row("a", policy=load_policy(settings).label, title="Late", text="Late note.", patient_key="5" * 32)
    RecordStore(stored).merge(SafeTable.from_rows([row]))
    build(settings)
    stages.gate(settings, DAY)
    assert looked_at
    assert {path.split("/")[1] for path in looked_at} == {"00003"}


def test_after_the_checks_change_all_are_looked_at(
    settings: Settings, stored: Context, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build(settings)
    stages.gate(settings, DAY)
    looked_at.clear()
    monkeypatch.setattr(gate, "_checks", lambda: "others")
    stages.gate(settings, DAY)
    assert sorted(looked_at) == sorted(shards(stored))


def test_an_altered_shard_that_had_passed_is_refused(settings: Settings, stored: Context) -> None:
    build(settings)
    stages.gate(settings, DAY)
    path = Path(stored.data.path(shards(stored)[0]))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(GateError, match="was altered"):
        stages.gate(settings, DAY)


@pytest.mark.parametrize("forged", [False, True])
@pytest.mark.parametrize("config", ["text", "chat"])
def test_a_leak_planted_with_its_checksum_is_refused(
    settings: Settings, stored: Context, config: str, *, forged: bool
) -> None:
    build(settings)
    stages.gate(settings, DAY)
    (path, *_) = [path for path in shards(stored) if path.rpartition("/")[2].startswith(config)]
    content = alter(stored, path)
    if forged:
        stored.data.write_json(PASSED, [*stored.data.read_json(PASSED), digest(content), digest(content)[:32]])
    with pytest.raises(GateError, match="looks like"):
        stages.gate(settings, DAY)


@pytest.mark.parametrize(
    "text",
    [LEAK, "(617) 555-0134", "617.555.0134", "617-555-0134", "a.b@example.org", "١٢٣-٤٥-٦٧٨٩", "é 912-45-6789"],
)  # fmt: skip
def test_no_text_is_passed_over_that_would_be_refused(text: str) -> None:
    assert not residue_free(text)
    assert may_hold_residue(pa.chunked_array([[text, f"Note of {text}."]])).to_pylist() == [True, True]
    assert may_hold_residue(pa.chunked_array([["A plain note of 2020-01-02, 5 mg."]])).to_pylist() == [False]
