"""The page on connectors, followed to the letter: its files are written, its commands run, in the order of the page."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "connectors.md"
# A file is a block under a line that is nothing but its name.
STEP = re.compile(r"(?:^`([\w/.-]+)`:\n\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DAGS = """
import sys
sys.path.insert(0, sys.argv[1])
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(dag_folder=sys.argv[1])
assert not bag.import_errors, bag.import_errors
print(sorted(bag.dags))
"""


def steps(page: str) -> Iterator[tuple[str, str]]:
    """Yield name and content of each file, and, without a name, each block of commands."""
    for match in STEP.finditer(page):
        name, language, body = match.groups()
        if name or language == "sh":
            yield name or "", body


def follow(page: str, tmp_path: Path) -> tuple[Path, str]:
    """Write the files of a page and run its commands; return where, and what they said."""
    script = ["set -euo pipefail"]
    for number, (name, body) in enumerate(steps(page)):
        if name:
            kept = tmp_path / f"step-{number}"
            kept.write_text(body, "utf-8")
            script.append(f'mkdir -p "$(dirname "{tmp_path}/{name}")"\ncp "{kept}" "{tmp_path}/{name}"')
        else:
            script.append(body)
    # A command that a page shows may cost no more than a person waits for.
    ran = subprocess.run(
        ["bash", "-c", "\n".join(script)], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-4000:]
    return tmp_path, ran.stdout


@pytest.fixture
def followed(tmp_path: Path) -> tuple[Path, str]:
    return follow(PAGE.read_text("utf-8"), tmp_path)


def environment() -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("CHARTMILL_", "PYTEST_"))}
    return ours | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}


def test_the_page_ends_with_a_nightly_dag(followed: tuple[Path, str]) -> None:
    home, said = followed
    assert "Column:    Patient Name is identity name" in said
    assert "[NAME]" in said, "the preview redacts the note"
    release = home / "trial" / "data" / "releases"
    assert [path.name for path in release.iterdir()] == ["2026-01-15"]
    assert (home / "trial" / "out.jsonl").read_text("utf-8").count("\n") == 1
    zones = {f"CHARTMILL_{name.upper()}": str(home / "trial" / name) for name in ("phi", "data", "sources")}
    airflow = {
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "CHARTMILL_KEY": "0" * 64,
    }
    ran = subprocess.run(
        [sys.executable, "-c", DAGS, ROOT / "dags"], env=environment() | zones | airflow, capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.stdout.splitlines()[-1:] == ["['etl_ward_notes', 'forget', 'release']"], ran.stderr[-2000:]


def test_the_page_has_files_and_commands() -> None:
    names = [name for name, _ in steps(PAGE.read_text("utf-8"))]
    assert names.count("") >= 5
    assert {"trial/exports/2026-01-15/ward_notes.csv", "trial/monitor.py", "trial/test_monitor.py"} <= set(names)
