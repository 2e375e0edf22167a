"""The crosswalk: a CSV file that says which patient ids, of the same or of different authorities, are one person."""

from __future__ import annotations

import csv
import io

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
    reader = csv.reader(io.StringIO(_text(settings.crosswalk), newline=""), strict=True)
    pairs: list[tuple[str, str]] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        if any(header.count(name) != 1 for name in COLUMNS):
            raise ConfigError(f"the crosswalk needs the columns {', '.join(COLUMNS)} in line 1: correct it")
        places = [header.index(name) for name in COLUMNS]
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            values = [row[place].strip() if place < len(row) else "" for place in places]
            if len(row) != len(header) or not all(values) or "|" in values[0] + values[2]:
                raise ConfigError(
                    f"the crosswalk is wrong in line {reader.line_num}: two authorities and two ids are wanted, none "
                    "empty, and no | in an authority"
                )
            pairs.append((f"{values[0]}|{values[1]}", f"{values[2]}|{values[3]}"))
    except csv.Error:
        raise ConfigError(f"the crosswalk is no CSV in line {reader.line_num}: correct it") from None
    return pairs


def _text(address: str) -> str:
    try:
        with fsspec.open(address, "rb") as file:
            content: bytes = file.read()
    except (OSError, ValueError, ImportError):
        raise ConfigError("CHARTMILL_CROSSWALK names a file that cannot be read: correct it, or leave it out") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ConfigError(f"the crosswalk is not UTF-8 in line {line}: save it as UTF-8") from None
