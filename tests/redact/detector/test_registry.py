from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.redact.detector.registry import OWN, Registry

WRONG = [
    ("own: [nothing]", "unknown recognizer 'nothing'"),
    ("predefined: {EmailRecognizer: EMAIL}", "would use the network"),
    ("predefined: {UrlRecognizer: URL}", "would use the network"),
    ("predefined: {NoRecognizer: ID}", "is not one of Presidio's"),
    ("predefined: {IbanRecognizer: MONEY}", "maps to 'MONEY'"),
    ("patterns: [{name: x}]", "a pattern needs"),
    ("other: 1", "nothing else"),
    ("- a", "nothing else"),
    ("a: [", "cannot be read"),
]


@pytest.mark.parametrize(("content", "message"), WRONG)
def test_wrong_files_stop_the_start(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "recognizers.yaml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=message):
        Registry(path)


def test_all_of_ours_are_on() -> None:
    assert set(OWN) <= {recognizer.name for recognizer in Registry().recognizers}


def test_a_site_adds_a_pattern(tmp_path: Path) -> None:
    path = tmp_path / "recognizers.yaml"
    path.write_text(
        "patterns:\n- name: ward\n  supported_entity: ID\n  patterns: [{name: ward, regex: 'WRD-\\d{3}', score: 0.9}]\n"
    )
    (recognizer,) = Registry(path).recognizers
    (found,) = recognizer.analyze("at WRD-123", ["ID"], None)
    assert (found.start, found.end) == (3, 10)
