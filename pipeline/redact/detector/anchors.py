"""One scan of a text for the anchors of all rules, however many there are.

Hyperscan: https://intel.github.io/hyperscan/dev-reference/
"""

from __future__ import annotations

import codecs
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from threading import Lock

import hyperscan

_STAND_INS = "one-for-one"
# To Python these are blanks; to Hyperscan they are not.
_BLANKS = bytes.maketrans(b"\x0b\x0c\x1c\x1d\x1e\x1f", b" " * 6)
# What Python takes for an ASCII letter where case does not matter
_LIKE_ASCII = {"İ": "i", "ı": "i", "ſ": "s", "\N{KELVIN SIGN}": "k"}


@lru_cache(maxsize=4096)
def _stand_in(character: str) -> str:
    """Return the ASCII character that is in the same classes (`\\d`, `\\w`, `\\s`) as one that is not ASCII."""
    if character in _LIKE_ASCII:
        return _LIKE_ASCII[character]
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if character.isalnum():
        return "x"
    return " " if character.isspace() else "\x7f"


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_stand_in, error.object[error.start : error.end])), error.end


codecs.register_error(_STAND_INS, _replace)


def scanned(text: str) -> bytes:
    """Return what the scan sees of a text, or of an anchor: one byte a character, so that offsets are the same."""
    return text.encode("ascii", _STAND_INS).translate(_BLANKS)


class Anchors:
    """Patterns that are looked for together, without regard to case.

    Raises `ValueError` at a pattern that Hyperscan does not take, with the pattern's number and the reason.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        # It has room for one scan at a time.
        self._lock = Lock()
        self._database = _compiled(patterns) if patterns else None

    def hits(self, text: str) -> Mapping[int, list[int]]:
        """Return by the number of the pattern where its matches end, in order."""
        hits: dict[int, list[int]] = defaultdict(list)

        def note(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            hits[number].append(end)

        if self._database is not None:
            with self._lock:
                self._database.scan(scanned(text), match_event_handler=note)
        return hits


def _compiled(patterns: Sequence[str]) -> hyperscan.Database:
    try:
        return _database(patterns)
    except hyperscan.error:
        # It does not say which.
        for number, pattern in enumerate(patterns):
            try:
                _database([pattern])
            except hyperscan.error as error:
                raise ValueError(number, str(error)) from None
        raise


def _database(patterns: Sequence[str]) -> hyperscan.Database:
    database = hyperscan.Database()
    database.compile(
        expressions=[scanned(pattern) for pattern in patterns],
        ids=list(range(len(patterns))),
        elements=len(patterns),
        flags=hyperscan.HS_FLAG_CASELESS,
    )
    return database
