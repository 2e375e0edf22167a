"""The policy decides each column; what it does not name, and what is not what it says, is dropped."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from pipeline.config import Settings
from pipeline.context import Context
from pipeline.errors import RedactionError
from pipeline.records import Identifier, RecordTable
from pipeline.redact.actions import zip3
from pipeline.redact.detector import load_detector
from pipeline.redact.fields import Refused, redact_table
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

    def again(self, text: str) -> tuple[Span, ...]:
        return load_detector().again(text)


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
    ("unit", "kat/L", "kat/L"),
    ("unit", "mg{Quorbington}", "mg"),
    ("unit", "{Quorbington}", None),
    ("unit", "48213377", None),
    ("unit", "48213377.mg", None),
    ("abnormal", "Quorbington", None),
    ("comparator", "Quorbington", None),
    ("race", "Quorbington", None),
    ("value_text", "see Quorbington", "see [NAME]"),
    ("display", "Quorbington's panel", "[NAME] panel"),
    ("reference_high", 48213377.0, None),
    ("category", "Zyx", None),
    ("flags", ["future_start", "unknown_unit"], ["future_start", "unknown_unit"]),
    ("flags", ["Quorbington", "sentinel_date", "48213377"], ["sentinel_date"]),
    ("flags", ["Quorbington"], None),
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
        # What an Epic or another local system has may be anything, whatever it looks like.
        ("urn:oid:1.2.840.114350.1.13.0.1.7.2.696580", "QUORBINGTON", False),
        ("urn:oid:1.2.840.114350.1.13.0.1.7.2.696580", "2345-7", False),
        ("http://snomed.info/sct", "Quorbington", False),
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


def test_beside_a_code_that_is_the_patients_number_a_display_is_free_text(context: Context, settings: Settings) -> None:
    class Asked(FindsNothing):
        """A detector whose model fails: only what it is not asked about passes."""

        def detect(self, texts: Sequence[str]) -> list[tuple[Span, ...] | RedactionError]:
            return [RedactionError("asked") for _ in texts]

        pattern_only = FindsNothing.detect

    snomed = {"code_system": "http://snomed.info/sct", "display": "Diabetes"}
    rows = [record(code=code, **snomed) for code in ("44054006", "4821001", "Zyx")]
    Vault(context).add({patient_key(context, PATIENT): {Identifier("id", "4821001")}})
    outcome = redact_table(
        RecordTable.from_rows(rows), context=context, policy=load_policy(settings), detector=Asked(),
        vault=Vault(context), day="2026-01-15",
    )  # fmt: skip
    assert [row["display"] for row in outcome.safe.data.to_pylist()] == ["Diabetes"]
    assert outcome.refused == [Refused(1, "asked:display"), Refused(2, "asked:display")]


AGE = {"code_system": "http://loinc.org", "code": "30525-0"}
OLD = [
    ({**AGE, "value_number": 94.0, "unit": "a"}, None),
    ({**AGE, "value_number": 90.0}, None),
    ({**AGE, "value_number": 89.0, "unit": "a"}, 89.0),
    ({**AGE, "value_number": 1128.0, "unit": "mo"}, None),
    ({**AGE, "value_number": 900.0, "unit": "mo"}, 900.0),
    ({"display": "Age at diagnosis", "value_number": 91.0, "unit": "{years}"}, None),
    ({"display": "Patient age", "value_number": 91.0}, None),
    ({"display": "Follow-up", "value_number": 33000.0, "unit": "d"}, None),
    ({"display": "Gestational age", "value_number": 210.0}, 210.0),
    ({"display": "BMI percentile per age", "value_number": 95.0}, 95.0),
    ({"display": "Dosage", "value_number": 95.0}, 95.0),
    ({"display": "Heart rate", "value_number": 94.0, "unit": "/min"}, 94.0),
    ({"display": "Tobacco", "value_number": 94.0, "unit": "{pack-year}"}, 94.0),
]


@pytest.mark.parametrize(("values", "kept"), OLD)
def test_a_measured_age_of_90_or_over_does_not_pass(
    context: Context, settings: Settings, values: dict[str, Any], kept: float | None
) -> None:
    ((row,), _) = redacted(context, settings, record(kind="observation", **values))
    assert row["value_number"] == kept


@pytest.mark.parametrize(
    ("text", "kept"), [("94 years", "[AGE]"), ("104", "[AGE]"), ("88 years", "88 years"), ("190 days", "190 days")]
)
def test_an_age_of_90_or_over_in_words_does_not_pass(
    context: Context, settings: Settings, text: str, kept: str
) -> None:
    ((row,), _) = redacted(context, settings, record(value_text=text, **AGE))
    assert row["value_text"] == kept


@pytest.mark.parametrize("policy", ["safe_harbor", "date_shift"])
@pytest.mark.parametrize(
    ("birth", "death", "year"),
    [
        ("1931", None, "90+"), ("1931-02-03", "2010-05-06", "90+"), ("1937-02-03", None, "1937"),
        ("1937-02-03", "2025-05-06", "1937"), ("1937-02-03", "2027-05-06", "90+"),
    ],
)  # fmt: skip
def test_nobody_is_known_to_be_90(
    context: Context, settings: Settings, policy: str, birth: str, death: str | None, year: str
) -> None:
    chosen = settings.model_copy(update={"policy": policy})
    ((row,), _) = redacted(context, chosen, record(kind="patient", birth_date=birth, death_date=death))
    assert row["birth_date"] == year


@pytest.mark.parametrize("policy", ["safe_harbor", "date_shift"])
def test_dates_of_90_years_ago_do_not_pass_under_any_policy(context: Context, settings: Settings, policy: str) -> None:
    old = {"start": datetime(1936, 12, 31), "start_precision": "day", "death_date": "1930-01-01"}
    ((row,), _) = redacted(context, settings.model_copy(update={"policy": policy}), record(**old))
    assert (row["start"], row["death_date"]) == (None, None)


def test_what_was_found_is_counted_by_row(context: Context, settings: Settings) -> None:
    Vault(context).add(
        {patient_key(context, PATIENT): {Identifier("name", "Quorbington"), Identifier("id", "48213377")}}
    )
    rows = [record(text="Quorbington, 4821-3377"), record(value_number=48213377.0), record(text="well")]
    outcome = redact_table(
        RecordTable.from_rows(rows), context=context, policy=load_policy(settings), detector=FindsNothing(),
        vault=Vault(context), day="2026-01-15",
    )  # fmt: skip
    assert outcome.tallies == [{("NAME", "known"): 1, ("ID", "known"): 1}, {("ID", "known"): 1}, {}]
