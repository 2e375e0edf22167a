"""Identity numbers of persons of other countries and of tax offices.

Taxpayer numbers: https://www.irs.gov/individuals/international-taxpayers/taxpayer-identification-numbers-tin
NHS: https://www.datadictionary.nhs.uk/attributes/nhs_number.html
CURP: https://www.gob.mx/curp  Aadhaar: https://uidai.gov.in  CPF: https://www.gov.br/receitafederal
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer
from pipeline.redact.detector.checksums import is_nhs
from pipeline.redact.detector.cued import cued

_STRONG = (
    r"aadhaar|abha|nhs|chi\s(?:number|no)|cpf|cnpj|curp|rfc|nss|tfn|ihi|itin|tin|ein|nino|ni\s(?:number|no)|bsn|dni|nie|nif|"
    r"personnummer|steuer-?id|social\sinsurance(?:\snumber)?|health\scard|ohip|phn|national[\s_]id|tax[\s_]id"
)


class NationalIdRecognizer(RuleRecognizer):
    """Identity and tax numbers that are no Social Security numbers."""

    NAME = "national_ids"
    ENTITIES = ("ID",)
    RULES = (
        cued(_STRONG, strong=True),
        Rule(
            "ID",
            re.compile(r"\bPAN(?:\s(?:no\.?|number|card))?[\s:#=]{1,3}(?P<v>[A-Z]{5}\d{4}[A-Z])\b", re.IGNORECASE),
            anchor=r"[a-z]{5}\d{4}[a-z]",
        ),
        # 943 476 5919
        Rule(
            "ID",
            re.compile(r"(?<![\w.-])\d{3}[ -]\d{3}[ -]\d{4}(?!\w|[.-]\d)"),
            lambda match: is_nhs(re.sub(r"\D", "", match[0])),
            anchor=r"\d{3}[ -]\d{3}[ -]\d{4}",
        ),
        # AB 12 34 56 C
        Rule(
            "ID",
            re.compile(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b"),
            anchor=r"[a-z]{2} ?\d\d ?\d\d ?\d\d ?[a-d]",
        ),
        # QUZE520314MDFXXX09
        Rule(
            "ID",
            re.compile(r"\b[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d\b", re.IGNORECASE),
            anchor=r"[a-z]{4}\d{6}[hmx][a-z]{5}",
        ),
    )
