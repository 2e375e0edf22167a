"""The device that a job runs on, what it asks of its machine, and what to do where that is too much."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from pipeline.errors import HandoffError

_MEMORY = (
    "out of memory: give a smaller --per-device-train-batch-size with more --gradient-accumulation-steps, a smaller "
    "--max-length, or --method lora; the job goes on from its last checkpoint if its options stay, else give --again"
)


def device() -> str:
    """Return the one device that a job uses: the first GPU, if there is any."""
    return "cuda:0" if torch.cuda.is_available() else "cpu"


def coarse_type() -> torch.dtype:
    """Return the type of number that the device is fast with.

    A GPU older than Ampere only emulates bfloat16; a CPU gains nothing by either, and keeps all 32 bits.
    """
    if not torch.cuda.is_available():
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16


def check_space(model: Any, output: Path) -> None:
    """Raise `HandoffError` if two checkpoints, with their optimizer, and the model do not fit on the disk."""
    size = sum(one.numel() * one.element_size() for one in model.parameters())
    trained = sum(one.numel() * one.element_size() for one in model.parameters() if one.requires_grad)
    # AdamW keeps two numbers for each weight that is trained.
    needed = size + trained * (1 + 2 * 3)
    free = shutil.disk_usage(output).free
    if free < needed:
        raise HandoffError(
            f"not enough disk: the job needs {needed / 1e9:.1f} GB in {output}, and {free / 1e9:.1f} GB are free; make "
            "room, or give an --output on another disk"
        )


@contextmanager
def too_small(output: Path) -> Iterator[None]:
    """Say what to do if memory or disk run out in the block.

    Raises `HandoffError`.
    """
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError):
        raise HandoffError(_MEMORY) from None
    except (OSError, RuntimeError) as error:
        # torch.save and safetensors tell of a full disk in words only.
        if "allocate memory" in str(error):
            raise HandoffError(_MEMORY) from None
        full = getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error)
        if full or (isinstance(error, RuntimeError) and shutil.disk_usage(output).free < 1 << 20):
            raise HandoffError(
                f"the disk of {output} is full: make room and run this again, or give an --output on another disk"
            ) from None
        raise
