"""Hospitals, practices, homes, schools and other places with a name.

45 CFR 164.514(b)(2)(i)(B), for a facility tells where somebody lives:
https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer
from pipeline.redact.detector.name_forms import CAPITAL, Spans
from pipeline.redact.detector.words import lexicon, parts

WORD = rf"(?:St\.|ST\.|[{CAPITAL}](?:[\w'’&.-]{{0,30}}[\w'’&])?)"
GAP = r"[ \t]{1,2}"
_JOIN = rf"(?:{GAP}(?:of|the|and|for|de|del|la|&){GAP}(?:the{GAP})?|{GAP})"
_NAME = rf"(?:{WORD},{GAP}{WORD},?{GAP}and{GAP}{WORD}|{WORD}(?:{_JOIN}{WORD}){{0,5}}?)"
_BEFORE_KIND = (
    r"(?:(?:general|memorial|regional|community|children['’]?s|university|veterans|district|county|surgical|specialty|"
    r"rehabilitation|psychiatric|teaching|medical|baptist|methodist|presbyterian|lutheran|catholic)[ ]){0,3}"
)
# After a name they are a facility in any case
_KIND = (
    r"(?:hospitals?|medical[ ]cent(?:er|re)|med[ ]ctr|clinics?|polyclinic|health[ ]?system|nursing[ ]home|"
    r"health[ ](?:center|network|services|department|partners|plan)|infirmary|surg(?:ery|ical)[ ]center|"
    r"cancer[ ](?:center|institute)|assisted[ ]living|retirement[ ](?:home|community|village)|group[ ]home|"
    r"country[ ]club|golf[ ]club)"
)
# Everyday words: only with a capital
_TITLE_KIND = (
    r"(?:Health[ ]?[Cc]are(?:[ ](?:System|Center))?|HMO|Nursing[ ](?:Facility|Center)|Rehab(?:ilitation)?(?:[ ]"
    r"(?:Center|"
    r"Hospital|Facility|Institute))?|Hospice|Sanatorium|(?:Heart|Eye|Cancer|Care|Dialysis|Imaging|Surgery|Breast)[ ]"
    r"(?:Center|Centre|Institute)|"
    r"Urgent[ ]Care|Skilled[ ]Nursing(?:[ ]Facility)?|Senior[ ]Living|Medical[ ](?:Group|Associates|Practice)|"
    r"Physicians(?:[ ]Group)?|Family[ ](?:Practice|Medicine)|Laborator(?:y|ies)|Labs|Pharmacy|PHARMACY|Drugs?tore|"
    r"Dental|Imaging|"
    r"Diagnostics|Radiology[ ]Associates|Associates|Ambulance|EMS|University|UNIVERSITY|College|COLLEGE|"
    r"(?:High|Elementary|Middle|Primary|Secondary|Grammar)[ ]School|HIGH[ ]SCHOOL|School|Academy|Preschool|"
    r"Kindergarten|Day[ ]?[Cc]are|"
    r"Correctional[ ](?:Facility|Center)|Institute|Foundation|Church|CHURCH|Prison|Jail|Shelter|VA|VAMC|Hotel|Motel|"
    r"Orchestra|Restaurant|Library|Museum|Synagogue|Mosque|Cathedral|Ministries|Manor|Center|Centre|Homes?|HOME)"
)
_TITLE_KIND_ANCHOR = (
    r" (?:health|hmo|nursing|rehab|hospice|sanatorium|heart|eye|cancer|care|dialysis|imaging|surgery|breast|urgent|"
    r"skilled|senior|"
    r"medical|physicians|family|lab|pharmacy|drug|dental|diagnostics|radiology|associates|ambulance|ems|university|"
    r"college|high|elementary|middle|primary|secondary|grammar|school|academy|preschool|kindergarten|day|correctional|"
    r"institute|foundation|church|prison|jail|shelter|va|hotel|motel|orchestra|restaurant|library|museum|synagogue|"
    r"mosque|cathedral|ministries|manor|cent|home)"
)
_CHAINS = (
    r"(?:mayo[ ]clinic|cleveland[ ]clinic|kaiser[ ]permanente|kaiser[ ]hospital|johns[ ]hopkins|walgreens|"
    r"rite[ ]aid|labcorp|walmart|costco)"
)
_FILLERS = frozenset(("of", "the", "and", "for", "at", "de", "del", "la"))
_COMPASS = frozenset(("northwest", "northeast", "southwest", "southeast"))
_LABEL = (
    r"(?:facility|hospital|clinic|pharmacy|school|location|organization|agency|health[ ]plan|insur(?:ance|er)|"
    r"pay[eo]r|carrier)"
)


def without_notes_words(text: str, start: int, end: int) -> int | None:
    """Return where a name starts once notes' words are left out; `None` if nothing else is there."""
    words = lexicon()
    if words.all_plain(text[start:end]) and not _COMPASS.intersection(parts(text[start:end])):
        return None
    for word in re.finditer(r"\S+", text[start:end]):
        inner = parts(word[0])
        if not all((w in words.note and w not in _COMPASS) or w in _FILLERS for w in inner):
            return start + word.start()
    return None


