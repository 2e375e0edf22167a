"""Errors, named by what happens next.

    ChartmillError
    ├── ConfigError      stop before anything is read; the message says what to type (exit code 2)
    ├── SourceError      quarantine the file
    ├── RecordError      quarantine the record
    ├── RedactionError   quarantine the record; nothing un-redacted passes
    ├── GateError        stop the run: a check of counts, shares or shards refused it (exit code 1)
    ├── StorageError     try again later
    ├── HandoffError     try again later
    └── StageError       report it: a stage failed in a way that nobody foresaw

No message ever holds a value from the data. A code, a field name and a position say where to look;
errors of other libraries, which like to print what they refuse, are re-raised as one of these `from None`.
"""

from __future__ import annotations


class ChartmillError(Exception):
    """Base of every error that chartmill raises on purpose."""


class ConfigError(ChartmillError):
    """A setting, source, policy or recipe is missing or wrong."""


class SourceError(ChartmillError):
    """A file cannot be read as what its source says it is."""

    def __init__(self, code: str) -> None:
        super().__init__(f"file rejected: {code}")
        self.code = code


class RecordError(ChartmillError):
    """One unit or record cannot be taken."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(f"record rejected: {code}" + (f" ({field})" if field else ""))
        self.code = code
        self.field = field

    @property
    def reason(self) -> str:
        """Return the reason under which this rejection is counted."""
        return f"{self.code}:{self.field}" if self.field else self.code


class RedactionError(RecordError):
    """Free text or a field could not be made safe."""


class GateError(ChartmillError):
    """A check refused to let the run or the release go on."""


class StorageError(ChartmillError):
    """Storage, or a concurrent writer, got in the way."""


class HandoffError(ChartmillError):
    """The training job could not be submitted."""


class StageError(ChartmillError):
    """A stage failed in a way that nobody foresaw; says where in the code, and nothing of the data."""
