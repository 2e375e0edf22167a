"""A compact model of names and places: word lists and shapes under a small convolutional network, in numpy.

A word is the sum of what is known of its form (the word itself if it is a frequent one, its beginning and end, its
shape) and of its place in the lists (given name, family name, place, everyday word, clinical word). Three layers look
at its neighbours. What is known of a word is made once for each distinct word of a batch.
`scripts/names/` trains it and says from what.
"""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.errors import ConfigError
from pipeline.records import SCHEMAS

FILE = SCHEMAS / "redact" / "names_model.npz"
LABELS = ("", "NAME", "ADDRESS", "ORGANIZATION")
TOKEN = re.compile(r"[^\W\d_]+|\d+|\n|[^\w\s]|_")
# Rows of the table of each feature: the frequent words come first, with as many rows as there are such words.
SUFFIX, PREFIX, SHAPES, LISTS = 8192, 8192, 32, 512
# What `marks` are made of, from the lowest digit: place, clinical word, everyday word, family name, given name.
_FAMILY = 2 * 3 * 4
_MANY = 2
LAYERS = 3
# Scales of the whole numbers that the model computes with, and their bounds: 192 * 511 * 127 is below 2 ** 24.
STEPS, PARTS = 128, 256
_HIGHEST, _WEIGHT = 511, 127
_CHUNK = 250_000

_WEIGHTS = ("table", "out", "bias", *(f"{part}{layer}" for part in "wb" for layer in range(LAYERS)))

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


class Entity(NamedTuple):
    """What the model takes for a name or a place: half-open character offsets and its class."""

    start: int
    end: int
    label: str
    score: float


def crc(text: str) -> int:
    """Return the hash by which lists and tables know a string."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


def plain(word: str) -> str:
    """Return a word in lower case without accents, as the lists hold it."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def shape(word: str) -> int:
    """Return the number of a word's shape: of its case and length, or of what it is instead of a word."""
    if word.isalpha():
        length = min(len(word), 4) - 1
        if word.islower():
            return length
        if len(word) == 1:
            return 4
        if word.isupper():
            return 4 + length
        if word[0].isupper() and word[1:].islower():
            return 8 + length
        return 12 if word[0].isupper() else 13
    if word.isdigit():
        return 13 + min(len(word), 5)
    return {"\n": 19, ".": 20, ",": 21, ":": 22, "-": 23, "'": 24, "’": 24, "(": 25, ")": 26, "/": 27, '"': 28,
            "[": 29, "]": 30}.get(word, 31)  # fmt: skip


class Lists(NamedTuple):
    """The word lists: sorted hashes, and for each what the lists say of the word, as one number below `LISTS`."""

    hashes: npt.NDArray[np.uint32]
    marks: npt.NDArray[np.uint16]

    def of(self, words: Sequence[str]) -> Ints:
        """Return for each word what the lists say of it; 0 if they do not have it."""
        wanted = np.fromiter((crc(word) for word in words), np.uint32, len(words))
        at = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        return np.where(self.hashes[at] == wanted, self.marks[at], 0).astype(np.int64)


def features(words: Sequence[str], frequent: dict[str, int], lists: Lists) -> Ints:
    """Return, for each distinct word, the rows of its features; the frequent word's is 0 for any other word."""
    plains = [plain(word) for word in words]
    start = len(frequent) + 1
    rows = np.empty((len(words), 5), np.int64)
    rows[:, 0] = [frequent.get(word, 0) for word in plains]
    rows[:, 1] = [start + crc(word[-3:]) % SUFFIX for word in plains]
    rows[:, 2] = [start + SUFFIX + crc("^" + word[:3]) % PREFIX for word in plains]
    rows[:, 3] = [start + SUFFIX + PREFIX + shape(word) for word in words]
    rows[:, 4] = start + SUFFIX + PREFIX + SHAPES + lists.of(plains)
    return rows


def table_rows(frequent: int) -> int:
    """Return how many rows the table of all features has."""
    return frequent + 1 + SUFFIX + PREFIX + SHAPES + LISTS


def quantized(weights: dict[str, Any]) -> dict[str, Any]:
    """Return weights as whole numbers: `PARTS` of them are one, of what a layer passes on `STEPS` are."""
    whole: dict[str, Any] = {}
    for name, value in weights.items():
        if name == "table":
            whole[name] = np.clip(np.rint(value * STEPS), -_HIGHEST, _HIGHEST).astype(np.int16)
        elif name.startswith("b"):
            whole[name] = np.rint(value * STEPS * PARTS).astype(np.int32)
        else:
            whole[name] = np.clip(np.rint(value * PARTS), -_WEIGHT, _WEIGHT).astype(np.int8)
    return whole


