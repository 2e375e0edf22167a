"""Names of persons by a title, a label, or the way that headers and lists write them.

45 CFR 164.514(b)(2)(i)(A): https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.redact.detector.base import Rule, RuleRecognizer, before
from pipeline.redact.detector.name_forms import (
    ANY_FULL,
    CAPITAL,
    FULL,
    LISTED,
    LONG,
    SEVERAL,
    Spans,
    lower,
    name,
    names,
)
from pipeline.redact.detector.words import lexicon, parts

_TITLE = (
    r"(?:mrs?|mx|ms|dra?|drs|prof|professor|rev|reverend|miss|doctor|docteur|dott|mme|mlle|madame|mademoiselle|"
    r"monsieur|herrn?|frau|fräulein|se(?:n|ñ)or(?:a|ita)?|sra|srta|signora?|dhr|mevr|mevrouw|rabbi|imam|hon)"
)
# They mean something else as well: MS Contin, MR brain, Lt shoulder, Sr, Sister
_WEAK_TITLE = (
    r"(?:MR|MS|MX|Sr|Sir|Dame|Lady|Sgt|Capt|Captain|Lt|Col|Maj|Sister|Brother|Nurse|NURSE|Father|Pastor|Deacon|Don)"
)
_LOWER_TITLE = r"(?:drs?|mrs?|ms|prof|mme|herr|frau|sr|sra|se(?:n|ñ)ora?)"
_AFTER_TITLE = r"(?:[ \t]{0,3}\n?[ \t]{0,8}|-)"
_AND_TITLE = rf"(?:[ ](?:and|&|et|und|y)[ ](?i:{_TITLE})\b\.?)?"

_ABOUT = (
    r"(?:patient|pt|resident|client|member|guarantor|subscriber|insured|beneficiary|veteran|caller|informant|"
    r"employee|contact|contact[ ]person|next[ ]of[ ]kin|nok|poa|hcp|proxy|guardian|spouse|attn|attention|"
    r"provider|physician|pcp|surgeon|assistant|an(?:a)?esthesiologist|author|consultant|nurse|intern|fellow|doctor|"
    r"clinician|practitioner|therapist|counselor|manager|social[ ]worker|pharmacist|technician|technologist|"
    r"interpreter|witness|dictator|transcriptionist|transcriber|prescriber|preceptor|radiologist|pathologist|"
    r"cardiologist|oncologist|dentist|hospitalist|obstetrician|pediatrician|midwife|attending|referring|ordering|"
    r"dictated|transcribed|signed|signature|verified|authenticated|user|login)"
)
_OF_LABEL = r"(?:['’]s)?(?:[ ](?:md|rn|name|doctor|physician|provider|nurse|surgeon|of[ ]record|by))?"
_COLON = (
    r"(?:[ ]?\([^()\n]{1,24}\))?(?:[ \t]{0,4}[*_]{0,2}[:=][*_]{0,2}(?:[ \t]{0,20}\n)?[ \t]{0,20}|[ ]-[ ]{1,4}|"
    r"[ ]{2,20}|[ ]?\t[ \t]{0,4}|[ ]{0,4}\|[ ]{0,4})"
)
_COLON_ANCHOR = r"[^\n:=|\t]{0,36}(?:[:=|\t]| - |  )"
_NOT_A_PERSON = re.compile(
    r"\b(?:drug|medication|medicine|generic|brand|trade|product|device|test|file|procedure|study|lab|component|code|"
    r"form|domain|host|species|organism|common)[ _]?$",
    re.IGNORECASE,
)
_HEADER = r"[ \t,;(|/-]{1,6}(?i:D\.?O\.?B|M\.?R\.?N|MR#|date[ ]of[ ]birth|birth[ ]?date|medical[ ]record)\b"
_CAPS = rf"[{CAPITAL}](?:[{CAPITAL}]|['’-](?=[{CAPITAL}]))"


def _of_person(check: Callable[[re.Match[str]], Spans]) -> Callable[[re.Match[str]], Spans]:
    """Return a check that says no to the name of a drug, a test or a file."""
    return lambda match: iter(()) if _NOT_A_PERSON.search(before(match)) else check(match)


def _last_first(match: re.Match[str]) -> bool:
    """Tell whether two words in capitals are a name: one is known as such, or an initial or a number follows.

    `EHL, FHL` is none.
    """
    words = lexicon()
    inner = parts(match["v"])
    long = [word for word in inner if len(word) > 1]
    if words.names.intersection(inner):
        return not any(word in words.note or word in words.makers for word in long)
    if any(map(words.is_plain, long)):
        return False
    return not match["v"].isupper() or len(inner[-1]) == 1 or bool(match["after"])


class NameRecognizer(RuleRecognizer):
    """Persons named by a title, a label or a header."""

    NAME = "names"
    ENTITIES = ("NAME",)
    RULES = (
        # Dr. Parkinson, Mr. and Mrs. O'Neil, Prof. Dr. Weiß, Drs. Smith and Jones
        Rule("NAME", re.compile(
            rf"\b(?!M[RSX][ ])(?i:{_TITLE})\b(?:[ ]?\.)?{_AND_TITLE}{_AFTER_TITLE}"
            rf"(?:(?i:{_TITLE}|med|ing)\.[ ]?){{0,2}}(?P<v>{FULL}(?:(?:,?[ ](?:and|&|und|y|et)[ ]|[ ]?/[ ]?)"
            rf"(?!(?i:{_TITLE})\b){FULL})?)"
        ), names(sure=True), 0.95, rf"\b{_TITLE}[ .&\n\t-]"),
        Rule("NAME", re.compile(rf"\b(?i:drs)\b\.?[ ](?P<v>{SEVERAL})"), names(sure=True), 0.95, r"\bdrs[. ]"),
        Rule("NAME", re.compile(rf"\b{_WEAK_TITLE}\b\.?[ ](?P<v>{FULL})"), name(), 0.9, rf"\b{_WEAK_TITLE}[. ]"),
        # per dr smith; without a dot, these are words or units as well: ms, sr
        Rule("NAME", re.compile(
            rf"\b(?i:{_LOWER_TITLE})[ ]?\.[ ]{{0,2}}(?P<v>{ANY_FULL})"
        ), lower(title=True), 0.95, rf"\b{_LOWER_TITLE} ?\."),
        Rule("NAME", re.compile(
            rf"\b(?i:drs?|mrs?|herr|frau|mme)[ ](?P<v>{ANY_FULL})"
        ), lower(title=True), 0.95, r"\b(?:drs?|mrs?|herr|frau|mme) "),
        Rule("NAME", re.compile(
            rf"\b(?i:doctor|miss|ms|professor|nurse|sister)[ ](?P<v>{ANY_FULL})"
        ), lower(known=True), 0.9, r"\b(?:doctor|miss|ms|professor|nurse|sister) "),
        # Patient: SMITH, JOHN Q; Attending - Quist; Name (Last, First): Smith,John
        Rule("NAME", re.compile(
            rf"(?<![^\W_])(?i:{_ABOUT}{_OF_LABEL}){_COLON}(?P<v>{LISTED}(?:[ ]?/[ ]?{FULL})?)"
        ), name(), 0.95, _ABOUT + _COLON_ANCHOR),
        Rule("NAME", re.compile(
            rf"(?i:name(?:[ ]of[ ]\w{{1,20}})?){_COLON}(?P<v>{LISTED})"
        ), _of_person(name()), 0.95, "name" + _COLON_ANCHOR),
        Rule("NAME", re.compile(
            rf"(?<![^\W_])(?i:{_ABOUT}{_OF_LABEL})[ ]?[:=][ ]{{0,3}}(?P<v>{ANY_FULL})"
        ), lower(known=True), 0.9, _ABOUT + r"[^\n:=]{0,20}[:=]"),
        Rule("NAME", re.compile(
            rf"(?:\b|_)(?i:(?:(?:patient|full|last|first|middle|maiden|my|legal|preferred)[ _])?name)"
            rf"(?:[ ]is|['’]s|[ ]?[:=])[ ]{{0,3}}(?P<v>{ANY_FULL})"
        ), _of_person(lower()), 0.9, r"name ?(?:is|.{1,3}s|[:=])"),
        # Signed: jsmith
        Rule("NAME", re.compile(
            r"\b(?i:signed|dictated|transcribed|authenticated|author|user|login)(?:[ ](?i:by))?:[ ]{0,3}"
            r"(?P<v>[a-z][a-z.]{2,19}\d{0,4})\b(?![ ]?:)"
        ), lower(), 0.9, r"(?:signed|dictated|transcribed|authenticated|author|user|login)(?: by)?:"),
        Rule("NAME", re.compile(
            rf"\b(?i:initials)[ ]?[:=]?[ ]{{1,3}}(?P<v>(?:[{CAPITAL}]\.?){{2,4}}|[a-z]{{2,3}})(?!\w)"
        ), lambda match: not lexicon().all_plain(match["v"]) or "." in match["v"], 0.9, "initials"),
        # cc: Zelda Quist, MD; Ann Lee
        Rule("NAME", re.compile(
            rf"(?<![^\W_])(?i:b?cc|fwd|to|from|re|copy|copies[ ]to|sent[ ]to|distribution|by)[ ]?:[ \t]{{0,8}}"
            rf"(?P<v>{SEVERAL})"
        ), names(weak=True), 0.9, r"(?:cc|fwd|to|from|re|copy|distribution|by) ?:"),
        # Quist Zelda, DOB 1/2/60
        Rule("NAME", re.compile(
            rf"(?<![\w'’-])(?P<v>{LISTED}){_HEADER}"
        ), name(), 0.9, r"[ ,;(|/-](?:d\.?o\.?b|m\.?r\.?n|mr#|date of birth|birth ?date|medical record)"),
        # SMITH, JOHN Q; SMITH,JOHN
        Rule("NAME", re.compile(
            rf"(?<![\w,])(?P<v>{_CAPS}{{1,40}}(?:[ ]{_CAPS}{{1,40}})?,[ ]?[{CAPITAL}][{CAPITAL}'’-]{{1,40}}"
            rf"(?:[ ][{CAPITAL}]\.?(?!\w))?)(?!\w|,[ ]?[{CAPITAL}]{{2}})(?P<after>[ ]{{0,4}}[(#]?\d{{5}})?"
        ), _last_first, 0.95, r"[^\n\d], ?[^\n\d]"),
        # Smith, John, on a line by itself or before what identifies; Smith,John
        Rule("NAME", re.compile(
            rf"(?m)^(?P<v>{LONG},[ ]?{LONG}(?:[ ][{CAPITAL}]\.?(?!\w))?)(?P<after>)(?=\s{{0,8}}(?:$|[(|#\d]|DOB|MRN|"
            rf"M\b|F\b))"
        ), _last_first, 0.95, r"[^\n\d], ?[^\n\d]"),
        Rule("NAME", re.compile(
            rf"(?<![\w,])(?P<v>{LONG},{LONG})(?![\w,])"
        ), name(weak=True), 0.8, r"[^\n\d ],[^\n\d ]"),
        # The parts of a name in HL7 v2
        Rule("NAME", re.compile(
            rf"(?<!\w)(?P<v>{LONG}\^{LONG}(?:\^[\w'’ .-]{{0,30}}){{0,4}})"
        ), lambda match: not lexicon().all_plain(match["v"]), 0.9, r"[^\d ]\^[^\d ]"),
    )  # fmt: skip
