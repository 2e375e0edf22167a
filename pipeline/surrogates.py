"""Write what stands in the place of identifiers: a tag, a tag with an index, or a surrogate.

Redaction leaves a tag, with a code hidden in it where the policy says `replace: indexed` or `replace: surrogate`. The
code of an index is four hexadecimal digits: the number of the value among its patient's. That of a surrogate says what
the value looked like, then its number, then its half: `mT:7C2A0` is a man's given name, capitalised; `#dd-d:0B111` are
three digits with a hyphen. The value itself is in no code, and cannot be told from one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.config import load_yaml
from pipeline.errors import ConfigError, RedactionError
from pipeline.keys import Keys
from pipeline.records import ENTITIES, HIDDEN, SCHEMAS, TAG, hidden, shown, without_marks
from pipeline.residue import residue_free

# Classes of which each word has a tag of its own; the others have one for the whole of what was found.
BY_WORD = ("NAME", "ADDRESS", "ORGANIZATION")
_FOLDER = SCHEMAS / "redact" / "surrogates"
_NAMES = ("female", "male", "family", "particles")
_PLACES = ("street", "suffix", "city", "state", "organization", "facility")
_TRIES = 64

_ENTITY = rf"\[(?P<entity>{'|'.join(ENTITIES)})"
_INDEX = f"[{hidden('0')}-{hidden('9')}{hidden('A')}-{hidden('F')}]{{4}}"
_INDEXED = re.compile(rf"{_ENTITY}{_INDEX}\](?:(?:[\s,]*|[-'’])\[(?P=entity){_INDEX}\])*")
_RUN = re.compile(rf"{_ENTITY}{HIDDEN}+\](?:[^\w\[\]]{{0,4}}\[(?P=entity){HIDDEN}+\])*")
_PARTS = re.compile(rf"({TAG.pattern})")
_CODE = re.compile(
    r"(?:(?P<kind>[mfgsiw])(?P<case>T|U[2-4]?|l|x)(?P<end>'?)|p(?P<particle>[A-Za-z]+)|#(?P<shape>[ ()+./#xdUl-]+)|"
    r"(?P<net>[@/h.v])):(?P<number>[0-9A-F]{4})(?P<half>[01])|a(?P<age>[nyMF])"
)
_PHONE = re.compile(r"(?P<number>\W*(?:(?:d\W*)?d{3}\W*)?d{3}\W*d{4})(?:[^d]{1,12}d{1,6})?")
_LOOKS_LIKE_PHONE = re.compile(r"\(d{3}\)\s?d{3}-d{4}|d{3}[-.]d{3}[-.]d{4}")
_LOOKS_LIKE_SSN = re.compile(r"d{3}-d{2}-d{4}")
_AGES = {"n": "90+", "y": "90+-year-old", "M": "90+ M", "F": "90+ F"}
_ZIP = "ddddd"


def _lists(file: str, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    content = load_yaml(_FOLDER / file)
    found = {name: tuple(str(content.get(name) or "").split()) for name in names}
    missing = [name for name in names if len(found[name]) < 2]
    if missing or set(content) - set(names):
        raise ConfigError(f"surrogates/{file} must hold the lists {', '.join(names)}, each of two words or more")
    return found


@cache
def word_lists() -> dict[str, tuple[str, ...]]:
    """Return the words that surrogates are made of, by list.

    Raises `ConfigError` if a list is missing.
    """
    lists = _lists("names.yaml", _NAMES) | _lists("places.yaml", _PLACES)
    return lists | {"given": (*lists["female"], *lists["male"])}


def folded(text: str) -> str:
    """Return the letters and digits of a text without case and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())


@lru_cache(maxsize=1 << 16)
def number_of(keys: Keys, entity: str, value: str) -> tuple[int, int]:
    """Return the number of a value, below 65536, and on which half of a keyed partition of all values it lies.

    A surrogate is always taken from the other half, so that it is never the value itself. A word has one number,
    whichever of the classes `BY_WORD` it is of, and however it is written; so has a telephone or record number.
    """
    value = folded(value)
    if entity == "PHONE":
        digits = re.sub(r"\D", "", value)
        value = digits.removeprefix("1")[:10] if len(digits) > 10 else digits
    elif entity == "ID":
        value = value.lstrip("0")
    number = keys.number("surrogate", "WORD" if entity in BY_WORD else entity, value)
    return number & 0xFFFF, number >> 16 & 1


def readable(text: str, keys: Keys) -> str:
    """Return a stored text as people read it: tags, indices or surrogates, and dates, without anything hidden.

    Raises `RedactionError` for a code that is none.
    """
    if text.isascii():
        return text
    text = _INDEXED.sub(lambda run: f"[{run['entity']}-{' '.join(map(shown, re.findall(_INDEX, run.group())))}]", text)
    return without_marks(_RUN.sub(lambda run: _surrogates(run.group(), run["entity"], keys), text))


def classes(text: str) -> Iterator[str]:
    """Yield the class of each identifier of a stored text; tags of one class next to each other are one."""
    last, end = "", -1
    for tag in TAG.finditer(text):
        entity = tag.group()[1:-1]
        if not entity.isascii():
            entity = re.split(HIDDEN, entity, maxsplit=1)[0]
        if entity != last or text[end : tag.start()].strip(" \t\r\n,"):
            yield entity
        last, end = entity, tag.end()


@dataclass(frozen=True, slots=True)
class _Code:
    """A code, read: what the value looked like, its number, and its half."""

    kind: str
    case: str = ""
    end: str = ""
    shape: str = ""
    number: int = 0
    half: int = 0


