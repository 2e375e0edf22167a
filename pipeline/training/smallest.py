"""The demo's hand-off: show that a release can be trained on, as far as this environment can."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipeline.release import verify_release
from pipeline.training.job import Outcome, default_output, read_release, run
from pipeline.training.options import Options, missing_extra

# Seconds on two cores: enough steps for the loss to fall, and few enough examples for any release.
_STEPS, _SAMPLES = 20, 32


def smallest(release: Path, output: Path | None, say: Callable[[str], None]) -> Outcome | None:
    """Train the tiny model for a few steps on the first config that can be trained on; else verify, and no more.

    Says first which of the two it does, and why.
    """
    if missing := missing_extra():
        _verify(release, say, f"{', '.join(missing)} is not installed (`make setup-train` installs it)")
        return None
    config = next(_trainable(read_release(release).manifest), None)
    if config is None:
        _verify(release, say, "no config has examples both to train on and to test with")
        return None
    say(f"PyTorch is installed: training the tiny model on config {config!r} for {_STEPS} steps, to show that it goes.")
    options = Options(
        config, max_steps=_STEPS, save_steps=_STEPS, gradient_accumulation_steps=1, max_length=256, max_new_tokens=32,
        max_train_samples=_SAMPLES, max_eval_samples=_SAMPLES // 2, attributions=1,
    )  # fmt: skip
    return run(release, options, output or default_output(release, "smallest"))


def _verify(release: Path, say: Callable[[str], None], why: str) -> None:
    say(f"Verifying only, no training: {why}.")
    verify_release(release)
    say("The release is complete: checksums and counts agree, and every config loads.")


def _trainable(manifest: dict[str, Any]) -> Iterator[str]:
    """Yield the configs that have examples to train on and others to test with."""
    for name, config in sorted(manifest["configs"].items()):
        examples = {split for split, entry in config["splits"].items() if entry["examples"]}
        if "train" in examples and examples & {"test", "validation"}:
            yield name
