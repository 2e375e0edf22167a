"""Read HL7 v2 messages.

    file ─tokenizer─▶ messages, segments ─structure─▶ patients, orders ─patient, facts, results─▶ records

`fields.py` is the table of which field means what; `identity.py` finds who is named where.
"""

from pipeline.ingest.hl7v2.connector import Hl7v2Connector

__all__ = ["Hl7v2Connector"]
