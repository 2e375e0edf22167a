"""A model with weights, where one is named: SMOLLM2=FILE.gguf pytest tests/training/test_real_model.py. Minutes."""

import os
from pathlib import Path

import pytest

from pipeline.training.job import run
from pipeline.training.options import Options
from tests.training.conftest import contents

MODEL = os.environ.get("SMOLLM2", "")


@pytest.mark.skipif(not MODEL, reason="slow: set SMOLLM2 to a GGUF file of SmolLM2-135M, see docs/training.md")
def test_an_adapter_improves_a_real_model(release: Path, tmp_path: Path) -> None:
    pytest.importorskip("gguf", reason="a GGUF file needs the package gguf")
    options = Options(
        "symptoms_to_diagnosis", model=MODEL, max_steps=16, per_device_train_batch_size=2,
        gradient_accumulation_steps=1, learning_rate=1e-3, max_length=128, max_new_tokens=32, max_eval_samples=4,
        min_group=2, attributions=1,
    )  # fmt: skip
    metrics = run(release, options, tmp_path / "out").metrics
    print({name: (metrics[name]["loss"], metrics[name]["codes"]["micro"]["f1"]) for name in ("untrained", "trained")})
    assert metrics["method"] == "lora"
    assert metrics["untrained"]["loss"] < 5, "the weights were read: from scratch it would be 10.8"
    assert metrics["trained"]["loss"] < metrics["untrained"]["loss"] / 2
    assert (tmp_path / "out" / "adapter_model.safetensors").stat().st_size < 1 << 26
    # An adapter says what it goes on, and not where that lay.
    small = {name: content for name, content in contents(tmp_path / "out").items() if len(content) < 1 << 20}
    assert not any(str(tmp_path).encode() in content for content in small.values())
