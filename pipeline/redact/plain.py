"""Read a text as people read it, whatever stands between its letters.

A sender's text may hide an identifier from every pattern and word list: invisible characters, letters of another
script that look the same, letters set apart, a line break inside a number. Detectors and search therefore read
views of the text, and what they find in a view is taken back to the text. A view only decides what is found; the text
itself is never changed by it.

There are two views. `plain` has its characters made ordinary, and takes the place of the text. `joined` has put
together what was set apart: as that may be wrong ("A B C"), it is read as well, only where it differs, and only what
touches such a place is taken from it.
"""

from __future__ import annotations

import bisect
import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.errors import RedactionError
from pipeline.records import DATE_MARKS
from pipeline.redact.joined import joins
from pipeline.redact.spans import Detect, Span, merge
from pipeline.redact.written_dates import mask_dates

Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class View:
    """A text as it is read, and for each character where it comes from.

    Character `i` was made of what stands at `starts[i]` to `ends[i]` in the original; both rise with `i`. Where
    `changed` is not None, only what touches one of these stretches of the original is news.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    changed: tuple[tuple[int, int], ...] | None = None

    def back(self, spans: Iterable[Span]) -> Iterator[Span]:
        """Yield spans of the view as spans of the original."""
        for span in spans:
            start, end = self.starts[span.start], self.ends[span.end - 1]
            if self._is_news(start, end):
                yield Span(start, end, span.entity, span.score, span.detector)

    def _is_news(self, start: int, end: int) -> bool:
        if self.changed is None:
            return True
        at = bisect.bisect_right(self.changed, start, key=lambda stretch: stretch[1])
        return at < len(self.changed) and self.changed[at][0] < end


def views(text: str) -> list[View]:
    """Return the view that takes the place of a text, and the one that is read beside it where there is one."""
    plain = View(text, range(len(text)), range(1, len(text) + 1))
    if _WRITTEN_OUT.search(text):
        plain = _rewritten(plain, _written_out(plain.text))
    if _odd().search(plain.text):
        plain = _rewritten(plain, _ordinary(plain.text))
        plain = _rewritten(plain, _look_alikes(plain.text))
    edits = joins(mask_dates(plain.text))
    return [plain, _around(_rewritten(plain, edits), plain, edits)] if edits else [plain]


def read(text: str, find: Callable[[str], Iterable[Span]]) -> list[Span]:
    """Return what `find` finds in the views of a text, as spans of the text without overlap."""
    found = [span for view in views(text) for span in view.back(find(view.text))]
    return merge(found)


def reading(detect: Detect) -> Detect:
    """Return the detection that reads the views of texts. An error with one of its views is one with the text."""

    def read_and_detect(texts: Sequence[str]) -> list[tuple[Span, ...] | RedactionError]:
        views_of = [views(text) for text in texts]
        outcomes = iter(detect([view.text for each in views_of for view in each]))
        return [_together(each, [next(outcomes) for _ in each]) for each in views_of]

    return read_and_detect


def _together(
    views_: Sequence[View], outcomes: Sequence[tuple[Span, ...] | RedactionError]
) -> tuple[Span, ...] | RedactionError:
    found: list[Span] = []
    for view, spans in zip(views_, outcomes, strict=True):
        if isinstance(spans, RedactionError):
            return spans
        found += view.back(spans)
    return tuple(merge(found))


def _rewritten(view: View, edits: Iterable[Edit]) -> View:
    """Return the view with stretches of its text replaced; the edits are sorted and apart.

    What an edit takes away belongs to the character before it, or after a blank to the one that follows.
    """
    text = view.text
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at, lead = 0, -1
    for first, last, new in edits:
        _append(pieces, starts, ends, text[at:first], view.starts[at:first], view.ends[at:first], lead)
        lead = -1 if at < first else lead
        origin, beyond = view.starts[first], view.ends[last - 1]
        at = last
        if new:
            _append(pieces, starts, ends, new, [origin] * len(new), [beyond] * len(new), lead)
            lead = -1
        elif lead < 0 and pieces and not pieces[-1][-1].isspace():
            ends[-1] = beyond
        elif lead < 0:
            lead = origin
    _append(pieces, starts, ends, text[at:], view.starts[at:], view.ends[at:], lead)
    if ends:
        ends[-1] = view.ends[-1]
    return View("".join(pieces), starts, ends)


def _append(
    pieces: list[str], starts: list[int], ends: list[int], new: str, its_starts: Sequence[int],
    its_ends: Sequence[int], lead: int,
) -> None:  # fmt: skip
    """Append what is read, its first character with what was taken away before it."""
    if new:
        place = len(starts)
        pieces.append(new)
        starts += its_starts
        ends += its_ends
        starts[place] = lead if lead >= 0 else starts[place]


def _around(joined: View, plain: View, edits: Sequence[Edit]) -> View:
    """Return of a joined view the lines at and beside the edits."""
    changed = tuple((plain.starts[first], plain.ends[last - 1]) for first, last, _ in edits)
    kept: list[tuple[int, int]] = []
    breaks = [at for at, char in enumerate(joined.text) if char == "\n"]
    place = 0
    for first, last in changed:
        while place < len(joined.text) and joined.ends[place] <= first:
            place += 1
        beyond = place
        while beyond < len(joined.text) and joined.starts[beyond] < last:
            beyond += 1
        line, last_line = bisect.bisect_left(breaks, place), bisect.bisect_left(breaks, beyond)
        start = breaks[line - 2] + 1 if line >= 2 else 0
        stop = breaks[last_line + 1] + 1 if last_line + 1 < len(breaks) else len(joined.text)
        if kept and start <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(stop, kept[-1][1]))
        else:
            kept.append((start, stop))
    return View(
        "".join(joined.text[start:stop] for start, stop in kept),
        [at for start, stop in kept for at in joined.starts[start:stop]],
        [at for start, stop in kept for at in joined.ends[start:stop]],
        changed,
    )


# ── characters written out: entities of HTML and escapes with a backslash ───────────────────────────────────────────

_WRITTEN_OUT = re.compile(
    r"&(?:amp;)*(?:\#\d{1,6}|\#[xX][0-9a-fA-F]{1,5}|[A-Za-z]{2,8}\d{0,2});"
    r"""|\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[nrt](?![a-z])|["'/\\]|\.br\\)"""
)
_ESCAPES = {"n": "\n", "r": "\n", "t": "\t", ".": "\n"}


