"""What fhir.resources' R4B models say about a resource. It informs; it rejects nothing."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

_ELEMENT = re.compile(r"[a-z][A-Za-z0-9]{0,60}")


def check(resource: dict[str, Any]) -> list[str]:
    """Return `code:Type.path` of everything that is wrong with a resource, and no value of it."""
    # Half a second of imports that a run without checks does not need.
    from fhir.resources.R4B import get_fhir_model_class

    kind = resource.get("resourceType")
    try:
        model = get_fhir_model_class(kind)
    except (KeyError, LookupError, ValueError, TypeError, AttributeError):
        return ["unknown_resource"]
    try:
        model.model_validate(resource)
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False, include_context=False)
        return sorted({_finding(str(kind), problem["type"], problem["loc"]) for problem in problems})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        # Some of its validators trip over shapes that they do not expect.
        return [f"unchecked:{kind}"]
    return []


def _finding(kind: str, code: str, location: tuple[int | str, ...]) -> str:
    names = [part for part in location if isinstance(part, str)]
    if code == "extra_forbidden" and names:
        names[-1] = "*"  # the sender's word, not FHIR's
    path = ".".join(name if name == "*" or _ELEMENT.fullmatch(name) else "?" for name in names)
    return f"{code}:{kind}.{path}"
