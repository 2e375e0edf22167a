"""Find training text that stands in an evaluation set too.

Two texts share text if they have 13 words in a row in common, as most reports on language models have it (Brown et
al. 2020, https://arxiv.org/abs/2005.14165). Case, punctuation and white space do not count.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from pipeline.config import Settings
from pipeline.errors import ConfigError

WORDS = 13
# An item of fewer words is looked for as a whole, unless it is so short that it may stand anywhere.
FEWEST_WORDS = 8
_SUFFIXES = (".txt", ".jsonl", ".csv", ".parquet")

_Numbers = npt.NDArray[np.uint64]
_Indexes = npt.NDArray[np.int64]
_BATCH = 1 << 18  # characters that are hashed at a time
_FIRST_BITS = 24  # of a hash: a table of these tells of most runs that they are new, without a search

# Letters and digits are words; all other characters of ASCII are blanks, as are the signs beyond it.
_BLANKED = bytes(c if c > 127 or chr(c).isalnum() else 32 for c in range(256))
_SIGN = re.compile(r"[^\w\s\x00-\x7f]")
_END = b" end "  # a word behind each text: a run with a word of its text behind it is all in that text

# The hash of a run of bytes is the sum of value(byte) * BASE ** place, modulo 2 ** 64; places count from its beginning.
_BASE = 0x9E3779B97F4A7C15
_VALUES = np.random.default_rng(1).integers(1 << 63, size=256, dtype=np.uint64)


class EvaluationSets:
    """The text of evaluation sets, as the hashes of its runs of words."""

    def __init__(self, contents: dict[str, bytes]) -> None:
        """Take the content of each file by its name.

        Raises `ConfigError` that names the file which cannot be read, or if there is nothing to look for.
        """
        digests = sorted(hashlib.sha256(content).hexdigest() for content in contents.values())
        self.sha256 = hashlib.sha256("".join(digests).encode()).hexdigest()
        self.files = len(contents)
        items = sorted({item for name, content in contents.items() for item in _items(name, content)})
        runs: dict[int, list[_Numbers]] = {}
        for batch in _batches(items):
            counts = batch.word_counts
            for words in {*range(FEWEST_WORDS, WORDS)} & {*counts.tolist()}:
                hashes, where = batch.runs(words)
                runs.setdefault(words, []).append(hashes[counts[where] == words])
            runs.setdefault(WORDS, []).append(batch.runs(WORDS)[0])
        if not any(map(len, (hashes for known in runs.values() for hashes in known))):
            raise ConfigError(f"CHARTMILL_EVALUATION_SETS: no text of {FEWEST_WORDS} words or more is in the files")
        self._runs = {words: np.unique(np.concatenate(hashes)) for words, hashes in sorted(runs.items())}
        self._may_be = np.zeros(1 << _FIRST_BITS, bool)
        for known in self._runs.values():
            self._may_be[known >> (64 - _FIRST_BITS)] = True

    @classmethod
    def open(cls, settings: Settings) -> EvaluationSets | None:
        """Read the configured folder and those below it; None if there is none.

        Raises `ConfigError`.
        """
        folder = settings.evaluation_sets
        if folder is None:
            return None
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name[0] != "."]
        paths = [path for path in paths if path.suffix != ".md"]
        if not paths:
            raise ConfigError(f"CHARTMILL_EVALUATION_SETS: there is no evaluation set in the folder {folder}")
        return _opened(tuple((str(path.relative_to(folder)), path, path.stat().st_mtime_ns) for path in paths))

    @property
    def described(self) -> dict[str, Any]:
        """Return what a manifest says of them."""
        return {"sha256": self.sha256, "files": self.files}

    def share(self, texts: Sequence[str]) -> list[bool]:
        """Tell of each text whether it shares text with an evaluation set."""
        found: list[bool] = []
        for batch in _batches(texts):
            shared = np.zeros(batch.size, bool)
            for words, known in self._runs.items():
                hashes, where = batch.runs(words)
                may_be = self._may_be[hashes >> (64 - _FIRST_BITS)]
                hashes, where = hashes[may_be], where[may_be]
                at = np.searchsorted(known, hashes)
                shared[where[known.take(at, mode="clip") == hashes]] = True
            found += shared.tolist()
        return found


@lru_cache(maxsize=1)
def _opened(files: tuple[tuple[str, Path, int], ...]) -> EvaluationSets:
    return EvaluationSets({name: path.read_bytes() for name, path, _ in files})


def _items(name: str, content: bytes) -> list[str]:
    """Return all strings of a file."""
    suffix = Path(name).suffix
    try:
        if suffix == ".txt":
            return [content.decode()]
        if suffix == ".jsonl":
            return [item for line in content.splitlines() if line.strip() for item in _strings(orjson.loads(line))]
        if suffix == ".csv":
            options = pyarrow.csv.ParseOptions(newlines_in_values=True)
            return list(_strings(pyarrow.csv.read_csv(io.BytesIO(content), parse_options=options).to_pylist()))
        if suffix == ".parquet":
            return list(_strings(pq.read_table(io.BytesIO(content)).to_pylist()))
    except (ValueError, OSError, pa.ArrowException):
        raise ConfigError(
            f"CHARTMILL_EVALUATION_SETS: {name} cannot be read as UTF-8 {suffix}: correct it, or take it out"
        ) from None
    raise ConfigError(
        f"CHARTMILL_EVALUATION_SETS: {name} is none of {', '.join(_SUFFIXES)}: convert it, or take it out"
    )


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        raise ValueError("not text")
    elif isinstance(value, dict):
        for member in value.values():
            yield from _strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from _strings(member)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some texts, hashed: `sums[n]` is the hash of the first n bytes of their words.

    Of each word `starts` says with which of these bytes it begins, and `text_of` the number of its text.
    """

    size: int
    sums: _Numbers
    starts: _Indexes
    text_of: _Indexes

    @property
    def word_counts(self) -> _Indexes:
        """Return the number of words of each text."""
        return np.bincount(self.text_of, minlength=self.size) - 1

    def runs(self, words: int) -> tuple[_Numbers, _Indexes]:
        """Return the hash of each run of so many words, and the number of its text."""
        first = np.flatnonzero(self.text_of[words:] == self.text_of[:-words])
        begin, end = self.starts[first], self.starts[first + words]
        # Over a power of the base: places are then counted from the beginning of the run, not of the batch.
        inverse = _powers(pow(_BASE, -1, 1 << 64), len(self.sums).bit_length())
        return (self.sums[end] - self.sums[begin]) * inverse[begin], self.text_of[first]


