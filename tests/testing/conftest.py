"""What a built-in connector does not do yet."""

from __future__ import annotations

import pytest

_NOT_YET = {
    "test_fhir[keeps_values_out_of_codes-mixed.ndjson]": "an unknown resource type is quoted in the reason",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect these to fail, and fail once they do not."""
    for item in items:
        if item.name in _NOT_YET:
            item.add_marker(pytest.mark.xfail(reason=_NOT_YET[item.name], strict=True))
