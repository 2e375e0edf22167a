"""Apply the policy to a `record` table, column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import yaml

from pipeline.context import Context
from pipeline.dates import Moment
from pipeline.errors import RedactionError
from pipeline.records import SCHEMAS, RecordTable, SafeTable, contract, schema
from pipeline.redact.dates import birth_year, sequence_of, shift_days, shift_iso, version_of, year_only
from pipeline.redact.known import known_of
from pipeline.redact.policy import DERIVED, Policy
from pipeline.redact.spans import Detect, Detector
from pipeline.redact.surrogates import NO_PATIENT, move_tags, writers
from pipeline.redact.text import Redacted, Tally, detect_and_tag, search_known
from pipeline.redact.vault import NOBODY, Identity, Vault, patient_bucket, patient_key
from pipeline.redact.written_dates import move_dates
from pipeline.vocabulary import code_systems, is_code, vocabulary

# Part of the content that `safe_sha` covers: all but where it was read.
LINEAGE = frozenset(("file_id", "position", "safe_sha"))
# All that stays of a record that its sender took back: of `record`, and of `safe`.
_LEFT = frozenset(("source", "file_id", "position", "record_id", "kind", "deleted", "version"))
RECORD_LEFT = _LEFT | {"patient_id", "encounter_id"}
SAFE_LEFT = _LEFT | {"patient_key", "encounter_key"} | DERIVED - {"sequence"}
_LONGEST_NUMBER = 1e9


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that could not be made safe."""

    row: int
    reason: str


@cache
def _low_population() -> frozenset[str]:
    lists = yaml.safe_load((SCHEMAS / "redact" / "zip3.yaml").read_text("utf-8"))
    return frozenset(zip3 for areas in lists.values() for zip3 in areas)


