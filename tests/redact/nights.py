"""Nights of synthetic facts, taken through redaction into a record store, without files and without a detector."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.context import Context
from pipeline.errors import RedactionError
from pipeline.records import SCHEMAS, Identifier, RecordTable
from pipeline.redact.detector import load_detector
from pipeline.redact.fields import LINEAGE, redact_table
from pipeline.redact.links import add_links
from pipeline.redact.policy import load_policy
from pipeline.redact.spans import Span
from pipeline.redact.sweep import sweep, unsettled
from pipeline.redact.vault import Vault, patient_key
from pipeline.store import RecordStore
from pipeline.store.records import newest

START = datetime(2026, 1, 15, 10, 30, 17, 123456)


class FindsDates:
    """A detector that leaves all but dates of one form to the vault."""

    version = "none"

    def detect(self, texts: Sequence[str]) -> list[tuple[Span, ...] | RedactionError]:
        return [
            tuple(Span(at, at + 10, "DATE", 1.0, "test") for at in range(len(text)) if is_date(text, at))
            for text in texts
        ]

    pattern_only = detect

    def again(self, text: str) -> tuple[Span, ...]:
        return load_detector().again(text)


def is_date(text: str, at: int) -> bool:
    return text[at + 2 : at + 3] == text[at + 5 : at + 6] == "/" and text[at + 6 : at + 10].isdigit()


def policies(folder: Path, replace: str) -> Path:
    """Write the policies with another way to replace identifiers; return their folder."""
    folder.mkdir(parents=True)
    for path in (SCHEMAS / "policies").glob("*.yaml"):
        (folder / path.name).write_text(path.read_text("utf-8").replace("replace: tag", f"replace: {replace}"), "utf-8")
    return folder


@dataclass(frozen=True)
class Night:
    """What one night brings: rows of `record`, identifiers by patient id, and pairs of ids of one person."""

    records: Sequence[Mapping[str, Any]] = ()
    identities: Mapping[str, set[Identifier]] = field(default_factory=dict)
    links: Sequence[tuple[str, str]] = ()


def record(name: str, patient_id: str, version: int, **values: Any) -> dict[str, Any]:
    """Return a row of `record`; `name`, of hexadecimal digits, is repeated into its id."""
    return {
        "source": "s", "file_id": "f", "position": 1, "record_id": (name * 32)[:32], "kind": "note", "identity": [],
        "version": START + timedelta(days=version), "patient_id": patient_id, "extras": [], **values,
    }  # fmt: skip


def live(context: Context, night: Night, *, swept: bool = True) -> None:
    """Take a night into the store, and sweep."""
    vault, policy = Vault(context), load_policy(context.settings)
    vault.add({patient_key(context, number): found for number, found in night.identities.items()})
    add_links(context, [(patient_key(context, one), patient_key(context, other)) for one, other in night.links])
    if night.records:
        outcome = redact_table(
            RecordTable.from_rows([dict(row) for row in night.records]), context=context, policy=policy,
            detector=FindsDates(), vault=Vault(context), day="2026-01-15",
        )  # fmt: skip
        assert not outcome.refused
        RecordStore(context).merge(newest([outcome.safe])[0])
    if swept:
        settle(context)


def settle(context: Context) -> int:
    """Sweep; check that a second sweep would find nothing."""
    store = RecordStore(context, RecordStore(context).version)
    changed = sweep(context, load_policy(context.settings), store)
    assert list(unsettled(context, RecordStore(context))) == []
    return changed


def rows(context: Context) -> list[dict[str, Any]]:
    """Return all rows of the store but for their lineage."""
    store = RecordStore(context)
    found = store.read(store.buckets()).data.drop_columns(sorted(LINEAGE - {"safe_sha"})).to_pylist()
    return sorted(found, key=lambda row: (row["record_id"], row["patient_key"]))


def texts(context: Context) -> list[str]:
    """Return the texts of the store."""
    return [row["text"] for row in rows(context) if row["text"]]


def lived(context: Context, nights: Iterable[Night], *, swept: bool = True) -> list[dict[str, Any]]:
    """Live through some nights; return the rows of the store after a last sweep."""
    for night in nights:
        live(context, night, swept=swept)
    settle(context)
    return rows(context)
