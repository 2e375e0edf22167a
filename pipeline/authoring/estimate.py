"""Estimate how long a day of a source takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.config import SourceConfig
from pipeline.context import Context
from pipeline.ingest.plan import PlannedFile, plan_files

# Bytes of input a second and process, from plan to commit, as the sample data ran on one core of an AMD EPYC,
# imports and the language model loaded before. Redaction of free text takes most of it, so that a feed with more notes
# than the sample is slower, and one without any many times faster.
_DEFAULT = 70_000
_THROUGHPUT = {"hl7v2": 120_000, "fhir": 200_000, "csv": 70_000}


@dataclass(frozen=True, slots=True)
class Estimate:
    """The partitions of a day, and a guess of the seconds they take. Paths in it may be PHI."""

    source: str
    partitions: list[list[PlannedFile]]
    size: int
    seconds: float
    basis: str


def estimate(context: Context, source: SourceConfig, day: date, workers: int) -> Estimate:
    """Plan a day without writing anything, and estimate the time of its busiest process.

    Raises `ConfigError` as a run does if there are no files.
    """
    partitions = plan_files(context, source, day)
    rate = _THROUGHPUT.get(source.connector, _DEFAULT)
    sizes = sorted((sum(file.size for file in files) for files in partitions), reverse=True)
    busiest = max(max(sizes), -(-sum(sizes) // workers))
    basis = f"at {rate:,} bytes a second and process, the default for {source.connector}"
    return Estimate(source.name, partitions, sum(sizes), busiest / rate, basis)
