"""Forget patients: remove them everywhere, keep them out, and search for what is left.

Each step can be repeated, and none needs what one before it took away. Who is kept out comes first, so that no run
brings them back; the request, with all that is searched for, is kept sealed until the proof; what replaces a release is
published before that goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipeline.audit import append, last_sequence
from pipeline.context import Context
from pipeline.errors import ConfigError, GateError
from pipeline.forget import phi_zone, safe_zone
from pipeline.forget.proof import Proof, prove
from pipeline.forget.request import (
    Request,
    drop_pending,
    joined,
    make_request,
    read_patients,
    read_pending,
    write_pending,
)
from pipeline.redact import forgotten
from pipeline.redact.vault import nobody_key, patient_key

Counts = dict[str, Any]
# So many places are named in a message.
_LISTED = 5


def count(context: Context, patients: str) -> Counts:
    """Count what there is of the patients of a file, by place."""
    request = make_request(context, read_patients(patients))
    return {"patients": len(request.patients), **_count(context, request)}


def forget(context: Context, patients: str, now: datetime, *, rewriting: bool) -> Counts:
    """Forget the patients of a file, and whoever a call that was killed had begun with; return counts by place.

    With `rewriting` the releases that hold them are made anew without them, else they are withdrawn only. Raises
    `ConfigError` for a wrong file, `StorageError` while runs are under way, `GateError` if something is left.
    """
    request = make_request(context, read_patients(patients))
    request = replace(request, found=_count(context, request), after=last_sequence(context))
    request = joined(request, read_pending(context))
    if not request.patients:
        raise ConfigError("the file of patients names nobody: give a line to each, below the header")
    write_pending(context, request)
    for keys in request.patients:
        forgotten.suppress(context, keys)
    phi_zone.refuse_runs(context)
    safe_zone.clear_built(context, request.keys)
    safe_zone.clear_store(context, request.keys)
    replaced = safe_zone.clear_releases(context, request.keys, now, rewriting=rewriting)
    phi_zone.clear_quarantine(context, request)
    phi_zone.clear_vault(context, request)
    proof = prove(context, request)
    _log(context, request, replaced, proof, now)
    if proof.found:
        places = [f"{place} ({hits})" for place, hits in sorted(proof.found.items())]
        more = f" and {len(places) - _LISTED} more" if len(places) > _LISTED else ""
        raise GateError(
            f"of the patients who were forgotten something is left in {', '.join(places[:_LISTED])}{more}: mend what "
            "these hold, as docs/operations.md says, and forget again"
        )
    drop_pending(context)
    return {
        "patients": len(request.patients), **request.found, "replaced": replaced, "searched": proof.files,
        "values": proof.values,
    }  # fmt: skip


def allow(context: Context, patients: str, now: datetime) -> Counts:
    """Let the patients of a file in again: what is sent of them from now on is kept."""
    keys = {patient_key(context, one) for one in read_patients(patients)} - {nobody_key(context)}
    last = last_sequence(context)
    back = forgotten.allow(context, keys)
    if back:
        identity = context.keys.digest("allow", *sorted(back))
        append(context, "allow", identity, {"patients": sorted(back)}, now, after=last)
    return {"patients": len(keys), "allowed": len(back)}


def _count(context: Context, request: Request) -> dict[str, int]:
    return safe_zone.count(context, request.keys) | phi_zone.count(context, request)


def _log(
    context: Context, request: Request, replaced: Mapping[str, str | None], proof: Proof, now: datetime
) -> None:  # fmt: skip
    """Say who was forgotten, by pseudonym, what there was of them, and whether something is left."""
    left = sum(proof.found.values())
    identity = context.keys.digest("forget", *sorted(request.keys), str(left))
    entry = {
        "patients": sorted(request.keys), "removed": request.found, "replaced": dict(replaced), "left": left,
    }  # fmt: skip
    append(context, "forget", identity, entry, now, after=request.after)
