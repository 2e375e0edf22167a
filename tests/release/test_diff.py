"""What tells two releases apart."""

import pytest

from pipeline.config import Settings
from pipeline.context import Context
from pipeline.errors import ConfigError
from pipeline.records import SafeTable
from pipeline.redact.policy import load_policy
from pipeline.release import diff, in_words, open_release
from pipeline.release.diff import distance
from pipeline.store import RecordStore
from tests.release.made import DAY, release
from tests.rows import safe_row


@pytest.mark.parametrize(
    ("before", "after", "expected", "words"),
    [
        ({"a": 5, "b": 5}, {"a": 50, "b": 50}, 0.0, "the same"),
        ({"a": 10}, {"a": 8, "b": 2}, 0.2, "different: look at the balance of both"),
        ({"a": 20}, {"a": 19, "b": 1}, 0.05, "a little different"),
        ({"a": 5}, {"b": 5}, 1.0, "very different: expect another model"),
        ({}, {}, 0.0, "the same"),
        ({}, {"a": 1}, 1.0, "very different: expect another model"),
    ],
)
def test_distance(before: dict[str, int], after: dict[str, int], expected: float, words: str) -> None:
    assert distance(before, after) == pytest.approx(expected)
    assert in_words(distance(before, after)) == words


def test_rows_and_patients_that_came_went_and_changed(settings: Settings, stored: Context) -> None:
    release(settings)
    label = load_policy(settings).label
    changed = {"patient_key": f"{1:032x}", "bucket": 1, "version": 2, "encounter_key": f"{1001:032x}"}
    gone = {"patient_key": f"{2:032x}", "bucket": 2, "version": 2, "deleted": "record"}
    rows = [
        safe_row("0", policy=label, text="Seen again.", **changed) | {"record_id": f"{1:032x}"},
        safe_row("0", policy=label, **gone) | {"record_id": f"{2:032x}"},
        safe_row("0", policy=label, **gone, kind="condition") | {"record_id": f"{502:032x}"},
        safe_row("e", policy=label, text="Somebody new.", patient_key="e" * 32, bucket=14),
    ]
    RecordStore(stored).merge(SafeTable.from_rows(rows))
    name = release(settings)["name"]
    found = diff(open_release(DAY, stored), open_release(name, stored))
    text, chat = (found.splits[config].values() for config in ("text", "chat"))
    assert [sum(getattr(split, what) for split in text) for what in ("added", "removed", "changed")] == [1, 1, 1]
    assert [sum(getattr(split, what) for split in chat) for what in ("added", "removed", "changed")] == [0, 1, 1]
    assert (found.patients, found.patients_in, found.patients_out) == ((40, 40), 1, 1)
    assert found.made_of == []
    assert found.drift["text"]["sex"] == 0.0


def test_two_keys_are_not_compared(settings: Settings, stored: Context) -> None:
    release(settings)
    zone, manifest = open_release(DAY, stored)
    with pytest.raises(ConfigError, match="two keys"):
        diff((zone, manifest), (zone, manifest | {"key_fingerprint": "0"}))


def test_a_withdrawn_release_is_not_opened(settings: Settings, stored: Context) -> None:
    stored.data.write_bytes(f"releases/{DAY}/WITHDRAWN.json", b"{}")
    with pytest.raises(ConfigError, match="was withdrawn"):
        open_release(DAY, stored)
