"""Names of who treats, signs and dictates: by credentials, roles and signature lines.

Credentials: https://www.nlm.nih.gov/bsd/mms/medlineelements.html and the licences of the states of the US.
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer
from pipeline.redact.detector.name_forms import (
    ANY,
    CAPITAL,
    CREDENTIAL,
    CREDENTIAL_ANCHOR,
    FULL,
    GAP,
    LISTED,
    LONG,
    Spans,
    lower,
    name,
)
from pipeline.redact.detector.words import lexicon, parts

_SIGNED_BY = (
    r"(?:(?:electronically[ ]|digitally[ ]|e-?)?(?:co-?)?signed(?:[ ]electronically)?|dictated|transcribed|authored|"
    r"authenticated|attested|entered|cosigned|typed|scribed)"
)
_DONE_BY = (
    r"(?:verified|approved|reported|reviewed|read|interpreted|performed|assisted|seen|evaluated|examined|written|"
    r"prepared|completed|prescribed|ordered|referred|accompanied|directed|administered|witnessed|obtained|collected|"
    r"recorded|provided|checked|given|placed|inserted|managed|requested|assessed|supervised|called|edited)"
)
_CLOSING = r"(?:/e?s/|\(s\)|sincerely|regards|respectfully|truly|cordially|best[ ]wishes|many[ ]thanks)"
_ROLE = r"(?:nurse|rn|lpn|cna|np|pa|aide|tech|technologist|therapist|pharmacist|resident|fellow|intern|midwife|scribe)"
_SHORT_ROLE = r"(?:RN|LPN|LVN|CNA|NP|PA|PA-C|SW|LCSW|CM|CRNA|RRT|RT|PT|OT|MA|SLP|PharmD)"
_LOWER_CREDENTIAL = r"(?:md|m\.d|rn|r\.n|np|n\.p|pa-c|phd|ph\.d|lpn|lcsw|aprn|fnp|crna|dds|dpm|pharmd|do|pa)"
_DATE = r"\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?"

_TOKEN = re.compile(r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_])|\^)*\.?")


def _credentialed(match: re.Match[str]) -> Spans:
    """Yield the name that a credential ends, without the words before it: "Charge RN", "Primary MD" are roles."""
    words = lexicon()
    kept: list[re.Match[str]] = []
    for token in reversed(list(_TOKEN.finditer(match.string, *match.span("v")))):
        inner = [part for part in parts(token[0]) if len(part) > 1]
        word = token[0].casefold().rstrip(".")
        fits = not any(map(words.is_plain, inner)) or (
            inner
            and (
                words.names.issuperset(inner)
                or words.eponyms.issuperset(inner)
                or (word in words.ordinary and not kept and match["comma"])
            )
        )
        if not fits:
            break
        kept.append(token)
    if not kept:
        return
    inner = [part for token in kept for part in parts(token[0])]
    known = bool(words.names.intersection(inner))
    # One unknown word without a comma, or two letters, is no name.
    if len(kept) < 2 and not known and (not match["comma"] or len(inner[0]) < 3):
        return
    if match["v"].isupper() and not known and len(parts(kept[0][0])[0]) < 3:
        return
    yield kept[-1].start(), match.end()


def _lower_credentialed(match: re.Match[str]) -> Spans:
    words = lexicon()
    tokens = list(_TOKEN.finditer(match.string, *match.span("v")))
    known = [bool(words.names.intersection(parts(token[0]))) for token in tokens]
    plain = [all(map(words.is_word, parts(token[0]))) for token in tokens]
    if any(known) and not plain[-1]:
        yield tokens[known.index(True)].start(), match.end("v")
    elif known[-1] or (match["comma"] and not plain[-1] and match["cred"] not in ("do", "pa")):
        yield tokens[-1].start(), match.end("v")


def _initials(match: re.Match[str]) -> bool:
    return not all(map(lexicon().is_clinical, parts(match["v"])))


class ProfessionalRecognizer(RuleRecognizer):
    """Staff, named with their credentials, their role or their signature."""

    NAME = "professionals"
    ENTITIES = ("NAME",)
    RULES = (
        # Zelda Quist, M.D.; JOHN SMITH MD
        Rule("NAME", re.compile(
            rf"(?<![\w'’-])(?P<v>{FULL})(?P<comma>,?)(?:{GAP}|(?<=,))(?P<cred>{CREDENTIAL})\b\.?"
            rf"(?:,?[ ]{CREDENTIAL}\b\.?){{0,4}}"
        ), _credentialed, 0.95, CREDENTIAL_ANCHOR),
        Rule("NAME", re.compile(
            rf"(?<![\w'’-])(?P<v>{ANY}(?:[ ]{ANY})?)(?P<comma>[ ]?,)?[ ](?P<cred>{_LOWER_CREDENTIAL})(?![\w'’-])"
        ), _lower_credentialed, 0.8, rf" {_LOWER_CREDENTIAL}"),
        # Electronically signed by: JOHN SMITH MD on 3/14
        Rule("NAME", re.compile(
            rf"\b(?i:(?:{_SIGNED_BY}|{_DONE_BY})(?:[ ]and[ ]\w{{2,15}}(?:ed|en))?[ ]by)[ \t]{{0,3}}:?[ \t\n]{{0,12}}(?:"
            rf"(?i:the[ ])?(?i:dr|mr|mrs|ms)\.?[ ])?(?P<v>{LISTED})"
        ), name(), 0.95, r"(?:ed|en|ead) by"),
        Rule("NAME", re.compile(
            rf"\b(?i:{_SIGNED_BY})[ \t]{{0,3}}[:-][ \t\n]{{0,12}}(?P<v>{LISTED})"
        ), name(), 0.95, rf"{_SIGNED_BY}[ \t]{{0,3}}[:-]"),
        Rule("NAME", re.compile(
            rf"\b(?i:{_SIGNED_BY}[ ]by)[ \t]{{0,3}}:?[ ]{{0,3}}(?P<v>(?![a-z]+[ ](?:team|service))(?:{ANY})"
            rf"(?:[ ]{ANY})?)"
        ), lower(), 0.9, rf"{_SIGNED_BY} by"),
        Rule("NAME", re.compile(
            rf"\b(?i:{_DONE_BY}[ ]by)[ ](?P<v>{ANY}(?:[ ]{ANY})?)"
        ), lower(known=True), 0.9, r"(?:ed|en|ead) by"),
        # /es/ JOHN SMITH; Sincerely,
        Rule("NAME", re.compile(
            rf"(?i:{_CLOSING}),?[ \t]{{0,4}}(?:\n[ \t]{{0,8}}){{0,3}}(?P<v>{FULL})"
        ), name(), 0.95, _CLOSING),
        Rule("NAME", re.compile(r"(?i:/e?s/)[ ]{0,3}(?P<v>[a-z]{3,20}(?:[ ][a-z]{3,20})?)"), lower(), 0.9, r"/e?s/"),
        # -T. Quist, at the end of a line
        Rule("NAME", re.compile(
            rf"(?m)(?:^|(?<=\s))[-–—]{{1,2}}[ ]?(?P<v>[{CAPITAL}]\.[ ]?{LONG})(?=[ ]*(?:,?[ ]{CREDENTIAL})?[ ]*$)"
        ), name(), 0.9, r"[^\w\n] ?[a-z]\. ?[^\W\d]"),
        # the floor nurse, T. QUIST; RN Zelda Quist
        Rule("NAME", re.compile(
            rf"\b(?i:{_ROLE})\b[,:]?[ ](?P<v>[{CAPITAL}]\.[ ]?{LONG})"
        ), name(), 0.9, rf"{_ROLE}[,:]? [^ ]{{1,4}}\."),
        Rule("NAME", re.compile(
            rf"\b{_SHORT_ROLE}(?:[ ]?[:,-])?[ ](?P<v>{LONG}(?:{GAP}{LONG})?)"
        ), name(weak=True), 0.8, rf"\b{_SHORT_ROLE}[ :,-]"),
        # D: 3/14 T: 3/14 jq/ab; JQS:ab
        Rule("NAME", re.compile(
            rf"\b(?i:dd|dt|td|tt|d|t)[ ]?:[ ]{{0,3}}{_DATE}[^\n]{{0,12}}?\s{{1,3}}"
            rf"(?P<v>[A-Za-z]{{2,4}}[/:][A-Za-z]{{2,5}}\d{{0,3}})\b"
        ), _initials, 0.9, r"[dt] ?: {0,3}\d"),
        Rule("NAME", re.compile(
            r"(?m)^[ ]{0,8}(?P<v>[A-Z]{2,4}[/:][a-z]{2,4})(?:[ ]|\d|$)"
        ), _initials, 0.8, r"[a-z]{2}[/:][a-z]{2}"),
    )  # fmt: skip
