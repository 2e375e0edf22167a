"""What a job can be told, by the names that Hugging Face's `TrainingArguments` and PEFT have for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from typing import Any, Literal

from pipeline.errors import ConfigError

Method = Literal["lora", "full"]

TINY = "tiny"
EXTRA = ("torch", "transformers", "peft", "accelerate")
# Full fine-tuning moves all weights; a model from scratch has to go further still.
_LEARNING_RATES = {"lora": 2e-4, "full": 2e-5, TINY: 3e-3}


@dataclass(frozen=True, slots=True)
class Options:
    """What decides the outcome of a job: two jobs on one release with equal options give equal models.

    `model` is a folder with a `config.json`, a GGUF file, or `tiny`. `max_steps`, `save_steps`, `max_length` and the
    numbers of samples are no limit, or found out, where they are 0; so is `learning_rate`.
    """

    config: str
    model: str = TINY
    method: Method | None = None
    num_train_epochs: float = 3
    max_steps: int = 0
    per_device_train_batch_size: int = 4
    gradient_accumulation_steps: int = 4
    learning_rate: float = 0
    label_smoothing_factor: float = 0
    max_length: int = 0
    max_new_tokens: int = 128
    lora_r: int = 16
    lora_alpha: int = 32
    lora_dropout: float = 0.05
    save_steps: int = 0
    seed: int = 42
    max_train_samples: int = 0
    max_eval_samples: int = 0
    simple_template: bool = False
    min_group: int = 20
    attributions: int = 3

    def resolved(self) -> Options:
        """Return these options with method and learning rate filled in."""
        method: Method = self.method or ("full" if self.model == TINY else "lora")
        rate = self.learning_rate or _LEARNING_RATES[TINY if self.model == TINY else method]
        return replace(self, method=method, learning_rate=rate)

    def hyperparameters(self) -> dict[str, Any]:
        """Return what a reader of the model card wants to know, sorted by name."""
        left_out = {"config", "model", "method", "save_steps", "min_group", "attributions"}
        if self.method == "full":
            left_out |= {"lora_r", "lora_alpha", "lora_dropout"}
        if self.max_steps:
            left_out.add("num_train_epochs")
        unlimited = {name for name in ("max_steps", "max_train_samples", "max_eval_samples") if not getattr(self, name)}
        return {name: value for name, value in sorted(asdict(self).items()) if name not in left_out | unlimited}


def missing_extra() -> list[str]:
    """Return which packages of the extra `train` are not installed."""
    return [name for name in EXTRA if find_spec(name) is None]


def require_extra() -> None:
    """Raise `ConfigError`, which says what to install, unless the extra `train` is installed."""
    if missing := missing_extra():
        raise ConfigError(
            f"`chartmill train` needs {', '.join(missing)}, which this environment lacks: run `make setup-train`, or "
            "`pip install 'chartmill[train]'`"
        )
