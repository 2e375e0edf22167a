"""Normalize: `raw` strings to typed `record` values, whatever format they came in."""

from pipeline.normalize.stage import normalize_partition

__all__ = ["normalize_partition"]
