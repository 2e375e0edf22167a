"""Hospitals, practices, companies and employers.

45 CFR 164.514(b)(2)(i) speaks of the individual's employers; a facility tells where the individual lives:
https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.redact.detector.base import UPPER, Found, RuleRecognizer
from pipeline.redact.detector.words import lexicon, parts

_WORD = rf"(?:St\.|[{UPPER}](?:[\w'’&.-]{{0,30}}[\w'’&])?)"
_GAP = r"(?:[ \t]{1,2})"
_JOIN = rf"(?:{_GAP}(?:of|the|and|for|de|del|la|&){_GAP}(?:the{_GAP})?|{_GAP})"
_NAME = rf"(?:{_WORD},{_GAP}{_WORD},?{_GAP}and{_GAP}{_WORD}|{_WORD}(?:{_JOIN}{_WORD}){{0,5}}?)"
_KIND = (
    r"(?:(?:General|Memorial|Regional|Community|Children['’]?s|University|Veterans|District|County|Surgical|Specialty|"
    r"Rehabilitation|Psychiatric|Teaching|Medical|Baptist|Methodist|Presbyterian|Lutheran|Catholic)[ ]){0,3}"
    r"(?:Hospitals?|Medical[ ]Cent(?:er|re)|Med[ ]Ctr|Clinics?|clinic|Polyclinic|Health[ ]?System|"
    r"Health[ ]?[Cc]are(?:[ ](?:System|Center))?|"
    r"Health[ ](?:Center|Network|Services|Department|Partners)|HMO|Nursing[ ](?:Home|Facility|Center)|"
    r"Rehab(?:ilitation)?(?:[ ](?:Center|Hospital|Facility))?|"
    r"Hospice|Infirmary|Sanatorium|Surg(?:ery|ical)[ ]Center|Cancer[ ](?:Center|Institute)|Heart[ ](?:Center|"
    r"Institute)|Eye[ ](?:Center|Institute)|"
    r"Care[ ]Cent(?:er|re)|Urgent[ ]Care|Dialysis[ ](?:Center|Unit)|Skilled[ ]Nursing(?:[ ]Facility)?|"
    r"Assisted[ ]Living|Retirement[ ](?:Home|Community|Village)|"
    r"Senior[ ]Living|Group[ ]Home|Medical[ ](?:Group|Associates|Practice|Clinic)|Associates|Physicians(?:[ ]Group)?|"
    r"Laborator(?:y|ies)|Labs|Pharmacy|"
    r"Drugs?tore|Dental|Imaging(?:[ ]Center)?|Radiology[ ]Associates|Ambulance|EMS|University|College|(?:High|"
    r"Elementary|Middle)[ ]School|School|Academy|"
    r"Institute|Foundation|Church|Prison|Jail|Correctional[ ](?:Facility|Center)|Shelter|VA|VAMC)"
)
_COMPANY = (
    r"(?:Inc|Incorporated|LLC|L\.L\.C|LLP|PLLC|Corp|Corporation|Ltd|Limited|GmbH|Co|Company|Group|Partners|PLC|"
    r"N\.?A|Bank)"
)
_FACILITY = re.compile(
    rf"\b(?P<name>{_NAME}){_GAP}{_KIND}(?![\w-])(?:{_GAP}(?:of|at|in){_GAP}(?:the{_GAP})?{_WORD}"
    rf"(?:{_GAP}{_WORD}){{0,2}})?"
)
_OF = re.compile(
    rf"\b(?P<kind>University|Hospital|Children['’]?s{_GAP}Hospital|College|Church){_GAP}(?:of|for){_GAP}(?:the{_GAP})?"
    rf"(?P<name>{_WORD}(?:{_GAP}{_WORD}){{0,3}})"
)
_FIRM = re.compile(
    rf"\b(?P<name>{_WORD}(?:(?:,?{_GAP}(?:and|&){_GAP}|,{_GAP}|{_GAP}){_WORD}){{0,3}}),?{_GAP}{_COMPANY}\b\.?"
)
_SAINT = re.compile(rf"\b(?:St\.?|Saint|Mt\.?|Mount){_GAP}(?P<name>{_WORD})(?:['’]s)?(?=[\s,.;)]|$)")
_EMPLOYER = re.compile(
    rf"\b(?:works?|worked|working|employed|employer|employment|job)(?:{_GAP}(?:as|"
    rf"is){_GAP}an?(?:{_GAP}[a-z]+){{1,3}})?(?::|{_GAP}(?:at|for|by|with)){_GAP}(?:the{_GAP})?"
    rf"(?P<name>{_WORD}(?:(?:{_GAP}(?:and|&))?{_GAP}{_WORD}){{0,3}})"
)
_FILLERS = frozenset(("of", "the", "and", "for", "at", "de", "del", "la"))


class FacilityRecognizer(RuleRecognizer):
    """Names of facilities and firms."""

    NAME = "facilities"
    ENTITIES = ("ORGANIZATION",)
    NEEDS = None

    def find(self, text: str) -> Iterator[Found]:
        """Yield facilities without the everyday words before their name."""
        for pattern in (_FACILITY, _FIRM, _EMPLOYER, _SAINT, _OF):
            for match in pattern.finditer(text):
                if pattern in (_OF, _SAINT):
                    if not lexicon().all_plain(match["name"]):
                        yield Found(*match.span(), "ORGANIZATION")
                    continue
                start = self._start(text, *match.span("name"))
                if start is not None:
                    end = match.end("name") if pattern is _EMPLOYER else match.end()
                    yield Found(start, end, "ORGANIZATION")

    @staticmethod
    def _start(text: str, start: int, end: int) -> int | None:
        """Return where the name starts once notes' words are left out; `None` if nothing else is there."""
        if lexicon().all_plain(text[start:end]):
            return None
        for word in re.finditer(r"\S+", text[start:end]):
            inner = parts(word[0])
            if not all(w in lexicon().note or w in _FILLERS for w in inner):
                return start + word.start()
        return None
