"""Ingest: files of an export to `raw` tables. Knows a format's syntax; judges no value."""

from pipeline.ingest.connector import Connector, SourceFile, Unit
from pipeline.ingest.plan import write_plan
from pipeline.ingest.read import ingest_partition

__all__ = ["Connector", "SourceFile", "Unit", "ingest_partition", "write_plan"]
