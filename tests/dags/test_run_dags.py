"""A run that fails says which DAG, why, and where its log is."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_day_without_files(tmp_path: Path) -> None:
    zones = {"CHARTMILL_KEY": "0" * 64, "CHARTMILL_PHI": f"{tmp_path}/phi", "CHARTMILL_DATA": f"{tmp_path}/data"}
    result = subprocess.run(
        [sys.executable, "scripts/run_dags.py", "--day", "1999-01-01", "--home", str(tmp_path / "airflow")],
        env=os.environ | zones, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    first, where = result.stderr.strip().splitlines()[-2:]
    assert first.startswith("etl_csv failed: ConfigError: source csv has no files for 1999-01-01")
    log = Path(where.removeprefix("log: "))
    assert "etl_csv" in log.read_text()
