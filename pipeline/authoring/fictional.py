"""Replace values by obviously fictional ones of the same shape: `Quill` by `Xxxxx`, `48213` by `90000`.

The same value is always replaced by the same one, so that keys still match, and no replacement is a value or a word of
the original.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from pipeline.authoring.profile import FORMS, is_date

_WORD = re.compile(r"[^\W_]{4,}")
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(.*)", re.DOTALL)
_SLASHED = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(.*)", re.DOTALL)
_COMPACT = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(\d*)([.+-].*)?")
# Words that replacements have of themselves.
_OURS = frozenset(("https", "example"))
_LONGEST = 120
_TRIES = 2000
_FIRST_YEAR = 1901


class Fictional:
    """Replaces the values of one file. `values` are all that it has: no replacement is among them."""

    def __init__(self, values: Iterable[str]) -> None:
        self._taken = set[str]()
        for value in values:
            self._taken.add(value.casefold())
            self._taken.update(word.casefold() for word in _WORD.findall(value))
        self._known: dict[str, str] = {}
        self._next: Counter[str] = Counter()

    def of(self, value: str) -> str:
        """Return what stands for a value; nothing stands for one without letters and digits."""
        if not any(c.isalnum() for c in value):
            return ""
        if value not in self._known:
            self._known[value] = self._made(value)
        return self._known[value]

    def _made(self, value: str) -> str:
        for make, series in _makers(value):
            for _ in range(_TRIES):
                number = self._next[series]
                self._next[series] += 1
                made = make(number)
                if self._is_new(made):
                    return made
        raise AssertionError("no replacement was found that is not a value of the file")

    def _is_new(self, made: str) -> bool:
        words = {word.casefold() for word in (made, *_WORD.findall(made))}
        return not (words - _OURS) & self._taken


def _makers(value: str) -> Iterator[tuple[Callable[[int], str], str]]:
    """Yield what makes replacements of a value's form, with the name of its series of numbers; letters last."""
    if FORMS["email"](value):
        yield (lambda n: f"user{n}@example.org"), "email"
    elif FORMS["url"](value):
        yield (lambda n: f"https://example.org/{n}"), "url"
    elif is_date(value):
        yield (lambda n: _date(value, n)), "date"
    elif FORMS["phone"](value) and not value.isdigit():
        yield (lambda n: _refill(value, f"161755501{n:02}")), "phone"
    shape = "".join(_blank(c) for c in value[:_LONGEST])
    yield (lambda n: _fill(shape, n)), shape
    letters = shape.replace("9", "x")
    yield (lambda n: _fill(letters, n)), letters


def _blank(c: str) -> str:
    if c.isdigit():
        return "9"
    if c.isalpha():
        return "X" if c.isupper() else "x"
    return c if c.isascii() else "x"


def _fill(shape: str, number: int) -> str:
    """Write a number into the last digits of a shape, or into its last letters, and make room if there is none."""
    runs = list(re.finditer("9+", shape))
    if runs:
        start, end = runs[-1].span()
        room = end - start
        # One digit counts from 1, more have a 9 before them.
        told = str(number + 1) if room == 1 else f"9{str(number).zfill(room - 1)}"
        return shape[:start] + told + shape[end:]
    marked = list(shape)
    for at in reversed([at for at, c in enumerate(shape) if c in "xX"][-3:]):
        number, rest = divmod(number, 26)
        # 0 is x: the first of a shape is nothing but x.
        letter = chr((ord("x") - ord("a") + rest) % 26 + ord("a"))
        marked[at] = letter.upper() if marked[at] == "X" else letter
    return "".join(marked) + "x" * number


def _refill(value: str, digits: str) -> str:
    """Replace the digits of a value, from the end."""
    told = list(value)
    left = list(digits)
    for at in range(len(told) - 1, -1, -1):
        if told[at].isdigit():
            told[at] = left.pop() if left else "1"
        elif told[at].isalpha():
            told[at] = "x"
    return "".join(told)


def _date(value: str, number: int) -> str:
    """Return a date of the same layout, from 1901 on; its time of day is of the same layout too."""
    year, rest = divmod(number, 12 * 28)
    month, day = divmod(rest, 28)
    y, m, d = str(_FIRST_YEAR + year), f"{month + 1:02}", f"{day + 1:02}"
    if match := _ISO.fullmatch(value):
        return f"{y}{match[2]}{m}{match[2]}{d}{_time(match[5])}"
    if match := _SLASHED.fullmatch(value):
        # A day above 12 is one in the replacement too, so that the order stays told.
        first, second = (d, m) if int(match[1]) > 12 else (m, d)
        if int(match[3]) > 12 or int(match[1]) > 12:
            late = f"{13 + day % 16:02}"
            first, second = (late, m) if int(match[1]) > 12 else (m, late)
        return f"{first}{match[2]}{second}{match[2]}{y[-len(match[4]) :]}{_time(match[5])}"
    match = _COMPACT.fullmatch(value)
    return f"{y}{m}{d}" + (_time(match[1]) + _time(match[2] or "") if match else "")


def _time(text: str) -> str:
    """Return a time of day as it was laid out, every two digits of it 01; an offset from UTC stays one."""
    return re.sub(r"\d\d?", lambda digits: "01"[-len(digits[0]) :], text)
