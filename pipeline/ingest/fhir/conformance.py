"""What fhir.resources' models say about a resource. It informs; only an option makes it reject.

R4 is judged by R4B's models, which differ from it where hardly anybody is: those of R5 refuse much that is good R4.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import Any

from pydantic import ValidationError

_MODELS = {
    "STU3": "fhir.resources.STU3",
    "R4": "fhir.resources.R4B",
    "R4B": "fhir.resources.R4B",
    "R5": "fhir.resources",
}
_ELEMENT = re.compile(r"[a-z][A-Za-z0-9]{0,60}")


@cache
def _model(version: str, kind: str) -> Any:
    """Return the model of a type, or `None`."""
    # Half a second of imports that a run without checks does not need.
    get = import_module(_MODELS[version]).get_fhir_model_class
    try:
        return get(kind)
    except (KeyError, LookupError, ValueError, TypeError, AttributeError):
        return None


def check(resource: dict[str, Any], version: str) -> list[str]:
    """Return `code:Type.path` of everything that is wrong with a resource, and no value of it."""
    kind = str(resource.get("resourceType"))
    model = _model(version, kind) if re.fullmatch("[A-Za-z]{1,40}", kind) else None
    if model is None:
        return ["unknown_resource"]
    try:
        model.model_validate(resource)
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False, include_context=False)
        return sorted({_finding(kind, problem["type"], problem["loc"]) for problem in problems})
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
