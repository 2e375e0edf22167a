"""What every stage needs: settings, keys, the two zones, and the work files of one run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
import pyarrow as pa

from pipeline.config import Settings, load_keys
from pipeline.errors import ConfigError, StorageError
from pipeline.keys import Keys
from pipeline.storage import T, Zone, read_columns, read_table, write_table

_FINGERPRINT = "key_fingerprint"


@dataclass(frozen=True, slots=True)
class Context:
    """The settings, opened."""

    settings: Settings
    keys: Keys
    phi: Zone
    data: Zone


@lru_cache(maxsize=8)
def open_context(settings: Settings) -> Context:
    """Open both zones and the key.

    Raises `ConfigError` if the key is missing or is not the one that the record store was made with.
    """
    phi = Zone.open(settings.phi, private=True)
    keys = load_keys(settings, phi)
    data = Zone.open(settings.data)
    if not data.exists(_FINGERPRINT):
        data.write_bytes(_FINGERPRINT, keys.fingerprint.encode())
    found = data.read_bytes(_FINGERPRINT).decode()
    if found != keys.fingerprint:
        raise ConfigError(
            f"CHARTMILL_KEY (fingerprint {keys.fingerprint}) is not the key of this record store ({found}): "
            "set the key that the store was made with, or point CHARTMILL_DATA and CHARTMILL_PHI at empty folders"
        )
    return Context(settings, keys, phi, data)


@dataclass(frozen=True, slots=True)
class Work:
    """The encrypted work files of one run of one source and day, in the PHI zone.

    `run` is a token that tells concurrent runs apart; retries and later tasks of a run share it.
    """

    context: Context
    source: str
    day: str
    run: str

    @property
    def folder(self) -> str:
        """Return the folder of the work files, relative to the PHI zone."""
        return f"work/{self.source}/{self.day}/{self.run}"

    def write(self, name: str, tables: Iterable[T], kind: type[T]) -> int:
        """Write a table; return its number of rows."""
        return write_table(self.context.phi, self.context.keys, f"{self.folder}/{name}.parquet", tables, kind)

    def read(self, name: str, kind: type[T]) -> Iterator[T]:
        """Read a table in the pieces in which it was written."""
        return read_table(self.context.phi, self.context.keys, f"{self.folder}/{name}.parquet", kind)

    def read_columns(self, name: str, names: Sequence[str]) -> Iterator[pa.Table]:
        """Read some columns of a table."""
        return read_columns(self.context.phi, self.context.keys, f"{self.folder}/{name}.parquet", names)

    def write_json(self, name: str, content: Any) -> None:
        """Write a small document; a stage writes its counts this way, last, as its completion marker."""
        path = f"{self.folder}/{name}.json"
        self.context.phi.write_bytes(path, self.context.keys.seal(path, orjson.dumps(content)))

    def has_json(self, name: str) -> bool:
        """Tell whether a document was written."""
        return self.context.phi.exists(f"{self.folder}/{name}.json")

    def read_json(self, name: str) -> Any:
        """Read a document back.

        Raises `StorageError` if it is not there, as after the teardown of its run.
        """
        path = f"{self.folder}/{name}.json"
        if not self.context.phi.exists(path):
            raise StorageError(
                "a work file of this run is gone (the teardown purges them): clear or start the whole run, not one task"
            )
        return orjson.loads(self.context.keys.unseal(path, self.context.phi.read_bytes(path)))

    @property
    def parts(self) -> list[int]:
        """Return the numbers of the partitions that were planned."""
        return list(range(len(self.read_json("plan"))))

    def purge(self) -> None:
        """Remove all work files of the run."""
        self.context.phi.remove(self.folder)
