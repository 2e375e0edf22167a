"""Resources that other resources name and that lie in other files of the export: Medication and Binary."""

from __future__ import annotations

import glob
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from pipeline.errors import SourceError
from pipeline.ingest.connector import SourceFile
from pipeline.ingest.fhir.elements import Concept, concept_of, objects, text
from pipeline.ingest.fhir.files import is_manifest, parse, split_lines, whole_lines
from pipeline.ingest.fhir.references import Node

# Memory is bounded: so many entries of an index, so many bytes of packed content, of a manifest.
MOST_ENTRIES = 1_000_000
MOST_BYTES = 256 * 1024 * 1024
_MANIFEST_BYTES = 16 * 1024 * 1024
# Names of files that say what is in them: such a file is not searched for other types.
_TYPED = re.compile(
    "patient|encounter|condition|observation|medication|procedure|allerg|immuni|diagnostic|document|service|care|binary",
    re.IGNORECASE,
)


class Place(NamedTuple):
    """Where a resource stands: its line in a file that can be read from anywhere, or else the line itself."""

    file: SourceFile | None
    offset: int
    length: int
    line: bytes = b""


class Lookups:
    """Finds resources by id in the files of an export. Each index is made when it is first asked for, and kept."""

    def __init__(self) -> None:
        self._medications: dict[tuple[SourceFile, ...], dict[str, Concept]] = {}
        self._binaries: dict[tuple[SourceFile, ...], dict[str, Place]] = {}
        self._file: SourceFile | None = None
        self._findings: Counter[str] = Counter()
        self._manifest: dict[str, Any] | None = None

    def start(self, file: SourceFile, findings: Counter[str]) -> None:
        """Look from a file on."""
        self._file, self._findings, self._manifest = file, findings, None

    def medication(self, number: str) -> Concept | None:
        """Return the code of a Medication."""
        files = self._files("Medication")
        if files not in self._medications:
            found: dict[str, Concept] = {}
            for _, _, line in self._resources(files, "Medication", lambda: len(found) < MOST_ENTRIES):
                medication = _load(line)
                if medication.get("resourceType") == "Medication":
                    found.setdefault(text(medication, "id"), concept_of(medication.get("code")))
            self._medications[files] = found
        return self._medications[files].get(number)

    def binary(self, number: str) -> Node | None:
        """Return a Binary."""
        files = self._files("Binary")
        if files not in self._binaries:
            self._binaries[files] = self._index_binaries(files)
        place = self._binaries[files].get(number)
        if place is None:
            return None
        line = place.line
        if place.file is not None:
            with place.file.open() as stream:
                stream.seek(place.offset)
                line = stream.read(place.length)
        binary = _load(line)
        return binary if binary.get("resourceType") == "Binary" else None

    def manifest(self) -> dict[str, Any]:
        """Return the manifest of the export, or nothing."""
        if self._manifest is None:
            self._manifest = next(self._manifests(), {})
        return self._manifest

    def _manifests(self) -> Iterator[dict[str, Any]]:
        assert self._file is not None
        for file in self._file.sibling("*manifest*.json", "*manifest*.json.gz"):
            content = b""
            for block in file.blocks():
                content += block
                if len(content) > _MANIFEST_BYTES:
                    break
            found = _load(content)
            if is_manifest(found):
                yield found

    def _files(self, kind: str) -> tuple[SourceFile, ...]:
        """Return the files that hold resources of a type, by name or by manifest; else the one that is read.

        Of files whose names say nothing, the others are not searched: each would be read once for each of them.
        """
        assert self._file is not None
        named = re.compile(rf"(?<![a-z]){kind.lower()}(?![a-z])")
        files = [file for file in self._file.sibling(f"*{kind}*") if named.search(file.name.casefold())]
        if not files:
            listed = [one for one in objects(self.manifest().get("output")) if one.get("type") == kind]
            names = [glob.escape(text(one, "url").rsplit("/", 1)[-1]) + "*" for one in listed]
            files = list(self._file.sibling(*names))
        if not files and not _TYPED.search(self._file.name):
            files = [self._file]
        return tuple(files)

    def _resources(
        self, files: tuple[SourceFile, ...], kind: str, room: Callable[[], bool]
    ) -> Iterator[tuple[SourceFile, int, bytes]]:
        """Yield file, offset and content of lines that may hold a resource of a type, as long as there is room."""
        wanted = f'"{kind}"'.encode()
        for file in files:
            offset = 0
            try:
                for line in chain.from_iterable(map(split_lines, whole_lines(file))):
                    if wanted in line:
                        if not room():
                            self._findings[f"lookup_too_large:{kind}"] += 1
                            return
                        yield file, offset, line
                    offset += len(line)
            except SourceError:
                # The file itself is rejected where it is read.
                self._findings[f"lookup_unreadable:{kind}"] += 1

    def _index_binaries(self, files: tuple[SourceFile, ...]) -> dict[str, Place]:
        found: dict[str, Place] = {}
        held = 0

        def room() -> bool:
            return len(found) < MOST_ENTRIES and held < MOST_BYTES

        # Where the lines of a file start, if it can be read from anywhere.
        starts = {file: _mark(file) for file in files if _is_seekable(file)}
        for file, offset, line in self._resources(files, "Binary", room):
            number = text(_load(line), "id")
            if file in starts:
                found.setdefault(number, Place(file, offset + starts[file], len(line)))
            else:
                held += len(line)
                found.setdefault(number, Place(None, 0, 0, line))
        return found


def _load(line: bytes) -> Node:
    found = parse(line)
    return found if isinstance(found, dict) else {}


def _is_seekable(file: SourceFile) -> bool:
    """Tell whether a file can be read from anywhere: it is not packed."""
    with file.open() as stream:
        packed = isinstance(stream, zipfile.ZipExtFile) or stream.read(2) == b"\x1f\x8b"
        return not packed and stream.seekable()


def _mark(file: SourceFile) -> int:
    """Return how many bytes the byte order mark takes."""
    with file.open() as stream:
        return 3 if stream.read(3) == b"\xef\xbb\xbf" else 0
