r"""Turn HL7 escape sequences (`\F\`, `\.br\`, `\X0D\` ...) into the text that they stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.ingest.hl7v2.charsets import switched

# Stands for a delimiter that a message does not define: a noncharacter, so it splits nothing.
ABSENT = "\ufffe"
_SWITCH = re.compile(r"[CM]((?:[0-9A-Fa-f]{2}){2,3})")
_MOST_LINES = 50  # of one `.sp`, so that a damaged number does not fill the memory


@dataclass(frozen=True, slots=True, eq=False)
class Delimiters:
    """The delimiters of one message as its MSH-1 and MSH-2 define them, and its character set.

    Made once for each header that looks alike, so that what depends on it can be remembered.
    """

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    truncation: str = ABSENT
    codec: str = "utf-8"


@lru_cache(maxsize=256)
def _plain(delimiters: Delimiters) -> dict[str, str]:
    letters = {
        "F": delimiters.field,
        "S": delimiters.component,
        "T": delimiters.subcomponent,
        "R": delimiters.repetition,
        "E": delimiters.escape,
        "P": delimiters.truncation,
    }
    # Highlighting on and off marks no text of its own.
    return {letter: text for letter, text in letters.items() if text != ABSENT} | {"H": "", "N": ""}


def unescape(text: str, delimiters: Delimiters) -> str:
    """Replace every escape sequence that is known and keep the others as they stand."""
    escape = delimiters.escape
    if f"{escape}{escape}X" in text:
        text = _joined_hex(text, escape)
    head, *rest = text.split(escape)
    out = [head]
    index = 0
    while index < len(rest):
        closed = index + 1 < len(rest)
        plain = _meaning(rest[index], delimiters) if closed else None
        if plain is None:  # a lone escape character: what follows it may still open a sequence
            out += escape, rest[index]
            index += 1
        else:
            after = rest[index + 1]
            if after and (switch := _SWITCH.fullmatch(rest[index])):
                after = switched(bytes.fromhex(switch[1]), after) or after
            out += plain, after
            index += 2
    return "".join(out)


def _joined_hex(text: str, escape: str) -> str:
    """Join hexadecimal sequences that follow each other: they may be the bytes of one character."""
    mark = re.escape(escape)

    def join(run: re.Match[str]) -> str:
        return f"{escape}X{run[0].replace(f'{escape}X', '').replace(escape, '')}{escape}"

    return re.sub(rf"(?:{mark}X[0-9A-Fa-f]+{mark}){{2,}}", join, text)


def _meaning(sequence: str, delimiters: Delimiters) -> str | None:
    """Return the text for the inside of an escape sequence, or None if it is none."""
    plain = _plain(delimiters).get(sequence)
    if plain is not None:
        return plain
    letter, rest = sequence[:1], sequence[1:]
    if letter == "X":
        return _from_hex(rest, delimiters.codec)
    if letter == ".":
        return _formatting(rest[:2].lower(), rest[2:].strip(" +-"))
    if _SWITCH.fullmatch(sequence):
        return ""  # a switch of the character set
    if letter == "Z" and rest.isalnum():
        return delimiters.escape + sequence + delimiters.escape  # the sender's own
    return None


def _from_hex(digits: str, codec: str) -> str | None:
    try:
        data = bytes.fromhex(digits)
    except ValueError:
        return None
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:  # one byte of a character, in a message of another character set
        text = data.decode("latin-1")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in text if char.isprintable() or char in "\n\t")


def _formatting(command: str, argument: str) -> str | None:
    if argument and not (argument.isascii() and argument.isdigit()):
        return None
    number = min(int(argument[:3] or 1), _MOST_LINES)
    return {
        "br": "\n",
        "sp": "\n" * max(number, 1),
        "ce": "\n",
        "sk": " " * number,
        "in": "",
        "ti": "",
        "fi": "",
        "nf": "",
    }.get(command)
