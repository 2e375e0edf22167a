"""How well a model knows a split: loss, perplexity, and the codes in what it writes."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from pipeline.training.data import IGNORED, Encoder
from pipeline.training.fairness import GROUPS, Diagnosed, codes_in, rolled_up
from pipeline.training.loop import collate


def loss_and_perplexity(model: Any, rows: Any, pad: int, batch_size: int) -> dict[str, Any]:
    """Return the mean cross entropy of the tokens that count, in nats, and its exponential; nulls if there are none.

    Neither weights nor label smoothing are in it, so that jobs which differ in them can be compared.
    """
    total, tokens = 0.0, 0
    model.eval()
    with torch.no_grad():
        for begin in range(0, len(rows), batch_size):
            batch = collate(rows.select(range(begin, min(begin + batch_size, len(rows)))).to_list(), pad)
            labels = batch.pop("labels")[:, 1:].to(model.device)
            batch.pop("weight")
            logits = model(**{name: value.to(model.device) for name, value in batch.items()}).logits[:, :-1]
            total += cross_entropy(
                logits.float().transpose(1, 2), labels, ignore_index=IGNORED, reduction="sum"
            ).item()  # fmt: skip
            tokens += int((labels != IGNORED).sum())
    loss = total / tokens if tokens else None
    return {
        "examples": len(rows),
        "tokens": tokens,
        "loss": loss,
        # Of a model that knows nothing yet, the exponential may be more than a float holds.
        "perplexity": math.exp(min(loss, 700)) if loss is not None else None,
    }


def diagnosed(
    model: Any, tokenizer: Any, rows: Any, encoder: Encoder, classes: Collection[str], room: int, batch_size: int
) -> list[Diagnosed]:
    """Let a model complete the prompts of a split, greedily, and return which codes it should and did write.

    Both are read from text and rolled up to `classes`. An example counts if its own completion states one of its
    `codes` at least.
    """
    outcomes = []
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    stated = ((row, rolled_up(codes_in(row["completion"]), classes)) for row in rows)
    examples = [(row, recorded) for row, recorded in stated if recorded.intersection(row["codes"])]
    model.eval()
    for begin in range(0, len(examples), batch_size):
        batch = examples[begin : begin + batch_size]
        prompts = [encoder.prompt(row, room) for row, _ in batch]
        longest = max(map(len, prompts))
        # On the left: what is written comes right after the prompt.
        ids = torch.tensor([[*[pad or 0] * (longest - len(one)), *one] for one in prompts], device=model.device)
        mask = torch.tensor([[0] * (longest - len(one)) + [1] * len(one) for one in prompts], device=model.device)
        with torch.no_grad():
            made = model.generate(
                input_ids=ids, attention_mask=mask, max_new_tokens=room, do_sample=False, use_cache=True,
                pad_token_id=pad, eos_token_id=tokenizer.eos_token_id,
            )  # fmt: skip
        completions = tokenizer.batch_decode(made[:, longest:], skip_special_tokens=True)
        for (row, recorded), completion in zip(batch, completions, strict=True):
            wrote = rolled_up(codes_in(completion), classes)
            groups = {name: row.get(name) for name in GROUPS}
            outcomes.append(Diagnosed(row.get("patient_key") or row["id"], recorded, wrote, groups))
    return outcomes
