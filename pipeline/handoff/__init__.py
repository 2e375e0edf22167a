"""Hand-off: a release to a training job, submitted once."""

from pipeline.handoff.launch import Handoff, submit

__all__ = ["Handoff", "submit"]
