"""What others need to parse a file, and nothing more: no mapping, no counts, nothing written."""

from __future__ import annotations

import json
from pathlib import Path


def hl7apy(path: Path) -> int:
    """Parse every message with hl7apy; return how many there are."""
    from hl7apy.consts import VALIDATION_LEVEL
    from hl7apy.parser import parse_message

    content = path.read_text("utf-8").replace("\n", "\r")
    messages = [f"MSH{part}" for part in content.split("MSH|")[1:]]
    for message in messages:
        parse_message(
            f"MSH|{message.removeprefix('MSH')}", validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=False
        )
    return len(messages)


def fhir(path: Path) -> int:
    """Validate every resource of an NDJSON file against its model of fhir.resources; return how many there are."""
    from fhir.resources.R4B import get_fhir_model_class
    from pydantic import ValidationError

    count = 0
    for line in path.read_text("utf-8").splitlines():
        try:
            resource = json.loads(line)
            get_fhir_model_class(resource["resourceType"]).model_validate(resource)
        except (ValidationError, ValueError, KeyError):
            pass  # the sample has resources that are wrong on purpose
        count += 1
    return count


def pandas_csv(path: Path) -> int:
    """Read a table with pandas, its cells as text; return how many rows it has."""
    import pandas as pd

    return len(pd.read_csv(path, dtype=str, on_bad_lines="skip"))
