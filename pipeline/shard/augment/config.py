"""What a recipe says of augmentation."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pipeline.records import SCHEMAS

# The tables that copies are made with.
SYNONYMS = SCHEMAS / "augment" / "synonyms.yaml"
JITTER = SCHEMAS / "augment" / "jitter.yaml"

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

    def tables(self) -> bytes:
        """Return the content of the tables that the outcome depends on."""
        return SYNONYMS.read_bytes() + JITTER.read_bytes()
