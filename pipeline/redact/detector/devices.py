"""Devices: serial and lot numbers of implants, unique device identifiers, numbers of telephones and network cards.

UDI: 21 CFR 801.40, https://www.ecfr.gov/current/title-21/section-801.40
GS1 application identifiers: https://ref.gs1.org/ai/
HIBC: https://www.hibcc.org/udi-labeling-standards/
"""

from __future__ import annotations

import re
from functools import partial

from pipeline.redact.detector.base import Rule, RuleRecognizer
from pipeline.redact.detector.codes import identifies
from pipeline.redact.detector.cued import cued, is_figure

_TOKEN = r"[A-Z0-9](?:[A-Z0-9]|[-./](?=[A-Z0-9])){2,40}"
_SERIAL = r"serial|s/n|sn|udi"


def _is_lot(match: re.Match[str]) -> bool:
    return sum(map(str.isdigit, match["v"])) >= 3


def _is_serial(match: re.Match[str], strong: bool = False) -> bool:
    value = match["v"]
    return (
        sum(map(str.isdigit, value)) >= 3
        and not is_figure(value, strong=strong)
        and identifies(match.string, *match.span("v"))
    )


class DeviceRecognizer(RuleRecognizer):
    """Numbers of devices."""

    NAME = "devices"
    ENTITIES = ("ID",)
    RULES = (
        cued(r"serial|udi|imei|meid|imsi|iccid|sim|esn|asset\stag|barcode|token", strong=True),
        cued(r"device|implant|pacemaker|defibrillator|prosthesis|generator|pump|meter", strong=False),
        # SN 80395-EF, S/N: 44-1288
        Rule(
            "ID",
            re.compile(rf"(?<![\w/])(?:S/?N|S\.N\.|UDI)(?:\s?(?:no\.?|#))?[\s:#]{{1,3}}(?P<v>{_TOKEN})"),
            partial(_is_serial, strong=True),
            0.95,
            anchor=r"(?:s/?n|s\.n\.|udi)(?:\W{0,2}no\.?)?\W{1,4}[^0-9\s]{0,40}\d",
        ),
        # REF 3058-44A, DI 00844588003288
        Rule(
            "ID",
            re.compile(rf"(?<![\w/])(?:REF|DI|PI)(?:\s?(?:no\.?|#))?[\s:#]{{1,3}}(?P<v>{_TOKEN})"),
            _is_serial,
            anchor=r"(?:ref|di|pi)(?:\W{0,2}no\.?)?\W{1,4}[^0-9\s]{0,40}\d",
        ),
        Rule(
            "ID",
            re.compile(r"(?<![^\W_])SN[-#_]?(?=(?:[A-Z_-]{0,12}\d){3})[A-Z0-9](?:[A-Z0-9]|-(?=[A-Z0-9])){2,40}"),
            anchor=r"sn[^\s]{0,14}\d",
        ),
        # Lot beside a serial number; a lot alone is shared by many
        Rule(
            "ID",
            re.compile(
                rf"\b(?:{_SERIAL})\b[^\n]{{1,60}}?\blot(?:\s?(?:no\.?|number|#))?[\s:#]{{1,3}}(?P<v>{_TOKEN})",
                re.IGNORECASE,
            ),
            _is_lot,
            anchor=r"lot[^0-9]{1,24}\d",
        ),
        Rule(
            "ID",
            re.compile(
                rf"\blot(?:\s?(?:no\.?|number|#))?[\s:#]{{1,3}}(?P<v>{_TOKEN})(?=[^\n]{{1,40}}\b(?:{_SERIAL})\b)",
                re.IGNORECASE,
            ),
            _is_lot,
            anchor=r"lot[^0-9]{1,24}\d",
        ),
        # (01)device(11)made(17)expires(21)serial
        Rule(
            "ID",
            re.compile(r"\(01\)\s?\d{14}(?:\s?\(\d\d\)\s?[A-Z0-9/-]{1,20}){0,8}", re.IGNORECASE),
            anchor=r"\(01\)\s?\d{14}",
        ),
        # 01 00844588003288 17 141120 21 X998, without parentheses
        Rule(
            "ID",
            re.compile(r"(?<!\w)01\d{14}(?:1[0157]\d{6}|[21]\d[A-Z0-9]{1,20}){0,4}(?!\w)", re.IGNORECASE),
            anchor=r"01\d{14}",
        ),
        # +H123PARTNO1234567890120/$$420020216LOT123/SXYZ456
        Rule(
            "ID",
            re.compile(r"(?<!\w)\+[A-Z][A-Z0-9]{3}[A-Z0-9]{2,18}\d[A-Z0-9](?:/\${0,2}\+?[A-Z0-9]{2,40}){1,4}"),
            anchor=r"\+[a-z][a-z0-9]{6}",
        ),
        # 00:1B:44:11:3A:B7
        Rule(
            "ID",
            re.compile(r"(?<![\w:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:-])", re.IGNORECASE),
            anchor=r"[0-9a-f]{2}[:-][0-9a-f]{2}[:-][0-9a-f]{2}[:-][0-9a-f]{2}",
        ),
    )
