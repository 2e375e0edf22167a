"""Names of persons by what stands around them: titles, labels, credentials, relations, signatures.

Forms of names in notes: https://www.ecfr.gov/current/title-45/section-164.514 (b)(2)(i)(A)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.redact.detector.base import LETTER, LONG, UPPER, Found, RuleRecognizer
from pipeline.redact.detector.words import lexicon, parts

_WORD = rf"(?:{LONG}|[{UPPER}]\.|[{UPPER}](?![\w'’-]))"
_GAP = r"(?:[ \t]{1,3})"
_PARTICLES = r"(?:(?:van|von|de|der|den|del|della|di|da|dos|du|la|le|bin|ibn|al|el|ter|ten|y|e)[ ]){0,2}"
_FULL = rf"{_PARTICLES}{_WORD}(?:{_GAP}{_PARTICLES}{_WORD}){{0,3}}"
_LISTED = rf"{_FULL}(?:,{_GAP}?{_FULL})?"
_CREDENTIAL = (
    r"(?:M\.?D|D\.?O|Ph\.?D|D\.?D\.?S|D\.?M\.?D|D\.?P\.?M|Pharm\.?D|M\.?B\.?B\.?S|R\.?N|N\.?P|P\.?A(?:-C)?|B\.?S\.?N|"
    r"M\.?S\.?N|"
    r"LPN|LVN|CNA|FNP(?:-BC|-C)?|ANP|DNP|APRN|ARNP|CRNA|CNM|CNS|LCSW|LICSW|LMSW|MSW|LPC|RPh|RD|RDN|CCC-SLP|SLP|DPT|"
    r"PT|OTR(?:/L)?|RRT|RT|"
    r"MA|EMT(?:-P)?|FACC|FACS|FACP|FAAP|MPH|Esq|Jr|Sr|III|II)"
)
_RELATION = (
    r"(?:daughter|son|wife|husband|mother|father|mom|mum|dad|sister|brother|niece|nephew|aunt|uncle|friend|neighbor|"
    r"partner|"
    r"fianc[eé]e?|spouse|girlfriend|boyfriend|grand(?:mother|father|son|daughter|ma|pa)|caregiver|guardian|roommate|"
    r"cousin|"
    r"step(?:son|daughter|mother|father)|kid|child|twin|mother-in-law|father-in-law|son-in-law|daughter-in-law|"
    r"pastor|aide)"
)
_LABEL = (
    r"(?:(?i:patient|pt|resident|client|member|guarantor|subscriber|insured|beneficiary)(?:['’]s)?(?:[ ](?i:name))?|"
    r"(?i:(?:full|legal|first|last|maiden|"
    r"middle|preferred|given|family)?[ _]?name)|(?i:attending|provider|physician|pcp|surgeon|assistant|"
    r"anesthesiologist|referring|ordering|"
    r"author|consultant|nurse|resident|intern|fellow|doctor|clinician|practitioner|therapist|counselor|"
    r"case[ ]manager|social[ ]worker|"
    r"pharmacist|technician|technologist|interpreter|witness|dictated|dictator|transcriptionist|signed|signature|"
    r"prescriber|preceptor|"
    r"radiologist|pathologist|cardiologist|oncologist)(?:[ ](?i:md|physician|provider|name|doctor|surgeon|by|nurse))?|"
    r"(?i:(?:emergency[ ])?contact|next[ ]of[ ]kin|nok|poa|hcp|proxy|health[ ]?care[ ]proxy|guardian|spouse|attn|"
    r"attention)|[Cc]c|To|From|TO|FROM|RE|Re|User|Author|By|BY)"
)
_BY = (
    r"(?i:(?:electronically[ ])?(?:co-?)?signed|dictated|transcribed|authored|authenticated|verified|approved|"
    r"entered|reported|attested|"
    r"reviewed|read|interpreted|performed|assisted|seen|evaluated|examined|written|prepared|completed|prescribed|"
    r"ordered|referred|accompanied|"
    r"directed|administered|witnessed|obtained|collected|recorded|provided)(?:[ ](?i:and[ ]\w+))?[ ](?i:by)"
)
_TALK = (
    r"(?i:d/w|discussed[ ]with|spoke[ ](?:with|to)|talked[ ](?:with|to)|met[ ]with|contacted|paged|informed|notified|"
    r"called[ ]by|"
    r"conferred[ ]with|reviewed[ ]with|staffed[ ]with|handoff[ ]to|signed[ ]out[ ]to|consulted[ ]with|"
    r"thanks?[ ]you?,?|per|via|and[ ]by|attn)"
)

_TITLE = re.compile(
    rf"\b(?:(?i:mr|mrs|ms|mx|dr|drs|prof|rev|sr?a|sgt|capt|lt|hon)\b\.?|(?i:miss|doctor|professor|sister|nurse|"
    rf"deacon|rabbi|father|pastor)\b)"
    rf"(?:[ ](?:and|&)[ ](?:Mrs|Ms|Dr)\b\.?)?(?:[ \t]{{0,3}}\n?[ \t]{{0,8}}|-)(?P<v>{_FULL}(?:,?[ ](?:and|"
    rf"&)[ ](?!(?:Drs?|Mrs?|Ms|Miss)\b){_FULL})*)"
)
# In lower case only after a title that is nothing else, one word
_LOWER_TITLE = re.compile(
    r"\b(?:dr|mr|mrs|ms)\.[ ]{0,2}(?P<v>[a-z][a-z'’-]{2,})\b|\b(?:mr|mrs)[ ](?P<w>[a-z][a-z'’-]{2,})\b"
)
_LABELLED = re.compile(rf"(?<![^\W_]){_LABEL}[ \t]*(?:[:=?]|[ ]-[ ])[ \t]*(?P<v>{_LISTED})")
_LABELLED_LOWER = re.compile(
    r"\b(?i:patient|full|last|first|my|legal)?[ ]?(?i:name)(?:[ ]is|[ ]?[:=])[ ]{1,3}(?P<v>[a-z]{2,}"
    r"(?:[ ][a-z]{2,})?)\b"
)
_SIGNED = re.compile(
    rf"\b{_BY}[ \t]*:?[ \t]*(?:Dr\.?[ ])?(?P<v>{_LISTED})|(?:/s/|[Ss]incerely,|[Rr]egards,|"
    rf"[Rr]espectfully,)\s{{0,4}}(?P<w>{_FULL})"
)
_CREDENTIALED = re.compile(rf"\b(?P<v>{_FULL}(?:,{_GAP}?|{_GAP}){_CREDENTIAL})\b\.?(?:,?[ ]{_CREDENTIAL}\b\.?)*")
_RELATIVE = re.compile(
    rf"\b(?i:{_RELATION})(?:['’]s[ ]name)?(?:[ ]?[,:(][ ]?|[ ](?:is[ ]|was[ ]|named[ ]|called[ ]|"
    rf"-[ ])?)\(?(?P<v>{_FULL}(?:(?:,[ ]|[ ]and[ ]|,[ ]and[ ]){_FULL})*)"
)
_NAMED = re.compile(
    rf"\b(?i:named|name[ ]is|name['’]s|name[ ]was|called|calls[ ](?:me|him|her)|known[ ]as|goes[ ]by|a\.?k\.?a\.?|"
    rf"née|nee|alias|nickname(?:d)?|i['’]m|i[ ]am|this[ ]is|hi|hello|dear|thanks|regards,)[ ]{{1,2}}(?P<v>{_FULL})"
)
_TALKED = re.compile(
    rf"\b{_TALK}[ ]{{1,2}}(?:(?:the[ ])?(?:pt|patient|family|attending|resident|nurse|RN|PCP|his|"
    rf"her)[ ,]{{1,2}})?(?P<v>{LONG}(?:{_GAP}{_WORD}){{0,2}})"
)
_PATIENT = re.compile(rf"\b(?i:patient|pt|resident|client|veteran)[ ](?P<v>{LONG}{_GAP}(?:{_WORD}{_GAP})?{LONG})")
# SMITH, JOHN Q; Smith, John (MRN 123)
_LAST_FIRST = re.compile(
    rf"(?m)(?<![\w,])(?P<v>[{UPPER}](?:[{UPPER}]|"
    rf"['’-](?=[{UPPER}]))+(?:[ ][{UPPER}]{{2,}})?,[ ]?[{UPPER}][{UPPER}'’-]+(?:[ ][{UPPER}]\.?(?!\w))?)(?!\w|"
    rf",[ ]?[{UPPER}]{{2}})"
    rf"|^(?P<w>{LONG},[ ]?{LONG}(?:[ ][{UPPER}]\.?(?!\w))?)(?=\s*(?:$|[(|#\d]|DOB|MRN|M\b|F\b))"
)
# -T. Quist, at the end of a line
_DASHED = re.compile(
    rf"(?m)(?:^|(?<=\s))[-–—]{{1,2}}[ ]?(?P<v>[{UPPER}]\.[ ]?{LONG})(?=[ ]*(?:,?[ ]{_CREDENTIAL})?[ ]*$)"
)
# the floor nurse, T. QUIST; RN T. Quist
_ROLE = re.compile(
    rf"\b(?i:nurse|rn|lpn|cna|np|pa|aide|tech|technologist|therapist|pharmacist|resident|fellow|intern|midwife)\b"
    rf"[,:]?[ ](?P<v>[{UPPER}]\.[ ]?[{UPPER}]{LETTER}{{2,}}(?:['’-]{LETTER}+)?)"
)
_TOKEN = re.compile(rf"{LETTER}(?:{LETTER}|['’-](?={LETTER}))*\.?")
_CREDENTIAL_END = re.compile(rf"(?:,{_GAP}?|{_GAP}){_CREDENTIAL}$")
_WEAK_CREDENTIAL = re.compile(r"(?<!,)\s(?:P\.?A|R\.?N|PT|MA|RD|RT|D\.?O|N\.?P|CNS|SLP|MSW|II|III|EMT|M\.?D)\.?$")


class NameRecognizer(RuleRecognizer):
    """Persons named in one of the ways that notes name them."""

    NAME = "names"
    ENTITIES = ("NAME",)
    NEEDS = None

    def find(self, text: str) -> Iterator[Found]:
        """Yield names, each cut where the everyday words of notes begin."""
        for match in _TITLE.finditer(text):
            yield from _cut(text, *match.span("v"), sure=True)
        for pattern in (_LOWER_TITLE, _LABELLED_LOWER):
            for match in pattern.finditer(text):
                group = "v" if match["v"] else "w"
                if not lexicon().is_plain(parts(match[group])[0]):
                    yield Found(*match.span(group), "NAME", 0.95)
        for pattern in (_LABELLED, _SIGNED, _RELATIVE, _NAMED, _TALKED, _PATIENT, _DASHED, _ROLE):
            for match in pattern.finditer(text):
                group = "v" if match["v"] else "w"
                yield from _cut(text, *match.span(group), sure=False)
        for match in _LAST_FIRST.finditer(text):
            group = "v" if match["v"] else "w"
            if _is_last_first(match[group]):
                yield Found(*match.span(group), "NAME", 0.95)
        yield from _credentialed(text)


def _is_last_first(whole: str) -> bool:
    """Two words of capitals are a name if one is known as such or an initial follows; `EHL, FHL` is none."""
    inner = parts(whole)
    if any(word in lexicon().names for word in inner):
        return not all(word in lexicon().note for word in inner)
    if any(map(lexicon().is_plain, inner)) and len(inner[-1]) > 1:
        return False
    return not whole.isupper() or len(inner[-1]) == 1 or min(map(len, inner)) > 4


def _cut(text: str, start: int, end: int, *, sure: bool) -> Iterator[Found]:
    """Yield the name at the start of a stretch of capitalised words.

    After a title an eponym is a name ("Dr. Parkinson"); elsewhere words that are all clinical are none.
    """
    words = lexicon()
    stop = start
    plain = True
    for token in _TOKEN.finditer(text, start, end):
        inner = parts(token[0])
        if any(part in words.note and len(part) > 1 for part in inner) and not (
            sure and stop == start and inner[0] in words.names
        ):
            break
        stop = token.end() - (token[0].endswith(".") and len(token[0]) > 2)
        plain = plain and all(map(words.is_plain, inner))
    if stop > start and (sure or not plain):
        yield Found(start, stop, "NAME", 0.95)


def _credentialed(text: str) -> Iterator[Found]:
    words = lexicon()
    for match in _CREDENTIALED.finditer(text):
        whole = match["v"]
        ending = _CREDENTIAL_END.search(whole)
        name = whole[: ending.start()] if ending else whole
        tokens = list(_TOKEN.finditer(name))
        # "Charge RN", "Primary MD": one word without a comma is a role.
        keep = len(tokens)
        for token in reversed(tokens):
            if all(map(words.is_plain, parts(token[0]))):
                break
            keep -= 1
        kept = tokens[keep:]
        if not kept or (len(kept[-1][0]) < 3 and whole.isupper()):
            continue
        if len(kept) < 2 and _WEAK_CREDENTIAL.search(whole) and parts(kept[0][0])[0] not in words.names:
            continue
        yield Found(match.start() + kept[0].start(), match.end(), "NAME", 0.95)
