"""Release: gates, and an immutable folder that a training job can load."""

from pipeline.release.catalog import (
    manifest_sha,
    open_release,
    read_manifest,
    read_notice,
    releases,
    revision,
    withdrawn,
)
from pipeline.release.content import examples_by_split, make_manifest, shard_files
from pipeline.release.diff import Diff, diff, in_words
from pipeline.release.gate import check_ledgers, check_policy, check_shards
from pipeline.release.publish import publish
from pipeline.release.retention import retain
from pipeline.release.rewrite import rewrite
from pipeline.release.verify import verify_release
from pipeline.release.withdraw import withdraw

__all__ = [
    "Diff", "check_ledgers", "check_policy", "check_shards", "diff", "examples_by_split", "in_words", "make_manifest",
    "manifest_sha", "open_release", "publish", "read_manifest", "read_notice", "releases", "retain", "revision",
    "rewrite", "shard_files", "verify_release", "withdraw", "withdrawn",
]  # fmt: skip
