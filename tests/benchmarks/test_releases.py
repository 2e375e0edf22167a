"""The benchmark of releases runs all stages, and its table has what it promises. The figures are nobody's to assert."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.context import open_context
from pipeline.ledger import read_ledgers
from pipeline.release import read_manifest, releases

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "path", [str(FOLDER), *sys.path])
    return pytest.importorskip("releases")


def test_every_run_makes_a_release_but_the_last(benchmark: ModuleType, tmp_path: Path) -> None:
    settings = benchmark.settings_of(tmp_path, 2)
    folders = benchmark.write_nights(tmp_path, 2, 300, 0.4)
    said = {
        run: {stage: benchmark.call(stage, settings, tmp_path, folder) for stage in benchmark.STAGES}
        for run, folder in folders.items()
    }
    assert [of_run["publish"]["new"] for of_run in said.values()] == [True, True, True, False]
    assert {of_run["sweep"]["swept"] for of_run in said.values()} == {0}
    assert said["nothing"]["plan_shards"] == said["nothing"]["shard"] == 0
    assert said["all"]["examples"] == said["all"]["plan_shards"] > 0
    context = open_context(settings)
    rows = sum(ledger.records["read"] for ledger in read_ledgers(context))
    assert read_manifest(context, releases(context)[-1])["records"] == rows == 403
    assert benchmark.call("plain", settings, tmp_path, tmp_path) == rows


def test_the_table_has_a_row_for_each_stage(benchmark: ModuleType) -> None:
    took = benchmark.Took(2.0, 1.0, 2**30, None)
    runs = {run: dict.fromkeys(benchmark.STAGES, took) for run in ("all", "a night")}
    lines = list(benchmark.table_of(runs, took))
    assert [line.split(" | ")[0] for line in lines[2:-1]] == [
        *(f"| {stage}" for stage in benchmark.STAGES), "| total", "| of everything anew",
    ]  # fmt: skip
    assert len({line.count("|") for line in lines[:-1]}) == 1
    assert "8.0 times that, CPU 8.0 times" in lines[-1]
