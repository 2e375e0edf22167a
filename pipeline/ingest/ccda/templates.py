"""What an entry is: by its template, else by its section, else by its element.

Templates are those of C-CDA R1.1 to R4.0, without their dates, which do not change what an entry is.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

STATEMENTS = frozenset((
    "act", "encounter", "observation", "observationMedia", "organizer", "procedure", "regionOfInterest",
    "substanceAdministration", "supply",
))  # fmt: skip

# Not a record of its own: holds statements that are; or says more of the statement around it.
HOLDER, DETAIL = "holder", "detail"
FAMILY = "family"

_ENTRY = "2.16.840.1.113883.10.20.22.4."
_TEMPLATES = {
    "condition": (4,),
    "allergy": (7, 90),
    "medication": (16, 42),
    "immunization": (52, 120),
    "procedure": (12, 13, 14, 39, 41),
    "encounter": (40, 49),
    "observation": (2, 27, 38, 44, 66, 67, 68, 69, 72, 73, 74, 78, 85, 109, 110, 111, 114, 121, 128, 200, 201, 501),
    "note": (202,),
    FAMILY: (46,),
    # Concerns, diagnoses, batteries, and what wraps medications at admission and discharge.
    HOLDER: (1, 3, 26, 30, 33, 34, 35, 36, 45, 51, 65, 75, 80, 132, 136),
    # Status, severity, reaction, criticality, instruction, indication, dispense, comment, reference, priority.
    DETAIL: (5, 6, 8, 9, 17, 18, 19, 20, 24, 25, 28, 31, 47, 60, 61, 64, 86, 113, 118, 119, 122, 143, 145, 147),
}
_KINDS = {f"{_ENTRY}{number}": kind for kind, numbers in _TEMPLATES.items() for number in numbers} | {
    # Imaging reports: a measurement; and which image, frame or region it was taken in.
    "2.16.840.1.113883.10.20.6.2.14": "observation",
    **{f"2.16.840.1.113883.10.20.6.2.{number}": DETAIL for number in (8, 9, 10, 11)},
}
# Plans and intents: what they say has not happened.
_PLANNED = frozenset(f"{_ENTRY}{number}" for number in (39, 40, 41, 42, 43, 44, 120, 121))
_PLANS = ("RQO", "PRMS", "PRP", "ARQ", "APT", "GOL")

# LOINC code of the section → what its observations are, and their category.
_SECTIONS = {
    "11450-4": ("condition", "problem-list-item"),
    "11348-0": ("condition", "problem-list-item"),
    "46240-8": ("condition", "encounter-diagnosis"),
    "46241-6": ("condition", "admitting"),
    "42347-5": ("condition", "admitting"),
    "11535-2": ("condition", "encounter-diagnosis"),
    "78375-3": ("condition", "encounter-diagnosis"),
    "10219-4": ("condition", "encounter-diagnosis"),
    "10218-6": ("condition", "encounter-diagnosis"),
    "48765-2": ("allergy", ""),
    "10157-6": (FAMILY, ""),
    "30954-2": ("observation", "laboratory"),
    "8716-3": ("observation", "vital-signs"),
    "29762-2": ("observation", "social-history"),
    "29545-1": ("observation", "exam"),
    "10210-3": ("observation", "exam"),
    "75310-3": ("", "health-concern"),
}
IMMUNIZATIONS = "11369-6"

_ELEMENTS = {
    "observation": "observation", "procedure": "procedure", "encounter": "encounter", "supply": "procedure",
    "substanceAdministration": "medication", "organizer": HOLDER,
}  # fmt: skip


def kind_by_template(node: Element) -> str:
    """Return what the templates of a statement say it is, or nothing."""
    roots = (template.get("root", "") for template in node.findall("templateId"))
    return next((_KINDS[root] for root in roots if root in _KINDS), "")


def kind_of(node: Element, section: str) -> str:
    """Return what a statement in a section of that LOINC code is: a kind of record, `holder` or `detail`."""
    if known := kind_by_template(node):
        return known
    if node.tag == "observation":
        return _SECTIONS.get(section, ("", ""))[0] or "observation"
    if node.tag == "substanceAdministration" and section == IMMUNIZATIONS:
        return "immunization"
    if node.tag == "act":
        return HOLDER if any(child.tag in STATEMENTS for link in node for child in link) else "procedure"
    return _ELEMENTS.get(node.tag, DETAIL)


def category_of(kind: str, section: str) -> str:
    """Return the category of a condition or observation in a section, or nothing."""
    usual, category = _SECTIONS.get(section, ("", ""))
    return category if kind in ("condition", "observation") and usual in ("", kind) else ""


def is_planned(node: Element, kind: str) -> bool:
    """Tell whether a statement is a plan. A medication in mood `INT` is one that the patient takes, or has ordered."""
    mood = node.get("moodCode", "EVN")
    if any(template.get("root") in _PLANNED for template in node.findall("templateId")):
        return mood != "EVN"
    return mood in _PLANS or (mood == "INT" and kind != "medication")
