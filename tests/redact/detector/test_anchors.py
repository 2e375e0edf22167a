"""What every rule owes the scan that picks the rules to try."""

from __future__ import annotations

import importlib
import re

import pytest

from pipeline.redact.detector.base import Rule, RuleRecognizer
from pipeline.redact.detector.registry import OWN

NAMES = (
    "bank dates devices emails health_plans holidays images ip_addresses keys licences logins long_numbers named_dates "
    "national_ids phones providers record_numbers ssn urls vehicles"
).split()


def rules_and_texts(name: str) -> tuple[tuple[Rule, ...], list[str]]:
    recognizer = OWN[name]()
    assert isinstance(recognizer, RuleRecognizer)
    return recognizer.RULES, [text for text, _ in importlib.import_module(f"tests.redact.detector.test_{name}").CASES]


@pytest.mark.parametrize("name", NAMES)
def test_every_match_holds_its_anchor(name: str) -> None:
    rules, texts = rules_and_texts(name)
    for rule in rules:
        assert rule.anchor
        matches = [match[0] for text in texts for match in rule.pattern.finditer(text)]
        assert [match for match in matches if not re.search(rule.anchor, match, re.IGNORECASE)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_takes_part_in_a_case(name: str) -> None:
    rules, texts = rules_and_texts(name)
    assert [rule.pattern.pattern for rule in rules if not any(list(rule.find(text)) for text in texts)] == []
