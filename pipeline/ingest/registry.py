"""The connectors by name: ours in one literal dict, others by the entry point group `chartmill.connectors`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Any

from pipeline.config import SourceConfig
from pipeline.errors import ConfigError
from pipeline.ingest.connector import Connector
from pipeline.ingest.csv.connector import CsvConnector
from pipeline.ingest.fhir.connector import FhirConnector
from pipeline.ingest.hl7v2.connector import Hl7v2Connector

CONNECTORS: dict[str, Callable[[Mapping[str, Any]], Connector]] = {
    "hl7v2": Hl7v2Connector,
    "fhir": FhirConnector,
    "csv": CsvConnector,
}


def load_connector(source: SourceConfig) -> Connector:
    """Return the source's connector, with its options.

    Raises `ConfigError` if there is none of that name.
    """
    if source.connector in CONNECTORS:
        return CONNECTORS[source.connector](source.options)
    plugins = {point.name: point for point in entry_points(group="chartmill.connectors")}
    if source.connector not in plugins:
        known = ", ".join(sorted({*CONNECTORS, *plugins}))
        raise ConfigError(f"source {source.name}: unknown connector {source.connector!r} (known: {known})")
    connector: Connector = plugins[source.connector].load()(source.options)
    return connector
