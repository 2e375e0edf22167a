from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("MRN: 133202", ["133202"]),
    ("MRN133202", ["MRN133202"]),
    ("medical record number 00-44-71", ["00-44-71"]),
    ("Acct # 41599-7", ["41599-7"]),
    ("accession no. S24-1877", ["S24-1877"]),
    ("visit number V4471203", ["V4471203"]),
    ("policy XJ-99121", ["XJ-99121"]),
    ("Member ID: W12345678", ["W12345678"]),
    ("driver's license WI-4811786", ["WI-4811786"]),
    ("plate OH-1126", ["OH-1126"]),
    ("Pacemaker SN 80395-EF", ["80395-EF"]),
    ("Fingerprint ID 9453", ["9453"]),
    ("photo IMG_9108.jpg", ["IMG_9108.jpg"]),
    ("Study Key SK-4134-X", ["SK-4134-X"]),
    ("number 48127733 on file", ["48127733"]),
    ("9664 8088 5109", ["9664 8088 5109"]),
    ("(01)00844588003288(17)141120(21)X998", ["(01)00844588003288(17)141120(21)X998"]),
    ("UDI 00844588003288", ["00844588003288"]),
    ("550e8400-e29b-41d4-a716-446655440000", ["550e8400-e29b-41d4-a716-446655440000"]),
    ("00:1B:44:11:3A:B7", ["00:1B:44:11:3A:B7"]),
    ("Rx# 7741-22", ["7741-22"]),
    # near misses
    ("order CBC x1, BMP", []),
    ("visit in 2019", []),
    ("case 3 of 5", []),
    ("12000000 copies/mL", []),
    ("1500000 units of penicillin", []),
    ("SNOMED CT 73211009", []),
    ("RxNorm 1049221 tablet", []),
    ("variant rs1801133", []),
    ("trial NCT01234567", []),
    ("A1c 7.2, CYP2D6, BRCA1, H1N1, T4N1M0", []),
    ("ID: 10 days of fever", []),
    ("study 3 days ago", []),
    ("device 1000 ml", []),
    ("patient 45 years old", []),
    ("120 80 60 72", []),
    ("policy of no lifting over 20 lb", []),
    ("file reviewed 2018-2019", []),
    ("sample size 120", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("record_numbers", text) == taken
