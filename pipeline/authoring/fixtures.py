"""Make a small fictional file of the structure of a real one: no value of the real one is in it."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element, tostring

import orjson
import yaml
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from pipeline.authoring.fictional import Fictional
from pipeline.authoring.formats import Rows
from pipeline.errors import ConfigError
from pipeline.ingest.fhir.files import parse
from pipeline.records import SCHEMAS

_UNITS = 8
_EACH = 2
_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}")
_REFERENCE = re.compile(r"([A-Z][A-Za-z]{2,40})/(.+)")
_ELEMENT = re.compile(r"_?[A-Za-z][A-Za-z0-9]{0,60}")
_TEMPLATES = frozenset(("templateId", "typeId"))


@cache
def _kept(connector: str) -> dict[str, re.Pattern[str]]:
    loaded = yaml.safe_load((SCHEMAS / "authoring" / "structure.yaml").read_text("utf-8"))
    return {name: re.compile(form) for name, form in loaded[connector].items()}


def _is_kept(connector: str, name: str, value: str) -> bool:
    form = _kept(connector).get(name)
    return form is not None and form.fullmatch(value) is not None


def csv_fixture(table: Rows) -> tuple[bytes, Fictional]:
    """Return the header and a few rows with other values, and what replaced them."""
    fictional = Fictional(cell for row in table.rows for cell in row)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=table.delimiter, lineterminator="\n")
    writer.writerow(table.header)
    for row in table.rows[:_UNITS]:
        writer.writerow(["" if cell in table.nulls else fictional.of(cell) for cell in row])
    return text.getvalue().encode(), fictional


def hl7v2_fixture(text: str) -> bytes:
    """Return the first messages of each type, with other values in their fields."""
    lines = [line.strip("\x0b\x1c") for line in re.split(r"[\r\n]+", text)]
    messages: list[list[str]] = []
    for line in filter(None, lines):
        if re.match(r"MSH[^A-Za-z0-9\s]", line):
            messages.append([])
        if messages and not line.startswith(("FHS", "BHS", "FTS", "BTS")):
            messages[-1].append(line)
    if not messages:
        raise ConfigError("--from: the file has no HL7 v2 message in it")
    fictional = Fictional(re.findall(r"[^|^~&\r\n]+", text))
    seen: Counter[str] = Counter()
    made: list[str] = []
    for message in messages:
        mark = message[0][3]
        kind = (message[0].split(mark) + [""] * 9)[8]
        seen[kind] += 1
        if seen[kind] <= _EACH and len(made) < _UNITS:
            delimiters = message[0].split(mark, 2)[1]
            made.append("".join(f"{_segment(line, mark, delimiters, fictional)}\r" for line in message))
    return "".join(made).encode()


def _segment(line: str, mark: str, delimiters: str, fictional: Fictional) -> str:
    name, *fields = line.split(mark)
    if not _SEGMENT.fullmatch(name):
        # A line that is no segment: text that went on.
        return fictional.of(line)
    first = 1
    told = [name]
    if name == "MSH":
        # MSH-1 is the delimiter itself, MSH-2 the others: they are kept if they can be nothing else.
        told.append(delimiters if re.fullmatch(r"[^A-Za-z0-9\s]{1,5}", delimiters) else r"^~\&")
        fields, first = fields[1:], 3
    split = re.compile(f"([{re.escape(told[1] if name == 'MSH' else delimiters) or '^'}])")
    for number, field in enumerate(fields, first):
        parts = split.split(field)
        told.append("".join(_leaf(part, f"{name}-{number}", fictional) if at % 2 == 0 else part
                            for at, part in enumerate(parts)))  # fmt: skip
    return mark.join(told)


def _leaf(value: str, place: str, fictional: Fictional) -> str:
    return value if _is_kept("hl7v2", place, value) else fictional.of(value)


def fhir_fixture(text: str) -> tuple[bytes, str]:
    """Return the first resources of each type with other values, wrapped as they were, and the file's extension."""
    try:
        whole: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        resources = [one for line in text.splitlines() if isinstance(one := parse(line), dict)]
        fictional = Fictional(_strings(resources))
        return b"".join(orjson.dumps(_other(one, fictional)) + b"\n" for one in _first(resources)), "ndjson"
    fictional = Fictional(_strings(whole))
    if isinstance(whole, list):
        whole = list(_first([one for one in whole if isinstance(one, dict)]))
    elif isinstance(whole, dict) and isinstance(whole.get("entry"), list):
        entries = [one for one in whole["entry"] if isinstance(one, dict)]
        chosen = {id(one) for one in _first([one.get("resource") or {} for one in entries])}
        whole["entry"] = [one for one in entries if id(one.get("resource")) in chosen]
    return orjson.dumps(_other(whole, fictional), option=orjson.OPT_INDENT_2), "json"


def _first(resources: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for one in resources:
        kind = str(one.get("resourceType"))
        seen[kind] += 1
        if seen[kind] <= _EACH:
            yield one


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for child in node.values():
            yield from _strings(child)
    elif isinstance(node, list):
        for child in node:
            yield from _strings(child)
    elif node is not None and not isinstance(node, bool):
        yield str(node)


def _other(node: Any, fictional: Fictional, name: str = "") -> Any:
    """Return JSON of the same structure with other leaves; elements that FHIR cannot have are left out."""
    if isinstance(node, dict):
        return {key: _other(child, fictional, key) for key, child in node.items() if _ELEMENT.fullmatch(key)}
    if isinstance(node, list):
        return [_other(child, fictional, name) for child in node]
    if node is None or isinstance(node, bool):
        return node
    if isinstance(node, int | float):
        return _number(node, fictional)
    if _is_kept("fhir", name, node):
        return node
    if name == "data":
        return base64.b64encode(fictional.of(_decoded(node)).encode()).decode()
    if name == "reference" and (match := _REFERENCE.fullmatch(node)):
        return f"{match[1]}/{fictional.of(match[2])}"
    return fictional.of(node)


def _number(value: float, fictional: Fictional) -> float | int:
    made = fictional.of(str(value))
    return float(made) if isinstance(value, float) else int(made)


def _decoded(data: str) -> str:
    try:
        return base64.b64decode(data).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return data


def ccda_fixture(text: str) -> bytes:
    """Return the document with other texts and attributes."""
    try:
        root: Element = fromstring(text.encode())
    except (ParseError, DefusedXmlException, ValueError):
        raise ConfigError("--from: the document is not well-formed XML, or has a DOCTYPE") from None
    fictional = Fictional(
        value for node in root.iter() for value in (*node.attrib.values(), node.text or "", node.tail or "")
    )
    _other_element(root, "", fictional)
    declared = b'<?xml version="1.0" encoding="UTF-8"?>\n'
    return declared + bytes(tostring(root, encoding="utf-8", xml_declaration=False))


def _other_element(node: Element, parent: str, fictional: Fictional) -> None:
    tag = _local(node.tag)
    for name, value in node.attrib.items():
        local = _local(name)
        may = {"root": tag in _TEMPLATES, "code": tag == "code" and parent in ("section", "ClinicalDocument")}
        if not (may.get(local, True) and _is_kept("ccda", local, value)):
            node.set(name, fictional.of(value))
    node.text = fictional.of(node.text) if node.text and node.text.strip() else node.text
    for child in node:
        _other_element(child, tag, fictional)
        child.tail = fictional.of(child.tail) if child.tail and child.tail.strip() else child.tail


def _local(name: str) -> str:
    return name.rpartition("}")[2]
