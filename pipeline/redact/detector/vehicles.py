"""Vehicles: identification numbers by their form and check digit, plates by their cue.

VIN: 49 CFR 565.15, https://www.ecfr.gov/current/title-49/section-565.15
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer
from pipeline.redact.detector.checksums import is_vin
from pipeline.redact.detector.cued import cued

_VIN = r"[A-HJ-NPR-Z0-9]"
_PLATE = r"(?:licen[sc]e\s(?:plate|tag)|(?:vehicle|car|truck|registration|number)\s(?:plate|tag)|plates?|tags?)"


class VehicleRecognizer(RuleRecognizer):
    """Numbers of vehicles and their plates."""

    NAME = "vehicles"
    ENTITIES = ("ID",)
    RULES = (
        cued(r"vin|vehicle(?:[\s_](?:id|no|number|identification))?|plate", strong=True),
        # VIN275580XYZ
        Rule(
            "ID",
            re.compile(
                r"(?<![^\W_])VIN[-#_]?(?=(?:[A-Z_-]{0,12}\d){3})[A-Z0-9](?:[A-Z0-9]|-(?=[A-Z0-9])){3,30}", re.IGNORECASE
            ),
            score=0.95,
            anchor=r"vin[^\s]{0,14}\d",
        ),
        Rule(
            "ID",
            re.compile(rf"(?<![^\W_])(?=[A-Z]{{0,16}}\d){_VIN}{{17}}(?![^\W_])", re.IGNORECASE),
            lambda match: is_vin(match[0]),
            1.0,
            anchor=r"[a-hj-npr-z0-9]{17}",
        ),
        # Outside North America a vehicle's number has no check digit
        Rule(
            "ID",
            re.compile(rf"(?<![^\W_])(?=\d{{0,16}}[A-Z]){_VIN}{{13}}\d{{4}}(?![^\W_])"),
            anchor=r"[a-hj-npr-z0-9]{13}\d{4}",
        ),
        # license plate ABC 1234, tag # 7XYZ123, plate: BIGDOG
        Rule(
            "ID",
            re.compile(
                rf"\b(?i:{_PLATE})(?i:\s(?:no\.?|number|id|is))?(?:\s?[:#]\s?|\s)(?:(?:[A-Z]{{2}})[\s:-]\s?)?"
                r"(?P<v>[A-Z]{1,3}[\s-]?\d{1,4}[\s-]?[A-Z]{0,3}|\d{1,4}[\s-]?[A-Z]{1,3}(?:[\s-]?\d{1,4})?)(?![\w%])"
            ),
            lambda match: len(re.sub(r"\W", "", match["v"])) >= 5,
            anchor=r"(?:plate|tag)[^0-9]{1,22}\d",
        ),
        Rule(
            "ID",
            re.compile(r"\b(?i:licen[sc]e\splate)(?i:\s(?:no\.?|number|is))?\s?[:#]?\s?(?P<v>[A-Z]{4,8})\b"),
            anchor=r"licen[sc]e plate",
        ),
    )
