"""What all records of a document have in common."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from pipeline.records import RawRecord


@dataclass(slots=True)
class Reading:
    """A document on its way to records: whose it is, when it was written, and which keys are taken.

    `findings` are counted by code, for the connector's report.
    """

    patient_id: str
    patient_authority: str
    version: str
    encounter_id: str = ""
    findings: Counter[str] = field(default_factory=Counter)
    keys: set[tuple[str, str]] = field(default_factory=set)

    def key(self, root: str, number: str) -> str:
        """Return the key of what has this id; some senders number by patient, so the patient is part of it."""
        if not root and not number:
            return ""
        return "|".join((self.patient_authority, self.patient_id, root, number))

    def record(self, kind: str, key: str = "", **columns: Any) -> RawRecord:
        """Return a record of this patient.

        Senders give one id to several statements of a document: those after the first have their code in the key.
        """
        if key and (kind, key) in self.keys:
            key = f"{key}|{columns.get('code') or columns.get('display', '')}|{columns.get('start', '')}"
        if (kind, key) in self.keys:
            key = ""  # identical in all that could tell them apart: the content is the identity
        self.keys.add((kind, key))
        columns = {"encounter_id": self.encounter_id, "version": self.version} | columns
        return RawRecord(
            kind=kind, key=key, patient_id=self.patient_id, patient_authority=self.patient_authority, **columns
        )
