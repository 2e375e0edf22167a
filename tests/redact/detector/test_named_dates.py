from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("14 Mar 2025", ["14 Mar 2025"]),
    ("14-MAR-25", ["14-MAR-25"]),
    ("14MAR2025", ["14MAR2025"]),
    ("2025-Mar-14", ["2025-Mar-14"]),
    ("March 14th, 2025 at 10:30 AM", ["March 14th, 2025 at 10:30 AM"]),
    ("MAR 14, 2025@10:30", ["MAR 14, 2025@10:30"]),
    ("March 3-5", ["March 3-5"]),
    ("March 30-April 2, 2025", ["March 30-April 2, 2025"]),
    ("the 3rd of March", ["3rd of March"]),
    ("the fourteenth of March, then April first", ["fourteenth of March", "April first"]),
    ("on Monday, March 14 she called", ["Monday, March 14"]),
    ("Monday the 14th at 10 am", ["Monday the 14th at 10 am"]),
    ("on the 14th she fell", ["14th"]),
    ("Dec. 3 follow-up", ["Dec. 3"]),
    ("SEPT 9 and sept 12", ["SEPT 9 and sept 12"]),
    ("Febuary 3, 2024", ["Febuary 3, 2024"]),
    ("since May 2019", ["May 2019"]),
    ("Jan '98", ["Jan '98"]),
    ("in March he fell", ["March"]),
    ("in march, since may, last august", ["march", "may", "august"]),
    ("surgery in late September, october visit", ["September", "october"]),
    ("Jan-Mar 2025", ["Jan-Mar 2025"]),
    ("may 5th", ["may 5th"]),
    ("labs of march 14.", ["march 14"]),
    ("Wed. the 6th.", ["Wed. the 6th"]),
    ("14 de marzo de 2025", ["14 de marzo de 2025"]),
    # near misses
    ("she may 2 times a day", []),
    ("He May Take aspirin", []),
    ("Take 2. May repeat in 5 min. Give 5. May increase", []),
    ("will march on, may march 5 steps", []),
    ("March of Dimes", []),
    ("May-Thurner syndrome", []),
    ("decreased 5 mg, dec 5 mg", []),
    ("SEPT9 methylation", []),
    ("OCT 12 microns", []),
    ("sat 98%, Sun exposure", []),
    ("fracture of the 5th digit, on the 4th and 5th ribs", []),
    ("from the 10th to the 25th percentile", []),
    ("seen Monday", []),
    ("4 marks, 3 markers", []),
    ("a marginal 12 mm lesion", []),
    ("in 2019", []),
    ("see MAR for 3 doses", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("named_dates", text) == taken
