"""The connector of FHIR R4."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from pipeline.errors import ConfigError, RecordError
from pipeline.ingest.connector import Connector, SourceFile, Unit
from pipeline.ingest.fhir import conformance
from pipeline.ingest.fhir.elements import Excluded
from pipeline.ingest.fhir.files import count_lines, is_cut, lines, load, parse_document
from pipeline.ingest.fhir.references import Scope
from pipeline.ingest.fhir.resources import map_resource

SAMPLE = 20
_CHECKED = {"off": 0, "sample": SAMPLE, "all": None}


class FhirConnector(Connector):
    """Reads NDJSON, Bundles, arrays and single resources, gzipped or not.

    Option `conformance`: `sample` (the first 20 resources of each type in a file), `all` or `off`.
    `findings` holds what was found in the file read last, as codes and paths.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        unknown = sorted(set(options) - {"conformance"})
        if unknown:
            raise ConfigError(f"fhir: unknown option {unknown[0]!r} (known: conformance)")
        level = str(options.get("conformance", "sample"))
        # YAML reads a bare `off` as false.
        level = "off" if level == "False" else level
        if level not in _CHECKED:
            raise ConfigError("fhir: option conformance must be off, sample or all")
        self._limit = _CHECKED[level]
        self._seen: Counter[str] = Counter()

    def count(self, file: SourceFile) -> int:
        """Count lines, or the items of the parsed document, without looking into them."""
        data = load(file)
        document = parse_document(data)
        if document is None:
            return count_lines(data)
        if isinstance(document, list):
            return len(document)
        entries = document.get("entry", [])
        if document["resourceType"] != "Bundle":
            return 1
        return len(entries) if isinstance(entries, list) else 1

    def read(self, file: SourceFile) -> Iterator[Unit]:
        """Yield a unit for each line, entry or item."""
        self._seen = Counter()
        data = load(file)
        document = parse_document(data)
        if document is None:
            yield from self._lines(data)
        elif isinstance(document, list):
            yield from self._resources([("", one) for one in document])
        elif document["resourceType"] != "Bundle":
            yield from self._resources([("", document)])
        else:
            yield from self._bundle(document)

    def _lines(self, data: bytes) -> Iterator[Unit]:
        scope = Scope()
        for number, line in lines(data):
            try:
                resource = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                cut = not line.endswith(b"\n") and is_cut(error)
                yield Unit(number, rejected="truncated" if cut else "bad_json", content=line)
                continue
            yield self._unit(number, resource, scope, content=line)

    def _bundle(self, bundle: dict[str, Any]) -> Iterator[Unit]:
        entries = bundle.get("entry", [])
        if not isinstance(entries, list):
            yield Unit(1, rejected="no_resource_type", content=_dump(entries))
            return
        resources: list[tuple[str, Any]] = []
        for entry in entries:
            if not isinstance(entry, dict):
                resources.append(("", entry))
                continue
            full_url = entry.get("fullUrl")
            # History and response Bundles have entries that say what was done, without a resource.
            resources.append((full_url if isinstance(full_url, str) else "", entry.get("resource")))
        yield from self._resources(resources)

    def _resources(self, resources: list[tuple[str, Any]]) -> Iterator[Unit]:
        scope = Scope.of(resources)
        for number, (full_url, resource) in enumerate(resources, 1):
            if resource is None:
                yield Unit(number, excluded="no_resource")
            else:
                yield self._unit(number, resource, scope, full_url=full_url)

    def _unit(self, number: int, resource: Any, scope: Scope, full_url: str = "", content: bytes = b"") -> Unit:
        content = content or _dump(resource)
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            return Unit(number, rejected="no_resource_type", content=content)
        self._check(resource)
        try:
            return Unit(number, map_resource(resource, scope, full_url), content=content)
        except RecordError as error:
            return Unit(number, rejected=error.reason, content=content)
        except Excluded as reason:
            return Unit(number, excluded=str(reason), content=content)

    def _check(self, resource: dict[str, Any]) -> None:
        kind = resource["resourceType"]
        if self._limit is not None and self._seen[kind] >= self._limit:
            return
        self._seen[kind] += 1
        self.findings.update(conformance.check(resource))


def _dump(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return b""  # nested deeper than orjson writes
