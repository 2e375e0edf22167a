from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("lives at 42 N. Cedar Ave., Apt 3B, Springfield, IL 62704.", ["42 N. Cedar Ave., Apt 3B, Springfield, IL 62704"]),
    (
        "5555 Zelda Cliff Apt. 12, Lake Quistview, RI 02999",
        ["5555 Zelda Cliff Apt. 12, Lake Quistview, RI 02999"],
    ),
    ("17 oak street", ["17 oak street"]),
    ("17 OAK ST, SPRINGFIELD, IL 62704", ["17 OAK ST, SPRINGFIELD, IL 62704"]),
    ("17 oak st, springfield, il 62704", ["17 oak st, springfield, il 62704"]),
    ("42 Cedar Avenue\nSuite 200\nSpringfield, IL 62704", ["42 Cedar Avenue\nSuite 200\nSpringfield, IL 62704"]),
    ("221B Quist Street NW", ["221B Quist Street NW"]),
    ("42-15 Quist Blvd #3B", ["42-15 Quist Blvd #3B"]),
    ("123 1/2 3rd Ave", ["123 1/2 3rd Ave"]),
    ("12 Quist Dr", ["12 Quist Dr"]),
    ("on Maple Avenue", ["Maple Avenue"]),
    ("6755 Quistki 25 Apt. 86", ["6755 Quistki 25 Apt. 86"]),
    ("P.O. Box 471", ["P.O. Box 471"]),
    ("po box 471, springfield, il 62704", ["po box 471, springfield, il 62704"]),
    ("PSC 0777, Box 1212\nAPO AE 09999", ["PSC 0777, Box 1212\nAPO AE 09999"]),
    ("RR 2 Box 45; Rural Route 3, Box 12; HC 68 Box 23A", ["RR 2 Box 45", "Rural Route 3, Box 12", "HC 68 Box 23A"]),
    ("12345 County Road 12", ["12345 County Road 12"]),
    ("a crash on Highway 61", ["Highway 61"]),
    ("the corner of Elm Street and 3rd Avenue", ["the corner of Elm Street and 3rd Avenue"]),
    ("the corner of 12 Quistou str and Zelda Union", ["the corner of 12 Quistou str and Zelda Union"]),
    ("hit at Elm St & Oak Ave", ["Elm St & Oak Ave"]),
    # near misses
    ("room air, bed rest", []),
    ("3 Chest CT scans", []),
    ("1 CHEST CT", []),
    ("at 10 AM Dr. Jones came", []),
    ("25 mg p.o. #30", []),
    ("LDL 121, Cr 0.93, eGFR >60", []),
    ("BUN 12, Cr 1.1, SR 85, FM 12", []),
    ("121 Cr 1, then 98 SR 12.5", []),
    ("unit 2 of PRBC", []),
    ("12 as well as tooth #21", []),
    ("5 Fr catheter", []),
    ("2 days of Drive", []),
    ("10 units per hour", []),
    ("RR 18, HC 35 cm", []),
    ("20 to 30 miles on a road bike", []),
    ("the corner of the eye and nose", []),
    ("corner of mouth and lips", []),
    ("128/76 in right arm, 3 way stop", []),
    ("2 cm from the anal verge, 1 wall", []),
    ("Route: IV. 1 Route PO", []),
    ("box of 50, Box 3", []),
    ("4 Quadrant Abdomen Court", []),
    ("a 3 place drainage", []),
    ("Level 5 close observation", []),
    ("2 Left Lower Lobe Drive", []),
    ("1 Oxygen Close", []),
    ("[ADDRESS], room air", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("addresses", text) == taken
