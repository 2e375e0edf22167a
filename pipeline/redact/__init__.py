"""Redact: the policy for fields, the detectors and the vault for free text. Fails closed."""
