"""Numbers of patients, visits, accounts, orders, specimens and documents, each with a cue before it.

45 CFR 164.514(b)(2)(i)(H), (J), (R): https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

from pipeline.redact.detector.base import RuleRecognizer
from pipeline.redact.detector.codes import identifies
from pipeline.redact.detector.cued import cued, glued

_STRONG = (
    r"m\.?r\.?n\.?|e?mpi|pid|medical[\s_]record|med\.?\srec(?:ord)?|chart|account|acct|accession|acc|csn|har|fin|badge|employee|"
    r"confirmation|invoice|receipt|tracking|locker|rx|unit\s(?:number|no)|hosp(?:ital)?\s(?:number|no|id)"
)
_WEAK = (
    r"mr|hosp|path|req|enc|visit|encounter|order|case|file|patient|pt|sample|specimen|slide|study|subject|participant|enrollee|protocol|"
    r"reference|ref|ticket|request|requisition|prescription|referral|record|key|identifier|identification|ids?|document|"
    r"report|blood\sunit|donor|donation|kit|chart\snote|admission|episode|incident|complaint|docket|inmate|student|client|"
    r"tax(?:payer)?"
)
_PREFIX = r"mrn|acct|acc|csn|fin|har|visit|enc|pat|pid|id|case|pt|emp"


class RecordNumberRecognizer(RuleRecognizer):
    """Numbers of a patient's records, and whatever else is numbered about them."""

    NAME = "record_numbers"
    ENTITIES = ("ID",)
    RULES = (
        # MRN 133202, Account no. 4471
        cued(_STRONG, strong=True),
        # visit #V4471203, order 8837261
        cued(_WEAK, strong=False),
        # MRN133202, ACCT-000333
        glued(_PREFIX, lambda match: identifies(match.string, *match.span())),
    )
