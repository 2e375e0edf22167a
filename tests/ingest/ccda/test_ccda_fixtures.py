"""Documents and fragments of others: each has its stated outcome, and nothing of it is lost."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
import yaml

from pipeline.errors import SourceError
from pipeline.ingest.ccda.xml import parse_xml
from pipeline.records import RawRecord
from tests.ingest.ccda.conftest import PATIENT, Read, Reads, document, section

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "ccda"
# File: the records it gives, in a document of a made-up patient if it is a fragment; or why it is rejected.
OUTCOMES: dict[str, str] = yaml.safe_load((Path(__file__).parent / "outcomes.yaml").read_text("utf-8"))
_STATEMENTS = "act observation organizer procedure substanceAdministration supply".split()

pytestmark = pytest.mark.skipif(not FIXTURES.is_dir(), reason=f"no public C-CDA fixtures at {FIXTURES}")


def as_document(content: str) -> str:
    """Return a document with a fragment in the place where it belongs."""
    content = re.sub(r"<\?xml[^>]*\?>", "", content).strip()
    root = parse_xml(content.encode()).tag
    if root == "ClinicalDocument":
        return content
    if root == "section":
        return document(f"<structuredBody><component>{content}</component></structuredBody>")
    if root == "component":
        if "nonXMLBody" in content:
            return document(re.sub(r"^<component>|</component>$", "", content))
        return document(f"<structuredBody>{content}</structuredBody>")
    if root in _STATEMENTS:
        return document(section(content))
    if root == "entry":
        return document(section().replace("</section>", f"{content}</section>"))
    if root == "entryRelationship":
        return document(section(f'<observation><code code="1"/>{content}</observation>'))
    if root == "manufacturedProduct":
        return document(
            section(f"<substanceAdministration><consumable>{content}</consumable></substanceAdministration>")
        )
    if root == "recordTarget":
        return document(section(), patient=content)
    if root == "addr":
        return document(section(), patient=re.sub("<addr>.*</addr>", content, PATIENT, flags=re.DOTALL))
    if root == "performer":
        content = f"<documentationOf><serviceEvent>{content}</serviceEvent></documentationOf>"
    return document(section(), header=content)


def outcome(found: Read) -> str:
    if found.unit.rejected:
        return found.unit.rejected
    counts = Counter(record.kind for record in found.unit.records)
    counted = [kind if count == 1 else f"{kind}*{count}" for kind, count in counts.items()]
    return ", ".join([*counted, *(f"({code})" for code in found.findings)])


def strings(record: RawRecord) -> Iterator[str]:
    """Yield everything that a record holds, its text as it would be read."""
    for name, value in record._asdict().items():
        if name == "text" and record.text_format == "text/html":
            yield html.unescape(re.sub("<[^>]*>", "", value.replace("<br>", " ")))
        elif name == "identity":
            yield from (pair.value for pair in value)
        elif name == "extras":
            yield from value.values()
        else:
            yield value


def said(root: Element) -> Iterator[tuple[str, str]]:
    """Yield what a document says: the attributes that hold something, and all text."""
    for node in root.iter():
        for name in ("code", "codeSystem", "displayName", "extension", "value", "unit", "nullFlavor", "negationInd"):
            value = node.get(name, "").strip()
            if value and not value.startswith("#") and (name, value) != ("negationInd", "false"):
                yield name, value
        if node.get("representation") != "B64":
            yield "text", node.text or ""
        yield "text", node.tail or ""


def lost(content: str, records: tuple[RawRecord, ...]) -> list[str]:
    """Return what a document says and no record holds."""
    held = {" ".join(text.split()) for record in records for text in strings(record)}
    everything = "\n".join(held)
    missing = []
    for name, value in said(parse_xml(content.encode())):
        words = " ".join(value.split())
        # What denies is said in the status.
        if name == "negationInd":
            found = words in held or any(record.status in ("refuted", "not-done") for record in records)
        else:
            found = words in held if name in ("code", "codeSystem") else words in everything
        if not found:
            missing.append(f"{name}: {words}")
    return missing


def _file(name: str) -> str:
    return (FIXTURES / name).read_text("utf-8")


def test_every_file_has_an_outcome() -> None:
    assert set(OUTCOMES) == {path.name for path in FIXTURES.glob("*.xml")}


@pytest.mark.parametrize("name", OUTCOMES)
def test_outcome(read: Reads, name: str) -> None:
    assert outcome(read(as_document(_file(name)))) == OUTCOMES[name]


@pytest.mark.parametrize("name", OUTCOMES)
def test_nothing_is_lost(read: Reads, name: str) -> None:
    content = as_document(_file(name))
    unit = read(content).unit
    if unit.records:
        assert lost(content, unit.records) == []
    else:
        assert unit.content == content.encode()


@pytest.mark.parametrize("name", [name for name, kinds in OUTCOMES.items() if "note" in kinds])
def test_keys_are_unique(read: Reads, name: str) -> None:
    keys = [(record.kind, record.key) for record in read(as_document(_file(name))).unit.records if record.key]
    assert len(set(keys)) == len(keys)


def test_the_search_for_losses_finds_one(read: Reads) -> None:
    content = as_document(_file("Influenza Vaccination(C-CDA2.1).xml"))
    kept = tuple(record for record in read(content).unit.records if record.kind != "immunization")
    assert "code: 88" in lost(content, kept)
    assert lost(content, tuple(r._replace(text="") for r in read(content).unit.records)) != []


@pytest.mark.parametrize("name", [name for name, kinds in OUTCOMES.items() if kinds and "Document" not in name])
def test_a_fragment_alone_is_no_document(read: Reads, name: str) -> None:
    content = _file(name)
    if "<ClinicalDocument" in content:
        assert read(content).unit.records
        return
    with pytest.raises(SourceError) as refused:
        read(content)
    assert refused.value.code == "not_ccda"