def forward(x: Floats, weights: dict[str, Floats]) -> Floats:
    """Return the scores of the labels, `STEPS * PARTS` to one, for a sequence of summed features.

    All numbers are whole and small enough to be exact in 32 bits, so that the outcome does not depend on the order in
    which a machine adds, nor on what else is in the batch.
    """
    x = np.clip(x, -_HIGHEST, _HIGHEST)
    padded = np.zeros((len(x) + 2, x.shape[1]), np.float32)
    for layer in range(LAYERS):
        padded[1:-1] = x
        wide = np.concatenate((padded[:-2], padded[1:-1], padded[2:]), axis=1)
        more = np.floor(np.maximum(wide @ weights[f"w{layer}"] + weights[f"b{layer}"], 0) / PARTS)
        x = np.minimum(x + more, _HIGHEST)
    scores: Floats = x @ weights["out"] + weights["bias"]
    return scores


class CompactModel:
    """Finds names, places and organizations."""

    def __init__(self, path: Path = FILE) -> None:
        try:
            with np.load(path, allow_pickle=False) as content:
                loaded = {name: content[name] for name in content.files}
        except (OSError, ValueError):
            raise ConfigError(
                f"{path.name} cannot be read: restore it in {path.parent}, or `make names-model` trains it anew"
            ) from None
        self.version = f"compact-{int(loaded['version'])}-{zlib.crc32(path.read_bytes()):08x}"
        words = loaded["frequent"].tobytes().decode("utf-8").split("\n")
        self._frequent = {word: row for row, word in enumerate(words, 1)}
        self.lists = Lists(loaded["hashes"], loaded["marks"])
        self._weights = {name: loaded[name].astype(np.float32) for name in _WEIGHTS}

    def entities(self, texts: Sequence[str]) -> list[list[Entity]]:
        """Return for each text what it holds, in order and without overlap."""
        found: list[list[Entity]] = []
        batch: list[str] = []
        size = 0
        for text in texts:
            batch.append(text)
            size += len(text)
            if size > _CHUNK:
                found += self._batch(batch)
                batch, size = [], 0
        return found + self._batch(batch)

    def _batch(self, texts: Sequence[str]) -> list[list[Entity]]:
        tokens, owners = _tokens(texts)
        index: dict[str, int] = {}
        places = np.fromiter((index.setdefault(word, len(index)) for word, _ in tokens), np.int64, len(tokens))
        distinct = self._weights["table"][features(list(index), self._frequent, self.lists)].sum(axis=1)
        scores = forward(distinct[places], self._weights)
        margin = (scores[:, 1:].max(axis=1) - scores[:, 0]) / (STEPS * PARTS)
        labels = np.where(margin > 0, scores[:, 1:].argmax(axis=1) + 1, 0)
        return _entities(texts, tokens, owners, labels, margin)


def _tokens(texts: Iterable[str]) -> tuple[list[tuple[str, int]], list[int]]:
    """Return words with their offsets, blank lines between texts, and where each text's words end."""
    tokens = [("\n", -1)] * LAYERS
    ends = []
    for text in texts:
        tokens += [(match[0], match.start()) for match in TOKEN.finditer(text)]
        tokens += [("\n", -1)] * LAYERS
        ends.append(len(tokens))
    return tokens, ends


_LONGER = re.compile(r"[^\W\d_]{2}")
_JOINERS = frozenset("-'’. ")


def _entities(
    texts: Sequence[str], tokens: list[tuple[str, int]], ends: list[int], labels: Ints, margin: Floats
) -> list[list[Entity]]:
    """Return runs of words with one label, over hyphens, apostrophes and points."""
    found: list[list[Entity]] = [[] for _ in texts]
    owner_of = np.searchsorted(np.array(ends), np.flatnonzero(labels), side="right")
    for at, owner in zip(np.flatnonzero(labels).tolist(), owner_of.tolist(), strict=True):
        word, start = tokens[at]
        if start < 0 or not word.isalpha():
            continue
        label, text = LABELS[labels[at]], texts[owner]
        score = round(1 / (1 + math.exp(-margin[at])), 3)
        last = found[owner][-1] if found[owner] else None
        if last and last.label == label and start - last.end <= 2 and _JOINERS.issuperset(text[last.end : start]):
            found[owner][-1] = Entity(last.start, start + len(word), label, max(score, last.score))
        else:
            found[owner].append(Entity(start, start + len(word), label, score))
    # A letter by itself is part of an abbreviation: "b.i.d."
    return [
        [one for one in each if _LONGER.search(texts[owner], one.start, one.end)] for owner, each in enumerate(found)
    ]


def surnames(words: Sequence[str]) -> set[str]:
    """Return those of the words that are family names which many bear."""
    marks = load_compact().lists.of([plain(word) for word in words])
    return {word for word, mark in zip(words, marks.tolist(), strict=True) if mark // _FAMILY % 4 >= _MANY}


@cache
def load_compact() -> CompactModel:
    """Read the model that comes with the project."""
    return CompactModel()
