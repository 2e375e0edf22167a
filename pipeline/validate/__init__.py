"""Validate: data contracts of safe records. Repairs nothing."""

from pipeline.validate.contract import residue_free
from pipeline.validate.stage import validate_partition

__all__ = ["residue_free", "validate_partition"]
