"""The crosswalk: a CSV file that says which patient ids, of the same or of different authorities, are one person."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import fsspec

from pipeline.config import Settings
from pipeline.errors import ConfigError

COLUMNS = ("authority", "id", "other_authority", "other_id")


def read_crosswalk(settings: Settings) -> list[tuple[str, str]]:
    """Return the pairs of patient ids, with authority, of the configured file; none if there is no file configured.

    Raises `ConfigError` that names the line that is wrong. PHI.
    """
    if not settings.crosswalk:
        return []
    unreadable = "CHARTMILL_CROSSWALK names a file that cannot be read: correct it, or leave it out"
    ids = read_ids(settings.crosswalk, COLUMNS, "the crosswalk", unreadable)
    return [(row[0], row[1]) for row in ids]


def read_ids(address: str, columns: Sequence[str], what: str, unreadable: str) -> list[tuple[str, ...]]:
    """Return the ids of a CSV file, `authority|id`, from its columns: authorities and ids in turn. PHI.

    Raises `ConfigError` that names the line of `what` that is wrong, or says that it is `unreadable`.
    """
    reader = csv.reader(io.StringIO(_text(address, what, unreadable), newline=""), strict=True)
    found: list[tuple[str, ...]] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        if any(header.count(name) != 1 for name in columns):
            raise ConfigError(f"{what} needs the columns {', '.join(columns)} in line 1: correct it")
        places = [header.index(name) for name in columns]
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            values = [row[place].strip() if place < len(row) else "" for place in places]
            if len(row) != len(header) or not all(values) or any("|" in authority for authority in values[::2]):
                raise ConfigError(
                    f"{what} is wrong in line {reader.line_num}: {', '.join(columns)} are wanted, none empty, and "
                    "no | in an authority"
                )
            found.append(
                tuple(f"{authority}|{number}" for authority, number in zip(values[::2], values[1::2], strict=True))
            )
    except csv.Error:
        raise ConfigError(f"{what} is no CSV in line {reader.line_num}: correct it") from None
    return found


def _text(address: str, what: str, unreadable: str) -> str:
    try:
        with fsspec.open(address, "rb") as file:
            content: bytes = file.read()
    except (OSError, ValueError, ImportError):
        raise ConfigError(unreadable) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ConfigError(f"{what} is not UTF-8 in line {line}: save it as UTF-8") from None
