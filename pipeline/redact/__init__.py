"""Redact: the policy for fields, the detectors and the vault for free text. Fails closed."""

from pipeline.redact.policy import load_policy
from pipeline.redact.stage import index_identities, redact_partition
from pipeline.redact.sweep import outdated, sweep_table

__all__ = ["index_identities", "load_policy", "outdated", "redact_partition", "sweep_table"]
