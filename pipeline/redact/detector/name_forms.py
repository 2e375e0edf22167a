"""How names are written, and what of a stretch of words after a cue is the name.

45 CFR 164.514(b)(2)(i)(A): https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pipeline.redact.detector.base import UPPER
from pipeline.redact.detector.words import lexicon, parts

Spans = Iterator[tuple[int, int]]

# Accents that stand apart from their letter, and the vowel signs of Hebrew, Arabic and the scripts of India
_MARKS = "\u0300-\u036f\u05b0-\u05c7\u064b-\u065f\u0900-\u0903\u093a-\u094f\u200c\u200d"
_CHAR = rf"[^\W\d_][{_MARKS}]{{0,2}}"
_INNER = rf"(?:{_CHAR}|['’ʼ`-](?=[^\W\d_]))"
# Scripts that know no capitals: what follows a cue is taken as one
_UNCASED = (
    "\u0531-\u0556\u05d0-\u05ea\u0620-\u064a\u0671-\u06d3\u0904-\u0939\u0985-\u09b9\u0e01-\u0e2e\u10a0-\u10ff"
    "\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3"
)
CAPITAL = UPPER + "".join(chr(c) for c in range(0x1E00, 0x1F00) if chr(c).isupper()) + _UNCASED

GAP = r"[ \t]{1,3}"
# A word that starts with a capital; one in any case
LONG = rf"[{CAPITAL}][{_MARKS}]{{0,2}}{_INNER}{{1,40}}"
ANY = rf"{_CHAR}{_INNER}{{1,40}}"
# J., J.Q., J, but not the pronoun
_INITIAL = rf"(?:[{CAPITAL}]\.-?){{1,3}}|(?!(?:I|A)[ ][a-z])[{CAPITAL}](?![\w'’-])"
PART = rf"(?:{LONG}|{_INITIAL})"
_PARTICLES = (
    r"(?:(?i:van|von|vom|zu|zur|de|der|den|del|dela|della|di|da|das|dos|do|du|des|la|le|los|las|bin|bint|ibn|ben|abu|"
    r"al|el|ter|ten|te|af|av|y|e|san|st\.)[ ]){0,3}"
)
_NICKNAME = rf"(?:[\"“'‘(][{CAPITAL}][\w'’ -]{{1,20}}[\"”'’)]{GAP})?"
FULL = rf"{_PARTICLES}{PART}(?:{GAP}{_NICKNAME}{_PARTICLES}{PART}){{0,3}}"
# Quist, Zelda
LISTED = rf"{FULL}(?:,{GAP}?{FULL})?"
AND = r"(?:,?[ ](?:and|&|und|y|et)[ ]|,[ ]|[ ]?[/;][ ]?)"
SEVERAL = rf"{FULL}(?:{AND}(?!(?i:drs?|mrs?|ms|miss)\b){FULL}){{0,7}}"
ANY_FULL = rf"{_PARTICLES}{ANY}(?:[ ]{_PARTICLES}{ANY}){{0,2}}"

_STRONG = (
    r"M\.?[ ]?D|D\.[ ]?O|Ph\.?[ ]?D|D\.?D\.?S|D\.?M\.?D|D\.?P\.?M|D\.?V\.?M|Pharm\.?[ ]?D|Psy\.?D|M\.?B\.?B\.?S|"
    r"M\.?B\.?B\.?Ch|R\.[ ]?N|N\.P|P\.?A-C|B\.?S\.?N|M\.?S\.?N|"
    r"RN|NP|LPN|LVN|CNA|FNP(?:-BC|-C)?|AGNP|ACNP|PMHNP|ANP|CNP|DNP|APRN|ARNP|CRNA|CNM|LCSW|LICSW|LMSW|LMFT|LMHC|LPC|"
    r"RPh|RDN|CCC-SLP|DPT|OTR(?:/L)?|COTA|RRT|EMT-P|FACC|FACS|FACP|FAAP|FACOG|MPH|Esq"
)
# They are words as well: only in capitals, or after a comma
_WEAK = r"D\.?O|P\.?A|PT|OT|RT|MA|RD|CNS|SLP|MSW|EMT|MS|BS|Jr|Sr|III|II|IV"
CREDENTIAL = rf"(?:(?i:{_STRONG})|{_WEAK})"
CREDENTIAL_ANCHOR = rf"[ ,](?:{_STRONG}|{_WEAK})"

_TOKEN = re.compile(rf"{_CHAR}{_INNER}*\.?")
_SEPARATOR = re.compile(AND)
_ENDS = re.compile(r"\s*(?:[.,;:)(]|\n|$)")
_GOES_ON = re.compile(r"\s*(?:[^\w\s]|\n|$)|[ ](?!(?:male|female|man|woman|gentleman|lady|boy|girl|adult)\b)[a-z]")
_ACRONYM = re.compile(r"[A-Z/&]{2,6}s?")
# Everyday words that are names as well, but open what follows the name: "Dr. Young will see", "DR. JONES LEFT"
_AUXILIARY = frozenset(("will", "may", "can", "left", "said", "saw", "see", "still", "just"))
_NO_NAMES = ("ated", "ating", "ized", "izing", "ically")
_VERBAL = ("ing", "ed", "ly")


def surname(text: str, word: str, end: int) -> bool:
    """Tell whether an everyday word after a given name is the family name: "Ann Young denies", not "Ann Young male"."""
    bare = word.rstrip(".").casefold()
    return bare in lexicon().ordinary - _AUXILIARY and word.istitle() and bool(_GOES_ON.match(text, end))


def _fits(text: str, token: re.Match[str], last: str | None, *, sure: bool) -> bool:
    """Tell whether a word can be part of a name where it stands; `last` is the part before it."""
    words = lexicon()
    inner = [part for part in parts(token[0]) if len(part) > 1]
    if all(part in words.names or part in words.eponyms or not words.is_plain(part) for part in inner):
        return (sure and last is None) or not words.note.intersection(inner)
    if last in words.given and surname(text, token[0], token.end()):
        return True
    # "Dr. Young", "Mr. John Brook."
    word = token[0].rstrip(".").casefold()
    if not sure or word not in words.ordinary or not token[0][0].isupper():
        return False
    return bool(_ENDS.match(text, token.end())) or (last is None and word not in _AUXILIARY and not token[0].isupper())


def cut(text: str, start: int, end: int, *, sure: bool = False, weak: bool = False, acronyms: bool = True) -> Spans:
    """Yield the name at the start of a stretch of capitalised words, cut where what cannot be a name begins.

    After a title (`sure`) an eponym is a name, "Dr. Parkinson"; elsewhere words that are all clinical are none. After
    a cue that means other things as well (`weak`) it takes a known name, or two words that are nothing else; without
    `acronyms` no lone word of a few capitals.
    """
    words = lexicon()
    stop, last, count, known, plain = start, None, 0, False, True
    for token in _TOKEN.finditer(text, start, end):
        if not _fits(text, token, last, sure=sure):
            break
        inner = parts(token[0])
        stop, last = token.end() - (token[0].endswith(".") and len(inner[0]) > 1), inner[-1]
        known = known or bool(words.names.intersection(inner))
        plain = plain and all(map(words.is_plain, inner))
        count += 1
    # Z.Q.B.
    letters = "".join(parts(text[start:stop]))
    plain = plain and (count < 2 or len(letters) > count or words.is_plain(letters))
    if not sure and not known and count == 1 and text[start:stop].casefold().endswith(_NO_NAMES):
        return
    if weak and not known and (count < 2 or text[start:stop].isupper()):
        return
    if not acronyms and not known and count == 1 and _ACRONYM.fullmatch(text, start, stop):
        return
    if stop > start and (sure or (not plain and not words.is_term(text, start, stop))):
        yield start, stop


def name(
    group: str = "v", *, sure: bool = False, weak: bool = False, acronyms: bool = True
) -> Callable[[re.Match[str]], Spans]:
    """Return the check that gives the name in a group of a match."""
    return lambda match: cut(match.string, *match.span(group), sure=sure, weak=weak, acronyms=acronyms)


def names(
    group: str = "v", *, sure: bool = False, weak: bool = False, acronyms: bool = True
) -> Callable[[re.Match[str]], Spans]:
    """Return the check that gives each name of a list: "Ann, Bob and Cy"."""

    def check(match: re.Match[str]) -> Spans:
        start, end = match.span(group)
        for separator in _SEPARATOR.finditer(match.string, start, end):
            yield from cut(match.string, start, separator.start(), sure=sure, weak=weak, acronyms=acronyms)
            start = separator.end()
        yield from cut(match.string, start, end, sure=sure, weak=weak, acronyms=acronyms)

    return check


def lower(group: str = "v", *, known: bool = False, title: bool = False) -> Callable[[re.Match[str]], Spans]:
    """Return the check that gives the name at the start of words in any case.

    Its first word is one that can be a name, or with `known` one that is listed as such. A second one follows a given
    name, and after anything but a title also an unknown one.
    """

    def check(match: re.Match[str]) -> Spans:
        words = lexicon()
        start, stop, last = match.start(group), 0, ""
        for token in _TOKEN.finditer(match.string, *match.span(group)):
            inner = parts(token[0])
            listed = bool(words.names.intersection(inner))
            if not stop and len(token[0]) < 4 and re.fullmatch(_PARTICLES, f"{token[0]} "):
                continue
            if not listed and ((known and not stop) or any(map(words.is_word, inner))):
                break
            if stop and not (last in words.given or (listed or not (title or known))):
                break
            if stop and not listed and token[0].endswith(_VERBAL):
                break
            stop, last = token.end() - token[0].endswith("."), inner[0] if inner else ""
        if stop:
            yield start, stop

    return check
