"""A policy as tables that somebody who reads no code understands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.records import contract
from pipeline.redact.policy import CLASSES, Policy, action_words

_TEXT_DATES = {
    "tag": "Dates inside texts become [DATE]; a year alone stays.",
    "shift": "Dates inside texts move by the same secret number of days; one without its year becomes [DATE].",
}


class Section(NamedTuple):
    """One table: its heading, the names of its columns, and its rows."""

    title: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]


def unmentioned(policy: Policy) -> list[str]:
    """Return the columns of `record` that a policy does not name, and so drops."""
    return [name for name in contract("record") if name not in policy.file.fields]


def sections(policy: Policy) -> tuple[Section, Section]:
    """Return what becomes of each column, and how each class of identifiers is covered."""
    file = policy.file
    rules = (file.fields.get(name) for name in contract("record"))
    columns: list[tuple[str, ...]] = [
        (name, action_words()[rule.action], rule.cites, rule.reason) if rule else (name, action_words()["drop"], "", "")
        for name, rule in zip(contract("record"), rules, strict=True)
    ]
    classes: list[tuple[str, ...]] = []
    for letter in CLASSES:
        rule = file.classes[letter]
        tags = [*(f"[{entity}]" for entity in rule.text), *filter(None, [rule.note])]
        classes.append((f"({letter}) {rule.what}", ", ".join(rule.columns), ", ".join(tags)))
    return (
        Section("What becomes of each column", ("column", "what passes", "164.514", "why"), columns),
        Section("The classes of 164.514(b)(2)(i)", ("class", "columns it comes in", "tags in texts"), classes),
    )


def introduction(policy: Policy) -> str:
    """Return what holds for the whole of a policy."""
    return f"Policy {policy.file.name}, {policy.file.rule}. {_TEXT_DATES[policy.file.text_dates]}"


def markdown(policy: Policy) -> str:
    """Return a policy as Markdown."""
    parts = [f"## {policy.file.name}", introduction(policy)]
    for section in sections(policy):
        parts += [f"### {section.title}: {policy.file.name}", "\n".join(_table(section.header, section.rows))]
    return "\n\n".join(parts) + "\n"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in (header, ["---"] * len(header), *rows):
        yield f"| {' | '.join(row)} |"
