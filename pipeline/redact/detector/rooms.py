"""Rooms, beds and wards: where in a hospital somebody lies."""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer

_NOT_A_PLACE = r"(?!\s?(?:[LlFf]\b|%|minutes|hours|min\b|hrs?\b|days|of\b|prbc|ffp|mg|ml))"
_SIDE = r"(?:North|South|East|West|Northwest|Northeast|Southwest|Southeast|NORTH|SOUTH|EAST|WEST)"


class RoomRecognizer(RuleRecognizer):
    """Numbers of rooms and beds, and the names of wards."""

    NAME = "rooms"
    ENTITIES = ("ADDRESS",)
    RULES = (
        # Room 412, Rm# 4-12B, Bed B
        Rule("ADDRESS", re.compile(
            r"\b(?i:rooms?|rm|bed|bay|cubicle|stretcher|bedspace)\.?[\s#:]{1,3}(?:no\.?\s|number\s)?(?P<v>"
            r"(?:[A-Z]{1,2}-?)?\d{1,4}(?:-?[A-Z0-9]{1,3})?|[A-Z](?=[\s,.;)]|$))"
            rf"{_NOT_A_PLACE}(?![\w/])"
        ), None, 0.9, r"(?:room|rooms|rm|bed|bay|cubicle|stretcher|bedspace)\.?[\s#:]"),
        # Ward 4B, unit C3
        Rule("ADDRESS", re.compile(
            rf"\b(?i:ward|unit|floor|wing|pod)[\s#:]{{1,2}}(?P<v>\d{{1,3}}[A-Z]{{1,2}}|[A-Z]\d{{1,3}}|"
            rf"\d{{1,2}}[ ]{_SIDE})\b{_NOT_A_PLACE}"
        ), None, 0.9, r"(?:ward|unit|floor|wing|pod)[\s#:]"),
        # admitted to 5 West; on 4N
        Rule("ADDRESS", re.compile(
            rf"\b(?i:on|to|from|onto|at|floor)[ ](?P<v>\d{{1,2}}[ ]?-?(?:{_SIDE}|[NSEW]))(?=[ ]?(?:[.,;)]|\n|$|[ ]"
            rf"(?:for|at|with|in|via|unit|ward|"
            r"floor|bed|room|and|by|nurse|rn)\b))"
        ), None, 0.8, r"(?:on|to|from|at|floor) \d"),
        # West Wing 3, Tower B
        Rule("ADDRESS", re.compile(
            rf"\b(?P<v>{_SIDE}[ ](?:Wing|Tower|Pavilion)(?:[ ]\d{{1,3}}[A-Z]?|[ ][A-Z]\b)?)"
        ), None, 0.8, r" (?:wing|tower|pavilion)"),
    )  # fmt: skip
