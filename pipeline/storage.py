"""The two zones on any fsspec file system: atomic writes, encryption at rest in the PHI zone."""

from __future__ import annotations

import os
import posixpath
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

import fsspec
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
from fsspec.implementations.local import LocalFileSystem

from pipeline.errors import ConfigError, StorageError
from pipeline.keys import Keys
from pipeline.records import StateTable

T = TypeVar("T", bound=StateTable)


@dataclass(frozen=True, slots=True)
class Zone:
    """A folder of files, local or remote; paths are relative and use `/`.

    A file appears under its name only when it is whole: it is written beside it and moved.
    """

    fs: Any
    root: str

    @classmethod
    def open(cls, uri: str, *, private: bool = False) -> Zone:
        """Open, and create if need be, the zone at `uri`; `private` makes a local one owner-only."""
        fs, root = fsspec.core.url_to_fs(uri)
        fs.makedirs(root, exist_ok=True)
        if private and isinstance(fs, LocalFileSystem):
            Path(root).chmod(0o700)
        return cls(fs, root.rstrip("/"))

    @property
    def uri(self) -> str:
        """Return the zone's address as other libraries take it."""
        return self.root if isinstance(self.fs, LocalFileSystem) else str(self.fs.unstrip_protocol(self.root))

    def path(self, *parts: str) -> str:
        """Return the full path of a file in the zone."""
        return posixpath.join(self.root, *parts)

    def exists(self, path: str) -> bool:
        """Tell whether there is a file or folder at `path`."""
        return bool(self.fs.exists(self.path(path)))

    def find(self, path: str) -> list[str]:
        """Return the paths of all files below a folder, or in the zone for "", sorted; also those half written."""
        self.fs.invalidate_cache()
        return sorted(file[len(self.root) + 1 :] for file in self.fs.find(self.path(path).rstrip("/")))

    def list(self, path: str) -> list[str]:
        """Return the names in a folder, sorted; none if it is not there. Files half written are left out."""
        self.fs.invalidate_cache()
        try:
            entries = self.fs.ls(self.path(path), detail=False)
        except FileNotFoundError:
            return []
        names = sorted(posixpath.basename(entry.rstrip("/")) for entry in entries)
        return [name for name in names if not name.endswith(".tmp")]

    def remove(self, path: str) -> None:
        """Remove a file or a folder with all in it; nothing happens if it is not there."""
        with suppress(FileNotFoundError):
            self.fs.rm(self.path(path), recursive=True)

    def read_bytes(self, path: str) -> bytes:
        """Return the content of a file."""
        return bytes(self.fs.cat_file(self.path(path)))

    def write_bytes(self, path: str, content: bytes) -> None:
        """Write a file atomically."""
        with self.writing(path) as temporary:
            self.fs.pipe_file(temporary, content)

    def create(self, path: str, content: bytes) -> None:
        """Write a file atomically that is not there yet.

        Raises `FileExistsError`: of two writers that make the same file at once, the first one stays.
        """
        target = self.path(path)
        self.fs.makedirs(posixpath.dirname(target), exist_ok=True)
        if not isinstance(self.fs, LocalFileSystem):
            self.fs.pipe_file(target, content, mode="create")
            return
        temporary = Path(f"{target}.{secrets.token_hex(4)}.tmp")
        try:
            temporary.write_bytes(content)
            # A link appears whole or not at all.
            os.link(temporary, target)
        finally:
            temporary.unlink()

    def read_json(self, path: str) -> Any:
        """Return the content of a JSON file."""
        return orjson.loads(self.read_bytes(path))

    def write_json(self, path: str, content: Any) -> None:
        """Write a JSON file atomically, keys sorted, so that equal content gives equal bytes."""
        self.write_bytes(path, orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2))

    @contextmanager
    def writing(self, path: str) -> Iterator[str]:
        """Give a temporary full path to write to; it becomes `path` when the block ends well.

        Each writer has its own: of two that write the same file at once, the later one stays.
        """
        target = self.path(path)
        temporary = f"{target}.{secrets.token_hex(4)}.tmp"
        self.fs.makedirs(posixpath.dirname(target), exist_ok=True)
        try:
            yield temporary
            self.fs.mv(temporary, target)
        finally:
            with suppress(FileNotFoundError):
                self.fs.rm_file(temporary)


@contextmanager
def whole_file(path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """Give a local file outside the zones to write to; it becomes `path` when the block ends well.

    A `private` one is readable by its owner alone. Raises `ConfigError` if there can be none.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        number = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(number, "wb") as sink:
            yield sink
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_table(zone: Zone, keys: Keys, path: str, tables: Iterable[T], kind: type[T]) -> int:
    """Write the tables, one row group or more each, as one encrypted Parquet file; return the rows written."""
    rows = 0
    properties = pe.create_encryption_properties(footer_key=keys.file_key(path), aad_prefix=path.encode())
    with zone.writing(path) as temporary, zone.fs.open(temporary, "wb") as sink:
        empty = kind.from_rows([])
        with pq.ParquetWriter(sink, empty.data.schema, compression="zstd", encryption_properties=properties) as writer:
            for table in tables:
                writer.write_table(table.data)
                rows += len(table)
    return rows


def read_table(zone: Zone, keys: Keys, path: str, kind: type[T]) -> Iterator[T]:
    """Read back what `write_table` wrote, a row group at a time.

    Raises `StorageError` if the file is not there, as after the teardown of its run.
    """
    for table in read_columns(zone, keys, path, None):
        yield kind(table)


def read_columns(zone: Zone, keys: Keys, path: str, names: Sequence[str] | None) -> Iterator[pa.Table]:
    """Read some columns of what `write_table` wrote, or all, a row group at a time.

    Raises `StorageError` as `read_table` does.
    """
    properties = pe.create_decryption_properties(footer_key=keys.file_key(path), aad_prefix=path.encode())
    try:
        source = zone.fs.open(zone.path(path), "rb")
    except FileNotFoundError:
        raise StorageError(
            "a work file of this run is gone (the teardown purges them): clear or start the whole run, not one task"
        ) from None
    with source, pq.ParquetFile(source, decryption_properties=properties) as file:
        for group in range(file.num_row_groups):
            yield file.read_row_group(group, columns=names)
