"""Read HL7 v2 messages.

    file ─framing, continuation─▶ messages ─tokenizer─▶ segments ─structure─▶ patients, orders
         ─patient, orders, results─▶ records

`fields.py` is the table of which field means what; `identity.py` finds who is named where. `counting.py` counts the
units by other means, `batches.py` checks trailers, and `conformance.py` asks hl7apy.
"""

from pipeline.ingest.hl7v2.connector import Hl7v2Connector

__all__ = ["Hl7v2Connector"]
