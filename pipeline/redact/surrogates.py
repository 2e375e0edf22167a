"""Write the tags of a text so that a value of one patient has one number, in whatever order things come.

The number is a keyed hash of the value, put through a keyed permutation that is the patient's: the numbers of two
patients tell nothing of what they have in common, and the numbers of a text that goes to another are moved exactly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache, partial
from typing import Literal

from pipeline.errors import RedactionError
from pipeline.keys import Keys
from pipeline.records import ENTITIES, HIDDEN, TAG, hidden, shown
from pipeline.surrogates import BY_WORD, folded, number_of, word_lists

Replace = Literal["tag", "indexed", "surrogate"]
# What writes, by class, what stands in the place of an identifier; a class that it lacks gets its plain tag.
Writers = Mapping[str, Callable[[str], str]]

# Whose numbers those of a text are before it is known whose text it is.
NO_PATIENT = ""

_TAG_OR_WORD = re.compile(rf"(?P<tag>{TAG.pattern})|(?P<word>[^\W_]+(?:['’][^\W_]{{2,}})*)(?P<end>['’][sS](?![^\W_]))?")
_CODE = re.compile(rf"\[(?P<entity>{'|'.join(ENTITIES)})(?P<code>{HIDDEN}+)\]")
_NUMBER = re.compile(r"(.*:)?([0-9A-F]{4})([01])?")
_EXTENSION = re.compile(r"\s{0,2},?\s{0,2}(?:extension|ext\.?|x|#)\s{0,2}(?=\d)", re.IGNORECASE)
_LONGEST_SHAPE = 40
_ROUNDS = 4
_AGES = (
    (re.compile(r"(?:9\d|1[0-2]\d)\+?"), "n"),
    (re.compile(r"(?:9\d|1[0-2]\d)\+?\s?[Mm]"), "M"),
    (re.compile(r"(?:9\d|1[0-2]\d)\+?\s?[Ff]"), "F"),
    (re.compile(r"(?:9\d|1[0-2]\d)\+?[\s-]*y.*", re.IGNORECASE | re.DOTALL), "y"),
)


# Tags are written as they are.
NO_WRITERS: Writers = {}


@lru_cache(maxsize=1 << 12)
def writers(replace: Replace, keys: Keys, patient_key: str) -> Writers:
    """Return what writes the tags of a patient's texts; a date has a plain one always.

    An age has one under `indexed`: all that it tells is that it is over 89.
    """
    if replace == "tag":
        return {}
    surrogate = replace == "surrogate"
    found: dict[str, Callable[[str], str]] = {
        entity: partial(_write, entity=entity, surrogate=surrogate, keys=keys, patient_key=patient_key)
        for entity in ENTITIES if entity not in ("DATE", "AGE")
    }  # fmt: skip
    return found | {"AGE": _age} if surrogate else found


def move_tags(text: str, keys: Keys, was: str, now: str) -> str:
    """Number the tags of one patient's text as another's.

    Raises `RedactionError` for a code that is none.
    """

    def moved(tag: re.Match[str]) -> str:
        code = shown(tag["code"])
        if code.startswith("a"):
            return tag.group()
        match = _NUMBER.fullmatch(code)
        if match is None:
            raise RedactionError("unreadable_tag")
        looks, number, half = match.groups("")
        moved_on = _permuted(keys, now, _permuted(keys, was, int(number, 16), back=True))
        return f"[{tag['entity']}{hidden(f'{looks}{moved_on:04X}{half}')}]"

    return text if was == now or text.isascii() else _CODE.sub(moved, text)


@lru_cache(maxsize=1 << 10)
def _tables(keys: Keys, patient_key: str) -> tuple[bytes, ...]:
    digests = keys.digests("surrogate_patient", (f"{patient_key}:{i}".encode() for i in range(16 * _ROUNDS)))
    joined = bytes.fromhex("".join(digests))
    return tuple(joined[256 * i : 256 * (i + 1)] for i in range(_ROUNDS))


def _permuted(keys: Keys, patient_key: str, number: int, *, back: bool = False) -> int:
    """Return the number of a value among a patient's, or, `back`, the number of the value: a Feistel network."""
    if patient_key == NO_PATIENT:
        return number
    tables = _tables(keys, patient_key)
    high, low = divmod(number, 256)
    if back:
        for table in reversed(tables):
            high, low = low ^ table[high], high
    else:
        for table in tables:
            high, low = low, high ^ table[low]
    return high << 8 | low


def _write(text: str, *, entity: str, surrogate: bool, keys: Keys, patient_key: str) -> str:
    def tag(value: str, looks: str) -> str:
        number, half = number_of(keys, entity, value)
        number = _permuted(keys, patient_key, number)
        return f"[{entity}{hidden(f'{looks}:{number:04X}{half}' if surrogate else f'{number:04X}')}]"

    def by_word(match: re.Match[str]) -> str:
        if match["tag"]:
            return _as(match["tag"], entity)
        return tag(match["word"], _word(match["word"], match["end"], entity) if surrogate else "")

    if entity in BY_WORD:
        return _TAG_OR_WORD.sub(by_word, text)
    text = TAG.sub("", text)
    return tag(text, _looks(entity, text) if surrogate else "")


def _as(tag: str, entity: str) -> str:
    """Return a tag as one of another class, with the code that the word would have had in that class at once.

    The number of what is no word is of its own class, and is left behind.
    """
    match = _CODE.fullmatch(tag)
    if match is None or match["entity"] not in BY_WORD:
        return f"[{entity}]"
    code = shown(match["code"])
    if entity != "NAME" and re.match("[mfgsi][TUlx]", code):
        code = "w" + code[1:]
    return f"[{entity}{hidden(code)}]"


@cache
def _given() -> tuple[frozenset[str], frozenset[str]]:
    lists = word_lists()
    return frozenset(map(folded, lists["female"])), frozenset(map(folded, lists["male"]))


def _word(word: str, end: str | None, entity: str) -> str:
    """Return what a word looks like: its kind, its case, and whether it ends in 's."""
    if word.lower() in word_lists()["particles"]:
        return f"p{word}"
    if not word.replace("'", "").replace("’", "").isalpha():
        return f"#{_shape(word)}"
    female, male = (folded(word) in names for names in _given())
    kind = "i" if len(word) == 1 else "g" if female and male else "f" if female else "m" if male else "s"
    if word.isupper():
        case = f"U{len(word)}" if 2 <= len(word) <= 4 else "U"
    else:
        case = "T" if word.istitle() else "l" if word.islower() else "x"
    return (kind if entity == "NAME" else "w") + case + ("'" if end else "")


def _looks(entity: str, text: str) -> str:
    match entity:
        case "EMAIL":
            return "@"
        case "URL":
            return "h" if "://" in text else "/"
        case "IP":
            return "v" if ":" in text else "."
        case _:
            return f"#{_shape(_EXTENSION.sub(' x', text), 'x') if entity == 'PHONE' else _shape(text)}"


def _shape(text: str, kept: str = "") -> str:
    """Return a letter for each letter and digit; what is neither, or is `kept`, stays, if it is one of a few."""
    return "".join(
        c if c in kept or c in " ()+-./#" else
        "d" if c.isdigit() else "U" if c.isupper() else "l" if c.isalpha() else "-"
        for c in text[:_LONGEST_SHAPE]
    )  # fmt: skip


def _age(text: str) -> str:
    """Return the tag of an age; one that does not simply say 90 or over has a plain one."""
    form = next((form for pattern, form in _AGES if pattern.fullmatch(text.strip())), "")
    return f"[AGE{hidden('a' + form) if form else ''}]"
