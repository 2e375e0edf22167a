"""What others need for a part of the work: a bare parse of a file, identifiers found in texts and not replaced."""

from __future__ import annotations

import json
from collections.abc import Callable
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


def presidio(model: str) -> Callable[[list[str]], list[list[tuple[int, int]]]]:
    """Return what finds identifiers with Presidio's batch engine, its recognizers as they come, and a spaCy model."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    # The list of public suffixes that comes with the package: no time goes into asking the network for a newer one.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    models = [{"lang_code": "en", "model_name": model}]
    nlp_engine = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
    engine = BatchAnalyzerEngine(AnalyzerEngine(nlp_engine=nlp_engine))

    def find(texts: list[str]) -> list[list[tuple[int, int]]]:
        results = engine.analyze_iterator(texts, language="en", batch_size=32)
        return [[(result.start, result.end) for result in found] for found in results]

    return find