@lru_cache(maxsize=1 << 16)
def _read(code: str) -> _Code:
    match = _CODE.fullmatch(code)
    if match is None:
        raise RedactionError("unreadable_tag")
    if match["age"]:
        return _Code("a", shape=match["age"])
    number, half = int(match["number"], 16), int(match["half"])
    if match["particle"]:
        if match["particle"].lower() not in word_lists()["particles"]:
            raise RedactionError("unreadable_tag")
        return _Code("p", shape=match["particle"])
    if match["kind"]:
        return _Code(match["kind"], match["case"], match["end"], "", number, half)
    return _Code("#" if match["shape"] else match["net"], shape=match["shape"] or "", number=number, half=half)


def _surrogates(run: str, entity: str, keys: Keys) -> str:
    """Return a run of tags of one class, and what stands between them, in surrogates."""
    parts = _PARTS.split(run)
    codes = [_read(shown("".join(re.findall(HIDDEN, tag)))) for tag in parts[1::2]]
    parts[1::2] = [
        _surrogate(keys, entity, role, code)
        for role, code in zip(_roles(entity, codes, parts[2::2]), codes, strict=True)
    ]
    return "".join(parts)


def _roles(entity: str, codes: list[_Code], after: list[str]) -> list[str]:
    """Return the list that each word is taken from: by kind for names, by place in the line for addresses."""
    if entity == "NAME":
        kinds = {"m": "male", "f": "female", "g": "given", "s": "family", "w": "family"}
        return [kinds.get(code.kind, "") for code in codes]
    if entity == "ORGANIZATION":
        last = max((i for i, code in enumerate(codes) if code.kind == "w"), default=-1)
        return ["facility" if 0 < i == last else "organization" for i in range(len(codes))]
    if entity != "ADDRESS":
        return [entity.lower()] * len(codes)
    roles: list[str] = []
    first = 0
    for i, between in enumerate(after):
        if i + 1 < len(codes) and not set(between) & set(",;\n"):
            continue
        roles += _roles_in_line(codes[first : i + 1])
        first = i + 1
    return roles


def _roles_in_line(codes: list[_Code]) -> list[str]:
    """Return the lists for what stands between two commas of an address: a street with its number, or a place."""
    if codes[0].kind == "#" and len(codes) > 1:
        last = max((i for i, code in enumerate(codes) if code.kind == "w"), default=0)
        return ["suffix" if i == last and i > 1 else "street" for i in range(len(codes))]
    return ["zip" if code.shape == _ZIP else "state" if code.case == "U2" else "city" for code in codes]


@lru_cache(maxsize=1 << 16)
def _surrogate(keys: Keys, entity: str, role: str, code: _Code) -> str:
    """Return the first candidate, from the value's number on, that cannot be the value and looks like nobody's own."""
    if code.kind == "a":
        return _AGES[code.shape]
    if code.kind == "p":
        return code.shape
    for number in range(code.number, code.number + _TRIES):
        candidate = _candidate(keys, role, code, number)
        if number_of(keys, entity, candidate)[1] != code.half and residue_free(candidate, fiction=True):
            return candidate + code.end.replace("'", "'s")
    return f"[{entity}]"


def _candidate(keys: Keys, role: str, code: _Code, number: int) -> str:
    lists = word_lists()

    def pick(name: str, at: int = number) -> str:
        return lists[name][at % len(lists[name])]

    match code.kind:
        case "#":
            return _shaped(keys, role, code.shape, number)
        case "@":
            return f"{pick('given')}.{pick('family', number // 7)}@example.org".lower()
        case "/" | "h":
            return f"{'https://' if code.kind == 'h' else ''}example.org/{number:x}"
        case ".":
            return f"192.0.2.{number % 254 + 1}"
        case "v":
            return f"2001:db8::{number:x}"
        case "i":
            return _cased(chr(ord("a") + number % 26), code.case)
        case _ if role == "organization" and code.case in ("U2", "U3", "U4"):
            return "".join(chr(ord("A") + number // 26**i % 26) for i in range(int(code.case[1])))
        case _:
            return _cased(pick(role), code.case)


def _cased(word: str, case: str) -> str:
    return word.upper() if case.startswith("U") else word.lower() if case == "l" else word.capitalize()


def _shaped(keys: Keys, role: str, shape: str, number: int) -> str:
    """Return a number of a shape; in the shape of a Social Security or telephone number, one that nobody has.

    Social Security numbers never begin with 000. No area code has a 9 in the middle, and 555-0100 to 555-0199 are kept
    for fiction: https://www.ssa.gov/employer/randomization.html https://www.nanpa.com/numbering
    """
    random = keys.number("surrogate_digits", str(number))
    digits = f"{random:020}"[::-1]
    if role == "zip" or (role == "ssn" and shape.count("d") == 9) or _LOOKS_LIKE_SSN.fullmatch(shape):
        digits = f"000{digits}"
    elif role == "phone" or _LOOKS_LIKE_PHONE.fullmatch(shape):
        phone = _PHONE.fullmatch(shape)
        shape = shape if phone else "ddd-ddd-dddd"
        fiction = f"1{random // 100 % 8 + 2}9{random // 800 % 10}55501{random % 100:02}"
        digits = fiction[-(phone["number"].count("d") if phone else 10) :] + digits
    left, letters = iter(digits), random
    written = []
    for c in shape:
        letters = letters * 31 % 65521 + 1
        if c == "d":
            written.append(next(left, "0"))
        else:
            written.append(chr(ord("a" if c == "l" else "A") + letters % 26) if c in "lU" else c)
    return "".join(written)
