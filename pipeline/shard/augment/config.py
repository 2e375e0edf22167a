"""What a recipe says of augmentation."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# No distribution is made of fewer patients than these.
FEWEST_PATIENTS = 5


class Synthetic(BaseModel):
    """Give classes of fewer than `below` examples `count` synthetic ones, of what `patients` or more have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    below: Annotated[int, Field(ge=1)]
    count: Annotated[int, Field(ge=1, le=10_000)]
    patients: Annotated[int, Field(ge=FEWEST_PATIENTS)] = FEWEST_PATIENTS


class Augment(BaseModel):
    """How many copies of each example to make with synonyms and with jittered numbers, and which synthetic ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    synonyms: Annotated[int, Field(ge=0, le=20)] = 0
    jitter: Annotated[int, Field(ge=0, le=20)] = 0
    synthetic: Synthetic | None = None
