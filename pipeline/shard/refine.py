"""Refine the examples of one recipe: drop what a model must not learn from, cut what it cannot take at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from pipeline.config import Settings
from pipeline.keys import Keys
from pipeline.shard.chunks import chunks
from pipeline.shard.contamination import EvaluationSets
from pipeline.shard.near import Said, near_duplicates
from pipeline.shard.recipes import Recipe, written
from pipeline.shard.tokens import Tokenizer

Example = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refiner:
    """What examples are measured with and compared to."""

    tokenizer: Tokenizer
    evaluation_sets: EvaluationSets | None

    @classmethod
    def open(cls, settings: Settings) -> Refiner:
        """Open the configured tokenizer and evaluation sets.

        Raises `ConfigError`.
        """
        return cls(Tokenizer.open(settings), EvaluationSets.open(settings))

    @property
    def described(self) -> dict[str, Any]:
        """Return what a manifest says of both: with the same, the same examples are refined alike."""
        sets = self.evaluation_sets
        return {"tokenizer": self.tokenizer.described, "evaluation_sets": sets.described if sets else None}

    def refine(self, recipe: Recipe, examples: list[Example], keys: Keys) -> tuple[list[Example], Counter[str]]:
        """Return the examples that stay, with their lengths, and how many do not, by reason.

        A text over the recipe's `max_tokens` becomes several examples; one of another format is dropped.
        """
        reasons = self._contaminated(examples)
        if recipe.near_duplicates is not None:
            staying = [example for example in examples if example["id"] not in reasons]
            reasons |= dict.fromkeys(_copies(staying, recipe.near_duplicates), "near_duplicate")
        kept: list[Example] = []
        for example, tokens in self._counted([example for example in examples if example["id"] not in reasons]):
            if recipe.max_tokens is None or tokens <= recipe.max_tokens:
                kept.append(example | {"n_chars": sum(map(len, written(example))), "n_tokens": tokens})
            elif recipe.format == "text":
                kept += self._cut(example, recipe.max_tokens, keys)
            else:
                reasons[example["id"]] = "too_long"
        return kept, Counter(reasons.values())

    def _contaminated(self, examples: list[Example]) -> dict[str, str]:
        if self.evaluation_sets is None:
            return {}
        shared = self.evaluation_sets.share([text for example in examples for text in written(example)])
        found = zip(examples, _regrouped(shared, examples), strict=True)
        return {example["id"]: "contaminated" for example, of_its_texts in found if any(of_its_texts)}

    def _counted(self, examples: list[Example]) -> Iterator[tuple[Example, int]]:
        """Yield each example with the number of its tokens."""
        counts = self.tokenizer.counts([text for example in examples for text in written(example)])
        yield from zip(examples, map(sum, _regrouped(counts, examples)), strict=True)

    def _cut(self, example: Example, budget: int, keys: Keys) -> Iterator[Example]:
        pieces = chunks(example["text"], budget, self.tokenizer)
        for number, (text, tokens) in enumerate(zip(pieces, self.tokenizer.counts(pieces), strict=True)):
            # The first keeps the id, so that a limit that is raised changes no id that stays.
            own = keys.digest("chunk", example["id"], str(number)) if number else example["id"]
            yield example | {"id": own, "text": text, "n_chars": len(text), "n_tokens": tokens}


def _regrouped(values: list[T], examples: list[Example]) -> Iterator[list[T]]:
    """Yield, of values of all texts, those of each example."""
    rest = iter(values)
    for example in examples:
        yield list(islice(rest, len(written(example))))


def _copies(examples: list[Example], threshold: float) -> set[str]:
    by_patient: dict[str, list[Said]] = defaultdict(list)
    for example in examples:
        by_patient[example["patient_key"]].append(Said(example["id"], example["day"], "\n".join(written(example))))
    return set().union(*(near_duplicates(said, threshold) for said in by_patient.values()))
