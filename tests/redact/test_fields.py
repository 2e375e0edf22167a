"""The policy decides each column; what it does not name, and what is not what it says, is dropped."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from pipeline.config import Settings
from pipeline.context import Context
from pipeline.errors import ConfigError, RedactionError
from pipeline.records import Identifier, RecordTable, contract
from pipeline.redact.fields import Refused, redact_table, zip3
from pipeline.redact.policy import load_policy
from pipeline.redact.spans import Span
from pipeline.redact.vault import Vault, patient_key

PATIENT = "CRMC|48213377"


class FindsNothing:
    """A detector that leaves all to the vault, and fails on what says that it should."""

    version = "none"

    def detect(self, texts: Sequence[str]) -> list[tuple[Span, ...] | RedactionError]:
        return [RedactionError("detector_error") if "fail" in text else () for text in texts]

    pattern_only = detect


def record(**values: Any) -> dict[str, Any]:
    return {
        "source": "s", "file_id": "f", "position": 1, "record_id": "a" * 32, "version": datetime(2026, 1, 15),
        "kind": "note", "patient_id": PATIENT, "identity": [], "extras": [("PID-99", "Quorbington")], **values,
    }  # fmt: skip


def redacted(context: Context, settings: Settings, *rows: dict[str, Any]) -> tuple[list[dict[str, Any]], list[Refused]]:
    identity = {Identifier("name", "Quorbington, Zyx"), Identifier("id", "48213377")}
    Vault(context).add({patient_key(context, PATIENT): identity})
    outcome = redact_table(
        RecordTable.from_rows(list(rows)), context=context, policy=load_policy(settings), detector=FindsNothing(),
        vault=Vault(context), day="2026-01-15",
    )  # fmt: skip
    return outcome.safe.data.to_pylist(), outcome.refused


SAFE_HARBOR = [
    ("start", datetime(2026, 1, 15, 10, 30), "2026"),
    ("birth_date", "1931-02-03", "90+"),
    ("postal_code", "03601", "000"),
    ("postal_code", "02115", "021"),
    ("postal_code", "Quorbington", None),
    ("state", "ma", "MA"),
    ("state", "Quorbington", None),
    ("sex", "female", "female"),
    ("status", "Quorbington", None),
    ("unit", "mg/dL", "mg/dL"),
    ("unit", "48213377", None),
    ("category", "Zyx", None),
    ("code_system", "http://loinc.org", "http://loinc.org"),
    ("code_system", "urn:epic:QUORBINGTON", None),
    ("value_number", 48213377.0, None),
    ("value_number", 7.4, 7.4),
    ("value_number", 12345678901.0, None),
    ("text", "Seen with Quorbington.", "Seen with [NAME]."),
    ("title", "Letter for 4821-3377", "Letter for [ID]"),
]


@pytest.mark.parametrize(("column", "value", "expected"), SAFE_HARBOR)
def test_safe_harbor(context: Context, settings: Settings, column: str, value: Any, expected: Any) -> None:
    more = {"start_precision": "minute"} if column == "start" else {}
    ((row,), refused) = redacted(context, settings, record(**{column: value}, **more))
    assert row[column] == expected
    assert refused == []
    assert "Quorbington" not in str(row)
    assert "48213377" not in str(row)


@pytest.mark.parametrize(
    ("system", "code", "kept"),
    [
        ("http://loinc.org", "2345-7", True),
        ("http://loinc.org", "Quorbington", False),
        ("urn:local", "2345-7", False),
        ("http://snomed.info/sct", "48213377", False),
        ("http://snomed.info/sct", "44054006", True),
        (None, "2345-7", False),
    ],
)
def test_only_codes_of_known_systems_pass(
    context: Context, settings: Settings, system: str | None, code: str, kept: bool
) -> None:
    ((row,), _) = redacted(context, settings, record(code=code, code_system=system))
    assert row["code"] == (code if kept else None)


def test_text_that_no_detector_vouches_for_does_not_pass(context: Context, settings: Settings) -> None:
    rows, refused = redacted(context, settings, record(text="fail"), record(text="well", record_id="b" * 32))
    assert [row["text"] for row in rows] == ["well"]
    assert refused == [Refused(0, "detector_error:text")]


def test_dates_move_together_under_date_shift(context: Context, settings: Settings) -> None:
    shifting = settings.model_copy(update={"policy": "date_shift"})
    ((first, second), _) = redacted(
        context, shifting,
        record(start=datetime(2026, 1, 15, 10, 30), start_precision="minute"),
        record(start=datetime(2026, 1, 17), start_precision="day", record_id="b" * 32),
    )  # fmt: skip
    days = datetime.fromisoformat(second["start"]) - datetime.fromisoformat(first["start"][:10])
    assert days.days == 2
    assert first["start"][10:] == "T10:30"
    assert first["start"][:10] != "2026-01-15"


@pytest.mark.parametrize(
    ("zip_code", "expected"), [("03601", "000"), ("02115-1234", "021"), ("1234", None), (None, None)]
)
def test_zip3(zip_code: str | None, expected: str | None) -> None:
    assert zip3(zip_code) == expected


@pytest.mark.parametrize("name", ["safe_harbor", "date_shift"])
def test_policies_give_reasons_and_leave_out_what_must_not_pass(settings: Settings, name: str) -> None:
    fields = load_policy(settings.model_copy(update={"policy": name})).file.fields
    assert set(contract("record")) - set(fields) == {
        "identity", "extras", "flags", "sentences", "version", "start_precision", "start_offset", "end_precision",
        "end_offset",
    }  # fmt: skip
    assert all(rule.reason for rule in fields.values())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("  shoe_size: {action: keep, reason: none known}", "does not have: shoe_size"),
        ("  text: {action: publish, reason: none known}", "wrong at: fields.text.action"),
        ("  text: {action: free_text}", "wrong at: fields.text.reason"),
    ],
)
def test_a_wrong_policy_is_refused(settings: Settings, tmp_path: Any, line: str, message: str) -> None:
    content = (settings.policies / "safe_harbor.yaml").read_text().replace("name: safe_harbor", "name: mine")
    lines = [old for old in content.splitlines() if not old.startswith(line.split(":")[0] + ":")]
    (tmp_path / "mine.yaml").write_text("\n".join([*lines, line]))
    with pytest.raises(ConfigError, match=message):
        load_policy(settings.model_copy(update={"policy": "mine", "policies": tmp_path}))
