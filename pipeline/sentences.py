"""Where the sentences of a clinical text begin."""

from __future__ import annotations

import re

# A full stop with what may close it, before something that may open a sentence; or the end of a line.
_CANDIDATE = re.compile(r"[.!?]+[\"'”’)\]]*(?=[ \t]+[\"'“‘(\[]*[A-Z0-9À-Þ])|\n")
_INK = re.compile(r"\S")
_WORD_BEFORE = re.compile(r"[^\s(\[\"'“‘]*$")
# After these a full stop ends nothing, whatever follows.
_TITLES = frozenset(
    "dr drs mr mrs ms prof st vs e.g i.e cf no nos fig approx ca dept rev gen lt sgt capt hon jan feb mar apr jun jul "
    "aug sep sept oct nov dec mt ft ave".split()
)
# After these it ends a sentence only before a capital: `5 mg. 2 tablets`, but `5 mg. She`.
_UNITS = frozenset(
    "mg mcg ug g kg gm ml dl l cc cm mm in lb lbs oz hr hrs min mins sec wk wks mo mos yr yrs yo tab tabs cap caps "
    "meq iu u pt pts p.o b.i.d t.i.d q.i.d q.d q.h.s p.r.n i.v i.m s.c a.m p.m etc inc jr sr m.d r.n ph.d d.o".split()
)
_INITIAL = re.compile(r"(?:[A-Z]\.)*[A-Z]")
# A line that begins so is an item, a heading, or a field with its value.
_OPENS = re.compile(r"[ \t]*(?:[-*•·▪◦‣>]|\(?\d{1,3}[.):](?=\s)|[A-Za-z][.)](?=\s)|[A-Z][^\n:.]{0,60}:|#|\||\t)")
# An open item of a list: `1.` before its text.
_ITEM = re.compile(r"(?:^|\n)[ \t]*\(?(?:\d{1,3}|[A-Za-z])$")
# Lines of running text are broken near the margin; a shorter line ends where its writer ended it.
_MARGIN = 60


def sentence_starts(text: str) -> list[int]:
    """Return the offset, in characters, of the first character of each sentence, item or heading."""
    starts = [_next(text, 0)]
    for match in _CANDIDATE.finditer(text):
        ends = _line_ends(text, match.start()) if match[0] == "\n" else _stop_ends(text, match)
        start = _next(text, match.end())
        if ends and start > starts[-1]:
            starts.append(start)
    return [start for start in starts if start < len(text)]


def _next(text: str, position: int) -> int:
    match = _INK.search(text, position)
    return match.start() if match else len(text)


def _stop_ends(text: str, match: re.Match[str]) -> bool:
    if match[0][0] != ".":
        return True
    before = text[max(0, match.start() - 20) : match.start()]
    found = _WORD_BEFORE.search(before)
    word = found[0] if found else ""
    following = text[_next(text, match.end())]
    if word.lower() in _TITLES or (_INITIAL.fullmatch(word) and not following.isdigit() and len(word) < 4):
        return False
    if _ITEM.search(text, max(0, match.start() - 20), match.start()):
        return False
    return not (following.isdigit() and (word.lower() in _UNITS or word.isdigit()))


def _line_ends(text: str, at: int) -> bool:
    """Tell whether a sentence ends with the line, or only the line does."""
    begin = text.rfind("\n", 0, at) + 1
    line = text[begin:at].rstrip()
    following = text[at + 1 : at + 80]
    if not line or not following.strip() or following[0] == "\n" or following.lstrip(" \t")[:1] == "\n":
        return True
    if line[-1] in ".!?:;" or len(line) < _MARGIN or "\t" in line:
        return True
    return bool(_OPENS.match(following))
