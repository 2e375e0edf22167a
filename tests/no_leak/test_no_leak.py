"""Nothing of what is planted in any field is found outside the PHI zone after a run through Airflow."""

import re
import sqlite3
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from pipeline import local
from pipeline.config import load_settings
from pipeline.context import open_context
from pipeline.ledger import read_ledgers
from pipeline.redact.actions import ACTIONS, Rows
from pipeline.store import RecordStore
from pipeline.testing import CANARIES, find_leaks
from tests.no_leak.conftest import DAY, CanaryRun

NEEDLES = [needle for canary in CANARIES for needle in canary.needles]


def test_the_run_took_what_was_planted(canary_run: CanaryRun) -> None:
    assert canary_run.returncode == 0, canary_run.output
    assert re.findall(r"^(\w+) +success", canary_run.output, re.M) == ["etl_csv", "etl_fhir", "etl_hl7v2", "release"]
    settings = load_settings("0" * 64, phi=str(canary_run.phi), data=str(canary_run.outside / "data"))
    context = open_context(settings)
    ledgers = {ledger.source: ledger for ledger in read_ledgers(context, DAY)}
    assert ledgers.keys() == {"csv", "fhir", "hl7v2"}
    for ledger in ledgers.values():
        assert ledger.units["accepted"] > 100
        assert ledger.records["rejected"], "rejections are to be searched as well"
    store = RecordStore(context)
    kinds = set(store.columns(store.buckets(), ["kind"])["kind"].to_pylist())
    assert kinds >= {"patient", "encounter", "condition", "observation", "medication", "allergy", "note"}


def test_nothing_is_found_outside_the_phi_zone(canary_run: CanaryRun) -> None:
    assert find_leaks([canary_run.outside], NEEDLES) == []


def test_what_was_searched_is_what_a_run_writes(canary_run: CanaryRun) -> None:
    names = {path.name for path in canary_run.outside.rglob("*") if path.is_file()}
    assert {"airflow.db", "stdout.txt", "etl_hl7v2.log", "manifest.json", "report.html", "csv.json"} <= names
    assert any(name.endswith(".parquet") for name in names)
    database = sqlite3.connect(canary_run.outside / "airflow" / "airflow.db")
    assert database.execute("select count(*) from task_instance").fetchone()[0] > 20
    database.close()


def test_the_phi_zone_is_unreadable_at_rest(canary_run: CanaryRun) -> None:
    assert find_leaks([canary_run.phi / "quarantine", canary_run.phi / "vault"], NEEDLES) == []
    assert not list((canary_run.phi / "work").rglob("*.parquet"))


def test_a_field_that_gets_through_is_found_out(
    canary_sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free_text = ACTIONS["free_text"]

    def leaky(rows: Rows, name: str) -> list[Any]:
        return rows.columns[name] if name == "title" else free_text(rows, name)

    # No policy can let it through: the fault has to be planted in redaction itself.
    monkeypatch.setitem(cast(dict[str, Any], ACTIONS), "free_text", leaky)
    settings = load_settings(
        "0" * 64, phi=str(tmp_path / "phi"), data=str(tmp_path / "data"), sources=canary_sources, handoff="true"
    )
    local.run(settings, ["csv"], DAY, workers=1, console=Console(quiet=True))
    assert {leak.value for leak in find_leaks([tmp_path / "data"], NEEDLES)} >= {"Quorbington"}
