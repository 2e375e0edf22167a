"""The connectors by name: ours in one literal dict, others by entry point (`chartmill.connectors`) or dotted name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pipeline.config import SourceConfig
from pipeline.errors import ConfigError
from pipeline.ingest.ccda.connector import CcdaConnector
from pipeline.ingest.connector import Connector
from pipeline.ingest.csv.connector import CsvConnector
from pipeline.ingest.fhir.connector import FhirConnector
from pipeline.ingest.hl7v2.connector import Hl7v2Connector

_GROUP = "chartmill.connectors"

CONNECTORS: dict[str, Callable[[Mapping[str, Any]], Connector]] = {
    "hl7v2": Hl7v2Connector,
    "fhir": FhirConnector,
    "csv": CsvConnector,
    "ccda": CcdaConnector,
}


def load_connector(source: SourceConfig) -> Connector:
    """Return the source's connector, with its options.

    Raises `ConfigError` if there is none of that name.
    """
    connector = connector_class(source.connector, f"source {source.name}")(source.options)
    connector.authority = source.authority
    return connector


def connector_class(name: str, wanted_by: str) -> Callable[[Mapping[str, Any]], Connector]:
    """Return the connector of a name, or of a class given as `package.module:Class`.

    Raises `ConfigError` if there is none.
    """
    if name in CONNECTORS:
        return CONNECTORS[name]
    plugins = {point.name: point for point in entry_points(group=_GROUP)}
    if name in plugins or ":" in name:
        point = plugins.get(name) or EntryPoint(name, name, _GROUP)
        try:
            loaded: Callable[[Mapping[str, Any]], Connector] = point.load()
        except (ImportError, AttributeError):
            raise ConfigError(
                f"{wanted_by}: connector {name!r} cannot be imported: install its package, or correct the name"
            ) from None
        return loaded
    known = ", ".join(sorted({*CONNECTORS, *plugins}))
    raise ConfigError(f"{wanted_by}: unknown connector {name!r} (known: {known}; or package.module:Class)")
