"""The training itself: Hugging Face's Trainer with a loss that knows the weights of examples, and checkpoints."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import Any

import structlog
import torch
from torch.nn.functional import cross_entropy
from transformers import Trainer, TrainerCallback, TrainingArguments

from pipeline.training import machine
from pipeline.training.data import IGNORED
from pipeline.training.options import Options

log = structlog.get_logger()

# Trainer writes a checkpoint's files one after the other; this one comes when all are there.
COMPLETE = "COMPLETE"


def collate(rows: list[dict[str, Any]], pad: int) -> dict[str, torch.Tensor]:
    """Pad examples on the right to the longest of them."""
    longest = max(len(row["input_ids"]) for row in rows)

    def padded(name: str, filling: int) -> torch.Tensor:
        return torch.tensor([[*row[name], *[filling] * (longest - len(row[name]))] for row in rows])

    lengths = torch.tensor([len(row["input_ids"]) for row in rows])
    return {
        "input_ids": padded("input_ids", pad),
        "labels": padded("labels", IGNORED),
        "attention_mask": (torch.arange(longest) < lengths[:, None]).long(),
        "weight": torch.tensor([row["weight"] for row in rows]),
    }


def weighted_loss(
    logits: torch.Tensor, labels: torch.Tensor, weight: torch.Tensor, smoothing: float, tokens: torch.Tensor | int
) -> torch.Tensor:
    """Return the cross entropy of each next token, times the weight of its example, over `tokens`.

    Divided by their number, not by their weights: an example of weight 2 moves the model twice as far.
    """
    each = cross_entropy(
        logits[:, :-1].float().transpose(1, 2), labels[:, 1:], ignore_index=IGNORED, label_smoothing=smoothing,
        reduction="none",
    )  # fmt: skip
    return (each.sum(1) * weight).sum() / tokens


class _WeightedTrainer(Trainer):  # type: ignore[misc]  # transformers has no types for us
    def __init__(self, smoothing: float, **arguments: Any) -> None:
        super().__init__(**arguments, compute_loss_func=self._loss)
        self._smoothing, self._weight = smoothing, torch.ones(1)

    def compute_loss(self, model: Any, inputs: dict[str, Any], *arguments: Any, **options: Any) -> Any:
        self._weight = inputs.pop("weight")
        return super().compute_loss(model, inputs, *arguments, **options)

    def _loss(self, outputs: Any, labels: torch.Tensor, num_items_in_batch: Any = None) -> torch.Tensor:
        tokens = (labels[:, 1:] != IGNORED).sum() if num_items_in_batch is None else num_items_in_batch
        return weighted_loss(outputs.logits, labels, self._weight, self._smoothing, tokens)


class _Progress(TrainerCallback):  # type: ignore[misc]
    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
        if logs and "loss" in logs:
            log.info("training", step=state.global_step, of=state.max_steps, loss=round(logs["loss"], 4))

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        Path(args.output_dir, f"checkpoint-{state.global_step}", COMPLETE).touch()


def last_checkpoint(folder: Path) -> Path | None:
    """Return the latest complete checkpoint; the ones that a killed job left half written are removed."""
    found = sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]))
    for path in [path for path in found if not (path / COMPLETE).exists()]:
        shutil.rmtree(path)
        found.remove(path)
    return found[-1] if found else None


def steps(options: Options, examples: int) -> int:
    """Return how many steps of the optimizer a job takes."""
    batches = math.ceil(examples / options.per_device_train_batch_size)
    an_epoch = math.ceil(batches / options.gradient_accumulation_steps)
    return options.max_steps or math.ceil(options.num_train_epochs * an_epoch)


def train(model: Any, rows: Any, pad: int, options: Options, folder: Path) -> list[float]:
    """Train a model, from the last checkpoint in a folder if there is one; return the losses that were logged."""
    total = steps(options, len(rows))
    save = min(options.save_steps or max(total // 10, 1), total)
    cuda, coarse = torch.cuda.is_available(), machine.coarse_type()
    arguments = TrainingArguments(
        output_dir=str(folder),
        max_steps=total,
        per_device_train_batch_size=options.per_device_train_batch_size,
        gradient_accumulation_steps=options.gradient_accumulation_steps,
        learning_rate=options.learning_rate,
        save_steps=save,
        # What is logged between two checkpoints must not hang over the later one.
        logging_steps=save // 10 if save % 10 == 0 else save,
        save_total_limit=2,
        seed=options.seed,
        # On a GPU it would wait for every kernel.
        full_determinism=not cuda,
        bf16=coarse == torch.bfloat16,
        fp16=coarse == torch.float16,
        use_cpu=not cuda,
        dataloader_pin_memory=cuda,
        remove_unused_columns=False,
        report_to="none",
        disable_tqdm=True,
    )
    if arguments.n_gpu > 1:
        # Else Trainer gives each GPU a batch of its own, and an epoch has fewer steps than were counted.
        arguments._n_gpu = 1
    trainer = _WeightedTrainer(
        options.label_smoothing_factor, model=model, args=arguments, train_dataset=rows,
        data_collator=lambda batch: collate(batch, pad), callbacks=[_Progress()],
    )  # fmt: skip
    for callback in [one for one in trainer.callback_handler.callbacks if type(one).__name__ == "PrinterCallback"]:
        trainer.remove_callback(callback)
    checkpoint = last_checkpoint(folder)
    if checkpoint:
        log.info("resumed", checkpoint=checkpoint.name)
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    return [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
