"""What tests of chartmill, and of connectors written elsewhere, share."""

from pipeline.testing.canaries import (
    CANARIES,
    PATIENT_ID,
    Canary,
    plant_csv,
    plant_fhir,
    plant_hl7v2,
    to_ndjson,
)
from pipeline.testing.leaks import Leak, find_leaks
from pipeline.testing.suite import connector_suite, source_suite

__all__ = [
    "CANARIES", "PATIENT_ID", "Canary", "Leak", "connector_suite", "find_leaks", "plant_csv", "plant_fhir",
    "plant_hl7v2", "source_suite", "to_ndjson",
]  # fmt: skip
