"""The benchmark runs, and says what it promises to say. What it measures is nobody's to assert."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("feed", ["csv"])
def test_it_prints_a_table(feed: str) -> None:
    sizes = ["--size", "0.01", "--peer-size", "0.01", "--memory-size", "0.01"]
    ran = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "ingest.py", "--feed", feed, *sizes],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    machine, _, header, _, row = ran.stdout.splitlines()
    assert "CPUs" in machine
    assert "pandas " in machine
    assert row.count("|") == header.count("|")
    assert row.startswith(f"| {feed} | ")
    assert "MiB for 0 MB" in row
