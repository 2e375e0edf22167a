"""What redaction does with a column: one function for each action that a policy may name."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import yaml

from pipeline.context import Context
from pipeline.dates import Moment
from pipeline.errors import RedactionError
from pipeline.records import SCHEMAS, contract
from pipeline.redact.ages import has_old_age, is_age, is_old_age
from pipeline.redact.dates import birth_year, is_old, shift_days, shift_iso, year_only
from pipeline.redact.known import known_of
from pipeline.redact.policy import Policy
from pipeline.redact.spans import Detect, Detector
from pipeline.redact.surrogates import NO_PATIENT, move_tags, writers
from pipeline.redact.text import Redacted, Tally, detect_and_tag, search_known
from pipeline.redact.vault import Identity
from pipeline.redact.written_dates import move_dates, tag_old_dates
from pipeline.ucum import plain_unit
from pipeline.vocabulary import code_systems, is_code, vocabulary

_LONGEST_NUMBER = 1e9
V = TypeVar("V", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Rows:
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


Action = Callable[[Rows, str], list[Any]]


@cache
def _low_population() -> frozenset[str]:
    lists = yaml.safe_load((SCHEMAS / "redact" / "zip3.yaml").read_text("utf-8"))
    return frozenset(zip3 for one in lists.values() for zip3 in one["areas"])


def zip3(postal_code: str | None) -> str | None:
    """Return the first three digits of a ZIP code, 000 for an area of 20,000 people or fewer."""
    digits = (postal_code or "").strip()[:5]
    if len(digits) != 5 or not (digits.isascii() and digits.isdigit()):
        return None
    return "000" if digits[:3] in _low_population() else digits[:3]


def _distinct(function: Callable[[V], Any], values: Iterable[V]) -> list[Any]:
    """Return `function` of every value, called once for each distinct one."""
    listed = list(values)
    outcomes = {value: function(value) for value in set(listed)}
    return [outcomes[value] for value in listed]


def _of_value(function: Callable[[Any], Any]) -> Action:
    """Make an action of a function of one value."""

    def action(rows: Rows, name: str) -> list[Any]:
        return _distinct(lambda value: None if value is None else function(value), rows.columns[name])

    return action


def _keep(rows: Rows, name: str) -> list[Any]:
    return rows.columns[name]


def _pseudonym(rows: Rows, name: str) -> list[Any]:
    keys, purpose = rows.context.keys, name.removesuffix("_id")
    if name == "patient_id":
        return list(rows.patient_keys)
    return _distinct(lambda value: value and keys.digest(purpose, value), rows.columns[name])


def _iso(rows: Rows, name: str) -> list[str | None]:
    """Return a date column as ISO 8601 at its precision, whether it is typed or text."""
    values = rows.columns[name]
    if f"{name}_precision" not in rows.columns:
        return values
    pairs = zip(values, rows.columns[f"{name}_precision"], strict=True)
    return _distinct(lambda pair: pair[0] and _written(*pair), pairs)


def _written(value: datetime, precision: str) -> str:
    if precision in ("minute", "second"):
        return value.isoformat(timespec="minutes" if precision == "minute" else "seconds")
    return Moment(value, precision, None).iso


def _year(rows: Rows, name: str) -> list[Any]:
    return _distinct(lambda iso: year_only(iso, rows.day), _iso(rows, name))


def _birth_year(rows: Rows, name: str) -> list[Any]:
    # The age at a death that is dated after the export counts as well.
    pairs = zip(rows.columns[name], rows.columns["death_date"], strict=True)
    return _distinct(lambda pair: birth_year(pair[0], max(rows.day, pair[1] or "")), pairs)


def _shift(rows: Rows, name: str) -> list[Any]:
    keys = rows.context.keys
    pairs = zip(_iso(rows, name), rows.patient_keys, strict=True)
    return [None if is_old(iso, rows.day) else shift_iso(iso, shift_days(keys, key)) for iso, key in pairs]


def _vocabulary(rows: Rows, name: str) -> list[Any]:
    """Keep the words of a closed list; of a column of lists, those in each."""
    words = vocabulary(name)
    if contract("record")[name].get("type") == "strings":
        return [[words[word] for word in value or () if word in words] or None for value in rows.columns[name]]
    return _distinct(lambda value: value and words.get(value.strip().lower()), rows.columns[name])


def _without_known(rows: Rows, values: Iterable[Any], written: Callable[[Any], str] = str) -> list[Any]:
    """Leave out each value that is one of its patient's own numbers or names, and count it."""
    outcome = list(values)
    for row, known in enumerate(_are_known(rows, outcome, written)):
        if known:
            outcome[row] = None
            rows.tallies[row]["ID", "known"] += 1
    return outcome


def _are_known(rows: Rows, values: Iterable[Any], written: Callable[[Any], str] = str) -> list[bool]:
    pairs = zip(values, rows.identities, strict=True)
    return _distinct(lambda pair: pair[0] is not None and known_of(pair[1]).holds(written(pair[0])), pairs)


