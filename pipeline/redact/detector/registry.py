"""The recognizers and models that are on, as the file of a language in `schemas/recognizers/` lists them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import presidio_analyzer.pattern_recognizer as vendor_patterns
import yaml
from presidio_analyzer import EntityRecognizer, PatternRecognizer, predefined_recognizers
from presidio_analyzer.predefined_recognizers.generic import iban_recognizer as vendor_iban

from pipeline.errors import ConfigError
from pipeline.redact.detector.addresses import AddressRecognizer
from pipeline.redact.detector.ages import AgeRecognizer
from pipeline.redact.detector.bank import BankRecognizer
from pipeline.redact.detector.dates import DateRecognizer
from pipeline.redact.detector.devices import DeviceRecognizer
from pipeline.redact.detector.emails import EmailRecognizer
from pipeline.redact.detector.employers import EmployerRecognizer
from pipeline.redact.detector.facilities import FacilityRecognizer
from pipeline.redact.detector.foreign_addresses import ForeignAddressRecognizer
from pipeline.redact.detector.health_plans import HealthPlanRecognizer
from pipeline.redact.detector.holidays import HolidayRecognizer
from pipeline.redact.detector.images import ImageRecognizer
from pipeline.redact.detector.ip_addresses import IpAddressRecognizer
from pipeline.redact.detector.keys import KeyRecognizer
from pipeline.redact.detector.licences import LicenceRecognizer
from pipeline.redact.detector.localities import LocalityRecognizer
from pipeline.redact.detector.logins import LoginRecognizer
from pipeline.redact.detector.long_numbers import LongNumberRecognizer
from pipeline.redact.detector.mentions import MentionRecognizer
from pipeline.redact.detector.named_dates import NamedDateRecognizer
from pipeline.redact.detector.names import NameRecognizer
from pipeline.redact.detector.national_ids import NationalIdRecognizer
from pipeline.redact.detector.ner import NerRecognizer
from pipeline.redact.detector.phones import PhoneRecognizer
from pipeline.redact.detector.professionals import ProfessionalRecognizer
from pipeline.redact.detector.providers import ProviderRecognizer
from pipeline.redact.detector.record_numbers import RecordNumberRecognizer
from pipeline.redact.detector.relatives import RelativeRecognizer
from pipeline.redact.detector.rooms import RoomRecognizer
from pipeline.redact.detector.ssn import SsnRecognizer
from pipeline.redact.detector.urls import UrlRecognizer
from pipeline.redact.detector.vehicles import VehicleRecognizer
from pipeline.redact.detector.words import FILES, FOLDER
from pipeline.redact.spans import ENTITIES

NER = "ner"
OWN: dict[str, Callable[[], EntityRecognizer]] = {
    "addresses": AddressRecognizer,
    "ages": AgeRecognizer,
    "bank": BankRecognizer,
    "dates": DateRecognizer,
    "employers": EmployerRecognizer,
    "devices": DeviceRecognizer,
    "emails": EmailRecognizer,
    "facilities": FacilityRecognizer,
    "foreign_addresses": ForeignAddressRecognizer,
    "localities": LocalityRecognizer,
    "mentions": MentionRecognizer,
    "health_plans": HealthPlanRecognizer,
    "holidays": HolidayRecognizer,
    "images": ImageRecognizer,
    "ip_addresses": IpAddressRecognizer,
    "keys": KeyRecognizer,
    "licences": LicenceRecognizer,
    "logins": LoginRecognizer,
    "long_numbers": LongNumberRecognizer,
    "named_dates": NamedDateRecognizer,
    "names": NameRecognizer,
    "national_ids": NationalIdRecognizer,
    NER: NerRecognizer,
    "phones": PhoneRecognizer,
    "professionals": ProfessionalRecognizer,
    "providers": ProviderRecognizer,
    "record_numbers": RecordNumberRecognizer,
    "relatives": RelativeRecognizer,
    "rooms": RoomRecognizer,
    "ssn": SsnRecognizer,
    "urls": UrlRecognizer,
    "vehicles": VehicleRecognizer,
}
# They ask the network for the list of public suffixes.
_FORBIDDEN = ("EmailRecognizer", "UrlRecognizer")
_PARTS = ("models", "own", "predefined", "patterns", "classes")


class Registry:
    """The recognizers of a language, and what their entities are called here.

    Raises `ConfigError`.
    """

    def __init__(self, folder: Path, language: str) -> None:
        path = folder / f"{language}.yaml"
        content = _read(path)
        self.language = language
        self.models: tuple[str, ...] = tuple(content.get("models") or ())
        self.entity_of: dict[str, str] = {entity: entity for entity in ENTITIES}
        self._by_name: dict[str, EntityRecognizer] = {}
        # The vendor's own time-out leaves the pattern out and goes on, which would fail open; ours stops the text.
        vendor_patterns.REGEX_TIMEOUT_SECONDS = None  # type: ignore[assignment]  # `regex` takes None as "no limit"
        vendor_iban.REGEX_TIMEOUT_SECONDS = None  # type: ignore[assignment]
        for name in content.get("own") or ():
            if name not in OWN:
                raise ConfigError(f"{path.name}: unknown recognizer {name!r} (known: {', '.join(sorted(OWN))})")
            self._by_name[name] = self._speaking(OWN[name]())
        for name, entity in (content.get("predefined") or {}).items():
            self._add(name, _predefined(path, name), entity, path)
        for entry in content.get("patterns") or ():
            self._add_pattern(entry, path)
        for name, entity in (content.get("classes") or {}).items():
            self._add(name, _class(path, name)(), entity, path)

    def _speaking(self, recognizer: EntityRecognizer) -> EntityRecognizer:
        """Let a recognizer work on texts of this language: who lists it says that it does."""
        recognizer.supported_language = self.language
        return recognizer

    @property
    def recognizers(self) -> list[EntityRecognizer]:
        """Return all recognizers that are on."""
        return list(self._by_name.values())

    def without(self, names: Container[str]) -> list[EntityRecognizer]:
        """Return those that are on, but for some."""
        return [recognizer for name, recognizer in self._by_name.items() if name not in names]

    def _add(self, name: str, recognizer: EntityRecognizer, entity: str, path: Path) -> None:
        if entity not in ENTITIES:
            raise ConfigError(f"{path.name}: {name} maps to {entity!r} (known: {', '.join(ENTITIES)})")
        for theirs in recognizer.supported_entities:
            self.entity_of[theirs] = entity
        self._by_name[name] = self._speaking(recognizer)

    def _add_pattern(self, entry: dict[str, Any], path: Path) -> None:
        try:
            name, entity = entry["name"], entry["supported_entity"]
            recognizer = PatternRecognizer.from_dict(entry)
        except (KeyError, TypeError, ValueError):
            raise ConfigError(f"{path.name}: a pattern needs name, supported_entity and patterns") from None
        self._add(name, recognizer, entity, path)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError):
        known = ", ".join(sorted(each.stem for each in path.parent.glob("*.yaml"))) or "none"
        raise ConfigError(
            f"no readable {path.name} in the folder of recognizers: write one, or let the source name another "
            f"`language` (there are: {known})"
        ) from None
    unknown = sorted(set(content or {}) - set(_PARTS))
    if not isinstance(content, dict) or unknown:
        raise ConfigError(f"{path.name} holds {', '.join(_PARTS)}, nothing else: {unknown}")
    return content


def _predefined(path: Path, name: str) -> EntityRecognizer:
    kind = getattr(predefined_recognizers, name, None)
    if kind is None or name in _FORBIDDEN:
        why = (
            "would use the network: `emails` and `urls` do its work"
            if name in _FORBIDDEN
            else "is not one of Presidio's"
        )
        raise ConfigError(f"{path.name}: {name} {why}")
    recognizer: EntityRecognizer = kind()
    return recognizer


def _class(path: Path, name: str) -> Callable[[], EntityRecognizer]:
    """Import a site's recognizer by `module:Class`."""
    module, _, attribute = name.partition(":")
    try:
        kind = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError):
        raise ConfigError(f"{path.name}: {name!r} is not `module:Class` of an installed module") from None
    if not (isinstance(kind, type) and issubclass(kind, EntityRecognizer)):
        raise ConfigError(f"{path.name}: {name!r} is no EntityRecognizer of Presidio's")
    return kind


def outcome_digest(folder: Path, language: str) -> str:
    """Return a digest of all that decides what is found: lists, patterns, code, and the engines' versions."""
    digest = hashlib.sha256()
    sources = sorted(Path(__file__).parent.glob("*.py"))
    for path in (folder / f"{language}.yaml", *(FOLDER / name for name in FILES), *sources):
        digest.update(path.read_bytes())
    for package in ("presidio-analyzer", "spacy", "hyperscan"):
        digest.update(metadata.version(package).encode())
    return digest.hexdigest()[:12]
