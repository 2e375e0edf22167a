"""Remember for which store and vault all rows were found as they should be, so as not to look at them again.

What a row should be is a function of the rows, the vault, the links and who was forgotten. The mark in the PHI zone is
a digest of the names of the files that hold all four: as long as it stands, there is nothing to sweep.
"""

from __future__ import annotations

from pipeline import __version__
from pipeline.context import Context
from pipeline.redact.deletions import Store
from pipeline.redact.forgotten import FOLDER as FORGOTTEN
from pipeline.redact.links import FOLDER as LINKS
from pipeline.redact.vault import Vault

_PATH = "settled"


def mark_of(context: Context, store: Store) -> str:
    """Return what stands for the rows of a store and all that the PHI zone knows now; empty if the rows may change.

    It must be taken before rows are looked at: what comes into the vault meanwhile gives another mark.
    """
    if store.snapshot is None:
        return ""
    # Files of both tables, of links and of the forgotten are never written again under the same name.
    folders = (LINKS, FORGOTTEN)
    listed = [name for folder in folders for name in (folder, *context.phi.list(folder))]
    return context.keys.digest("settled", __version__, *listed, "vault", *Vault(context).snapshot, "", *store.snapshot)


def is_settled(context: Context, mark: str) -> bool:
    """Tell whether all rows were found settled under this mark."""
    return bool(mark) and context.phi.exists(_PATH) and context.phi.read_bytes(_PATH) == mark.encode()


def settle(context: Context, mark: str) -> None:
    """Keep in mind that all rows are settled under this mark."""
    if mark:
        context.phi.write_bytes(_PATH, mark.encode())