def zip3(postal_code: str | None) -> str | None:
    """Return the first three digits of a ZIP code, 000 for an area of 20,000 people or fewer."""
    digits = (postal_code or "").strip()[:5]
    if len(digits) != 5 or not (digits.isascii() and digits.isdigit()):
        return None
    return "000" if digits[:3] in _low_population() else digits[:3]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A table made safe, what was found in each of its rows, and the rows that could not be made safe."""

    safe: SafeTable
    tallies: list[Tally]
    refused: list[Refused]


@dataclass(frozen=True, slots=True)
class _Rows:
    """A `record` table as lists, what is known of the patient of each row, and what was found in each."""

    context: Context
    policy: Policy
    detector: Detector
    day: str
    columns: Mapping[str, list[Any]]
    patient_keys: list[str]
    identities: list[Identity]
    tallies: list[Tally]

    def __len__(self) -> int:
        return len(self.patient_keys)


def redact_table(
    table: RecordTable, *, context: Context, policy: Policy, detector: Detector, vault: Vault, day: str
) -> Outcome:
    """Make a table safe: every column by its rule, and nothing that the policy does not name.

    Rows whose free text no detector can vouch for are left out and returned with their reasons.
    """
    columns = {name: table.data[name].to_pylist() for name in table.data.schema.names if name != "extras"}
    deleted = [row for row, scope in enumerate(columns["deleted"]) if scope]
    for name in columns.keys() - RECORD_LEFT:
        for row in deleted:
            columns[name][row] = None
    keys_of = {pid: vault.links.canonical(patient_key(context, pid)) for pid in set(columns["patient_id"])}
    patient_keys = [keys_of[pid] for pid in columns["patient_id"]]
    blobs = vault.read(set(keys_of.values()))
    identities = [blobs[key] for key in patient_keys]
    for row in deleted:
        identities[row] = NOBODY
    rows = _Rows(context, policy, detector, day, columns, patient_keys, identities, [Counter() for _ in patient_keys])

    refused: dict[int, str] = {}
    safe: dict[str, list[Any]] = {name: [None] * len(rows) for name in contract("safe")}
    for name, rule in policy.file.fields.items():
        if rule.action == "drop":
            continue
        outcome = _ACTIONS[rule.action](rows, name)
        for row, value in enumerate(outcome):
            if isinstance(value, RedactionError):
                refused.setdefault(row, f"{value.code}:{name}")
                outcome[row] = None
        safe[rule.target or name] = outcome
    _derive(rows, safe, vault)

    kept = [row for row in range(len(rows)) if row not in refused]
    result = SafeTable.from_columns({name: [column[row] for row in kept] for name, column in safe.items()})
    return Outcome(
        result, [rows.tallies[row] for row in kept], [Refused(row, reason) for row, reason in sorted(refused.items())]
    )


def _derive(rows: _Rows, safe: dict[str, list[Any]], vault: Vault) -> None:
    """Fill the columns that redaction itself writes."""
    context = rows.context
    buckets = {key: patient_bucket(context, key) for key in set(rows.patient_keys)}
    versions = {identity: vault.version(identity) for identity in set(rows.identities)}
    safe["bucket"] = [buckets[key] for key in rows.patient_keys]
    safe["policy"] = [rows.policy.label] * len(rows)
    safe["vault_version"] = [versions[identity] for identity in rows.identities]
    for name, made, moments in (("version", version_of, "version"), ("sequence", sequence_of, "start")):
        safe[name] = [
            made(context.keys, key, moment)
            for key, moment in zip(rows.patient_keys, rows.columns[moments], strict=True)
        ]
    safe["record_id"] = [
        deletion_id(context, scope, record_id) if scope in ("encounter", "patient") else record_id
        for scope, record_id in zip(rows.columns["deleted"], safe["record_id"], strict=True)
    ]
    content = [name for name in rows.columns if name not in ("file_id", "position", "identity")]
    safe["record_sha"] = [
        context.keys.digest("record_sha", *(str(rows.columns[name][row]) for name in content))
        for row in range(len(rows))
    ]
    safe["safe_sha"] = [safe_digest(context, safe, row) for row in range(len(rows))]


def deletion_id(context: Context, scope: str, record_id: str) -> str:
    """Return the id of the deletion of a record's encounter or patient.

    It has one of its own: a newer version of that record does not call back what else was deleted.
    """
    return context.keys.digest("deletion", scope, record_id)


def safe_digest(context: Context, safe: Mapping[str, Sequence[Any]], row: int) -> str:
    """Return the digest of a safe row's content, lineage left out."""
    names = [name for name in schema("safe").names if name not in LINEAGE]
    return context.keys.digest("safe_sha", *(str(safe[name][row]) for name in names))


def _each(function: Callable[[Any, _Rows, int], Any]) -> Callable[[_Rows, str], list[Any]]:
    """Make an action of a function of one value and its row."""

    def action(rows: _Rows, name: str) -> list[Any]:
        return [None if value is None else function(value, rows, row) for row, value in enumerate(rows.columns[name])]

    return action


def _pseudonym(rows: _Rows, name: str) -> list[Any]:
    keys, purpose = rows.context.keys, name.removesuffix("_id")
    if name == "patient_id":
        return list(rows.patient_keys)
    return [value and keys.digest(purpose, value) for value in rows.columns[name]]


def _iso(rows: _Rows, name: str) -> list[str | None]:
    """Return a date column as ISO 8601 at its precision, whether it is typed or text."""
    values = rows.columns[name]
    if f"{name}_precision" not in rows.columns:
        return values
    return [
        value and _written(value, precision)
        for value, precision in zip(values, rows.columns[f"{name}_precision"], strict=True)
    ]


def _written(value: datetime, precision: str) -> str:
    if precision in ("minute", "second"):
        return value.isoformat(timespec="minutes" if precision == "minute" else "seconds")
    return Moment(value, precision, None).iso


def _year(rows: _Rows, name: str) -> list[Any]:
    return [year_only(iso, rows.day) for iso in _iso(rows, name)]


