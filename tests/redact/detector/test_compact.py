from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ConfigError
from pipeline.redact.detector.compact import FILE, LAYERS, CompactModel, load_compact, surnames

CASES = [
    ("Adaeze Fitzwalter is a 54-year-old woman with asthma.", ["Adaeze Fitzwalter"]),
    ("Spoke to Brannigan on the phone, who will call back.", ["Brannigan"]),
    ("hi , rosalind . how are you feeling today ?", ["rosalind"]),
    ("THE PATIENT, OKONKWO, REMAINS INTUBATED.", ["OKONKWO"]),
    ("J. Thistlewood", ["J. Thistlewood"]),
    ("He was seen with Siobhán O'Dowd at the bedside.", ["Siobhán O'Dowd"]),
    ("She moved to Kettleborough after college.", ["Kettleborough"]),
    ("Oyelaran and Petrov were both at the scene.", ["Oyelaran", "Petrov"]),
    ("Marguerite did well overnight. Afebrile.", ["Marguerite"]),
    # near misses
    ("Atorvastatin 40 mg daily, Lisinopril 10 mg daily.", []),
    ("Positive McMurray test on the right knee.", []),
    ("HEENT: Normocephalic. Oropharynx clear. Neck: Supple.", []),
    ("Continue p.o. vancomycin b.i.d. and follow CBC, BMP.", []),
    ("Hodgkin lymphoma in remission since 2019.", []),
    ("A Foley catheter was placed without difficulty.", []),
    ("Past Medical History: Hypertension, Gout, Anemia", []),
    ("White blood cell count 12, Hemoglobin 11.", []),
    ("Laparoscopic cholecystectomy was performed.", []),
    ("Total Knee Arthroplasty, Left", []),
]


@pytest.mark.parametrize(("text", "names"), CASES)
def test_finds(text: str, names: list[str]) -> None:
    (found,) = load_compact().entities([text])
    assert [text[one.start : one.end] for one in found] == names


def test_what_else_is_in_a_batch_changes_nothing() -> None:
    model, rng = load_compact(), random.Random(3)
    texts = [text for text, _ in CASES] * 3 + ["", "x", "\n\n"]
    alone = {text: model.entities([text])[0] for text in texts}
    for _ in range(3):
        rng.shuffle(texts)
        assert model.entities(texts) == [alone[text] for text in texts]


@given(st.text(max_size=80))
def test_offsets_are_in_order_and_of_letters(text: str) -> None:
    (found,) = load_compact().entities([text])
    at = 0
    for one in found:
        assert at <= one.start < one.end <= len(text)
        assert text[one.start].isalpha()
        assert text[one.end - 1].isalpha()
        at = one.end


def test_sums_are_exact_in_32_bits() -> None:
    with np.load(FILE) as content:
        for layer in range(LAYERS):
            weights, bias = content[f"w{layer}"], content[f"b{layer}"]
            assert weights.dtype == np.int8
            highest = 511 * np.abs(weights.astype(np.int64)).sum(axis=0) + np.abs(bias)
            assert highest.max() < 2**24
    assert FILE.stat().st_size < 20_000_000


def test_surnames() -> None:
    assert surnames(["murphy", "graves", "appendectomy", "zyxquorb"]) == {"murphy", "graves"}


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "m.npz").write_bytes(b"PK nothing")
    with pytest.raises(ConfigError, match="names-model"):
        CompactModel(tmp_path / "m.npz")
