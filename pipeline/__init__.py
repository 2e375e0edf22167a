"""chartmill: nightly EHR exports in, de-identified Parquet training shards out.

Start reading at `pipeline.stages`, which lists the stages in the order of the data.
"""

__version__ = "0.1.0"
