"""Commit: safe records into the record store. Sees no PHI."""

from pipeline.store.records import RecordStore
from pipeline.store.stage import commit_run

__all__ = ["RecordStore", "commit_run"]
