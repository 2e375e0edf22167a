"""Retraction: take patients out of both zones, keep them out, and search for what is left.

run.py        the steps, in their order; each can be repeated: a second call finishes one that was killed
request.py    who is to be forgotten: ids of a file, their pseudonyms, the identifiers to search for
needles.py    identifiers as patterns, and where they stand in columns, documents and texts
safe_zone.py  what the safe zone holds of a patient: built examples and shards, releases
phi_zone.py   what the PHI zone holds of a patient: vault, links, quarantine, work files
proof.py      the search of both zones afterwards
"""

from pipeline.forget.run import allow, count, forget

__all__ = ["allow", "count", "forget"]
