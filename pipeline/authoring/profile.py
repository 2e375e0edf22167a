"""What the values of a column look like: the share of them that has each form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, partial

from pipeline.dates import parse_moment
from pipeline.errors import RecordError
from pipeline.normalize.values import parse_number
from pipeline.records import SCHEMAS
from pipeline.vocabulary import is_code

_SSN = re.compile(r"\d{3}-\d{2}-\d{4}|[0-8]\d{8}")
_PHONE = re.compile(r"(\+?1[ .-]?)?(\(\d{3}\) ?|\d{3}[ .-]?)\d{3}[ .-]?\d{4}( ?(x|ext\.?) ?\d+)?|\+\d[\d ()-]{7,}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)
_NUMBERED = re.compile(r"[A-Za-z]{0,5}[-#]?\d{5,}[A-Za-z0-9-]{0,20}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}(?:\D.*)?")
_LOOKS_DATED = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?:\D.*)?|(19|20)\d{6}(\d{4,6})?")
_WORDS = re.compile(r"[^\W\d_]+")
_LONG = 60
# A date may be wrong.
_AGREED = 0.9


def _coded(uri: str, value: str) -> bool:
    return is_code(uri, value)


def _parses(value: str, order: str) -> bool:
    try:
        return parse_moment(value, orders=frozenset((order,))) is not None
    except RecordError:
        return False


def is_date(value: str) -> bool:
    """Tell whether a value is a date that the pipeline reads, in one order or the other; a bare year is not."""
    return bool(_LOOKS_DATED.fullmatch(value)) and (_parses(value, "mdy") or _parses(value, "dmy"))


@cache
def _names() -> frozenset[str]:
    lines = (SCHEMAS / "redact" / "common_names.txt").read_text("utf-8").splitlines()
    return frozenset(word.casefold() for line in lines if not line.startswith("#") for word in line.split())


def _is_name(value: str) -> bool:
    words = _WORDS.findall(value)
    return 1 <= len(words) <= 4 and len(value) <= 40 and any(word.casefold() in _names() for word in words)


FORMS: dict[str, Callable[[str], bool]] = {
    "ssn": lambda value: bool(_SSN.fullmatch(value)),
    "email": lambda value: bool(_EMAIL.fullmatch(value)),
    "url": lambda value: bool(_URL.fullmatch(value)),
    "phone": lambda value: bool(_PHONE.fullmatch(value)),
    "date": is_date,
    "number": lambda value: parse_number(value) is not None,
    "numbered": lambda value: bool(_NUMBERED.fullmatch(value)),
    "name": _is_name,
    "text": lambda value: len(value) > _LONG,
    "loinc": partial(_coded, "http://loinc.org"),
    "icd10": partial(_coded, "http://hl7.org/fhir/sid/icd-10-cm"),
    "icd9": partial(_coded, "http://hl7.org/fhir/sid/icd-9-cm"),
    "snomed": partial(_coded, "http://snomed.info/sct"),
    "rxnorm": partial(_coded, "http://www.nlm.nih.gov/research/umls/rxnorm"),
    "ndc": partial(_coded, "http://hl7.org/fhir/sid/ndc"),
    "cvx": partial(_coded, "http://hl7.org/fhir/sid/cvx"),
    "cpt": partial(_coded, "http://www.ama-assn.org/go/cpt"),
}


def share(values: Sequence[str], form: str) -> float:
    """Return the share of values that have a form; 0 of none."""
    return sum(map(FORMS[form], values)) / len(values) if values else 0.0


def date_order(values: Sequence[str]) -> tuple[str, float]:
    """Return how the dates are ordered and the share of them that then parses.

    The order is `mdy` or `dmy` by the days above 12, `ymd` if no date depends on it, `ambiguous` if every one could
    be both, and `mixed` if too many contradict the others.
    """
    pairs = [(int(m[1]), int(m[2])) for value in values if (m := _SLASHED.fullmatch(value))]
    votes = Counter("dmy" if first > 12 else "mdy" for first, second in pairs if (first > 12) != (second > 12))
    order, most = votes.most_common(1)[0] if votes else ("ambiguous" if pairs else "ymd", 0)
    if votes and most < _AGREED * votes.total():
        order = "mixed"
    tried = "dmy" if order == "dmy" else "mdy"
    return order, sum(_parses(value, tried) for value in values) / len(values) if values else 0.0
