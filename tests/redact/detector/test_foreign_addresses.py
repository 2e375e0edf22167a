from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("on Quister Strasse 8", ["Quister Strasse 8"]),
    ("Quistvænget 15, Springby V", ["Quistvænget 15, Springby V"]),
    ("his address: 450 Quistvænget 15, Springby", ["450 Quistvænget 15, Springby"]),
    ("86 Rua do Quist 163, Springão", ["86 Rua do Quist 163, Springão"]),
    ("12 rue de la Quistière, 75011 Paris", ["12 rue de la Quistière, 75011 Paris"]),
    ("Hovedgade 12, 1234 Springby", ["Hovedgade 12, 1234 Springby"]),
    ("Quiststraße 5a\n10115 Berlin", ["Quiststraße 5a\n10115 Berlin"]),
    ("Quistlaan 7, 1234 AB Springdam", ["Quistlaan 7, 1234 AB Springdam"]),
    ("Quist utca 15.", ["Quist utca 15."]),
    ("lives at 102 Ζέλδα Κουίστ 18, ΣΠΡΙΝΓΚ", ["102 Ζέλδα Κουίστ 18, ΣΠΡΙΝΓΚ"]),
    ("drops you off at 7467 quistlia 13 st.", ["7467 quistlia 13 st."]),
    ("ul. Quistowa 12/4", ["ul. Quistowa 12/4"]),
    ("10 Downing, London SW1A 2AA", ["London SW1A 2AA"]),
    ("Ottawa K1A 0B1", ["Ottawa K1A 0B1"]),
    ("Quistown, ON M5V 2T6", ["Quistown, ON M5V 2T6"]),
    (
        "14 Quiststrasse 7\n Suite 3\n SPRINGDAM\n Austria 7541",
        ["14 Quiststrasse 7\n Suite 3\n SPRINGDAM\n Austria 7541"],
    ),
    # near misses
    ("given via Foley 16", []),
    ("via PEG 20", []),
    ("Hemoglobin 12, 1234 Platelets", []),
    ("Glucose 100, Sodium 140, Potassium 4", []),
    ("staged T4N1M0, L4 L5", []),
    ("at L4 5MM above", []),
    ("address the pain 5 out of 10", []),
    ("moved to ICU 5", []),
    ("Lantus 20 units, Humalog 5", []),
    ("2 Tylenol 500, Motrin 200", []),
    ("sent to Radiology 3", []),
    ("tie 4, weg 5", []),
    ("gate 3", []),
    ("plan 15, 2020 Year", []),
    ("Al 5 and via 3", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("foreign_addresses", text) == taken
