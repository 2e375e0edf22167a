"""Codes of terminologies, names of genes and numbers of trials: they look like identifiers and identify nobody.

Names of code systems: https://terminology.hl7.org/codesystems.html
Names of variants: https://hgvs-nomenclature.org
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import UNIT, UNIT_AFTER

_SYSTEM = (
    r"snomed|sctid|sct|rxnorm|rxcui|loinc|cpt|hcpcs|ndc|icd|unii|cvx|mvx|atc|drg|cui|umls|mesh|hpo?|omim|orpha|mondo|hgnc|"
    r"clinvar|dbsnp|cosmic|pmid|pmcid|doi|isbn|issn|nct|isrctn|eudract|clinicaltrials\.gov|trial|grant|cas|lot|ensembl|"
    r"refseq|taxonomy"
)
# The name of a system, what qualifies it, and other codes of a list
_SYSTEM_BEFORE = re.compile(
    rf"(?<![^\W_])(?:{_SYSTEM})(?:[\s-]?(?:ct|9|10|11|cm|pcs|pro|codes?|ids?|no\.?|numbers?|concepts?|us))*"
    r"[\s:#=|_(\[]{0,4}(?:[A-Z]?\d[\w.-]{0,20}\s?(?:[,;/|&]|and)\s?){0,6}$",
    re.IGNORECASE,
)
_VARIANT_BEFORE = re.compile(
    r"(?:chr(?:omosome)?\s?(?:\d\d?|[xym])\s?:|\b[cgmnpr]\.[*-]?|\b[xy\d]{1,2}:[\d,]{0,12}-?)$", re.IGNORECASE
)
_FREE = re.compile(
    r"nct\d+|isrctn\d+|rs\d+|c\d+[a-z]{1,2}\d*|n[cgmprtw]_\d+|x[mp]_\d+|ens[gtp]\d+|lrg_\d+|chr\d+|hgnc\d+|pmc?i?d?\d+|"
    r"vcv\d+|rcv\d+|scv\d+|cosm\d+|(?:hp|go|mondo|omim|orpha)_?\d+|[ctls]\d\d?-[ctls]?\d\d?",
    re.IGNORECASE,
)
_QUANTITY = re.compile(rf"[\d.,-]+(?:{UNIT}|cfu|k|m|x)", re.IGNORECASE)


def is_coded(text: str, start: int) -> bool:
    """Tell whether the name of a code system, or the place of a variant, stands before an offset."""
    context = text[max(0, start - 100) : start]
    return _SYSTEM_BEFORE.search(context) is not None or _VARIANT_BEFORE.search(context) is not None


def is_free(token: str) -> bool:
    """Tell whether a token names a trial, a gene, a variant or a quantity by itself."""
    return _FREE.fullmatch(token) is not None or _QUANTITY.fullmatch(token) is not None


def identifies(text: str, start: int, end: int) -> bool:
    """Tell whether a stretch that looks like an identifier is no code and no quantity."""
    return not (is_free(text[start:end]) or UNIT_AFTER.match(text, end) or is_coded(text, start))
