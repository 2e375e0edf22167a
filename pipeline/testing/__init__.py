"""What tests of chartmill, and of connectors written elsewhere, share."""

from pipeline.testing.canaries import CANARIES, Canary, plant_csv, plant_fhir, plant_hl7v2
from pipeline.testing.leaks import Leak, find_leaks

__all__ = ["CANARIES", "Canary", "Leak", "find_leaks", "plant_csv", "plant_fhir", "plant_hl7v2"]
