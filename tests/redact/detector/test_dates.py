from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("Seen on 03/14/2025.", ["03/14/2025"]),
    ("DOB 3-14-52", ["3-14-52"]),
    ("born 03-14-52, male", ["03-14-52"]),
    ("Entlassung 14.03.2025", ["14.03.2025"]),
    ("admitted 3/14, discharged 3/20", ["3/14", "3/20"]),
    ("stayed 3/14-3/16 for telemetry", ["3/14-3/16"]),
    ("on 3/5 he fell", ["3/5"]),
    ("14 Mar 2025", ["14 Mar 2025"]),
    ("14-MAR-25", ["14-MAR-25"]),
    ("14MAR2025", ["14MAR2025"]),
    ("March 14th, 2025 at 10:30 AM", ["March 14th, 2025 at 10:30 AM"]),
    ("on the 14th of March she fell", ["14th of March"]),
    ("on Monday, March 14 she called", ["Monday, March 14"]),
    ("Tues 3/14/25 0830 hrs", ["Tues 3/14/25 0830 hrs"]),
    ("Dec. 3 follow-up", ["Dec. 3"]),
    ("since May 2019", ["May 2019"]),
    ("in March he fell", ["March"]),
    ("surgery in late September", ["September"]),
    ("Jan-Mar 2025", ["Jan-Mar 2025"]),
    ("2025-03-14T10:30:00Z", ["2025-03-14T10:30:00Z"]),
    ("2025/3/14", ["2025/3/14"]),
    ("drawn 202503141030", ["202503141030"]),
    ("onset 03/2025", ["03/2025"]),
    ("Q3 2024 and spring of 2023", ["Q3 2024", "spring of 2023"]),
    ("home by Christmas 2024", ["Christmas 2024"]),
    ("DOB: 031452", ["031452"]),
    ("may 5th", ["may 5th"]),
    # near misses
    ("BP 128/76, then 118/8", []),
    ("pain 5/10 at rest", []),
    ("2/6 systolic murmur", []),
    ("3/6 SEM at the base", []),
    ("take 1/2 tab daily", []),
    ("strength 4/5 throughout, reflexes 2/4", []),
    ("L4-L5 disc", []),
    ("for 10-14 days", []),
    ("monitored 24/7", []),
    ("she may 2 times a day", []),
    ("He May Take aspirin", []),
    ("will march on", []),
    ("since 2019", []),
    ("GCS 14/15, MoCA 12/30", []),
    ("BiPAP 12/5", []),
    ("Lotrel 5/20 daily", []),
    ("ratio 1:2, A1c 7.2", []),
    ("Christmas disease (factor IX)", []),
    ("Norco 10/325", []),
    ("q4 hours, q12", []),
    ("visual acuity 20/20", []),
    ("T12-L1, C5/6", []),
    ("dose 12.5.1 mg", []),
    ("decreased 5 mg", []),
    ("[DATE] and [DATE]", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("dates", text) == taken
