"""The default hand-off, run as a release's: it trains beside the release, and leaves the release as it was."""

import os
import sys
from pathlib import Path

import orjson
import pytest

from pipeline import stages
from pipeline.config import Settings
from pipeline.context import Context
from pipeline.training.options import missing_extra
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
