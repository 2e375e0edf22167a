"""The demo's hand-off: show that a release can be trained on, as far as this environment can."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.release import verify_release
from pipeline.training.job import Outcome, default_output, read_release, run, trainable
from pipeline.training.options import Options, missing_extra

# Seconds on two cores: enough steps for the loss to fall, and few enough examples for any release.
_STEPS, _SAMPLES = 20, 32


def smallest(release: Path, output: Path | None, say: Callable[[str], None]) -> Outcome | None:
    """Train the tiny model for a few steps on the first config that can be; without PyTorch, or such a config, verify.

    Says first which of the two it does, and why.
    """
    manifest = read_release(release).manifest
    configs = sorted(config for config in manifest["configs"] if trainable(manifest, config))
    missing = missing_extra()
    if missing or not configs:
        why = (
            f"{', '.join(missing)} is not installed (`make setup-train` installs it)"
            if missing
            else "no config has an example to train on and one to test with"
        )
        say(f"Verifying only, no training: {why}.")
        verify_release(release)
        say("The release is complete: checksums and counts agree, and every config loads.")
        return None
    config = configs[0]
    say(f"PyTorch is installed: training the tiny model on config {config!r} for {_STEPS} steps, to show that it goes.")
    options = Options(
        config, max_steps=_STEPS, save_steps=_STEPS, gradient_accumulation_steps=1, max_length=256, max_new_tokens=32,
        max_train_samples=_SAMPLES, max_eval_samples=_SAMPLES // 2, attributions=1,
    )  # fmt: skip
    return run(release, options, output or default_output(release, "smallest"))
