from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("Pacemaker SN 80395-EF, ICD S/N 44-1288, REF 3058-44A", ["80395-EF", "44-1288", "3058-44A"]),
    ("S/N: 4471A2, SN447120", ["4471A2", "SN447120"]),
    ("serial number PJN447120", ["PJN447120"]),
    ("UDI 00844588003288", ["00844588003288"]),
    ("(01)00844588003288(17)141120(21)X998", ["(01)00844588003288(17)141120(21)X998"]),
    ("01008445880032881714112021X998", ["01008445880032881714112021X998"]),
    ("+H123PARTNO1234567890120/$$420020216LOT123/SXYZ456", ["+H123PARTNO1234567890120/$$420020216LOT123/SXYZ456"]),
    ("serial 44712, lot B4471", ["44712", "B4471"]),
    ("Lot: B4471 SN 44712", ["B4471", "44712"]),
    ("IMEI=490154203237518", ["490154203237518"]),
    ("00:1B:44:11:3A:B7", ["00:1B:44:11:3A:B7"]),
    ("implant #447120", ["447120"]),
    ("barcode 44712099", ["44712099"]),
    # near misses
    ("device 1000 ml", []),
    ("serial troponins 0.04, 0.06", []),
    ("serial 7s", []),
    ("vaccine lot EL9262", []),
    ("a lot 3 times", []),
    ("implant 400 mm", []),
    ("REF: 3.5-5.0", []),
    ("SN 5", []),
    ("at 10:30:45", []),
    ("pump 1.2 units/hr", []),
    ("pacemaker 2019, DDD 60", []),
    ("sensor 120 readings", []),
    ("DI 500 mg", []),
    ("sim 2 weeks", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("devices", text) == taken
