"""The measurements that may be jittered, as `schemas/augment/jitter.yaml` lists them."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from pipeline.config import load_yaml
from pipeline.errors import ConfigError
from pipeline.shard.augment.config import JITTER

Number = Annotated[Decimal, BeforeValidator(str)]


class Range(BaseModel):
    """The numbers of an analyte in some units: what is plausible, what no value crosses, how far one moves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    units: tuple[str, ...]
    limits: tuple[Number, Number]
    cuts: tuple[Number, ...]
    step: str | float

    @model_validator(mode="after")
    def _in_order(self) -> Range:
        low, high = self.limits
        if not all(a < b for a, b in pairwise(self.cuts)) or self.cuts[0] < low or self.cuts[-1] > high:
            raise ValueError("`cuts` must rise, and lie within `limits`")
        if self.most(low) <= 0:
            raise ValueError("`step` must be more than 0")
        return self

    def most(self, value: Decimal) -> Decimal:
        """Return how far a value may move."""
        step = str(self.step)
        return abs(value) * Decimal(step[:-1]) / 100 if step.endswith("%") else Decimal(step)


class Analyte(BaseModel):
    """How a measurement is written, and its ranges. It is left alone where the text names one of `unless`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: tuple[str, ...]
    unless: tuple[str, ...] = ()
    ranges: tuple[Range, ...]

    def range(self, value: Decimal, unit: str | None) -> Range | None:
        """Return the range that a value belongs to; without a unit, the first that holds it."""
        for one in self.ranges:
            if (unit is None or unit in one.units) and one.limits[0] <= value <= one.limits[1]:
                return one
        return None


@cache
def analytes() -> dict[str, Analyte]:
    """Return the table.

    Raises `ConfigError` that says which entry is wrong.
    """
    table = {}
    for name, content in load_yaml(JITTER).items():
        try:
            table[name] = Analyte.model_validate(content)
        except ValidationError as error:
            where = "; ".join(f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in error.errors(include_input=False))
            raise ConfigError(f"augment/{JITTER.name}: {name}: {where}") from None
    return table


@cache
def by_name() -> dict[str, str]:
    """Return the analyte of each name; one in small letters counts in any case."""
    return {name: analyte for analyte, entry in analytes().items() for name in entry.names}


def analyte_named(display: str) -> str | None:
    """Return the analyte of which a display text speaks: what stands before its first bracket, `in` or `by`."""
    name = re.split(r" \[| in | by ", display)[0]
    return by_name().get(name) or by_name().get(name.lower())
