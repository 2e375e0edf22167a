"""Which tokens a prediction came from: integrated gradients over the embeddings.

Source: Sundararajan, Taly, Yan, "Axiomatic Attribution for Deep Networks", https://arxiv.org/abs/1703.01365
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch

from pipeline.training.data import IGNORED

_EXPLAINED = 32  # tokens of the last stretch that the loss is of
_CONTEXT = 256  # tokens before them: the page is for people
_AT_ONCE = 4  # steps of the path in one batch


class Attributions(NamedTuple):
    """What each token of the context added to the log-probability of the tokens that were explained.

    Their sum is near `gain`: the log-probability with the context, less that with an empty one, of end tokens only.
    """

    context: list[tuple[str, float]]
    explained: str
    gain: float


def attribute(model: Any, tokenizer: Any, row: dict[str, Any], steps: int = 16) -> Attributions:
    """Return the attributions for one encoded example, of which a token after the first is learned.

    The path from the empty context to this one is walked in `steps`, at the middle of each. Embeddings of zeros would
    not do for the empty one: models that normalize see the same at every step of that path but the first.
    """
    begin, end = _explained(row["labels"])
    first = max(begin - _CONTEXT, 0)
    ids = torch.tensor(row["input_ids"][first:end], device=model.device)
    length = begin - first
    model.eval()
    embedded = model.get_input_embeddings()(ids).detach()
    end_token = torch.tensor(tokenizer.eos_token_id or 0, device=model.device)
    empty = model.get_input_embeddings()(end_token).detach().expand(length, -1)
    path = embedded[:length] - empty
    total = torch.zeros_like(path)
    places = (torch.arange(steps, device=ids.device, dtype=embedded.dtype) + 0.5) / steps
    for some in places.split(_AT_ONCE):
        scaled = (empty + path * some[:, None, None]).requires_grad_()
        total += torch.autograd.grad(_log_probability(model, scaled, embedded[length:], ids).sum(), scaled)[0].sum(0)
    values = (total / steps * path).sum(-1).float().tolist()
    with torch.no_grad():
        ends = torch.stack([embedded[:length], empty])
        full, nothing = _log_probability(model, ends, embedded[length:], ids).tolist()
    words = [tokenizer.decode([number]) for number in ids[:length].tolist()]
    explained = tokenizer.decode(ids[length:].tolist(), skip_special_tokens=True)
    return Attributions(list(zip(words, values, strict=True)), explained, full - nothing)


def _explained(labels: Sequence[int]) -> tuple[int, int]:
    """Return where an answer begins, right behind what asks for it; of a text, which has no question, the end."""
    end = max(place for place, label in enumerate(labels) if label != IGNORED) + 1
    begin = end
    while begin > 1 and labels[begin - 1] != IGNORED:
        begin -= 1
    return (begin, min(begin + _EXPLAINED, end)) if begin > 1 else (max(end - _EXPLAINED, 1), end)


def _log_probability(model: Any, contexts: torch.Tensor, rest: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    """Return the log-probability of what comes after some contexts, which are embeddings; one for each."""
    logits = model(inputs_embeds=torch.cat([contexts, rest.expand(len(contexts), -1, -1)], 1)).logits
    length = contexts.shape[1]
    logarithms = logits[:, length - 1 : -1].float().log_softmax(-1)
    return logarithms.gather(2, ids[length:].expand(len(contexts), -1)[..., None]).sum((1, 2))
