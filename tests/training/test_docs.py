"""The page on training, followed to the letter: its commands run and its Python runs, in the order of the page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.training.options import missing_extra
from tests.training.conftest import ROOT

PAGE = (ROOT / "docs" / "training.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_every_block_is_run() -> None:
    # The one without a language downloads.
    assert {language for language, _ in BLOCKS} == {"sh", "python"}


@pytest.mark.skipif(bool(missing_extra()), reason="needs the extra `train`: make setup-train")
def test_the_page_runs(release: Path, tmp_path: Path) -> None:
    shell = "\n".join(body for language, body in BLOCKS if language == "sh")
    code = "\n".join(body for language, body in BLOCKS if language == "python")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("CHARTMILL_", "PYTEST_"))}
    ours |= {"PATH": path, "PYTHONPATH": str(ROOT), "RELEASE": str(release), "HF_HOME": str(tmp_path / "hub")}
    (tmp_path / "use.py").write_text(f"RELEASE = {str(release)!r}\n{code}")
    ran = subprocess.run(
        ["bash", "-c", f"set -euo pipefail\n{shell}\npython use.py"], cwd=tmp_path, env=ours, capture_output=True,
        text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-4000:]
    assert "training the tiny model" in ran.stdout
    assert ran.stdout.count("This job is finished already, and nothing was done") == 1
    assert "### Assistant:" in ran.stdout
    assert "'messages'" in ran.stdout
    assert (tmp_path / "trained" / "metrics.json").exists()
