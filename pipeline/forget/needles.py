"""What identifies a patient, as patterns, and the search for it.

Only what is strong is searched for everywhere: pseudonyms, numbers, e-mail addresses, full names. A given name, a town
or a birth date is many people's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.records import Identifier

_NUMBERS = {"phone": 7, "ssn": 9}
# Shorter ids are numbers that stand everywhere.
_SHORTEST_ID = 6
_TEN_DIGITS, _COUNTRY = 10, "1"
# Patterns in one expression: RE2 has a bound.
_AT_ONCE = 200


class Needle(NamedTuple):
    """What is searched for: its kind, and its value in the form in which equal ones are equal. PHI."""

    kind: str
    value: str

    @property
    def pattern(self) -> str:
        """Return what finds it, in RE2's syntax, without its boundaries."""
        if self.kind in _NUMBERS:
            return r"[-. ()/]{0,3}".join(self.value)
        if self.kind == "name":
            first, last = map(re.escape, self.value.split(" "))
            return rf"{first}[\s.,]+(?:\pL+[\s.,]+)?{last}|{last}[\s.,]+{first}"
        return re.escape(self.value)


def needles(identity: Iterable[Identifier]) -> set[Needle]:
    """Return what is strong enough to be searched for everywhere."""
    return {found for identifier in identity if (found := _needle(identifier))}


def _needle(identifier: Identifier) -> Needle | None:
    kind, value = identifier.type, identifier.value.strip().lower()
    if kind in _NUMBERS:
        digits = "".join(filter(str.isdigit, value))
        if len(digits) == _TEN_DIGITS + 1 and digits.startswith(_COUNTRY):
            digits = digits[1:]
        return Needle(kind, digits) if len(digits) >= _NUMBERS[kind] else None
    if kind == "id":
        return Needle(kind, value) if len(value) >= _SHORTEST_ID and any(map(str.isdigit, value)) else None
    if kind == "email":
        return Needle(kind, value) if "@" in value else None
    if kind in ("name", "relative", "staff"):
        return _full_name(value)
    return None


def _full_name(value: str) -> Needle | None:
    """Return given and family name, of one way to write them."""
    last, comma, rest = value.partition(",")
    words = (re.findall(r"[^\W\d_][\w'’-]+", part) for part in ((rest, last) if comma else (value, "")))
    given, family = words
    pair = (given[:1] + family[-1:]) if comma else given[:1] + given[1:][-1:]
    return Needle("name", " ".join(pair)) if len(pair) == len(("given", "family")) else None


class Search:
    """A search for needles and pseudonyms, case aside, as whole words."""

    def __init__(self, wanted: Iterable[Needle], pseudonyms: Iterable[str] = ()) -> None:
        patterns = sorted({*(needle.pattern for needle in wanted), *pseudonyms})
        self._expressions = [
            rf"(?i)(?:^|[^\pL\pN])(?:{'|'.join(patterns[at : at + _AT_ONCE])})(?:$|[^\pL\pN])"
            for at in range(0, len(patterns), _AT_ONCE)
        ]

    def column(self, texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        """Tell of each text whether it holds any."""
        found = pa.array([False] * len(texts), pa.bool_())
        for expression in self._expressions:
            found = pc.or_(found, pc.fill_null(pc.match_substring_regex(texts, expression), False))
        return found

    def count(self, texts: Sequence[str]) -> int:
        """Return how many of some texts hold any."""
        return pc.sum(self.column(pa.array(texts, pa.string()))).as_py() or 0

    def table(self, table: pa.Table) -> int:
        """Return how many values of a table hold any."""
        return sum(pc.sum(self.column(leaf)).as_py() or 0 for column in table.columns for leaf in _leaves(column))

    def document(self, content: bytes) -> int:
        """Return how many strings of JSON, or of JSON lines, hold any; of another document, how many lines."""
        try:
            lines = [orjson.loads(content)]
        except orjson.JSONDecodeError:
            try:
                lines = [orjson.loads(line) for line in content.splitlines() if line.strip()]
            except orjson.JSONDecodeError:
                return self.count(content.decode("utf-8", "replace").splitlines())
        return self.count([text for line in lines for text in _strings(line)])


def _leaves(column: pa.Array | pa.ChunkedArray) -> Iterator[pa.Array | pa.ChunkedArray]:
    """Yield the columns of strings that a column is made of."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        yield from _leaves(column.cast(kind.value_type))
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        yield column.cast(pa.string())
    elif pa.types.is_struct(kind):
        for at in range(kind.num_fields):
            yield from _leaves(pc.struct_field(column, at))
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_map(kind):
        # A map is a list of structs.
        entries = pa.list_(pa.struct([kind.key_field, kind.item_field])) if pa.types.is_map(kind) else kind
        yield from _leaves(pc.list_flatten(column.cast(entries)))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
