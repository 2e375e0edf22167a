"""Ingest: files of an export to `raw` tables. Knows a format's syntax; judges no value."""

from pipeline.ingest.connector import Connector, SourceFile, Unit

__all__ = ["Connector", "SourceFile", "Unit"]
