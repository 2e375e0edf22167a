"""Balance the classes of the training split: cap the common, repeat the rare, weigh them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.keys import Keys

if TYPE_CHECKING:
    from pipeline.shard.recipes import Recipe

# A weight is 2**n with n in these bounds, so that a few new records leave most shards as they are.
_LIGHTEST, _HEAVIEST = -3, 3


class Balance(BaseModel):
    """What a recipe says of its classes, the `codes` of its examples, in the training split.

    `cap` is the most examples of a class, `oversample` the least, as far as `copies` of one example suffice. With
    `weights`, `weight` is the inverse frequency of the class. An example of several classes is kept for the rarest of
    them, repeated as often as the rarest needs, and has the largest weight.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cap: Annotated[int, Field(ge=1)] | None = None
    oversample: Annotated[int, Field(ge=1)] | None = None
    copies: Annotated[int, Field(ge=1, le=100)] = 4
    weights: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> Balance:
        if self.cap and self.oversample and self.oversample > self.cap:
            raise ValueError("`oversample` must not be more than `cap`")
        return self


def balance(index: pa.Table, recipe: Recipe, keys: Keys) -> pa.Table:
    """Return the recipe's rows of the training split with the columns `kept`, `copies` and `weight`.

    `index` has at least the columns recipe, id, split and codes; its order makes no difference. Which examples a cap
    keeps follows from keyed digests of their ids: another example puts at most one out for each of its classes.
    """
    mine = index.filter(pc.and_(pc.equal(index["recipe"], recipe.name), pc.equal(index["split"], "train")))
    plan, ids = recipe.balance or Balance(), mine["id"].to_pylist()
    order = np.argsort(np.array(keys.digests("balance", (name.encode() for name in ids)), dtype="S32"))
    mine = mine.take(pa.array(order))
    example, code = _classes(mine["codes"].combine_chunks())

    kept = np.ones(len(ids), bool)
    if plan.cap:
        kept[example] = False
        kept[example[_ranks(code) < plan.cap]] = True
        code, example = code[kept[example]], example[kept[example]]
    copies = np.zeros(len(ids), np.int64)
    if plan.oversample:
        present = np.bincount(code)[code]
        wanted = np.clip(plan.oversample - present, 0, plan.copies * present)
        np.maximum.at(copies, example, wanted // present + (_ranks(code) < wanted % present))
    weight = np.ones(len(ids))
    if plan.weights and len(code):
        sizes = np.bincount(code, weights=1.0 + copies[example])
        mean = sizes[sizes > 0].mean()
        weight[example] = 0
        np.maximum.at(weight, example, np.exp2(np.clip(np.rint(np.log2(mean / sizes[code])), _LIGHTEST, _HEAVIEST)))
    for name, column in (("kept", kept), ("copies", copies), ("weight", weight)):
        mine = mine.append_column(name, pa.array(column))
    return mine


def oversampled(example: dict[str, Any], count: int, keys: Keys) -> list[dict[str, Any]]:
    """Return whole copies of an example, each with an id of its own."""
    return [
        {**example, "id": keys.digest("oversampled", example["id"], str(copy)), "augmentation": "oversampled"}
        for copy in range(1, count + 1)
    ]


def _classes(codes: pa.ListArray) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the distinct pairs of an example's place and the number of one of its codes, in order of the places."""
    places = pc.list_parent_indices(codes).to_numpy()
    numbers = pc.list_flatten(codes).dictionary_encode().indices.to_numpy(zero_copy_only=False)
    pairs = np.unique(np.stack([places, numbers.astype(np.int64)], axis=1).reshape(-1, 2), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _ranks(code: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return for each entry how many before it are equal."""
    order = np.argsort(code, kind="stable")
    ranks = np.empty(len(code), np.int64)
    ranks[order] = np.arange(len(code)) - np.searchsorted(code[order], code[order])
    return ranks
