"""Copies of an example with other words and other numbers, for the training split."""

from __future__ import annotations

from functools import partial
from typing import Any

from pipeline.keys import Keys
from pipeline.shard.augment.jitter import jittered
from pipeline.shard.augment.synonyms import with_synonyms
from pipeline.shard.recipes import Recipe

_CHANGES = {"synonyms": with_synonyms, "jitter": jittered}
# No text has it: Jinja's output and redaction leave no control characters but white space.
_BETWEEN = "\0\n"


def augmented(example: dict[str, Any], recipe: Recipe, keys: Keys) -> list[dict[str, Any]]:
    """Return the copies of an example of the training split that its recipe asks for, each with an id of its own.

    Only what is asked is changed: a text, a prompt, the turns of the user. What is answered stays as it is. A copy that
    would say what the example or another copy says is not made.
    """
    asked, said = _asked(example), _said(example)
    copies, seen = [], {asked}
    for kind, change in _CHANGES.items():
        for number in range(1, getattr(recipe.augment, kind, 0) + 1):
            text = change(asked, said, partial(keys.fraction, "augment", example["id"], kind, str(number)))
            if text in seen:
                continue
            seen.add(text)
            copy = _with_asked(example, text)
            name = keys.digest("augmented", example["id"], kind, str(number))
            copies.append({**copy, "id": name, "augmentation": kind})
    return copies


def _asked(example: dict[str, Any]) -> str:
    if "messages" in example:
        return _BETWEEN.join(turn["content"] for turn in example["messages"] if turn["role"] == "user")
    return str(example["text"] if "text" in example else example["prompt"])


def _said(example: dict[str, Any]) -> str:
    """Return what is not changed, and must stay true of what is."""
    if "messages" in example:
        return _BETWEEN.join(turn["content"] for turn in example["messages"] if turn["role"] != "user")
    return str(example.get("completion", ""))


def _with_asked(example: dict[str, Any], text: str) -> dict[str, Any]:
    if "messages" not in example:
        return {**example, "text" if "text" in example else "prompt": text}
    turns = iter(text.split(_BETWEEN))
    messages = [
        {**turn, "content": next(turns) if turn["role"] == "user" else turn["content"]} for turn in example["messages"]
    ]
    return {**example, "messages": messages}
