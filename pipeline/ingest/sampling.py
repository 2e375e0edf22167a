"""Which units of a file a conformance check looks at: the option `conformance` of a connector."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pipeline.errors import ConfigError

SAMPLE = 20  # units of each kind in a file
_KINDS = 200  # of units that are told apart: their names are the sender's


def conformance_level(options: Mapping[str, Any], connector: str, default: str) -> str:
    """Return the option `conformance`: `off`, which YAML reads as false where it is bare, `sample` or `all`.

    Raises `ConfigError`.
    """
    given = options.get("conformance", default)
    level = "off" if given is False else str(given)
    if level not in ("off", "sample", "all"):
        raise ConfigError(f"{connector} option conformance: it must be off, sample or all")
    return level


class Sample:
    """Picks the units of one file."""

    def __init__(self, level: str) -> None:
        self._level = level
        self._seen: Counter[str] = Counter()

    def takes(self, kind: str) -> bool:
        """Tell whether the next unit of a kind is to be looked at."""
        if self._level != "sample":
            return self._level == "all"
        if self._seen[kind] >= SAMPLE or (kind not in self._seen and len(self._seen) >= _KINDS):
            return False
        self._seen[kind] += 1
        return True