def _codes(rows: Rows) -> list[str | None]:
    """Return the codes of known systems; a code of another system may be anything."""
    pairs = zip(rows.columns["code_system"], rows.columns["code"], strict=True)
    return _distinct(lambda pair: pair[1] if pair[1] and is_code(*pair) else None, pairs)


def _code(rows: Rows, name: str) -> list[Any]:
    return _without_known(rows, _codes(rows))


def _unit(rows: Rows, name: str) -> list[Any]:
    return _without_known(rows, _of_value(plain_unit)(rows, name))


def _number(rows: Rows, name: str) -> list[Any]:
    """Keep measurements; a long number, one of the patient's own, or an age of 90 or over is none."""
    short = [value if value is not None and abs(value) < _LONGEST_NUMBER else None for value in rows.columns[name]]
    outcome = _without_known(rows, short, plain_number)
    if name != "value_number":
        return outcome
    for row, (value, unit, age) in enumerate(zip(outcome, rows.columns["unit"], _is_age(rows), strict=True)):
        if value is not None and is_old_age(value, unit, age=age):
            outcome[row] = None
            rows.tallies[row]["AGE", "measurement"] += 1
    return outcome


def plain_number(value: float) -> str:
    """Return a number as an identifier would be written: without sign, and without a point if it is whole."""
    return f"{value:.15g}".lstrip("-")


def _is_age(rows: Rows) -> list[bool]:
    columns = (rows.columns[name] for name in ("code_system", "code", "display"))
    return _distinct(lambda what: is_age(*what), zip(*columns, strict=True))


def _free_text(rows: Rows, name: str) -> list[Any]:
    texts = rows.columns[name]
    if name == "value_text":
        texts = list(texts)
        for row, (text, age) in enumerate(zip(texts, _is_age(rows), strict=True)):
            if text and age and has_old_age(text):
                texts[row] = "[AGE]"
                rows.tallies[row]["AGE", "measurement"] += 1
    return _redact_texts(rows, texts, rows.detector.detect)


def _coded_text(rows: Rows, name: str) -> list[Any]:
    """Redact the display of a code; beside a code of a known system the language model is not asked.

    It was not made for terms such as "Serum or Plasma". Patterns and what is known of the patient are searched for.
    """
    codes = _codes(rows)
    coded = [bool(code) and not known for code, known in zip(codes, _are_known(rows, codes), strict=True)]
    plain, terms = (
        [text if is_coded is wanted else None for text, is_coded in zip(rows.columns[name], coded, strict=True)]
        for wanted in (False, True)
    )
    found = _redact_texts(rows, terms, rows.detector.pattern_only)
    return [a if b is None else b for a, b in zip(found, _redact_texts(rows, plain, rows.detector.detect), strict=True)]


def _redact_texts(rows: Rows, texts: list[str | None], detect: Detect) -> list[str | RedactionError | None]:
    """Detect each distinct text once, then search each for what is known of its patient, and move its dates."""
    shifting, replace, keys = rows.policy.file.text_dates == "shift", rows.policy.file.replace, rows.context.keys
    distinct = list(dict.fromkeys(text for text in texts if text is not None))
    unowned = writers(replace, keys, NO_PATIENT)
    tagged_once = detect_and_tag(detect, distinct, keep_dates=shifting, again=rows.detector.again, writers=unowned)
    detected = dict(zip(distinct, tagged_once, strict=True))

    def redacted(of: tuple[str | None, str, Identity]) -> tuple[str | RedactionError | None, Tally]:
        text, key, identity = of
        tagged = None if text is None else detected[text]
        if not isinstance(tagged, Redacted):
            return tagged, Tally()
        owned = move_tags(tagged.text, keys, NO_PATIENT, key)
        searched = search_known(
            tag_old_dates(owned, rows.day) if shifting else owned, identity, writers(replace, keys, key)
        )
        moved = move_dates(searched.text, shift_days(keys, key)) if shifting else searched.text
        return moved, tagged.tally + searched.tally

    found = _distinct(redacted, zip(texts, rows.patient_keys, rows.identities, strict=True))
    for tally, (_, counted) in zip(rows.tallies, found, strict=True):
        if counted:
            tally.update(counted)
    return [outcome for outcome, _ in found]


ACTIONS: Mapping[str, Action] = {
    "keep": _keep,
    "pseudonym": _pseudonym,
    "year": _year,
    "shift": _shift,
    "birth_year": _birth_year,
    "zip3": _of_value(zip3),
    "code": _code,
    "code_system": _of_value(lambda value: value if value in code_systems() else None),
    "vocabulary": _vocabulary,
    "unit": _unit,
    "number": _number,
    "coded_text": _coded_text,
    "free_text": _free_text,
}