def _batches(texts: Sequence[str]) -> Iterator[_Batch]:
    batch: list[bytes] = []
    size = 0
    for text in texts:
        lower = text.lower()
        words = (lower if lower.isascii() else _SIGN.sub(" ", lower)).encode().translate(_BLANKED) + _END
        batch.append(words)
        size += len(words)
        if size >= _BATCH:
            yield _hashed(batch)
            batch, size = [], 0
    if batch:
        yield _hashed(batch)


def _hashed(texts: list[bytes]) -> _Batch:
    content = np.frombuffer(b"".join(texts), np.uint8)
    in_word = content != ord(" ")
    begins = np.flatnonzero(in_word & ~np.concatenate(([False], in_word[:-1])))
    letters = content[in_word]
    sums = np.zeros(len(letters) + 1, np.uint64)
    np.cumsum(_VALUES[letters] * _powers(_BASE, len(sums).bit_length())[: len(letters)], out=sums[1:])
    ends = np.cumsum([len(text) for text in texts])
    starts = (np.cumsum(in_word) - 1)[begins]
    return _Batch(len(texts), sums, starts, np.searchsorted(ends, begins, side="right"))


@lru_cache(maxsize=4)
def _powers(base: int, bits: int) -> _Numbers:
    powers = np.full(1 << bits, base, np.uint64)
    powers[0] = 1
    return np.cumprod(powers)
