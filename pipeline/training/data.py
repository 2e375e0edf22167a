"""Examples of a release → token ids, and labels that name the tokens which the loss is of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jinja2

from pipeline.errors import ConfigError

IGNORED = -100  # what PyTorch's cross entropy leaves out
SPLITS = ("train", "validation", "test")
# For a tokenizer that brings none. Lines end inside of expressions: transformers trims those after a tag.
SIMPLE_TEMPLATE = (
    "{% for message in messages %}{{ '### ' + message['role'] | capitalize + ':\n' + message['content'] }}"
    "{% if message['role'] == 'assistant' %}{{ eos_token }}{% endif %}{{ '\n\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '### Assistant:\n' }}{% endif %}"
)


class Encoded(NamedTuple):
    """One example: `labels` repeats a token id where the loss counts it; `cut` is how many tokens did not fit."""

    input_ids: list[int]
    labels: list[int]
    cut: int


class Encoder:
    """Encodes examples of one format for one tokenizer; `limit` is the most tokens that the model takes.

    Raises `ConfigError` where the tokenizer's chat template cannot be applied to the turns of the examples.
    """

    def __init__(self, tokenizer: Any, form: str, limit: int, day: str) -> None:
        self._tokenizer, self._form, self._limit, self._day = tokenizer, form, limit, day

    def __call__(self, example: dict[str, Any]) -> Encoded:
        """Return the token ids of an example, cut to the limit."""
        if self._form == "text":
            ids = list(self._tokenizer(example["text"])["input_ids"])
            end = self._tokenizer.eos_token_id
            if end is not None and ids[-1:] != [end]:
                ids.append(end)
            return _fit(ids, list(ids), self._limit)
        whole, stretches = self._conversation(conversation(example))
        found = self._tokenizer(whole, add_special_tokens=False, return_offsets_mapping=True)
        labels = [
            number if end > begin and any(a <= begin < b for a, b in stretches) else IGNORED
            for number, (begin, end) in zip(found["input_ids"], found["offset_mapping"], strict=True)
        ]
        return _fit(found["input_ids"], labels, self._limit)

    def prompt(self, example: dict[str, Any], room: int) -> list[int]:
        """Return the token ids that ask for the last turn of an example, with `room` left for the answer."""
        text = self._render(conversation(example)[:-1], prompt=True)
        ids = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return _fit(ids, [IGNORED] * len(ids), max(self._limit - room, 1)).input_ids

    def _conversation(self, messages: list[dict[str, str]]) -> tuple[str, list[tuple[int, int]]]:
        """Return the text of a conversation, and from where to where the assistant speaks."""
        whole, stretches = self._render(messages), []
        for number, message in enumerate(messages):
            if message["role"] != "assistant":
                continue
            before = self._render(messages[:number], prompt=True)
            through = self._render(messages[: number + 1])
            if not (through.startswith(before) and whole.startswith(through)):
                raise ConfigError(f"the model's chat template does not write {_TURNS}")
            # What comes between turns is no part of either.
            stretches.append((len(before), len(through.rstrip())))
        return whole, stretches

    def _render(self, messages: list[dict[str, str]], *, prompt: bool = False) -> str:
        try:
            # Some templates write today's date, which would make tomorrow's run another one.
            return str(
                self._tokenizer.apply_chat_template(
                    messages, tokenize=False, add_generation_prompt=prompt, date_string=self._day
                )
            )
        except jinja2.TemplateError:
            raise ConfigError(f"the model's chat template refuses {_TURNS}") from None


_TURNS = "the turns of this config one after the other: give --simple-template to use chartmill's own"


def conversation(example: dict[str, Any]) -> list[dict[str, str]]:
    """Return an example as turns; a prompt and its completion are two."""
    if "messages" in example:
        return [{"role": turn["role"], "content": turn["content"]} for turn in example["messages"]]
    return [{"role": "user", "content": example["prompt"]}, {"role": "assistant", "content": example["completion"]}]


def written(example: dict[str, Any]) -> Iterator[str]:
    """Yield the texts of an example, of any format."""
    if "text" in example:
        yield example["text"]
    else:
        yield from (turn["content"] for turn in conversation(example))


def _fit(ids: Sequence[int], labels: Sequence[int], limit: int) -> Encoded:
    """Cut what is too long: out of the middle of the longest stretch without loss, then at the end.

    The beginning and the end of a long prompt stay, and the turn that is to be learned; a text loses its end.
    """
    excess = max(len(ids) - limit, 0)
    begin, end = _longest_without_loss(labels)
    gap = min(excess, max(end - begin - 2, 0))
    keep = begin + (end - begin - gap) // 2
    ids, labels = [*ids[:keep], *ids[keep + gap :]], [*labels[:keep], *labels[keep + gap :]]
    return Encoded(ids[:limit], labels[:limit], excess)


def _longest_without_loss(labels: Sequence[int]) -> tuple[int, int]:
    best = begin = 0, 0
    for place, label in enumerate(labels):
        begin = (begin[0], place + 1) if label == IGNORED else (place + 1, place + 1)
        best = max(best, begin, key=lambda stretch: stretch[1] - stretch[0])
    return best


def load_splits(release: Path, manifest: dict[str, Any], config: str, cache: Path) -> dict[str, Any]:
    """Return the splits of a config as `datasets.Dataset`s, kept in a folder and mapped into memory."""
    import datasets

    datasets.disable_progress_bars()
    files = {
        split: [str(release / file["path"]) for file in entry["files"]]
        for split, entry in manifest["configs"][config]["splits"].items()
        if entry["examples"]
    }
    return dict(datasets.load_dataset("parquet", data_files=files, cache_dir=str(cache)))


def classes_of(splits: Iterable[Any]) -> set[str]:
    """Return all that is in the column `codes` of some splits."""
    return {code for rows in splits for codes in rows.data.column("codes").to_pylist() for code in codes}


def encode(rows: Any, encoder: Encoder, cache: Path) -> tuple[Any, dict[str, int]]:
    """Encode all examples of a split; return what can be learned from, and what did not fit.

    Rows of the outcome are `index` (of the example in the split), `input_ids`, `labels` and `weight`.
    """

    def one(example: dict[str, Any], index: int) -> dict[str, Any]:
        ids, labels, cut = encoder(example)
        weight = example.get("weight")
        # The first token is predicted from nothing: no loss is of it.
        learned = any(label != IGNORED for label in labels[1:])
        return {
            "index": index, "input_ids": ids, "labels": labels, "cut": cut, "learned": learned,
            "weight": 1.0 if weight is None else float(weight),
        }  # fmt: skip

    encoded = rows.map(
        one, with_indices=True, remove_columns=rows.column_names, cache_file_name=str(cache), load_from_cache_file=False
    )
    cut, learned = encoded.data.column("cut").to_pylist(), encoded.data.column("learned").to_pylist()
    counts = {
        "examples": len(encoded),
        "truncated": sum(map(bool, cut)),
        "tokens_cut": sum(cut),
        "left_out_without_target": learned.count(False),
    }
    kept = encoded.select([place for place, keep in enumerate(learned) if keep])
    return kept.remove_columns(["cut", "learned"]), counts
