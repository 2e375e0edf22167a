"""Release: gates, and an immutable folder that a training job can load."""

from pipeline.release.catalog import manifest_sha, read_manifest, releases, revision, withdrawn
from pipeline.release.content import examples_by_split, make_manifest, shard_files
from pipeline.release.gate import check_ledgers, check_policy, check_shards
from pipeline.release.publish import publish
from pipeline.release.rewrite import rewrite
from pipeline.release.verify import verify_release
from pipeline.release.withdraw import withdraw

__all__ = [
    "check_ledgers", "check_policy", "check_shards", "examples_by_split", "make_manifest", "manifest_sha", "publish",
    "read_manifest", "releases", "revision", "rewrite", "shard_files", "verify_release", "withdraw", "withdrawn",
]  # fmt: skip
