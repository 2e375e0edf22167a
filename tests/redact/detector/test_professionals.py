from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("Zelda Quist, RN", ["Zelda Quist, RN"]),
    ("Zelda Quist, R.N., M.S.N.", ["Zelda Quist, R.N., M.S.N."]),
    ("JOHN QUIST MD", ["JOHN QUIST MD"]),
    ("Quist, MD", ["Quist, MD"]),
    ("Ann Foley, md", ["Ann Foley, md"]),
    ("john quist md", ["john quist"]),
    ("quist, md", ["quist"]),
    ("Ludwig van Quist, M.D.", ["Ludwig van Quist, M.D."]),
    ("Attending Zelda Quist PA-C", ["Zelda Quist PA-C"]),
    ("Electronically signed by Zelda Quist, MD", ["Zelda Quist, MD"]),
    ("Electronically signed by: JOHN QUIST MD on 3/14", ["JOHN QUIST MD"]),
    ("Electronically Signed: Zelda Quist 10:30", ["Zelda Quist"]),
    ("Dictated by: ZELDA QUIST", ["ZELDA QUIST"]),
    ("DICTATED BY:\n  ZELDA QUIST", ["ZELDA QUIST"]),
    ("signed by zquist at 10:30", ["zquist"]),
    ("dictated by zelda quist", ["zelda quist"]),
    ("Reviewed by Quist", ["Quist"]),
    ("seen by maria this morning", ["maria"]),
    ("/s/ Zelda Quist", ["Zelda Quist"]),
    ("/es/ ZELDA QUIST", ["ZELDA QUIST"]),
    ("/es/ zelda quist", ["zelda quist"]),
    ("Sincerely,\n\n\nZelda Quist", ["Zelda Quist"]),
    ("Kind regards,\nZelda", ["Zelda"]),
    ("done at bedside. -T. Quist", ["T. Quist"]),
    ("-- Z. Quist\nnext", ["Z. Quist"]),
    ("CALLED TO THE FLOOR NURSE, T. QUIST, ON THE FLOOR", ["T. QUIST"]),
    ("given by RN D. Quist at 10", ["D. Quist"]),
    ("RN Zelda Quist at bedside", ["Zelda Quist"]),
    ("D: 3/14/25 T: 3/14/25 jq/ab", ["jq/ab"]),
    ("DD: 03/14/2025 DT: 03/14/2025 JQ:abc", ["JQ:abc"]),
    ("JQS/ab", ["JQS/ab"]),
    # near misses
    ("Charge RN, Primary MD", []),
    ("Seen by Cardiology", []),
    ("Reviewed by Radiology", []),
    ("SEEN BY CASUALTY", []),
    ("reviewed by ortho, signed by the patient", []),
    ("notified md, aware", []),
    ("Home PT, OT", []),
    ("ICU RN, PICC RN, GI PA", []),
    ("Discharging MD", []),
    ("growing -E. coli", []),
    ("the nurse, E. coli on culture", []),
    ("- S. aureus", []),
    ("Assessed by RN. Given by PT.", []),
    ("RN Notified, PT Evaluation, OT Consult", []),
    ("Follow-up with PCP, MD", []),
    ("pain improved by Tylenol", []),
    ("caused by Foley", []),
    ("T: 98.6 BP: 128/76", []),
    ("D: 5/10 pain, T: 37", []),
    ("H/H stable, n/v, w/o", []),
    ("CN II-XII, Type II", []),
    ("dose given by iv", []),
    ("Schedule II", []),
    ("best regards", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("professionals", text) == taken
