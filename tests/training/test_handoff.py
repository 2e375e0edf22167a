"""The default hand-off, run as a release's: it trains beside the release, and leaves the release as it was."""

import os
import shlex
import sys
from pathlib import Path

import orjson
import pytest
import typer
import yaml

from pipeline import stages
from pipeline.cli import app
from pipeline.config import Settings
from pipeline.context import Context
from pipeline.training.options import missing_extra
from pipeline.training.smallest import smallest
from tests.training.conftest import ROOT, contents, write_release


@pytest.mark.skipif(bool(missing_extra()), reason="needs the extra `train`: make setup-train")
def test_the_default_hand_off_trains_beside_the_release(
    settings: Settings, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.handoff == "chartmill train {release} --smallest"
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *sys.path]))
    release = write_release(Path(context.data.path("releases", "2026-01-15")))
    before = contents(release)
    assert stages.handoff(settings, "2026-01-15")["new"]
    assert contents(release) == before
    output = Path(context.data.path("training", "2026-01-15", "smallest"))
    metrics = orjson.loads((output / "metrics.json").read_bytes())
    assert metrics["config"] == "chat"
    assert metrics["trained"]["loss"] < metrics["untrained"]["loss"]
    log = next(Path(context.data.path("handoff")).glob("*/attempt-1.log")).read_text()
    assert "PyTorch is installed: training the tiny model on config 'chat'" in log


def test_a_release_that_cannot_be_trained_on_is_verified_and_that_is_said(tmp_path: Path) -> None:
    release = write_release(tmp_path / "2026-01-15", splits={"train": 4})
    said: list[str] = []
    assert smallest(release, None, said.append) is None
    assert said[0].startswith("Verifying only, no training: ")
    assert said[-1] == "The release is complete: checksums and counts agree, and every config loads."
    assert not (tmp_path / "training").exists()


@pytest.mark.parametrize("launcher", ["kubernetes", "slurm"])
def test_the_examples_of_launchers_train(launcher: str) -> None:
    said = yaml.safe_load((ROOT / "schemas" / "handoff" / f"{launcher}.yaml").read_text())["values"]["command"]
    words = said if isinstance(said, list) else shlex.split(said)
    command = typer.main.get_command(app).commands["train"]  # type: ignore[attr-defined]
    told = command.make_context("train", words[words.index("train") + 1 :]).params
    assert told["config"]
    assert told["model"]
    # The release is mounted to be read only, and the default lies beside it.
    assert launcher != "kubernetes" or told["output"].is_relative_to("/models")
