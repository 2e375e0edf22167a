"""What codes a model wrote beside those it should have: over all, and by group of patients."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

GROUPS = ("sex", "age_band", "race")
NOT_STATED = "not stated"
# `- NSTEMI (I21.4)`, or `- I21.4` of a diagnosis without words: at the end of a line, without a space, with a digit.
_CODE = re.compile(r"(?:\((?=[^()\s]*\d)([^()\s]+)\)|^[ \t]*-[ \t]+([A-Z]?\d[\w.-]*))[ \t]*$", re.MULTILINE)

# What each figure says, for the model card.
MEANINGS = {
    "precision": "of the codes that the model wrote, the share that the record has",
    "recall": "of the codes that the record has, the share that the model wrote",
    "f1": "the harmonic mean of precision and recall",
    "micro": "every code of every example counts the same, so frequent codes weigh more",
    "macro": "the mean over codes of each code's own figure, so that a rare code weighs as much as a frequent one",
    "written_rate": "codes that the model writes for an example of the group, on average",
    "recorded_rate": "codes that the record has for an example of the group, on average",
    "disparate_impact_ratio": (
        "the lowest written rate of a group over the highest: 1 is the same for all, and below 0.8 (the four-fifths "
        "rule) calls for a closer look. Compare the ratio of the recorded rates: groups may differ in what they have"
    ),
    "equal_opportunity_gap": (
        "the highest recall of a group less the lowest: 0 means that what patients have is found equally often in all"
    ),
}


class Diagnosed(NamedTuple):
    """One example: whose it is, the codes of the record and of the model, and the groups it belongs to."""

    patient: str
    recorded: frozenset[str]
    written: frozenset[str]
    groups: Mapping[str, str | None]


def codes_in(completion: str) -> frozenset[str]:
    """Return the codes that stand in brackets at the ends of lines, or alone in the line of a list."""
    return frozenset(bracketed or alone for bracketed, alone in _CODE.findall(completion))


def rolled_up(codes: Iterable[str], classes: Collection[str]) -> frozenset[str]:
    """Return each code as the class that it belongs to, the longest that it begins with; as it is if there is none.

    A recipe may cut the classes in its column `codes`: I21.4 in the text then belongs to I21.
    """
    return frozenset(next((code[:n] for n in range(len(code), 0, -1) if code[:n] in classes), code) for code in codes)


def scores(outcomes: Sequence[Diagnosed]) -> dict[str, Any]:
    """Return precision, recall and F1, micro and macro; nulls where there is nothing to divide by.

    Macro figures are over the codes that the records or the model have; one that has no figure counts as 0.
    """
    right, written, recorded = Counter[str](), Counter[str](), Counter[str]()
    for one in outcomes:
        right.update(one.recorded & one.written)
        written.update(one.written)
        recorded.update(one.recorded)
    each = [_figures(right[code], written[code], recorded[code]) for code in sorted(written | recorded)]
    return {
        "examples": len(outcomes),
        "codes": len(recorded),
        "micro": _figures(right.total(), written.total(), recorded.total()),
        "macro": {name: _mean(one[name] or 0.0 for one in each) for name in ("precision", "recall", "f1")},
    }


def by_group(outcomes: Sequence[Diagnosed], minimum: int) -> dict[str, Any]:
    """Return, for sex, age band and race, each group's rates and recall, and how far groups are apart.

    A group of fewer than `minimum` patients is null: neither counted out nor compared. Patients of whom the group is
    not stated are shown and not compared.
    """
    return {name: _compare(outcomes, name, minimum) for name in GROUPS}


def _compare(outcomes: Sequence[Diagnosed], name: str, minimum: int) -> dict[str, Any]:
    members: dict[str, list[Diagnosed]] = {}
    for one in outcomes:
        members.setdefault(one.groups.get(name) or NOT_STATED, []).append(one)
    groups = {
        group: _group(those) if len({one.patient for one in those}) >= minimum else None
        for group, those in sorted(members.items())
    }
    compared = [figures for group, figures in groups.items() if figures and group != NOT_STATED]
    enough = len(compared) > 1
    return {
        "groups": groups,
        "disparate_impact_ratio": _ratio(compared, "written_rate") if enough else None,
        "recorded_ratio": _ratio(compared, "recorded_rate") if enough else None,
        "equal_opportunity_gap": (
            max(figures["recall"] for figures in compared) - min(figures["recall"] for figures in compared)
            if enough
            else None
        ),
    }


def _group(those: Sequence[Diagnosed]) -> dict[str, Any]:
    recorded = sum(len(one.recorded) for one in those)
    return {
        "patients": len({one.patient for one in those}),
        "examples": len(those),
        "recorded_rate": recorded / len(those),
        "written_rate": sum(len(one.written) for one in those) / len(those),
        "recall": sum(len(one.recorded & one.written) for one in those) / recorded,
    }


def _ratio(groups: Sequence[Mapping[str, float]], name: str) -> float | None:
    rates = [figures[name] for figures in groups]
    return min(rates) / max(rates) if max(rates) else None


def _figures(right: int, written: int, recorded: int) -> dict[str, float | None]:
    both = written + recorded
    return {
        "precision": right / written if written else None,
        "recall": right / recorded if recorded else None,
        "f1": 2 * right / both if both else None,
    }


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return sum(found) / len(found) if found else None
