"""A release is submitted once for each manifest, whatever fails, and what became of it can be read."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import fsspec
import pytest

from pipeline import stages
from pipeline.audit import read_entries
from pipeline.context import Context
from pipeline.errors import ConfigError, GateError, HandoffError
from pipeline.handoff import attempts, handoffs, submit
from pipeline.handoff.attempts import LEASE, Attempt, claim
from pipeline.release import manifest_sha
from tests.handoff.conftest import NAME, Clock, only, publish

Opened = Callable[..., Context]


def counting(calls: Path, then: str = "true") -> str:
    """Return a command that notes that it was called, and with what."""
    return f"sh -c 'echo $0 >> {calls}; {then}' {{release}}"


def called(calls: Path) -> int:
    return len(calls.read_text().splitlines()) if calls.exists() else 0


def test_a_release_is_submitted_once_for_each_manifest(opened: Opened, clock: Clock, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    context = opened(handoff=counting(calls))
    first = submit(context, NAME, clock)
    assert (first.status, first.attempt, first.new) == ("completed", 1, True)
    again = submit(context, NAME, clock)
    assert (again.status, again.attempt, again.new) == ("completed", 1, False)
    publish(context, "2026-01-16")
    assert submit(context, "2026-01-16", clock).new
    releases = tmp_path / "data" / "releases"
    assert calls.read_text().splitlines() == [str(releases / NAME), str(releases / "2026-01-16")]


def test_what_failed_is_submitted_again(opened: Opened, clock: Clock, folder: Path) -> None:
    context = opened(handoff="sh -c 'echo out of quota; exit 3'")
    with pytest.raises(HandoffError, match="exit code 3") as caught:
        submit(context, NAME, clock)
    log = only(folder, "*/attempt-1.log")
    assert str(log) in str(caught.value)
    assert log.read_text() == "out of quota\n"
    assert "quota" not in str(caught.value)
    done = submit(opened(handoff="true"), NAME, clock)
    assert (done.attempt, done.new) == (2, True)
    assert log.read_text() == "out of quota\n"


def test_force_submits_once_more_and_keeps_the_log(opened: Opened, clock: Clock, folder: Path) -> None:
    assert submit(opened(handoff="echo one"), NAME, clock).new
    assert submit(opened(handoff="echo two"), NAME, clock, force=True).attempt == 2
    assert [path.read_text() for path in sorted(folder.glob("*/*.log"))] == ["one\n", "two\n"]
    assert not submit(opened(handoff="echo three"), NAME, clock).new


def test_force_that_failed_is_tried_again_without_force(opened: Opened, clock: Clock) -> None:
    submit(opened(handoff="true"), NAME, clock)
    with pytest.raises(HandoffError):
        submit(opened(handoff="false"), NAME, clock, force=True)
    assert submit(opened(handoff="true"), NAME, clock).attempt == 3


def test_a_claim_that_lives_is_respected(opened: Opened, clock: Clock) -> None:
    context = opened(handoff="true")
    assert isinstance(claim(context.data, NAME, manifest_sha(context, NAME), "command", clock, force=False), Attempt)
    clock.turn(LEASE - timedelta(seconds=1))
    for force in (False, True):
        with pytest.raises(HandoffError, match=r"is being handed off by .* run this again after 2026-01-16T03:01:30"):
            submit(context, NAME, clock, force=force)
    clock.turn(timedelta(seconds=1))
    assert submit(context, NAME, clock).attempt == 2


def test_a_beat_keeps_a_claim_alive(opened: Opened, clock: Clock) -> None:
    context = opened(handoff="true")
    attempt = claim(context.data, NAME, manifest_sha(context, NAME), "command", clock, force=False)
    assert isinstance(attempt, Attempt)
    clock.turn(LEASE - timedelta(seconds=1))
    attempt.beat()
    clock.turn(LEASE - timedelta(seconds=1))
    with pytest.raises(HandoffError, match="is being handed off"):
        submit(context, NAME, clock)


def test_of_many_claims_at_once_one_wins(opened: Opened, clock: Clock) -> None:
    context = opened()
    sha = manifest_sha(context, NAME)

    def tried(_: int) -> bool:
        try:
            return isinstance(claim(context.data, NAME, sha, "command", clock, force=False), Attempt)
        except HandoffError:
            return False

    for _ in range(20):
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(tried, range(8))) == 1
        clock.turn(LEASE)


def test_who_was_taken_over_stops_its_command(
    opened: Opened, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.handoff.process.BEAT", timedelta(milliseconds=50))
    context = opened(handoff=f"sh -c 'sleep 60; touch {tmp_path}/trained'")
    sha = manifest_sha(context, NAME)

    def taken_over_at_the_second_beat() -> Any:
        if len(calls := seen) == 4:
            late = Clock(clock.time + 2 * LEASE)
            assert isinstance(claim(context.data, NAME, sha, "command", late, force=False), Attempt)
        calls.append(1)
        return clock.time

    seen: list[int] = []
    with pytest.raises(HandoffError, match="taken over"):
        submit(context, NAME, taken_over_at_the_second_beat)
    assert not (tmp_path / "trained").exists()
    assert [record.status for record in attempts.read_attempts(context.data, sha)] == ["failed", "running"]


def test_storage_may_fail_for_a_moment(opened: Opened, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    context = opened()
    attempt = claim(context.data, NAME, manifest_sha(context, NAME), "command", clock, force=False)
    assert isinstance(attempt, Attempt)

    def broken(*_: Any) -> None:
        raise OSError("no storage")

    monkeypatch.setattr(type(context.data), "write_json", broken)
    attempt.beat()
    clock.turn(LEASE)
    with pytest.raises(OSError, match="no storage"):
        attempt.beat()


def test_the_state_says_what_became_of_each_attempt(opened: Opened, clock: Clock, folder: Path) -> None:
    context = opened(handoff="sh -c 'exit 3'")
    claim(context.data, NAME, manifest_sha(context, NAME), "command", clock, force=False)
    clock.turn(LEASE)
    with pytest.raises(HandoffError):
        submit(context, NAME, clock)
    submit(opened(handoff="true"), NAME, clock)
    state = json.loads(only(folder, "*/state.json").read_text())
    assert [(one["status"], one["exit_code"], one["ended"]) for one in state["attempts"]] == [
        ("lost", None, None), ("failed", 3, "2026-01-16T03:01:30+00:00"), ("completed", 0, "2026-01-16T03:01:30+00:00"),
    ]  # fmt: skip
    assert (state["release"], state["launcher"], state["status"]) == (NAME, "command", "completed")
    assert (folder.parent / state["log"]).exists()
    (status,) = handoffs(context.data, clock.time)
    assert status.of(status.last) == "completed"


def test_a_command_gets_none_of_our_secrets(
    opened: Opened, clock: Clock, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = ("CHARTMILL_KEY", "CHARTMILL_PHI", "CHARTMILL_WEBHOOK_SECRET", "AIRFLOW_CONN_CHARTMILL",
               "AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN")  # fmt: skip
    for name in secrets:
        monkeypatch.setenv(name, "c2VjcmV0" * 6)
    monkeypatch.setenv("HF_TOKEN", "theirs")
    submit(opened(handoff="env"), NAME, clock)
    names = {line.partition("=")[0] for line in only(folder, "*/*.log").read_text().splitlines()}
    assert not names & set(secrets)
    assert {"HF_TOKEN", "PATH"} <= names


@pytest.mark.parametrize("command", ["", "'", "run {folder}", "run {release.x}", "no-such-program {release}"])
def test_a_wrong_command_says_which_setting(opened: Opened, clock: Clock, command: str) -> None:
    with pytest.raises(ConfigError, match="CHARTMILL_HANDOFF"):
        submit(opened(handoff=command), NAME, clock)
    assert submit(opened(handoff="true"), NAME, clock).new, "nothing has to be waited for"


def test_a_release_that_was_withdrawn_is_refused(opened: Opened, clock: Clock, tmp_path: Path, folder: Path) -> None:
    context = opened(handoff=counting(tmp_path / "calls"))
    context.data.remove(f"releases/{NAME}/manifest.json")
    context.data.write_json(f"releases/{NAME}/WITHDRAWN.json", {})
    with pytest.raises(GateError, match="was withdrawn and is not handed off"):
        submit(context, NAME, clock, force=True)
    assert not called(tmp_path / "calls")
    assert not folder.exists()


@pytest.mark.parametrize("name", ["2026-01-14", "../releases/2026-01-15", "", "."])
def test_what_is_no_release_is_refused(opened: Opened, clock: Clock, name: str) -> None:
    with pytest.raises(ConfigError, match=f"the latest are {NAME}"):
        submit(opened(), name, clock)


def test_nobody_is_started_by_none(opened: Opened, clock: Clock, tmp_path: Path) -> None:
    context = opened({"launcher": "none"}, handoff=counting(tmp_path / "calls"))
    done = submit(context, NAME, clock)
    assert (done.status, done.new) == ("announced", True)
    assert Path(done.log).exists()
    assert not called(tmp_path / "calls")


def test_the_audit_log_has_each_hand_off_once(opened: Opened) -> None:
    context = opened(handoff="true")
    for force in (False, False, True, False):
        stages.handoff(context.settings, NAME, force=force)
    entries = [entry for entry in read_entries(context) if entry["event"] == "handoff"]
    assert [(entry["release"], entry["attempt"]) for entry in entries] == [(NAME, 1), (NAME, 2)]


def test_object_storage_gets_log_and_address_too(opened: Opened, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.handoff.process.BEAT", timedelta(milliseconds=50))
    memory = fsspec.filesystem("memory")
    context = opened(data="memory://handoff-test", handoff="sh -c 'echo $0; sleep 0.3; echo end' {release}")
    try:
        copied = []
        put = type(memory).put_file
        monkeypatch.setattr(
            type(memory), "put_file", lambda *a, **k: (copied.append(Path(a[1]).read_text()), put(*a, **k))[1]
        )
        submit(context, NAME, clock)
        sha = manifest_sha(context, NAME)
        said = f"memory:///handoff-test/releases/{NAME}\n"
        assert context.data.read_bytes(f"handoff/{sha}/attempt-1.log").decode() == f"{said}end\n"
        assert said in copied, "while the command ran"
    finally:
        memory.rm("/handoff-test", recursive=True)
