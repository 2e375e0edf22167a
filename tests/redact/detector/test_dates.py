from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("Seen on 03/14/2025.", ["03/14/2025"]),
    ("DOB 3-14-52", ["3-14-52"]),
    ("DOB3/14/52", ["DOB3/14/52"]),
    ("Entlassung 14.03.2025", ["14.03.2025"]),
    ("vom 14.3. bis 16.3. stationär", ["14.3.", "16.3."]),
    ("03 14 2025, 03 / 14 / 2025 and 03–14–2025", ["03 14 2025", "03 / 14 / 2025", "03–14–2025"]),
    ("03.14/2025 and 03|14|2025", ["03.14/2025", "03|14|2025"]),
    ("3/14/2025-3/16/2025", ["3/14/2025", "3/16/2025"]),
    ("3/5-3/8/25", ["3/5-3/8/25"]),
    ("admitted 3/14, discharged 3/20", ["3/14", "3/20"]),
    ("stayed 3/14-3/16 for telemetry", ["3/14-3/16"]),
    ("from 3/14 to 4/2", ["3/14 to 4/2"]),
    ("seen 3/5 and 4/6", ["3/5 and 4/6"]),
    ("on 3/5 he fell", ["3/5"]),
    ("3/5: CXR clear", ["3/5"]),
    ("Labs 3/5: Na 140", ["3/5"]),
    ("Tues 3/4", ["Tues 3/4"]),
    ("Pain since 3/5, BP 3/14 120/80", ["3/5", "3/14"]),
    ("3/14 L ankle, 3/15 h/o CHF, 3/16 HR 88", ["3/14", "3/15", "3/16"]),
    ("seen on 03-14", ["03-14"]),
    ("Tues 3/14/25 0830 hrs", ["Tues 3/14/25 0830 hrs"]),
    ("on 3/14/2025 at 1713 it shows", ["3/14/2025 at 1713"]),
    ("5/5/2025 0800", ["5/5/2025 0800"]),
    ("at 10:30 AM on 3/14/2025", ["10:30 AM on 3/14/2025"]),
    ("2025-03-14T10:30:00Z", ["2025-03-14T10:30:00Z"]),
    ("2025-03-14 10:30:00.123+01:00", ["2025-03-14 10:30:00.123+01:00"]),
    ("2025-03-14/2025-03-16", ["2025-03-14", "2025-03-16"]),
    ("2025/3/14", ["2025/3/14"]),
    ("drawn 202503141030", ["202503141030"]),
    ("20250314103045.123-0500", ["20250314103045.123-0500"]),
    ("onset 03/2025 and 2025-03", ["03/2025", "2025-03"]),
    ("since 3/98, 3/'98", ["3/98", "3/'98"]),
    ("DOB: 031452", ["031452"]),
    ("DOB (mm/dd/yyyy): 03 14 1952", ["03 14 1952"]),
    ("Julian date 2025-073, day 73 of 2025", ["2025-073", "day 73 of 2025"]),
    # near misses
    ("BP 128/76, then 118/8", []),
    ("pain 5/10 at rest, decreased from 8/10 to 4/10", []),
    ("2/6 systolic murmur, 2-3/6 SEM", []),
    ("3/6 SEM at the base", []),
    ("take 1/2 tab daily, 1/2 NS, by 1/2", []),
    ("strength 4/5 throughout, reflexes 2/4", []),
    ("2/3 of the cases, in 2/3 of them, 1/4 cup", []),
    ("L4-L5 disc, T12-L1, C5/6, C5-6/7", []),
    ("for 10-14 days, on 3-4 L", []),
    ("monitored 24/7, on 24/7 watch", []),
    ("since 2019, 2018-2019, 2019-20", []),
    ("GCS 14/15, MoCA 12/30, Epworth 9/24, PHQ-9 12/27", []),
    ("13/16 for balance and 9/12 for gait", []),
    ("6/12 cores, 3/14 nodes positive", []),
    ("BiPAP 12/5, AC 12/450/5/40", []),
    ("Lotrel 5/20 daily, Vytorin 10/20, Norco 10/325", []),
    ("39 2/7 weeks; GA 39 2/7, vertex", []),
    ("ratio 1:2, A1c 7.2, Na 3.5. K 4.1.", []),
    ("visual acuity 20/20, 20/10", []),
    ("dose 12.5.1 mg, 12.5/25 mg", []),
    ("| 3 | 12 | 25 |", []),
    ("day 3, POD #3, HD 2, x 3 days, q4h", []),
    ("G2P1001, T2N0M0, 5/5/5", []),
    ("[DATE] and [DATE]", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("dates", text) == taken
