"""Hand-off: a release to a training job, submitted once."""

from pipeline.handoff.launch import Handoff, in_progress, submit

__all__ = ["Handoff", "in_progress", "submit"]