def _written_out(text: str) -> Iterator[Edit]:
    for match in _WRITTEN_OUT.finditer(text):
        said = match.group()
        if said[0] == "&":
            new = html.unescape("&" + said[1:].replace("amp;", "") if said != "&amp;" else said)
        elif said[1] in "ux":
            new = chr(int(said[2:], 16))
        else:
            new = _ESCAPES.get(said[1], said[1])
        # Half a character is no text, and the marks of dates are ours alone.
        if new != said and not any("\ud800" <= c <= "\udfff" or c in DATE_MARKS for c in new):
            yield (*match.span(), new)


# ── characters that are read as others ──────────────────────────────────────────────────────────────────────────────

_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_DASHES = dict.fromkeys("‐‑‒–−⁃﹘﹣－", "-")
# Between words a long dash ends a clause; between digits it is a hyphen.
_LONG_DASHES = "—―"
_QUOTES = {**dict.fromkeys("ʼʹ′‵‛＇`´", "'"), **dict.fromkeys("″‟＂", '"')}
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "ABCDEFGHIJKLMNOPRSTUVWYZ", strict=True))
# What the compatibility mappings of Unicode say of these characters is how they are read; exponents, fractions and
# units (`10⁹`, `½`, `µ`, `℃`) are what they are.
_READ_AS = ("<wide>", "<narrow>", "<font>", "<circle>", "<square>", "<compat>")

