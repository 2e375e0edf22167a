"""One hand-off, from the claim to its outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.context import Context
from pipeline.errors import ConfigError, GateError
from pipeline.handoff.attempts import Attempt, Clock, Record, claim
from pipeline.handoff.launcher import Job, Receipt
from pipeline.handoff.registry import load_launcher
from pipeline.release import examples_by_split, manifest_sha, read_manifest, releases


@dataclass(frozen=True, slots=True)
class Handoff:
    """The outcome of a hand-off; `new` tells whether this call brought it about. `log` is a full path."""

    release: str
    manifest_sha256: str
    uri: str
    launcher: str
    attempt: int
    status: str
    external_id: str | None
    log: str
    new: bool


def submit(context: Context, release: str, now: Clock, *, force: bool = False) -> Handoff:
    """Hand a release to the configured launcher, once for each manifest; with `force`, once more.

    What failed, or was killed before it could end, is tried again. Raises `GateError` if the release was withdrawn,
    `HandoffError`, or `ConfigError` if another try would end the same; what the launcher's command said is in the
    log, not in the error.
    """
    launcher = load_launcher(context.settings)
    _check_release(context, release)
    sha = manifest_sha(context, release)
    uri = f"{context.data.uri}/releases/{release}"
    claimed = claim(context.data, release, sha, launcher.launcher, now, force=force)
    if isinstance(claimed, Record):
        return _outcome(context, claimed, uri, new=False)
    receipt = Receipt("failed")
    try:
        job = Job(release, sha, uri, _configs(context, release), claimed.record.submission)
        receipt = launcher.submit(context, job, claimed)
    finally:
        _end(claimed, receipt)
    if receipt.error:
        raise type(receipt.error)(
            f"the hand-off of release {release} failed: {receipt.error}; see {context.data.path(claimed.record.log)}, "
            f"then `chartmill handoff {release}` or clear the task `handoff`"
        )
    return _outcome(context, claimed.record, uri, new=True)


def _check_release(context: Context, release: str) -> None:
    known = releases(context)
    if release in known:
        return
    if "/" not in release and context.data.exists(f"releases/{release}/WITHDRAWN.json"):
        raise GateError(f"release {release} was withdrawn and is not handed off: start `release` for one without it")
    raise ConfigError(f"there is no release of that name: the latest are {', '.join(known[-5:]) or 'none'}")


def _configs(context: Context, release: str) -> dict[str, Any]:
    manifest = read_manifest(context, release)
    examples = examples_by_split(manifest)
    return {name: {"format": manifest["configs"][name]["format"], "splits": examples[name]} for name in examples}


def _end(attempt: Attempt, receipt: Receipt) -> None:
    attempt.end(
        receipt.status, exit_code=receipt.exit_code, http_status=receipt.http_status, external_id=receipt.external_id
    )


def _outcome(context: Context, record: Record, uri: str, *, new: bool) -> Handoff:
    log = context.data.path(record.log)
    sha, name, identity = record.manifest_sha256, record.launcher, record.external_id
    return Handoff(record.release, sha, uri, name, record.number, record.status, identity, log, new)
