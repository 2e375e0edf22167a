"""What a privacy officer calls: the policy in plain words, and whether the audit log is as it was written."""

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
import yaml

from pipeline.audit import append
from pipeline.config import load_settings
from pipeline.context import Context, open_context
from pipeline.records import SCHEMAS
from tests.cli.conftest import KEY, Call

SAFE_HARBOR = SCHEMAS / "policies" / "safe_harbor.yaml"


@pytest.mark.parametrize("name", ["safe_harbor", "date_shift", str(SAFE_HARBOR)])
def test_a_sound_policy_is_explained(call: Call, name: str) -> None:
    found = call("policy", "check", name, "--strict")
    assert found.exit_code == 0
    for words in ("never passes", "only the first three digits pass", "(b)(2)(i)(C)", "(G) Social Security", "[SSN]"):
        assert words in " ".join(found.stdout.replace("│", " ").split()), words
    assert "The policy is sound" in found.stdout


def test_columns_that_are_not_named_are_told(call: Call, tmp_path: Path) -> None:
    content = yaml.safe_load(SAFE_HARBOR.read_text("utf-8"))
    del content["fields"]["race"], content["fields"]["flags"]
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(content))
    assert call("policy", "check", tmp_path / "mine.yaml").exit_code == 0
    refused = call("policy", "check", tmp_path / "mine.yaml", "--strict")
    assert refused.exit_code == 1
    assert "Not named, and so dropped: race, flags." in refused.stderr


def test_a_policy_that_passes_phi_is_refused(call: Call, tmp_path: Path) -> None:
    wrong = SAFE_HARBOR.read_text("utf-8").replace("extras: {action: drop", "extras: {action: keep")
    (tmp_path / "mine.yaml").write_text(wrong)
    found = call("policy", "check", tmp_path / "mine.yaml")
    assert found.exit_code == 1
    assert "'keep' lets through more of extras than 45 CFR 164.514(b)(2) allows (allowed: drop)" in found.stdout


def test_markdown_is_for_the_docs(call: Call) -> None:
    printed = call("policy", "check", "--format", "markdown").output
    assert printed.startswith("## safe_harbor\n")
    assert "\n| identity | never passes | (b)(2)(i) | " in printed


@pytest.fixture
def logged(tmp_path: Path) -> Context:
    """Return the zones of the commands, with two entries in the audit log."""
    context = open_context(load_settings(KEY, phi=str(tmp_path / "phi"), data=str(tmp_path / "data")))
    for day in ("2026-01-15", "2026-01-16"):
        append(context, "redact", day, {"day": day}, datetime(2026, 1, 17, tzinfo=UTC))
    return context


def test_the_audit_log_is_shown(call: Call, logged: Context) -> None:
    entries = [orjson.loads(line) for line in call("audit", "show", "--day", "2026-01-16").output.splitlines() if line]
    assert [entry["sequence"] for entry in entries] == [2]
    assert "2 entries" in call("audit", "verify").stdout


def test_a_changed_audit_log_fails(call: Call, logged: Context) -> None:
    path = Path(logged.data.path("audit", "log", "00000001.json"))
    path.write_bytes(path.read_bytes().replace(b"2026-01-15", b"2026-01-14"))
    found = call("audit", "verify")
    assert found.exit_code == 1
    assert found.stdout.splitlines() == ["entry 1 was changed, or was not written with this key"]
