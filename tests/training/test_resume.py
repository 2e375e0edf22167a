"""A job that was killed goes on from its checkpoint, and ends where one ends that was not."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

for module in ("torch", "transformers", "peft", "accelerate"):
    pytest.importorskip(module, reason="needs the extra `train`: make setup-train")

from pipeline.training.job import run  # noqa: E402 - after the check for torch
from pipeline.training.loop import COMPLETE  # noqa: E402
from pipeline.training.options import Options  # noqa: E402
from tests.training.conftest import ROOT  # noqa: E402

# An adapter with dropout: the state of the random numbers must come back too.
STEPS, SAVE = 60, 5
OPTIONS = Options(
    "chat", method="lora", max_steps=STEPS, save_steps=SAVE, gradient_accumulation_steps=2, lora_dropout=0.2,
    label_smoothing_factor=0.1, attributions=0, learning_rate=0.003,
)  # fmt: skip
FLAGS = [
    "--config", "chat", "--model", "tiny", "--method", "lora", "--max-steps", f"{STEPS}", "--save-steps", f"{SAVE}",
    "--gradient-accumulation-steps", "2", "--lora-dropout", "0.2", "--label-smoothing-factor", "0.1",
    "--attributions", "0", "--learning-rate", "0.003",
]  # fmt: skip


def _killed_after_a_checkpoint(release: Path, output: Path) -> None:
    command = [Path(sys.executable).with_name("chartmill"), "train", release, *FLAGS, "--output", output]
    with subprocess.Popen(
        command, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:  # fmt: skip
        while not any(output.glob(f"checkpoints/checkpoint-*/{COMPLETE}")):
            assert process.poll() is None, "it ended before its first checkpoint"
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)


def test_a_killed_job_ends_where_another_ends(
    release: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _killed_after_a_checkpoint(release, tmp_path / "killed")
    assert not (tmp_path / "killed" / "metrics.json").exists()
    resumed = run(release, OPTIONS, tmp_path / "killed").metrics
    assert "resumed" in capsys.readouterr().out
    whole = run(release, OPTIONS, tmp_path / "whole").metrics
    assert resumed["train"]["loss"] == pytest.approx(whole["train"]["loss"], abs=1e-4)
    for name in ("untrained", "trained"):
        assert resumed[name]["loss"] == pytest.approx(whole[name]["loss"], abs=1e-4)
    assert resumed["trained"]["loss"] < resumed["untrained"]["loss"]
