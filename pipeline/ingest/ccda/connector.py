"""The connector of C-CDA."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.errors import ConfigError, RecordError, SourceError
from pipeline.ingest.ccda.document import read_document
from pipeline.ingest.ccda.xml import XmlError, parse_xml, root_name
from pipeline.ingest.connector import Connector, SourceFile, Unit

# What lies beside the documents in a package of them (XDM): its index, style sheets and metadata.
_PACKAGING = ("html", "stylesheet", "transform", "SubmitObjectsRequest")


class CcdaConnector(Connector):
    """Reads one ClinicalDocument a file.

    Option `authorities`: the name of the assigning authority for each root of a patient id (an OID), best first.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        if unknown := sorted(set(options) - {"authorities"}):
            raise ConfigError(f"ccda has no option {unknown[0]!r}: it takes `authorities`")
        named = options.get("authorities", {})
        if not isinstance(named, Mapping) or not all(isinstance(name, str) and name for name in named.values()):
            raise ConfigError("ccda option authorities: name the authority of each root, as `2.16.840.1.1: CRMC`")
        self._authorities = {str(root): name for root, name in named.items()}

    def count(self, file: SourceFile) -> int:
        """Look for the start tag of a document; a file holds one."""
        _kind(file.read())
        return 1

    def read(self, file: SourceFile) -> Iterator[Unit]:
        """Yield the document."""
        content = file.read()
        if _kind(content) != "ClinicalDocument":
            yield Unit(1, excluded="packaging", content=content)
            return
        try:
            found = read_document(parse_xml(content), self._authorities, self.findings)
        except XmlError as error:
            yield Unit(1, rejected=error.code, content=content)
        except RecordError as error:
            yield Unit(1, rejected=error.reason, content=content)
        else:
            yield Unit(1, found.records, content=content, links=found.links)


def _kind(content: bytes) -> str:
    """Return the root of a document, or of what comes with it.

    Raises `SourceError` if the file is neither.
    """
    if not content.strip():
        raise SourceError("empty")
    name = root_name(content)
    if name != "ClinicalDocument" and name not in _PACKAGING:
        raise SourceError("not_ccda")
    return name
