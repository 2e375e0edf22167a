"""The Python of docs/releases.md runs on a release, and its table has every column."""

import re
from pathlib import Path

import pytest

from pipeline.records import EXAMPLES, schema

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "releases.md").read_text("utf-8")
SNIPPETS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("number", range(len(SNIPPETS)))
def test_snippets_run(published: Path, number: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", str(tmp_path))
    assert "var/data/releases/2026-01-15" in SNIPPETS[number]
    names: dict[str, object] = {}
    exec(SNIPPETS[number].replace("var/data/releases/2026-01-15", str(published)), names)
    assert len(names["train" if "train" in names else "matched"]) > 0  # type: ignore[arg-type]


def test_every_column_is_explained() -> None:
    table = PAGE.split("## What a row holds")[1].split("\n\nNo column")[0]
    first = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = set(re.findall(r"`(\w+)`", " ".join(first)))
    assert named == {name for state in EXAMPLES for name in schema(state).names}
