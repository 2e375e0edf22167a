from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("MRN: 133202", ["133202"]),
    ("MRN133202", ["MRN133202"]),
    ("mrn-om312-0001", ["mrn-om312-0001"]),
    ("MRN (hospital): 12 34 56", ["12 34 56"]),
    ("MRN/FIN: 44712/99121", ["44712/99121"]),
    ("medical record number 00-44-71", ["00-44-71"]),
    ("MRNs 133202, 133203 and 133204", ["133202", "133203", "133204"]),
    ("Acct # 41599-7", ["41599-7"]),
    ("accession no. S24-1877", ["S24-1877"]),
    ("visit number V4471203", ["V4471203"]),
    ("patient_id=44712", ["44712"]),
    ("chart #4471, CSN 100447120", ["4471", "100447120"]),
    ("order 8837261, case #4471", ["8837261", "4471"]),
    ("Study Key SK-4134-X", ["SK-4134-X"]),
    ("Rx# 7741-22", ["7741-22"]),
    ("MRN:\n133202", ["133202"]),
    ("M.R.N. 44332, MR# 445566", ["44332", "445566"]),
    ("study ID 014-0023", ["014-0023"]),
    ("Patient ID Number: ZQ 447120", ["ZQ 447120"]),
    # near misses
    ("order CBC x1, BMP", []),
    ("visit in 2019, visit 2019", []),
    ("case 3 of 5", []),
    ("SNOMED CT code 73211009, order code CPT 99213", []),
    ("study NCT01234567", []),
    ("ID: 10 days of fever", []),
    ("study 3 days ago", []),
    ("patient 45 years old", []),
    ("PT 12.5-13.5, PT/INR 13.2/1.1", []),
    ("Reference: 135-145", []),
    ("Ref 3.5-5.0", []),
    ("file reviewed 2018-2019", []),
    ("sample size 120", []),
    ("chart 98.6", []),
    ("report of 12/24", []),
    ("order: 500 mL bolus", []),
    ("sample 1000 cells", []),
    ("MRN pending", []),
    ("MR 2+, chart 120 of 200", []),
    ("Patient IDs: SSN 123-45-6789, chart BP 120", []),
    ("account for 3", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("record_numbers", text) == taken
