"""The manifest of a bulk export: which files belong to it, and which of them did not come.

https://hl7.org/fhir/uv/bulkdata/export.html#response---complete-status
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from pipeline.ingest.connector import SourceFile
from pipeline.ingest.fhir.elements import children, text

# http://hl7.org/fhir/issue-type, all versions
ISSUE_CODES = frozenset(
    "invalid structure required value invariant security login unknown expired forbidden suppressed processing "
    "not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension too-costly "
    "business-rule conflict limited-filter transient lock-error no-store exception timeout incomplete throttled "
    "informational success".split()
)


def missing_files(document: dict[str, Any], file: SourceFile) -> Counter[str]:
    """Count the files that a manifest lists and that did not come with it."""
    here = {sibling.name.casefold().removesuffix(".gz") for sibling in file.siblings()}
    found: Counter[str] = Counter()
    for name in ("output", "deleted", "error"):
        for listed in children(document, name):
            last = text(listed, "url").partition("?")[0].rsplit("/", 1)[-1].casefold().removesuffix(".gz")
            # Servers give files numbers for names, and whoever fetched them another ending.
            if last and last not in here and f"{last}.ndjson" not in here:
                found[f"manifest_file_missing:{name}"] += 1
    return found
