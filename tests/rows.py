"""Safe rows for tests."""

from typing import Any

from pipeline.records import schema


def safe_row(name: str, **values: Any) -> dict[str, Any]:
    """Return a safe row with only what a test speaks of; `name` is repeated into a record id."""
    row: dict[str, Any] = dict.fromkeys(schema("safe").names)
    row |= {
        "source": "s", "file_id": "f", "position": 1, "record_id": name * 32, "kind": "note", "patient_key": "0" * 32,
        "bucket": 3, "version": 1, "policy": "p", "vault_version": "v", "record_sha": "0" * 32,
    }  # fmt: skip
    row |= values
    return {"safe_sha": f"{hash_of(row):032x}", **{k: v for k, v in row.items() if k != "safe_sha" or v}}


def hash_of(row: dict[str, Any]) -> int:
    return sum(ord(c) * (i + 1) for i, c in enumerate(str(sorted(row.items(), key=lambda item: item[0]))))
