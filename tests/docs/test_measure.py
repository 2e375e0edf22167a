"""The section on measuring redaction, followed to the letter."""

import json
from pathlib import Path

from tests.docs.test_walkthrough import ROOT, follow


def test_the_section_measures_and_redacts(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "privacy.md").read_text("utf-8")
    section = page.partition("## Measure it on your own notes\n")[2].partition("\n## ")[0]
    home, said = follow(section, tmp_path)
    assert "2/2  100.0%" in said
    assert "Zyxwell" not in said
    score = json.loads((home / "score.json").read_text())
    assert score["gold"]["out_of_scope"] == {"AGE: under_90": 1, "PROFESSION: occupations are not listed": 1}
    first, second = map(json.loads, (home / "redacted.jsonl").read_text().splitlines())
    assert first["text"] == "Seen by Dr. [NAME] on [DATE] for ataxia."
    assert second["text"] == "A 45-year-old pilot without fever."
