"""Keep the latest releases, withdraw those before them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pipeline.context import Context
from pipeline.release.catalog import FOLDER, WITHDRAWN, read_notice, releases, withdrawn
from pipeline.release.withdraw import withdraw


def retain(context: Context, in_use: Collection[str], now: datetime) -> list[str]:
    """Withdraw all but the last `CHARTMILL_KEEP_RELEASES` releases; return which. 0 keeps all.

    One that is `in_use` stays until it is not. A withdrawal that was killed is finished first.
    """
    for name in withdrawn(context):
        if context.data.list(f"{FOLDER}/{name}") != [WITHDRAWN]:
            withdraw(context, name, read_notice(context, name)["why"], now)
    keep = context.settings.keep_releases
    old = [name for name in releases(context)[:-keep] if name not in in_use] if keep else []
    for name in old:
        withdraw(context, name, "retention", now)
    return old
