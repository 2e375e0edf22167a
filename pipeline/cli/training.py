"""The reference training job. PyTorch is imported only once it starts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipeline.cli.base import app, console
from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from pipeline.training.job import Outcome


@app.command()
def train(
    release: Annotated[Path, typer.Argument(help="Folder of a release.")],
    config: Annotated[str, typer.Option(help="Config of the release: chat, text, ...")] = "",
    model: Annotated[str, typer.Option(help="Folder with a config.json, a .gguf file, or `tiny`: from scratch.")] = "",
    output: Annotated[Path | None, typer.Option(help="Else training/<release>/<config>, beside `releases`.")] = None,
    method: Annotated[
        Literal["lora", "full"] | None, typer.Option(help="Train an adapter, or all weights; else lora (tiny: full).")
    ] = None,
    num_train_epochs: Annotated[float, typer.Option(min=0, help="Times through the split `train`.")] = 3,
    max_steps: Annotated[int, typer.Option(min=0, help="Steps of the optimizer, instead of epochs.")] = 0,
    per_device_train_batch_size: Annotated[int, typer.Option(min=1, help="Examples at a time.")] = 4,
    gradient_accumulation_steps: Annotated[int, typer.Option(min=1, help="Batches for each step.")] = 4,
    learning_rate: Annotated[float, typer.Option(min=0, help="Else 2e-4 for lora, 2e-5 for full, 3e-3 for tiny.")] = 0,
    label_smoothing_factor: Annotated[float, typer.Option(min=0, max=0.99, help="0: none.")] = 0,
    max_length: Annotated[int, typer.Option(min=0, help="Tokens of an example; else what the model takes.")] = 0,
    max_new_tokens: Annotated[int, typer.Option(min=1, help="Of a completion whose codes are scored.")] = 128,
    lora_r: Annotated[int, typer.Option(min=1, help="Rank of the adapter.")] = 16,
    lora_alpha: Annotated[int, typer.Option(min=1, help="The adapter is scaled by alpha over rank.")] = 32,
    lora_dropout: Annotated[float, typer.Option(min=0, max=0.99)] = 0.05,
    save_steps: Annotated[int, typer.Option(min=0, help="Steps between checkpoints; else a tenth of all.")] = 0,
    seed: Annotated[int, typer.Option(min=0)] = 42,
    max_train_samples: Annotated[int, typer.Option(min=0, help="The first examples only; 0: all.")] = 0,
    max_eval_samples: Annotated[int, typer.Option(min=0, help="The first examples only; 0: all.")] = 0,
    simple_template: Annotated[bool, typer.Option(help="chartmill's own chat template, not the tokenizer's.")] = False,
    min_group: Annotated[int, typer.Option(min=1, help="Patients that a group needs to be compared.")] = 20,
    attributions: Annotated[int, typer.Option(min=0, help="Examples to explain.")] = 3,
    again: Annotated[bool, typer.Option("--again", help="Remove the job that --output holds, and start anew.")] = False,
    smallest: Annotated[
        bool, typer.Option("--smallest", help="Seconds of training on a tiny model; without PyTorch, verify.")
    ] = False,
) -> None:
    """Fine-tune a model on one config of a release, and evaluate it; a job that was killed goes on where it was.

    The first thing it does is what `chartmill verify` does. It needs `make setup-train`, and no network.
    """
    from pipeline.training.job import default_output, run
    from pipeline.training.options import Options, require_extra
    from pipeline.training.smallest import smallest as run_smallest

    if smallest:
        done = run_smallest(release, output, lambda text: console.print(text, highlight=False, soft_wrap=True))
        if done:
            _show(done)
        return
    require_extra()
    if not config or not model:
        raise ConfigError("give --config and --model (a folder, a .gguf file, or tiny), or --smallest")
    options = Options(
        config, model, method, num_train_epochs, max_steps, per_device_train_batch_size, gradient_accumulation_steps,
        learning_rate, label_smoothing_factor, max_length, max_new_tokens, lora_r, lora_alpha, lora_dropout, save_steps,
        seed, max_train_samples, max_eval_samples, simple_template, min_group, attributions,
    )  # fmt: skip
    _show(run(release, options, output or default_output(release, config), again=again))


def _show(done: Outcome) -> None:
    metrics = done.metrics
    if not done.new:
        console.print(
            "This job is finished already, and nothing was done: give --again to train anew.", highlight=False
        )
    for name in ("untrained", "trained"):
        found = metrics[name]
        codes = f", F1 of codes {found['codes']['micro']['f1']:.3f}" if found["codes"] else ""
        console.print(
            f"{name}: loss {found['loss']:.4f}, perplexity {found['perplexity']:.4g} on {metrics['split']}{codes}",
            highlight=False,
        )
    cut = metrics["train"]["truncated"] + metrics["evaluation"]["truncated"]
    if cut:
        console.print(f"{cut} examples were longer than {metrics['max_length']} tokens and were cut.", highlight=False)
    console.print(f"Model: {done.output}\nCard:  {done.output}/README.md", highlight=False, soft_wrap=True)
