"""Code systems, sexes, races and closed vocabularies by the one name that chartmill uses for each."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import yaml

from pipeline.check_digits import CHECKS
from pipeline.records import SCHEMAS
from pipeline.ucum import plain_unit

_SNOMED = "http://snomed.info/sct"
_UCUM = "http://unitsofmeasure.org"
_HL7 = "http://terminology.hl7.org/CodeSystem/"
# Tables of HL7 v2 by number or OID, concept domains of v3 by name: in table 0396, in old FHIR, in UTG.
_V2_TABLE = re.compile(
    r"(?:hl7|http://hl7\.org/fhir/v2/|http://terminology\.hl7\.org/codesystem/v2-|2\.16\.840\.1\.113883\.12\.)0*(\d{1,4})"
)
_V3_SYSTEM = re.compile(r"http://(?:hl7\.org/fhir/v3/|terminology\.hl7\.org/CodeSystem/v3-)(\w+)", re.IGNORECASE)

# CDC's race and ethnicity codes are numbered by the hierarchy: what stands below a category follows it.
_CDC_CODE = re.compile(r"(\d{4})-\d")
_CDC_RACES = (
    (1000, 2027, "American Indian or Alaska Native"), (2028, 2053, "Asian"), (2054, 2075, "Black or African American"),
    (2076, 2105, "Native Hawaiian or Other Pacific Islander"), (2106, 2130, "White"), (2131, 2131, "Other"),
    (2500, 2500, "Native Hawaiian or Other Pacific Islander"),
)  # fmt: skip
_CDC_ETHNICITIES = ((2135, 2185, "Hispanic or Latino"), (2186, 2186, "Not Hispanic or Latino"))
_BETWEEN_RACES = re.compile(r"\s*(?:[,;|~&+/^]|\band\b)\s*", re.IGNORECASE)
_SUBGROUP = re.compile(r"\s+-\s+|\s*\(")
_HISPANIC = re.compile(r"(?<!non )(?<!not )\b(?:hispanic|latin[oax])\b")


@cache
def code_systems() -> dict[str, Any]:
    """Return the known code systems by canonical URI."""
    loaded: dict[str, Any] = yaml.safe_load((SCHEMAS / "code_systems.yaml").read_text("utf-8"))
    return loaded


@cache
def _uris() -> dict[str, str]:
    return {_plain(name): uri for uri, system in code_systems().items() for name in (uri, *system["names"])}


def _plain(name: str) -> str:
    name = name.strip().lower().split("|")[0].removeprefix("urn:oid:").rstrip("/")
    return "http://" + name.removeprefix("https://") if name.startswith("https://") else name


def canonical_system(name: str) -> str:
    """Return the canonical URI of a code system, or the name as it is if the system is unknown."""
    plain = _plain(name)
    if plain in _uris():
        return _uris()[plain]
    if plain.startswith(f"{_SNOMED}/"):
        return _SNOMED
    if table := _V2_TABLE.fullmatch(plain):
        return f"{_HL7}v2-{int(table[1]):04}"
    if system := _V3_SYSTEM.fullmatch(name.strip()):
        return _uris().get(f"{_HL7}v3-{system[1]}".lower(), f"{_HL7}v3-{system[1]}")
    return name.strip()


def canonical_code(system: str, code: str) -> str:
    """Return a code as its system writes it: for ICD in capitals, with the point that many senders leave out."""
    known = code_systems().get(system, {})
    if "dot" not in known:
        return code.strip()
    written = code.strip().upper().rstrip(".")
    place = known["dot"] + (written[:1] == "E" and "icd-9" in system)
    if "." not in written and len(written) > place:
        written = f"{written[:place]}.{written[place:]}"
    return written if is_code(system, written) else code.strip()


@cache
def synonyms(name: str) -> dict[str, str]:
    """Return the canonical spelling by every other, as `folded` gives it (`schemas/synonyms.yaml`)."""
    loaded = yaml.safe_load((SCHEMAS / "synonyms.yaml").read_text("utf-8"))[name]
    return {_folded(word): str(canonical) for canonical, words in loaded.items() for word in (canonical, *words)}


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


def canonical_sex(text: str) -> str:
    """Return female, male, other or unknown."""
    return synonyms("sex").get(_folded(text), "unknown")


def canonical_race(text: str) -> str:
    """Return the OMB category, `Multiple` for more than one, or the text as it is.

    Where the text names an ethnicity only, the race is unknown.
    """
    whole = _race(text)
    if whole:
        return whole
    parts = [_race(part) for part in _BETWEEN_RACES.split(text.strip()) if part]
    # What follows a known race without being one narrows it: Black/Cape Verdean.
    races = set(parts) - {None} if parts and parts[0] else set()
    races -= {"Unknown"} if len(races) > 1 else set()
    if not races:
        return text.strip()
    return "Multiple" if len(races) > 1 else str(races.pop())


def _race(text: str) -> str | None:
    head = _SUBGROUP.split(text.strip(), maxsplit=1)[0]
    words = synonyms("race")
    found = _of_cdc(text, _CDC_RACES) or words.get(_folded(text)) or words.get(_folded(head))
    return found or ("Unknown" if hispanic(head) and not _BETWEEN_RACES.search(head.replace("/", " ")) else None)


def hispanic(race: str) -> bool:
    """Tell whether a race field says Hispanic or Latino, alone or among races."""
    return _of_cdc(race, _CDC_ETHNICITIES) == "Hispanic or Latino" or bool(_HISPANIC.search(_folded(race)))


def canonical_ethnicity(text: str) -> str:
    """Return the OMB category, or the text as it is."""
    return _of_cdc(text, _CDC_ETHNICITIES) or synonyms("ethnicity").get(_folded(text), text.strip())


def _of_cdc(text: str, categories: tuple[tuple[int, int, str], ...]) -> str | None:
    code = _CDC_CODE.fullmatch(text.strip())
    number = int(code[1]) if code else 0
    return next((category for first, last, category in categories if first <= number <= last), None)


_STATUSES = {
    "observation": "result_status",
    "note": "note_status",
    "medication": "order_status",
    "procedure": "order_status",
}


def canonical_status(kind: str, text: str) -> str:
    """Return the status in the words of FHIR, or the text as it is; HL7's letters mean what the kind says."""
    word = _folded(text)
    letters = synonyms(_STATUSES[kind]) if kind in _STATUSES else {}
    return letters.get(word) or synonyms("status").get(word) or text.strip()


def canonical_category(kind: str, text: str) -> str:
    """Return the class of an encounter in one word; the category of another kind as it is."""
    return synonyms("encounter").get(_folded(text), text.strip()) if kind == "encounter" else text.strip()


@cache
def _pattern(uri: str) -> re.Pattern[str]:
    pattern = code_systems()[uri]["pattern"]
    return re.compile(pattern if isinstance(pattern, str) else "|".join(pattern))


def is_code(uri: str | None, code: str) -> bool:
    """Tell whether `code` has the form of a code of the system, and its check digit; never so for an unknown system."""
    if uri not in code_systems() or not _pattern(str(uri)).fullmatch(code):
        return False
    check = code_systems()[str(uri)].get("check")
    return (check is None or CHECKS[check](code)) and (uri != _UCUM or plain_unit(code) == code)


@cache
def vocabulary(name: str) -> dict[str, str]:
    """Return a closed vocabulary: lower-case word to its spelling (`schemas/vocabularies.yaml`)."""
    loaded = yaml.safe_load((SCHEMAS / "vocabularies.yaml").read_text("utf-8"))
    return {str(word).lower(): str(word) for word in loaded[name]}
