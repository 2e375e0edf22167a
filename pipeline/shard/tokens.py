"""Count the tokens of texts, with the tokenizer of the model that is to be trained."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from pipeline.config import Settings
from pipeline.errors import ConfigError

_FILE = "tokenizer.json"
# Without a tokenizer: up to six letters, or three digits, or any other sign, are a token; white space is none.
_PIECE = re.compile(r"[A-Za-z]{1,6}|\d{1,3}|[^\sA-Za-z\d]")


class _Model(Protocol):
    def counts(self, texts: Sequence[str]) -> list[int]: ...

    def ends(self, text: str) -> list[int]: ...


# The same for ASCII, by character: its class, and how many of that class in a row are a token. White space is class 0.
_CLASS = np.array([
    0 if chr(c).isspace() else 1 if chr(c).isalpha() else 2 if chr(c).isdigit() else 3 for c in range(128)
], np.uint8)  # fmt: skip
_LONGEST = np.array([1, 6, 3, 1])


class _Estimate:
    """Tokens as white space and punctuation let one guess them."""

    def counts(self, texts: Sequence[str]) -> list[int]:
        """Count in ASCII texts by columns of characters, all at once: a pattern takes ten times as long."""
        counts = [0 if text.isascii() else len(_PIECE.findall(text)) for text in texts]
        plain = [at for at, text in enumerate(texts) if text and text.isascii()]
        if plain:
            for at, count in zip(plain, _ascii_counts([texts[at] for at in plain]), strict=True):
                counts[at] = count
        return counts

    def ends(self, text: str) -> list[int]:
        return [match.end() for match in _PIECE.finditer(text)]


def _ascii_counts(texts: Sequence[str]) -> list[int]:
    # White space between two texts ends a row of letters or digits.
    of = _CLASS[np.frombuffer("\n".join(texts).encode("ascii"), np.uint8)]
    starts = np.concatenate([[0], np.flatnonzero(of[1:] != of[:-1]) + 1])
    kinds, lengths = of[starts], np.diff(starts, append=len(of))
    tokens = np.where(kinds == 0, 0, -(-lengths // _LONGEST[kinds]))
    ends = np.cumsum([len(text) + 1 for text in texts])
    found = np.bincount(np.searchsorted(ends, starts, side="right"), tokens, minlength=len(texts))
    return [int(count) for count in found[: len(texts)]]


class _HuggingFace:
    """A tokenizer of the library `tokenizers`."""

    def __init__(self, content: str) -> None:
        # Its threads would fight with the processes that work on other buckets, and it warns where one forks.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import tokenizers

        try:
            self._tokenizer: Any = tokenizers.Tokenizer.from_str(content)
        except Exception:  # noqa: BLE001 - the library raises no narrower one
            raise ValueError from None
        # A file may say how its model's inputs are cut and filled up: a count must not know of it.
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def counts(self, texts: Sequence[str]) -> list[int]:
        return [len(e.ids) for e in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def ends(self, text: str) -> list[int]:
        return [end for _, end in self._tokenizer.encode(text, add_special_tokens=False).offsets]


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """What counts tokens. `name` is a file's name, `sha256` the digest of its content.

    Where none is configured the count is an estimate, named `whitespace`: words in pieces of at most six letters,
    numbers in pieces of at most three digits, and each sign. For clinical notes it is within some percent of what the
    tokenizers of large language models count.
    """

    name: str
    sha256: str
    _model: _Model

    @classmethod
    def open(cls, settings: Settings) -> Tokenizer:
        """Open the configured tokenizer.

        Raises `ConfigError` if it cannot be read.
        """
        path = settings.tokenizer
        if path is None:
            return cls("whitespace", hashlib.sha256(_PIECE.pattern.encode()).hexdigest(), _Estimate())
        path = path / _FILE if path.is_dir() else path
        try:
            return _opened(path, path.stat().st_mtime_ns)
        except (OSError, ValueError):
            raise ConfigError(
                f"CHARTMILL_TOKENIZER: {path.name} cannot be read as a tokenizer: give the {_FILE} of the model, or "
                "the folder that has it"
            ) from None

    @property
    def described(self) -> dict[str, str]:
        """Return what a manifest says of it."""
        return {"name": self.name, "sha256": self.sha256}

    def counts(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, without those that a model adds at its ends."""
        return self._model.counts(texts)

    def ends(self, text: str) -> list[int]:
        """Return where each token of a text ends, in characters."""
        return self._model.ends(text)


@lru_cache(maxsize=2)
def _opened(path: Path, changed: int) -> Tokenizer:
    content = path.read_bytes()
    return Tokenizer(path.name, hashlib.sha256(content).hexdigest(), _HuggingFace(content.decode()))
