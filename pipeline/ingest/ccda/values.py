"""CDA data types. To take a part removes it from its element, so that what is left at the end is what nobody mapped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element

from pipeline.ingest.ccda.xml import words
from pipeline.vocabulary import canonical_system, code_systems


class Concept(NamedTuple):
    """A code with its system and its words."""

    code: str = ""
    system: str = ""
    display: str = ""


def take(node: Element | None, name: str = "value") -> str:
    """Take an attribute."""
    return node.attrib.pop(name, "").strip() if node is not None else ""


def take_words(node: Element | None) -> str:
    """Take all text in an element."""
    text = words(node)
    if node is not None and text:
        for part in node.iter():
            part.text = part.tail = None
    return text


def take_concept(node: Element | None) -> Concept:
    """Take code, system and words: of the first in a known code system, translations too; others stay."""
    if node is None:
        return Concept()
    coded = [one for one in (node, *node.findall("translation")) if one.get("code")]
    known = (one for one in coded if canonical_system(_system(one)) in code_systems())
    chosen = next(known, coded[0] if coded else node)
    display = take(chosen, "displayName") or take_words(node.find("originalText")) or take(node, "displayName")
    code = take(chosen, "code")
    return Concept(code, _take_system(chosen) if code else "", display)


def _system(node: Element) -> str:
    return node.get("codeSystem", "") or node.get("codeSystemName", "")


def _take_system(node: Element) -> str:
    return take(node, "codeSystem") or take(node, "codeSystemName")


def take_when(node: Element) -> tuple[str, str]:
    """Take start and end of the first effective time that is no schedule of repetitions."""
    for time in (*node.findall("effectiveTime"), *node.findall("time")):
        if time.find("period") is not None or time.find("event") is not None:
            continue
        start = take(time) or take(time.find("low")) or take(time.find("center"))
        end = take(time.find("high"))
        if start or end:
            return start, end
    return "", ""


def take_quantity(node: Element | None) -> tuple[str, str]:
    """Take number and unit; a range as `4-6`, an open one as `>=4`."""
    if node is None:
        return "", ""
    if node.get("value"):
        return take(node), take(node, "unit")
    low, high = node.find("low"), node.find("high")
    bottom, top = take(low), take(high)
    if bottom and top:
        unit = take(low, "unit")
        if high is not None and high.get("unit") == unit:
            take(high, "unit")
        _take_inclusive(low), _take_inclusive(high)
        return (bottom if bottom == top else f"{bottom}-{top}"), unit
    if top:
        return ("<=" if _take_inclusive(high) else "<") + top, take(high, "unit")
    if bottom:
        return (">=" if _take_inclusive(low) else ">") + bottom, take(low, "unit")
    center = node.find("center")
    return take(center), take(center, "unit")


def _take_inclusive(bound: Element | None) -> bool:
    return take(bound, "inclusive") != "false"


def take_value(node: Element | None) -> dict[str, str]:
    """Take the value of an observation as the columns it fills, by what it holds rather than by its `xsi:type`."""
    if node is None:
        return {}
    kind = node.get("xsi:type", "").rpartition(":")[2]
    if kind in ("II", "AD", "PN", "ON", "TN", "EN", "TEL"):
        return {}  # an identifier: it is known from its place, and stays in extras
    if kind in ("TS", "BL") or kind.startswith("IVL_TS"):
        ends = (take(node), take(node.find("low")), take(node.find("high")))
        return {"value_text": "/".join(filter(None, ends))}
    if node.find("numerator") is not None:
        upper, lower = (take_quantity(node.find(name)) for name in ("numerator", "denominator"))
        unit = "/".join(filter(None, (upper[1], lower[1])))
        return {"value_number": ":".join(filter(None, (upper[0], lower[0]))), "unit": unit}
    number, unit = take_quantity(node)
    if not number:  # a unit that UCUM does not have is written in a translation
        number = take(node.find("translation"))
    if number:
        if not unit:
            unit = take(node.find("translation"), "code") or words(node.find("translation/originalText"))
        return {"value_number": number, "unit": unit}
    if node.get("code") or node.find("translation") is not None or node.find("originalText") is not None:
        concept = Concept(node.get("code", ""), _system(node), node.get("displayName", ""))
        text = concept.display or words(node.find("originalText")) or take_concept(node).display or concept.code
        return {"value_text": text}
    if node.get("representation", "").upper() == "B64":
        return {}
    return {"value_text": take_words(node)}


def take_range(node: Element) -> dict[str, str]:
    """Take the limits of the first reference range that has any."""
    for value in node.findall("referenceRange/observationRange/value"):
        found = {
            f"reference_{bound}": take(value.find(bound)) or take(value.find(f"{bound}/translation"))
            for bound in ("low", "high")
        }  # fmt: skip
        if any(found.values()):
            return found
    return {}


def id_of(node: Element, *, but: str = "") -> tuple[str, str]:
    """Return root and extension of the first id that is one, and not of root `but`; nothing if there is none."""
    return next(((root, number) for root, number in ids_of(node) if root != but), ("", ""))


def ids_of(node: Element) -> Iterator[tuple[str, str]]:
    """Yield root and extension of each id that is neither missing nor masked."""
    for one in node.findall("id"):
        root, number = one.get("root", "").strip(), one.get("extension", "").strip()
        if not one.get("nullFlavor") and (root or number):
            yield root, number


def flatten(node: Element, path: str, found: dict[str, str] | None = None) -> dict[str, str]:
    """Return `path: text` of every attribute and text that is left in an element.

    The first of several elements of one name has the bare name, so that a policy can name it, later ones a number:
    `value.translation.code`, `value.translation[1].code`. Documents in Base64 are left out.
    """
    found = {} if found is None else found
    stack: list[tuple[str, Element]] = [(path, node)]
    while stack:
        here, one = stack.pop()
        for name, value in one.attrib.items():
            _put(found, f"{here}.{name}" if here else name, value)
        if one.get("representation", "").upper() != "B64":
            _put(found, here, one.text)
        seen: dict[str, int] = {}
        below = []
        for child in one:
            count = seen[child.tag] = seen.get(child.tag, -1) + 1
            name = f"{child.tag}[{count}]" if count else child.tag
            below.append((f"{here}.{name}" if here else name, child))
            _put(found, here, child.tail)
        stack.extend(reversed(below))
    return found


def _put(found: dict[str, str], path: str, text: str | None) -> None:
    if text and (text := text.strip()):
        name, number = path, 0
        while name in found:
            number += 1
            name = f"{path}[{number}]"
        found[name] = text


def detach(parent: Element, child: Element) -> None:
    """Remove an element, and leave the text that stands after it."""
    parent.text = " ".join(filter(None, (parent.text, child.tail)))
    child.tail = None
    parent.remove(child)


def is_empty(node: Element) -> bool:
    """Tell whether an element holds neither elements nor words."""
    return not len(node) and not (node.text or "").strip()


def is_true(node: Mapping[str, str], name: str) -> bool:
    """Tell whether an attribute says yes."""
    return node.get(name, "").strip().lower() in ("true", "1")
