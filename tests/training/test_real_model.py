"""A model with weights, where one is named: SMOLLM2=FILE.gguf pytest tests/training/test_real_model.py. Minutes."""

import os
from pathlib import Path

import pytest

from pipeline.training.job import run
from pipeline.training.options import Options

MODEL = os.environ.get("SMOLLM2", "")


@pytest.mark.skipif(not MODEL, reason="slow: set SMOLLM2 to a GGUF file of SmolLM2-135M, see docs/training.md")
def test_an_adapter_improves_a_real_model(release: Path, tmp_path: Path) -> None:
    pytest.importorskip("gguf", reason="a GGUF file needs the package gguf")
    options = Options(
        "chat", model=MODEL, max_steps=10, gradient_accumulation_steps=1, max_length=256, max_eval_samples=8,
        attributions=0,
    )  # fmt: skip
    metrics = run(release, options, tmp_path / "out").metrics
    assert metrics["method"] == "lora"
    assert metrics["untrained"]["loss"] < 5, "the weights were read: from scratch it would be 10.8"
    print(metrics["untrained"], metrics["trained"])
    assert metrics["trained"]["loss"] < metrics["untrained"]["loss"]
    assert (tmp_path / "out" / "adapter_model.safetensors").stat().st_size < 1 << 26
