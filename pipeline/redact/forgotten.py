"""The patients who are forgotten and stay so: their pseudonyms, sealed, in the PHI zone, one file a patient.

Links of a forgotten patient are removed with all else, so the file of a patient lists the pseudonyms of all ids that
were linked when it was made. An id that is linked with one of these later is forgotten too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import orjson

from pipeline.context import Context, Work
from pipeline.quarantine import folder as quarantine_folder
from pipeline.quarantine import quarantined, rewrite
from pipeline.redact.links import Links, add_links, read_links
from pipeline.redact.vault import nobody_key, patient_key

FOLDER = "forgotten"


def suppress(context: Context, keys: Collection[str]) -> None:
    """Keep out, from now on, what comes under any of these keys of one patient."""
    path = f"{FOLDER}/{context.keys.digest('forgotten', *sorted(keys))}"
    if not context.phi.exists(path):
        context.phi.write_bytes(path, context.keys.seal(path, orjson.dumps(sorted(keys))))


def allow(context: Context, keys: Collection[str]) -> set[str]:
    """Let in again whoever has one of these keys, with the links between them; return all keys of those patients."""
    links, back = read_links(context), set[str]()
    wanted = {member for key in keys for member in links.members(key)}
    # One who was forgotten again, with a number more, has several files, and not each has the key that is given.
    while found := suppressed_with(context, wanted | back) - back:
        back |= found
    for path, listed in _read(context):
        if listed & back:
            add_links(context, pairwise(sorted(listed)))
            context.phi.remove(path)
    return back


def suppressed(context: Context) -> frozenset[str]:
    """Return the keys that were forgotten."""
    return frozenset().union(*(listed for _, listed in _read(context)))


def suppressed_with(context: Context, keys: Iterable[str]) -> set[str]:
    """Return the keys of forgotten patients who have one of these."""
    wanted = set(keys)
    return set().union(*(listed for _, listed in _read(context) if listed & wanted))


def forgotten(context: Context, links: Links) -> frozenset[str]:
    """Return the keys by which forgotten patients go now."""
    return frozenset(links.canonical(key) for key in suppressed(context))


def blank(work: Work, authority: str, out: Collection[str], links: Links) -> None:
    """Empty what an earlier stage put into quarantine of records of these patients; that it did stays counted."""
    for path, rows in quarantined(work.context, quarantine_folder(work.source, work.day)):
        theirs = [links.canonical(key_of(work.context, row, authority)) in out for row in rows]
        if any(theirs):
            emptied = [row | {"content": "", "path": ""} if it else row for it, row in zip(theirs, rows, strict=True)]
            rewrite(work.context, path, emptied)


def key_of(context: Context, row: Mapping[str, Any], authority: str) -> str:
    """Return the key of the patient of a row of quarantine; that of nobody if it is no record.

    `authority` is that of its source.
    """
    try:
        content = orjson.loads(row["content"])
    except orjson.JSONDecodeError:
        content = None
    if not isinstance(content, dict):
        return nobody_key(context)
    if "patient_key" in content:
        return str(content["patient_key"])
    number = str(content.get("patient_id") or "")
    # As read: the authority apart, and empty where it is the source's. As normalized: `authority|number`.
    if "patient_authority" in content:
        number = f"{content['patient_authority'] or authority}|{number}"
    return patient_key(context, number)


def _read(context: Context) -> Iterator[tuple[str, set[str]]]:
    for name in context.phi.list(FOLDER):
        path = f"{FOLDER}/{name}"
        yield path, set(orjson.loads(context.keys.unseal(path, context.phi.read_bytes(path))))
