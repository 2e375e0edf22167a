"""The index stage: identifiers and links of a run into the vault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.config import SourceConfig
from pipeline.context import Context, Work
from pipeline.records import Identifier, LinkTable, PersonTable, RawTable
from pipeline.redact.crosswalk import read_crosswalk
from pipeline.redact.forgotten import blank, forgotten, suppressed
from pipeline.redact.links import Pair, add_links
from pipeline.redact.vault import Vault, entry_key, nobody_key, patient_key


def index_identities(work: Work, source: SourceConfig) -> dict[str, Any]:
    """Put identifiers and links of all partitions, and the crosswalk, into the vault before anything is redacted.

    Identifiers are taken from `raw`, so that a record which normalize rejects still gives away its patient's names.
    Nothing is kept of patients who are forgotten, but for a link that makes another id one of theirs.
    """
    context, nobody, known = work.context, nobody_key(work.context), suppressed(work.context)
    links = add_links(context, (p for p in _links(work, source) if nobody not in p and not known.issuperset(p)))
    vault = Vault(context)
    out = forgotten(context, vault.links)
    if out:
        blank(work, source.authority, out, vault.links)
    found: dict[str, set[Identifier]] = defaultdict(set)
    for part in work.parts:
        raws, people = work.read(f"raw-{part:04}", RawTable), work.read(f"person-{part:04}", PersonTable)
        for key, identity in identities(context, source, raws, people):
            if key != nobody and vault.links.canonical(key) not in out:
                found[key].update(identity)
    new = vault.add(found)
    result = {"people": len(found), "new_identifiers": new, "new_links": links}
    work.write_json("index", result)
    return result


def identities(
    context: Context, source: SourceConfig, raws: Iterable[RawTable], people: Iterable[PersonTable]
) -> Iterator[tuple[str, set[Identifier]]]:
    """Yield identifiers by the key of a patient or of a directory entry."""

    def identifiers(pairs: list[dict[str, str]]) -> set[Identifier]:
        # A reference is told by the key of the entry that it names: the directory is the source's authority's.
        return {
            Identifier(pair["type"], entry_key(context, source.authority, pair["value"]))
            if pair["type"] == "reference"
            else Identifier(pair["type"], pair["value"])
            for pair in pairs
            if pair["value"].strip()
        }

    def of_patient(number: str, authority: str) -> str:
        return patient_key(context, f"{authority or source.authority}|{number}")

    for raw in raws:
        columns = raw.data.select(["patient_id", "patient_authority", "identity"]).to_pydict()
        for number, authority, identity in zip(*columns.values(), strict=True):
            if identity:
                yield of_patient(number, authority), identifiers(identity)
    for person in people:
        columns = person.data.select(["patient_id", "patient_authority", "reference", "identity"]).to_pydict()
        for number, authority, reference, identity in zip(*columns.values(), strict=True):
            if reference:
                yield entry_key(context, source.authority, reference), identifiers(identity)
            yield of_patient(number, authority), identifiers(identity)


def _links(work: Work, source: SourceConfig) -> Iterator[Pair]:
    """Yield pairs of patient keys that are one patient."""

    def pair(one: str, other: str) -> Pair:
        return patient_key(work.context, one), patient_key(work.context, other)

    for part in work.parts:
        for table in work.read(f"link-{part:04}", LinkTable):
            for link in table.data.to_pylist():
                one, other = (link[name] or source.authority for name in ("patient_authority", "other_authority"))
                yield pair(f"{one}|{link['patient_id']}", f"{other}|{link['other_id']}")
    for one, other in read_crosswalk(work.context.settings):
        yield pair(one, other)