# Letters of other scripts that look like Latin ones, by the letter that they look like.
_LOOKS = {
    "a": "аɑα", "b": "Ьƅ", "c": "сϲ", "d": "ԁ", "e": "еҽ", "g": "ɡց", "h": "һհ", "i": "іɩι", "j": "јϳ", "k": "κ",
    "l": "ӏⅼ", "n": "ո", "o": "оοօσ", "p": "рρ", "q": "ԛգ", "s": "ѕ", "u": "υս", "v": "νѵ", "w": "ԝ", "x": "хχ",
    "y": "уγү", "A": "АΑᎪ", "B": "ВΒᏴ", "C": "СϹᏟ", "D": "Ꭰ", "E": "ЕΕᎬ", "F": "Ϝ", "G": "Ԍ", "H": "НΗᎻ", "I": "ІΙӀ",
    "J": "ЈᎫ", "K": "КΚᏦ", "L": "Ꮮ", "M": "МΜᎷ", "N": "Ν", "O": "ОΟՕ", "P": "РΡᏢ", "Q": "Ԛ", "S": "ЅՏᏚ", "T": "ТΤᎢ",
    "U": "Ս", "V": "ѴᏙ", "W": "ԜᎳ", "X": "ХΧ", "Y": "ҮΥ", "Z": "ΖᏃ",
}  # fmt: skip
_LATIN_OF = {look: letter for letter, looks in _LOOKS.items() for look in looks}
_OTHER_SCRIPTS = "\u0370-\u052f\u0531-\u058f\u13a0-\u13f5ɑɡɩƅ\u217c"
_WORD = re.compile(r"[^\W_]+")
_FOREIGN = re.compile(rf"[{_OTHER_SCRIPTS}]")
_ASCII_LETTER = re.compile("[A-Za-z]")


@cache
def _odd() -> re.Pattern[str]:
    """Match a letter with marks of its own, or one character that is not read as what it is."""
    ordinary = "\t\n\r -_a-~‘’“”•…\ue000-\ue004" + re.escape(_LONG_DASHES)
    latin = "".join(map(chr, (*range(0xA1, 0xAD), *range(0xAE, 0xB4), *range(0xB5, 0x250))))
    return re.compile(rf"[^\W_][{_MARKS}]+|[^{ordinary}{latin}]|(?<=\d)[{_LONG_DASHES}](?=\d)")


@cache
def _read_as(char: str) -> str:
    """Return how one character is read."""
    category = unicodedata.category(char)
    if char in _LONG_DASHES or char in _DASHES:
        return "-"
    if char in _QUOTES:
        return _QUOTES[char]
    if char in _SMALL_CAPITALS:
        return _SMALL_CAPITALS[char]
    if category in ("Zl", "Zp") or char in "\x0b\x0c\x85":
        return "\n"
    if category == "Zs":
        return " "
    if category in ("Cf", "Cc", "Cn") or re.fullmatch(rf"[{_MARKS}\ufe00-\ufe0f\u115f\u1160\u3164\u180b-\u180d]", char):
        return ""
    if category == "Nd":
        return str(unicodedata.digit(char))
    if unicodedata.decomposition(char).partition(" ")[0] in _READ_AS:
        read_as = unicodedata.normalize("NFKC", char)
        return read_as if read_as.isascii() and read_as.strip("()") else char
    return char


def _ordinary(text: str) -> Iterator[Edit]:
    for match in _odd().finditer(text):
        said = match.group()
        new = _read_as(said) if len(said) == 1 else unicodedata.normalize("NFC", said)[0]
        new = new if len(said) == 1 else (_read_as(new) if _odd().match(new) else new)
        if new != said:
            yield (*match.span(), new)


def _look_alikes(text: str) -> Iterator[Edit]:
    """Yield edits for letters that are read as Latin.

    They stand in a Latin word, or are all of a word in a text without any letter that only another script has.
    """
    if not _FOREIGN.search(text):
        return
    words = [match for match in _WORD.finditer(text) if _FOREIGN.search(match.group())]
    latin_text = all(c in _LATIN_OF or c.isascii() for match in words for c in match.group())
    for match in words:
        word = match.group()
        alone = len(word) > 1 and latin_text and bool(_ASCII_LETTER.search(text))
        if alone or len(_ASCII_LETTER.findall(word)) >= 2 or any(c.isascii() and c.isdigit() for c in word):
            for at, letter in enumerate(word, match.start()):
                if letter in _LATIN_OF:
                    yield at, at + 1, _LATIN_OF[letter]
