"""Validate: data contracts of safe records. Repairs nothing."""

from pipeline.validate.stage import validate_partition

__all__ = ["validate_partition"]
