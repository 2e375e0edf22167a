"""Which patient ids are one patient: what merges and the crosswalk said, as sealed files in the PHI zone.

Links are only ever added, but for those of a patient who is forgotten. Which of two ids survives a merge makes no
difference: all ids that links join, directly or over others, are one patient, who goes by the smallest of their
pseudonyms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import orjson

from pipeline.context import Context

FOLDER = "links"

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Links:
    """The patients that go by more than one key."""

    canonical_of: Mapping[str, str]
    members_of: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, pairs: Iterable[Pair]) -> Links:
        """Join pairs of keys to patients."""
        parent: dict[str, str] = {}

        def root(key: str) -> str:
            while (above := parent.setdefault(key, key)) != key:
                parent[key] = key = parent[above]
            return key

        for one, other in pairs:
            low, high = sorted((root(one), root(other)))
            parent[high] = low
        canonical = {key: root(key) for key in list(parent)}
        members: dict[str, list[str]] = defaultdict(list)
        for key in sorted(canonical):
            members[canonical[key]].append(key)
        return cls(canonical, {key: tuple(found) for key, found in members.items()})

    def canonical(self, key: str) -> str:
        """Return the key by which the patient of a key goes."""
        return self.canonical_of.get(key, key)

    def members(self, key: str) -> tuple[str, ...]:
        """Return all keys of the patient of a key."""
        return self.members_of.get(self.canonical(key), (key,))


def read_links(context: Context) -> Links:
    """Return all links of the PHI zone."""
    return Links.of(_read_pairs(context))


def add_links(context: Context, pairs: Iterable[Pair]) -> int:
    """Keep the pairs of keys that join what was not joined yet; return how many they are."""
    known = list(_read_pairs(context))
    links = Links.of(known)
    new = sorted({(min(pair), max(pair)) for pair in pairs if links.canonical(pair[0]) != links.canonical(pair[1])})
    if new:
        _write(context, new)
    return len(new)


def count_links(context: Context, keys: Collection[str]) -> int:
    """Return how many links name one of these keys."""
    return sum(not set(keys).isdisjoint(pair) for pair in _read_pairs(context))


def remove_links(context: Context, keys: Collection[str]) -> None:
    """Remove the links that name one of these keys."""
    for path, pairs in _read_files(context):
        kept = [pair for pair in pairs if set(keys).isdisjoint(pair)]
        if len(kept) < len(pairs):
            if kept:
                _write(context, kept)
            context.phi.remove(path)


def _write(context: Context, pairs: list[Pair]) -> None:
    path = f"{FOLDER}/{context.keys.digest('links', *(key for pair in pairs for key in pair))}"
    context.phi.write_bytes(path, context.keys.seal(path, orjson.dumps(pairs)))


def _read_pairs(context: Context) -> Iterator[Pair]:
    for _, pairs in _read_files(context):
        yield from pairs


def _read_files(context: Context) -> Iterator[tuple[str, list[Pair]]]:
    for name in context.phi.list(FOLDER):
        path = f"{FOLDER}/{name}"
        yield (
            path,
            [(one, other) for one, other in orjson.loads(context.keys.unseal(path, context.phi.read_bytes(path)))],
        )
