"""The connector of FHIR."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from pipeline.errors import ConfigError, RecordError
from pipeline.ingest.connector import Connector, SourceFile, Unit
from pipeline.ingest.fhir import conformance, directory, manifest, patient
from pipeline.ingest.fhir.bundles import Entry, count_entries, entries, is_bundle
from pipeline.ingest.fhir.deletions import tombstones
from pipeline.ingest.fhir.facts import Facts, PatientNumber, Reading
from pipeline.ingest.fhir.files import (
    count_lines,
    is_cut,
    is_manifest,
    is_resource,
    lines,
    may_hold_bundle,
    parse,
    read_document,
    split_lines,
    whole_lines,
)
from pipeline.ingest.fhir.lookups import Lookups
from pipeline.ingest.fhir.notes import narrative, narrative_note
from pipeline.ingest.fhir.readers import Excluded
from pipeline.ingest.fhir.references import Scope
from pipeline.ingest.fhir.resources import MAPPERS
from pipeline.ingest.fhir.versions import version_of
from pipeline.ingest.sampling import Sample, conformance_level

_OPTIONS = ("conformance", "conformance_rejects", "id_authority", "narrative", "patient_identifier")


class FhirConnector(Connector):
    """Reads NDJSON, Bundles, lists and single resources, of STU3, R4, R4B and R5."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        if unknown := sorted(set(options) - set(_OPTIONS)):
            raise ConfigError(f"fhir: unknown option {unknown[0]!r} (known: {', '.join(_OPTIONS)})")
        self._level = conformance_level(options, "fhir", default="sample")
        self._rejects = _flag(options, "conformance_rejects")
        if self._rejects and self._level != "all":
            raise ConfigError("fhir: option conformance_rejects needs conformance: all")
        self._narrative = _flag(options, "narrative")
        self._number = _patient_number(options.get("patient_identifier"))
        self._lookups = Lookups()
        self._sample = Sample(self._level)

    def count(self, file: SourceFile) -> int:
        """Count lines, or the entries of the parsed document, without looking into them."""
        document = read_document(file)
        if document is not None:
            return count_entries(document)
        return sum(self._count(piece) if may_hold_bundle(piece) else count_lines(piece) for piece in whole_lines(file))

    def _count(self, piece: bytes) -> int:
        """Count lines, and the entries of those that are Bundles."""
        return sum(count_entries(parse(line)) for line in split_lines(piece) if not line.isspace())

    def read(self, file: SourceFile) -> Iterator[Unit]:
        """Yield a unit for each line, entry or item; those of a Bundle in a line have the line's number."""
        self._sample = Sample(self._level)
        document = read_document(file)
        self._lookups.start(file, self.findings)
        if document is None:
            reading = self._reading(Scope())
            for line in lines(file):
                yield from self._line(line.number, line.content, reading)
        elif is_manifest(document):
            self.findings.update(manifest.missing_files(document, file))
            yield Unit(1, excluded="bulk_manifest")
        else:
            yield from self._document(document)

    def _reading(self, scope: Scope) -> Reading:
        server = ""
        if self._number is not None:
            server = str(self.options.get("id_authority") or f"{self.authority}/fhir")
        return Reading(self._lookups, self.findings, scope, self._number, server, self._narrative)

    def _line(self, number: int, line: bytes, reading: Reading) -> Iterator[Unit]:
        try:
            resource = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            cut = not line.endswith(b"\n") and is_cut(error)
            yield Unit(number, rejected="truncated" if cut else "bad_json", content=line)
            return
        if is_bundle(resource):
            yield from self._document(resource, number)
        else:
            yield self._unit(number, Entry(resource), reading, line)

    def _document(self, document: Any, line: int = 0) -> Iterator[Unit]:
        found = list(entries(document))
        reading = self._reading(Scope((entry.full_url, entry.resource) for entry in found))
        for number, entry in enumerate(found, 1):
            yield self._unit(line or number, entry, reading)

    def _unit(self, number: int, entry: Entry, reading: Reading, content: bytes = b"") -> Unit:
        """Return the one outcome of an entry."""
        try:
            if entry.outcome is not None:
                self._outcome(entry.outcome)
            if entry.deleted:
                return Unit(number, tombstones(entry, reading))
            return self._read(number, entry, reading)
        except RecordError as error:
            return Unit(number, rejected=error.reason, content=content or _dump(entry))
        except Excluded as reason:
            return Unit(number, excluded=str(reason))

    def _read(self, number: int, entry: Entry, reading: Reading) -> Unit:
        resource = entry.resource
        if resource is None:
            raise Excluded("no_resource")
        if not is_resource(resource):
            raise RecordError("no_resource_type")
        kind = resource["resourceType"]
        self._check(resource, kind)
        if kind in directory.ENTRIES:
            facts = Facts(resource, reading, entry.full_url)
            return Unit(
                number, excluded=f"directory:{kind}", people=directory.people(facts), links=directory.links(facts)
            )
        mapper = MAPPERS.get(kind)
        if mapper is None:
            if kind == "OperationOutcome":
                self._outcome(resource)
            raise Excluded(_REASONS.get(kind) or f"unsupported_resource{':' + kind if kind in _types() else ''}")
        facts = Facts(resource, reading, entry.full_url)
        links = patient.links(facts) if kind == "Patient" else ()
        if entry.version:
            facts.fields["version"] = entry.version
        records = mapper(facts)
        if self._narrative and (div := narrative(resource)) and records[0].text != div:
            records = (*records, narrative_note(facts, div))
        return Unit(number, records, links=links)

    def _check(self, resource: dict[str, Any], kind: str) -> None:
        if not self._sample.takes(kind):
            return
        found = conformance.check(resource, version_of(resource, self._lookups.manifest()))
        self.findings.update(found)
        if found and self._rejects and kind in MAPPERS:
            raise RecordError("nonconformant", kind)

    def _outcome(self, outcome: Any) -> None:
        """Count what a server complained of, by the codes that FHIR has for it."""
        issues = outcome.get("issue") if isinstance(outcome, dict) else None
        for issue in issues if isinstance(issues, list) else []:
            code = issue.get("code") if isinstance(issue, dict) else None
            self.findings[f"operation_outcome:{code if code in manifest.ISSUE_CODES else 'other'}"] += 1


# Left out for a reason of their own.
_REASONS = {"Binary": "attachment_content", "Medication": "medication_list", "OperationOutcome": "operation_outcome"}


@cache
def _types() -> frozenset[str]:
    """Return the names of all types of resources, of every version."""
    return frozenset((Path(__file__).parent / "resource_types.txt").read_text("ascii").split())


def _patient_number(option: Any) -> PatientNumber | None:
    if option is None:
        return None
    given = {"system": option} if isinstance(option, str) else option
    if not isinstance(given, dict) or not given or not all(isinstance(part, str) and part for part in given.values()):
        raise ConfigError("fhir: option patient_identifier must be a system's URI, or a mapping of system and type")
    if unknown := sorted(set(given) - {"system", "type"}):
        raise ConfigError(f"fhir: option patient_identifier has no {unknown[0]!r} (known: system, type)")
    return PatientNumber(**given)


def _flag(options: Mapping[str, Any], name: str) -> bool:
    value = options.get(name, False)
    if not isinstance(value, bool):
        raise ConfigError(f"fhir: option {name} must be true or false")
    return value


def _dump(entry: Entry) -> bytes:
    try:
        return orjson.dumps({"resource": entry.resource, "deleted": entry.deleted} if entry.deleted else entry.resource)
    except orjson.JSONEncodeError:
        return b""  # nested deeper than orjson writes
