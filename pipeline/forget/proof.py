"""Search all that is left in both zones for the patients who were forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.context import Context
from pipeline.forget import phi_zone, safe_zone
from pipeline.forget.needles import Search
from pipeline.forget.request import Request
from pipeline.redact.policy import load_policy
from pipeline.redact.vault import Vault
from pipeline.storage import Zone

A = TypeVar("A")
_AT_ONCE = 5_000

# What is rendered for reading: surrogates stand there, which may by chance be somebody's name or number.
_RENDERED = ("examples/", "shards/", "releases/")
_BY_CHANCE = ("name", "id")
# Its entries name the patients who were forgotten, by pseudonym: that is what they are for.
_LOG = "audit/log/"


class Proof(NamedTuple):
    """How much was searched, and how much found, by place."""

    files: int
    values: int
    found: dict[str, int]


def prove(context: Context, request: Request) -> Proof:
    """Search both zones; places are names of files of the safe zone, or parts of the PHI zone."""
    looked = 0
    found: dict[str, int] = {}
    for place, hits in (*_safe(context, request), *_phi(context, request)):
        looked += 1
        if hits:
            found[place] = found.get(place, 0) + hits
    return Proof(looked, len(request.strong) + len(request.keys), found)


def _safe(context: Context, request: Request) -> Iterator[tuple[str, int]]:
    everything = Search(request.strong, request.keys)
    by_name = Search(request.strong)
    surrogates = load_policy(context.settings).file.replace == "surrogate"
    rendered = Search(
        {needle for needle in request.strong if not surrogates or needle.kind not in _BY_CHANCE}, request.keys
    )
    paths = context.data.find("")
    for path, named in zip(paths, everything.column(pa.array(paths, pa.string())).to_pylist(), strict=True):
        search = by_name if path.startswith(_LOG) else rendered if path.startswith(_RENDERED) else everything
        yield path, named + _hits(context.data, path, search)
    yield from safe_zone.count(context, request.keys).items()


def _phi(context: Context, request: Request) -> Iterator[tuple[str, int]]:
    search = Search(request.strong, request.keys)
    for rows in _batched(Vault(context).everyone()):
        yield "vault", search.count([text for key, identity in rows for text in (key, *(i.value for i in identity))])
    for path in context.phi.find("vault/_delta_log"):
        yield "vault", _hits(context.phi, path, search)
    yield from phi_zone.count(context, request).items()


def _hits(zone: Zone, path: str, search: Search) -> int:
    """Return how much a file holds; one that cannot be read counts, since nobody can tell."""
    if not path.endswith(".parquet"):
        return search.document(zone.read_bytes(path))
    try:
        with zone.fs.open(zone.path(path), "rb") as source, pq.ParquetFile(source) as file:
            return sum(search.table(pa.Table.from_batches([batch])) for batch in file.iter_batches())
    except pa.ArrowInvalid:
        return 1


def _batched(rows: Iterable[A]) -> Iterator[list[A]]:
    """Yield the rows some thousands at a time: to make a search ready costs more than to use it."""
    source = iter(rows)
    while batch := list(islice(source, _AT_ONCE)):
        yield batch
