"""What the PHI zone holds of a patient. PHI."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress
from operator import not_
from typing import Any

import pyarrow as pa

from pipeline.config import load_source
from pipeline.context import Context
from pipeline.delta import rows_of
from pipeline.errors import ConfigError, StorageError
from pipeline.forget.needles import Needle, Search
from pipeline.forget.request import Request
from pipeline.quarantine import FOLDER, quarantined, rewrite
from pipeline.redact.forgotten import key_of
from pipeline.redact.links import count_links, remove_links
from pipeline.redact.vault import Vault

Rows = list[dict[str, Any]]


def count(context: Context, request: Request) -> dict[str, int]:
    """Count rows of the vault, links, and rows of quarantine."""
    return {
        "vault": rows_of(context.phi, "vault", request.keys).num_rows,
        "links": count_links(context, request.keys),
        "quarantine": sum(len(theirs) for _, _, theirs in _in_quarantine(context, request)),
    }


def clear_quarantine(context: Context, request: Request) -> None:
    """Remove from quarantine what can be told to be of the patients, or names them."""
    for path, others, theirs in _in_quarantine(context, request):
        if theirs:
            rewrite(context, path, others)
    for path in context.phi.find(FOLDER):
        if path.endswith(".tmp"):
            context.phi.remove(path)


def clear_vault(context: Context, request: Request) -> None:
    """Remove the patients' rows of the vault, and their links."""
    Vault(context).remove(request.keys)
    remove_links(context, request.keys)


def refuse_runs(context: Context) -> None:
    """Raise `StorageError` while a run has work files: it may hold the patients, and bring them back."""
    runs = sorted({" of ".join(path.split("/")[1:3]) for path in context.phi.find("work")})
    if runs:
        raise StorageError(
            f"runs are under way, or were killed ({', '.join(runs)}); what begins from now on leaves the patients out: "
            "let these end, run the days of those that were killed again, then forget again"
        )


def _in_quarantine(context: Context, request: Request) -> Iterator[tuple[str, Rows, Rows]]:
    """Yield of each file the rows of others, and those of the patients."""
    search = Search({*request.strong, *(Needle("id", one) for one in request.ids)}, request.keys)
    for path, rows in quarantined(context):
        authority = _authority(context, path.split("/")[1])
        said = search.column(pa.array([f"{row['path']}\n{row['content']}" for row in rows], pa.string())).to_pylist()
        theirs = [it or key_of(context, row, authority) in request.keys for it, row in zip(said, rows, strict=True)]
        yield path, list(compress(rows, map(not_, theirs))), list(compress(rows, theirs))


def _authority(context: Context, source: str) -> str:
    try:
        return load_source(context.settings, source).authority
    except ConfigError:
        # A source that is no more: only what names its authority itself, or is found by its words, can be told.
        return ""