def _shift(rows: _Rows, name: str) -> list[Any]:
    keys = rows.context.keys
    return [shift_iso(iso, shift_days(keys, key)) for iso, key in zip(_iso(rows, name), rows.patient_keys, strict=True)]


def _vocabulary(rows: _Rows, name: str) -> list[Any]:
    words = vocabulary(name)
    return [value and words.get(value.strip().lower()) for value in rows.columns[name]]


def _code(rows: _Rows, name: str) -> list[Any]:
    """Keep codes of known systems; a code of another system may be anything, and is dropped."""
    return [
        code if code and is_code(system, code) and not known_of(identity).holds(code) else None
        for code, system, identity in zip(rows.columns[name], rows.columns["code_system"], rows.identities, strict=True)
    ]


def _number(rows: _Rows, name: str) -> list[Any]:
    """Keep measurements; a long whole number, or one of the patient's own, is an identifier."""
    return [
        None
        if value is None or abs(value) >= _LONGEST_NUMBER or known_of(identity).holds(f"{value:.15g}".lstrip("-"))
        else value
        for value, identity in zip(rows.columns[name], rows.identities, strict=True)
    ]


def _free_text(rows: _Rows, name: str) -> list[Any]:
    return _redact_texts(rows, rows.columns[name], rows.detector.detect)


def _coded_text(rows: _Rows, name: str) -> list[Any]:
    """Redact the display of a code; beside a code of a known system the language model is not asked.

    It was not made for terms such as "Serum or Plasma". Patterns and what is known of the patient are searched for.
    """
    texts = rows.columns[name]
    coded = [
        bool(code) and is_code(system, code)
        for code, system in zip(rows.columns["code"], rows.columns["code_system"], strict=True)
    ]
    plain = [None if is_coded else text for text, is_coded in zip(texts, coded, strict=True)]
    terms = [text if is_coded else None for text, is_coded in zip(texts, coded, strict=True)]
    found = _redact_texts(rows, terms, rows.detector.pattern_only)
    return [a if b is None else b for a, b in zip(found, _redact_texts(rows, plain, rows.detector.detect), strict=True)]


def _redact_texts(rows: _Rows, texts: list[str | None], detect: Detect) -> list[str | RedactionError | None]:
    """Detect each distinct text once, then search each for what is known of its patient, and move its dates."""
    shifting, replace, keys = rows.policy.file.text_dates == "shift", rows.policy.file.replace, rows.context.keys
    distinct = list(dict.fromkeys(text for text in texts if text is not None))
    unowned = writers(replace, keys, NO_PATIENT)
    detected = dict(zip(distinct, detect_and_tag(detect, distinct, keep_dates=shifting, writers=unowned), strict=True))
    outcome: list[str | RedactionError | None] = []
    for row, (text, key, identity) in enumerate(zip(texts, rows.patient_keys, rows.identities, strict=True)):
        tagged = None if text is None else detected[text]
        if not isinstance(tagged, Redacted):
            outcome.append(tagged)
            continue
        owned = move_tags(tagged.text, keys, NO_PATIENT, key)
        searched = search_known(owned, identity, writers(replace, keys, key))
        rows.tallies[row].update(tagged.tally + searched.tally)
        outcome.append(move_dates(searched.text, shift_days(keys, key)) if shifting else searched.text)
    return outcome


_ACTIONS: Mapping[str, Callable[[_Rows, str], list[Any]]] = {
    "keep": _each(lambda value, rows, row: value),
    "pseudonym": _pseudonym,
    "year": _year,
    "shift": _shift,
    "birth_year": _each(lambda value, rows, row: birth_year(value, rows.day)),
    "zip3": _each(lambda value, rows, row: zip3(value)),
    "code": _code,
    "code_system": _each(lambda value, rows, row: value if value in code_systems() else None),
    "vocabulary": _vocabulary,
    "number": _number,
    "coded_text": _coded_text,
    "free_text": _free_text,
}