def _named(match: re.Match[str]) -> Spans:
    start = without_notes_words(match.string, *match.span("name"))
    if start is not None:
        yield start, match.end()


def _unknown(match: re.Match[str]) -> bool:
    return not lexicon().all_plain(match["name"])


def _all_unknown(match: re.Match[str]) -> bool:
    return not any(map(lexicon().is_word, parts(match["name"])))


class FacilityRecognizer(RuleRecognizer):
    """Names of facilities."""

    NAME = "facilities"
    ENTITIES = ("ORGANIZATION",)
    RULES = (
        # Mercy General Hospital; University of Quist Medical Center
        Rule("ORGANIZATION", re.compile(
            rf"\b(?P<name>{_NAME}){GAP}(?i:{_BEFORE_KIND}{_KIND})(?![\w-])"
            rf"(?:{GAP}(?:of|at|in){GAP}(?:the{GAP})?{WORD}(?:{GAP}{WORD}){{0,2}})?"
        ), _named, 0.9, _KIND),
        Rule("ORGANIZATION", re.compile(
            rf"\b(?P<name>{_NAME}){GAP}{_TITLE_KIND}(?![\w-])"
        ), _named, 0.9, _TITLE_KIND_ANCHOR),
        Rule("ORGANIZATION", re.compile(
            rf"\b(?i:at|to|from|of|in|where:)[ ](?:the[ ])?(?P<v>(?P<name>[a-z][a-z'’-]{{2,20}}"
            rf"(?:[ ][a-z'’-]{{2,20}}){{0,2}}?)[ ]{_BEFORE_KIND}{_KIND})(?![\w-])"
        ), _all_unknown, 0.8, _KIND),
        Rule("ORGANIZATION", re.compile(
            rf"\b(?i:University|Hospital|Children['’]?s{GAP}Hospital|College|Church){GAP}(?i:of|for){GAP}(?:the{GAP})?"
            rf"(?P<name>{WORD}(?:{GAP}{WORD}){{0,3}})"
        ), _unknown, 0.9, r"(?:university|hospital|college|church)[ \t]{1,2}(?:of|for) "),
        # St. Luke's, Mount Quist
        Rule("ORGANIZATION", re.compile(
            rf"\b(?:St\.?|ST\.|Saint|SAINT|Mt\.|Mount){GAP}(?P<name>{WORD})(?:['’]s)?(?=[\s,.;)]|$)"
        ), _unknown, 0.9, r"\b(?:st|saint|mt|mount)\.?[ \t]"),
        Rule("ORGANIZATION", re.compile(
            r"\b(?:at|to|from)[ ](?P<v>(?:st\.?|saint|mount|mt\.)[ ](?P<name>[a-z]{3,20}(?:['’]s)?))\b"
        ), _unknown, 0.8, r" (?:st|saint|mount|mt)\.? "),
        # Known far beyond their town, and hidden by words that are clinical or everyday
        Rule("ORGANIZATION", re.compile(rf"\b(?i:{_CHAINS})\b"), None, 0.9, _CHAINS),
        # Facility: Elmwood
        Rule("ORGANIZATION", re.compile(
            rf"(?<![^\W_])(?i:{_LABEL}(?:[ ]name)?)[ ]?[:=][ ]{{0,3}}(?P<name>{WORD}(?:{_JOIN}{WORD}){{0,4}})"
        ), _named, 0.8, rf"{_LABEL}(?: name)? ?[:=]"),
    )  # fmt: skip
