"""References to pictures, recordings and biometric records of a person.

45 CFR 164.514(b)(2)(i)(P), (Q): https://www.ecfr.gov/current/title-45/section-164.514
DICOM unique identifiers: https://dicom.nema.org/medical/dicom/current/output/chtml/part05/chapter_9.html
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer
from pipeline.redact.detector.cued import cued

_FILE = r"(?:jpe?g|png|gif|heic|tiff?|bmp|webp|dcm|dicom|nii|mp[34]|mov|avi|wav|m4a|pdf|docx?|xlsx?|rtf|txt|csv|zip)"
_CAMERA = r"(?:IMG|DSC[NF]?|PXL|MVI|VID|DCIM|SCAN|PIC|PHOTO|WIN|Screenshot)"


class ImageRecognizer(RuleRecognizer):
    """Names of picture files, and numbers of pictures and biometric records."""

    NAME = "images"
    ENTITIES = ("ID",)
    RULES = (
        cued(
            r"fingerprint|biometrics?|retinal?\sscan|retina|iris\sscan|voice\s?print|face\s?print|face\sid|palm\s?print|facial\srecognition",
            strong=True,
        ),
        cued(r"photo(?:graph)?|image|picture|video|recording|clip|headshot|selfie", strong=False),
        # bio-9453, photo_4471
        Rule(
            "ID",
            re.compile(
                r"(?<![^\W_])(?:bio|photo|fp|img)[-#_]?(?=(?:[A-Z_-]{0,12}\d){3})[A-Z0-9](?:[A-Z0-9]|[-_](?=[A-Z0-9])){2,60}",
                re.IGNORECASE,
            ),
            anchor=r"(?:bio|photo|fp|img)[^\s]{0,14}\d",
        ),
        # IMG_9108.jpg
        Rule("ID", re.compile(rf"(?<![\w/.-])\w[\w-]{{0,120}}+\.{_FILE}\b", re.IGNORECASE), anchor=rf"\w\.{_FILE}"),
        # IMG_9108, DSC04471
        Rule(
            "ID",
            re.compile(rf"(?<![^\W_]){_CAMERA}[-_ ]?\d{{3,}}(?:[-_]\w{{1,20}}){{0,4}}(?![^\W_])"),
            anchor=rf"{_CAMERA}[-_ ]?\d{{3}}",
        ),
        # 1.2.840.113619.2.55.3.604688119; those of code systems identify nobody
        Rule(
            "ID",
            re.compile(
                r"(?<![\w.])(?!2\.16\.840\.1\.113883\.(?:[1-9]|1\d|2[0-4])\b)[0-2](?:\.\d{1,39}){5,30}(?![\w.]?\d)"
            ),
            lambda match: len(match[0]) >= 20,
            anchor=r"[0-2]\.\d{1,6}\.\d{1,6}\.\d{1,9}\.\d",
        ),
    )
