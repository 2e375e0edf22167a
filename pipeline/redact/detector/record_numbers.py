"""Numbers of records, accounts, plans, licences, vehicles, devices and the rest of the 18 classes.

45 CFR 164.514(b)(2)(i)(H)-(R): https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.redact.detector.base import UNIT, UNIT_AFTER, Found, Rule, RuleRecognizer

# Cues that make an identifier of nearly anything beside them.
_STRONG = (
    r"mrn|medical[\s_]record|med\.?\srec|chart|acct|account|accession|acc|csn|har|fin|hicn?|mbi|mbr|policy|subscriber|"
    r"beneficiary|member(?:ship)?[\s_](?:id|no|number|num)|insurance[\s_](?:id|no|number|num)|hpbn?|medicare|medicaid|"
    r"npi|dea|upin|licen[sc]e|lic|driver'?s?|dl|certificate|passport|serial|udi|imei|imsi|iccid|vin|plate|tag|"
    r"registration|fingerprint|biometric|retina|voiceprint|badge|employee|barcode|confirmation|invoice|aadhaar|abha|"
    r"pan|"
    r"nhs|cpf|cnpj|curp|tfn|itin|ein|token|locker|rx"
)
# Everyday words: they need "#", "number", "id" or a colon as well, or a value that looks like an identifier.
_WEAK = (
    r"visit|encounter|order|claim|case|file|group|member|patient|pt|device|sample|specimen|study|subject|protocol|"
    r"reference|ref|ticket|request|requisition|prescription|referral|authorization|auth|record|implant|pacemaker|icd|"
    r"key|identifier|identification|ids?|document|report|image|photo|unit|donor|kit|account"
)
_LINK = r"(?:(?:numbers?|num|nr|no|nos|ids?|identifiers?|code|key|plate|tag|sn|record)\b\.?|#|:|=)"
_CUED = re.compile(
    rf"(?<![^\W_])(?:(?P<strong>{_STRONG})|(?P<weak>{_WEAK}))s?(?![^\W_])"
    rf"(?P<link>(?:[\s_.\-(]{{0,3}}{_LINK})*)(?:\s(?:is|was|of))?[\s:#=._(-]{{0,4}}"
    r"(?P<v>[A-Z0-9](?:[A-Z0-9]|[-_/.]{1,2}(?=[A-Z0-9]))*)(?!\w)",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"(?<!\w)(?:S/?N|SN|REF|UDI|DI)[\s:#]{1,3}(?P<v>[A-Z0-9](?:[A-Z0-9]|-(?=[A-Z0-9]))*)")
_JOINED = re.compile(
    r"(?<![^\W_])(?:x+)?(?:mrn|acct|acc|hpbn?|mbr|csn|fin|har|visit|enc|pat|pid|lic|dl|vin|sn|id|bio|photo|case|clm|"
    r"pol)"
    r"[-#_]?(?=[A-Z0-9_-]*\d)[A-Z0-9](?:[A-Z0-9]|[-_](?=[A-Z0-9]))*",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATE_LIKE = re.compile(r"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?")
_QUANTITY = re.compile(rf"[\d.,-]+{UNIT}", re.IGNORECASE)
_NO_CODE_BEFORE = re.compile(
    r"\b(?:snomed(?:[\s-]ct)?|sctid|rxnorm|rxcui|loinc|cpt|hcpcs|ndc|icd(?:-?(?:9|10))?(?:-cm)?|unii|cvx|umls|pmid|doi|"
    r"nct|lot)(?:\s(?:code|id|no|number))?[\s:#]{0,3}$",
    re.IGNORECASE,
)


def _cued(match: re.Match[str]) -> bool:
    value = match["v"]
    digits = sum(c.isdigit() for c in value)
    if not digits or _YEAR.fullmatch(value):
        return False
    if _DATE_LIKE.fullmatch(value) and not (match["strong"] and "-" in value):
        return False
    if UNIT_AFTER.match(match.string, match.end("v")) or _QUANTITY.fullmatch(value):
        return False
    linked = bool(match["link"]) or match.string[match.end("link") : match.start("v")].strip() != ""
    if match["strong"]:
        # "DL 4" and "driver 2" are no licences, "DL: 4417" is.
        return digits >= 3 or (linked and len(value) >= 4) or len(value) >= 6
    return digits >= 5 or (linked and digits >= 3) or (digits >= 3 and len(value) >= 6)


def _not_coded(match: re.Match[str]) -> bool:
    """Codes of terminologies identify no one, quantities neither."""
    if _NO_CODE_BEFORE.search(match.string, max(0, match.start() - 24), match.start()):
        return False
    return UNIT_AFTER.match(match.string, match.end()) is None


def _mixed(match: re.Match[str]) -> bool:
    """A token of letters with six digits in a row; `rs1801133` is a variant, `NCT...` a registered trial."""
    token = match[0].casefold()
    if token.startswith("nct") or re.fullmatch(r"rs\d+|c\d+p\d+", token):
        return False
    return _not_coded(match)


def _grouped(match: re.Match[str]) -> bool:
    groups = re.split(r"[- .]", match[0])
    digits = sum(map(len, groups))
    if digits < 9 or (" " in match[0] and min(map(len, groups)) < 3):
        return False
    return _not_coded(match)


class RecordNumberRecognizer(RuleRecognizer):
    """Numbers with a cue before them, and digit strings too long to be a finding."""

    NAME = "record_numbers"
    ENTITIES = ("ID",)
    RULES = (
        Rule("ID", _SERIAL, lambda match: sum(c.isdigit() for c in match["v"]) >= 3, 0.95),
        Rule("ID", _JOINED, lambda match: sum(c.isdigit() for c in match[0]) >= 3, 0.95),
        # Seven digits and more without a unit
        Rule("ID", re.compile(r"(?<![\w.,])\d{7,}(?!\w|[.,]\d)"), _not_coded),
        # WI-4811786, A1234567
        Rule("ID", re.compile(
            r"(?<![\w.])(?:[A-Z]{1,8}[-_]?\d{6,}[A-Z0-9]*|\d{5,}[-_]?[A-Z]{1,4}\d*)(?![\w])", re.IGNORECASE
        ), _mixed),
        # Long tokens of letters and digits, such as account numbers in lower case
        Rule("ID", re.compile(r"\b(?=[A-Za-z0-9]{12})(?=(?:[A-Za-z]*\d){8})(?=\d*[A-Za-z])[A-Za-z0-9]+\b"), _mixed),
        # 9664 8088 5109, 12-3456-7890-1234, 456.378.921-64
        Rule("ID", re.compile(r"(?<![\w.,-])\d{2,6}(?:[- .]\d{2,6}){2,5}(?!\w|[.,/-]\d|\s\d)"), _grouped),
        Rule("ID", re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)),
        Rule("ID", re.compile(r"\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b", re.IGNORECASE)),
        # UDI carrier: (01)device(11)made(17)expires(21)serial
        Rule("ID", re.compile(r"\(01\)\s?\d{14}(?:\s?\(\d\d\)\s?[A-Z0-9/-]{1,20})*", re.IGNORECASE)),
        # Machine-readable zone of passports and identity cards (ICAO 9303)
        Rule("ID", re.compile(r"(?<![\w<])(?=[A-Z0-9<]*<[A-Z0-9<]*)(?=[A-Z0-9]*\d|[A-Z0-9<]*<<)[A-Z0-9<]{20,}")),
        # Files of pictures
        Rule("ID", re.compile(
            r"(?<![\w/.-])[\w-]++\.(?:jpe?g|png|gif|heic|tiff?|bmp|dcm|mp4|mov|pdf|docx?)\b",
            re.IGNORECASE,
        )),
        # Keys of services
        Rule("ID", re.compile(r"\b(?:sk|pk|api|ghp|tok|key)_(?=\w*[\d_])\w{8,}", re.IGNORECASE)),
        Rule("ID", re.compile(
            r"\b(?:BIC|SWIFT)(?:\s(?:code|no))?[\s:#]{1,3}(?P<v>[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b"
        )),
    )  # fmt: skip

    def find(self, text: str) -> Iterator[Found]:
        """Yield numbers, also each number of a list that one cue opens."""
        yield from super().find(text)
        at = 0
        while match := _CUED.search(text, at):
            if _cued(match):
                yield Found(*match.span("v"), "ID", 0.95)
                at = match.end("v")
            else:
                # The value of a cue that leads nowhere may be the cue of the next one.
                at = match.start("v") if match.start("v") > match.start() else match.end()
