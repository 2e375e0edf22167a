from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.redact.detector import RECOGNIZERS
from pipeline.redact.detector.engine import Patterns
from pipeline.redact.detector.registry import OWN, Registry

WRONG = [
    ("own: [nothing]", "unknown recognizer 'nothing'"),
    ("predefined: {EmailRecognizer: EMAIL}", "would use the network"),
    ("predefined: {UrlRecognizer: URL}", "would use the network"),
    ("predefined: {NoRecognizer: ID}", "is not one of Presidio's"),
    ("predefined: {IbanRecognizer: MONEY}", "maps to 'MONEY'"),
    ("patterns: [{name: x}]", "a pattern needs"),
    ("classes: {pipeline.redact.no_such: ID}", "is not `module:Class`"),
    ("classes: {'pipeline.redact.spans:NoSuch': ID}", "is not `module:Class`"),
    ("classes: {'pipeline.redact.spans:Span': ID}", "is no EntityRecognizer"),
    ("other: 1", "nothing else"),
    ("- a", "nothing else"),
    ("a: [", "no readable en.yaml"),
]


@pytest.mark.parametrize(("content", "message"), WRONG)
def test_wrong_files_stop_the_start(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "en.yaml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=message):
        Registry(tmp_path, "en")


def test_all_of_ours_are_on() -> None:
    assert set(OWN) <= {recognizer.name for recognizer in Registry(RECOGNIZERS, "en").recognizers}


def test_a_site_adds_a_pattern(tmp_path: Path) -> None:
    path = tmp_path / "en.yaml"
    path.write_text(
        "patterns:\n- name: ward\n  supported_entity: ID\n  patterns: [{name: ward, regex: 'WRD-\\d{3}', score: 0.9}]\n"
    )
    (recognizer,) = Registry(tmp_path, "en").recognizers
    (found,) = recognizer.analyze("at WRD-123", ["ID"], None)
    assert (found.start, found.end) == (3, 10)


MODULE = """
from presidio_analyzer import EntityRecognizer, RecognizerResult

class Wards(EntityRecognizer):
    def __init__(self):
        super().__init__(supported_entities=["WARD"], name="wards")

    def load(self):
        pass

    def analyze(self, text, entities, nlp_artifacts=None):
        at = text.find("WRD-")
        return [RecognizerResult("WARD", at, at + 7, 0.9)] if at >= 0 else []
"""


def test_a_site_adds_a_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site_wards.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "en.yaml"
    path.write_text("own: [ssn]\nclasses: {'site_wards:Wards': ID}\n")
    text = "SSN 123-45-6789 at WRD-123"
    found = Patterns(Registry(tmp_path, "en")).find(text)
    assert isinstance(found, tuple)
    assert [(text[one.start : one.end], one.entity, one.detector) for one in found] == [
        ("123-45-6789", "SSN", "ssn"),
        ("WRD-123", "ID", "wards"),
    ]
