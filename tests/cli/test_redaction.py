"""Redaction by itself, and its measure: nothing passes unredacted, and no text is printed."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.errors import ConfigError, RedactionError
from pipeline.redact.lines import read_known, redact_lines
from pipeline.redact.spans import Span
from tests.cli.conftest import Call

NOTE = "Seen by Dr. Zyxwell on 3/14/2025; call 617-555-0123."
GOLD = [
    {
        "id": "a", "text": NOTE,
        "spans": [
            {"start": 12, "end": 19, "label": "DOCTOR"}, {"start": 23, "end": 32, "label": "DATE"},
            {"start": 39, "end": 51, "label": "PHONE"},
        ],
    },
    {"id": "b", "text": "The quorbin was ataxic.", "spans": [{"start": 4, "end": 11, "label": "PERSON"}]},
    {
        "id": "c", "text": "Ataxia, 2014.",
        "spans": [{"start": 0, "end": 6, "label": "PROBLEM"}, {"start": 8, "end": 12, "label": "DATE"}],
    },
    {"id": "d", "text": "Dr. Zyxwell.", "spans": []},
]  # fmt: skip


def write(path: Path, *rows: Any) -> Path:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), "utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_lines_are_redacted_with_offsets_of_their_text(call: Call, tmp_path: Path) -> None:
    source = write(
        tmp_path / "in.jsonl", {"id": 1, "text": NOTE, "ward": "Zyxwell"}, {"id": "b", "text": "The quorbin ataxia."}
    )
    known = write(tmp_path / "known.jsonl", {"id": "b", "identifiers": [["name", "Quorbin, Ada"]]})
    result = call("redact", source, tmp_path / "out.jsonl", "--known", known)
    assert result.exit_code == 0, result.output
    first, second = read(tmp_path / "out.jsonl")
    assert first["text"] == "Seen by Dr. [NAME] on [DATE]; call [PHONE]."
    assert set(first) == {"id", "text", "spans"}
    assert [NOTE[span["start"] : span["end"]] for span in first["spans"]] == ["Zyxwell", "3/14/2025", "617-555-0123"]
    assert set(first["spans"][0]) == {"start", "end", "entity", "score", "detector"}
    assert (first["id"], second["id"]) == (1, "b")
    assert second["text"] == "The [NAME] ataxia."


BAD = [
    ('{"id": 7, "text": "Zyxwell', None, "bad_json"),
    ("[" * 100_000, None, "bad_json"),
    ('["Zyxwell"]', None, "bad_id"),
    ('{"text": "Zyxwell"}', None, "bad_id"),
    ('{"id": "\\ud800", "text": "Zyxwell"}', None, "bad_id"),
    ('{"id": 123456789012345678901234567890, "text": "Zyxwell"}', None, "bad_id"),
    ('{"id": 7, "text": null}', 7, "no_text"),
    ('{"id": 7, "text": ["Zyxwell"]}', 7, "no_text"),
    ('{"id": 7, "text": " "}', 7, "empty_text"),
    ('{"id": 7, "text": "Zyxwell \\ud800"}', 7, "bad_unicode"),
    (json.dumps({"id": 7, "text": "Zyxwell" * 150_000}), 7, "text_too_long"),
    (json.dumps({"id": 7, "text": ("Zyxwell" * 150_000)[:1_000_000]}), 7, "unbroken_text"),
    (json.dumps({"id": 7, "text": "Zyxwell" * 3_000_000}), None, "line_too_long"),
]


def test_a_line_that_cannot_be_made_safe_is_a_code(call: Call, tmp_path: Path) -> None:
    good = {"id": "good", "text": "No pain."}
    source = write(tmp_path / "in.jsonl", *(line for line, _, _ in BAD), good)
    result = call("redact", source, tmp_path / "out.jsonl")
    assert result.exit_code == 1
    *bad, last = read(tmp_path / "out.jsonl")
    assert last == {"id": "good", "text": "No pain.", "spans": []}
    assert bad == [{"id": name, "line": line, "error": code} for line, (_, name, code) in enumerate(BAD, 1)]
    assert f"{len(BAD) + 1} lines, {len(BAD)} of them refused" in result.stderr
    assert "bad_json  2" in result.stderr
    assert "Zyxwell" not in (tmp_path / "out.jsonl").read_text() + result.output


def test_what_the_detector_refuses_is_a_code(tmp_path: Path) -> None:
    def detect(texts: Sequence[str]) -> list[tuple[Span, ...] | RedactionError]:
        return [RedactionError("detector_timeout") if "slow" in text else () for text in texts]

    source = write(tmp_path / "in.jsonl", *({"id": n, "text": "slow" if n % 3 else "well"} for n in range(1000)))
    counts = redact_lines(source, tmp_path / "out.jsonl", SimpleNamespace(detect=detect, again=lambda text: ()), {})
    assert (counts.lines, counts.refused) == (1000, {"detector_timeout": 666})
    rows = read(tmp_path / "out.jsonl")
    assert [row["id"] for row in rows] == list(range(1000))
    assert [row.get("text") for row in rows] == [None if n % 3 else "well" for n in range(1000)]


def test_an_output_is_whole_or_not_there(tmp_path: Path) -> None:
    def detect(texts: Sequence[str]) -> list[tuple[Span, ...] | RedactionError]:
        if "500" in texts:
            raise KeyboardInterrupt
        return [() for _ in texts]

    source = write(tmp_path / "in.jsonl", *({"id": n, "text": str(n)} for n in range(1000)))
    with pytest.raises(KeyboardInterrupt):
        redact_lines(source, tmp_path / "out.jsonl", SimpleNamespace(detect=detect, again=lambda text: ()), {})
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_files_that_cannot_be_used_are_refused(call: Call, tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", {"id": 1, "text": "x"})
    assert "No such file" in call("redact", tmp_path / "none.jsonl", tmp_path / "out.jsonl").stdout
    assert "cannot be written" in call("redact", source, tmp_path / "none" / "out.jsonl").stdout
    assert "another file" in call("redact", source, source).stdout
    assert read(source) == [{"id": 1, "text": "x"}]


@pytest.mark.parametrize(
    "line",
    ["Zyxwell", '{"id": 1}', '{"id": 1, "identifiers": [["Zyxwell", "x"]]}', '{"id": 1, "identifiers": ["abc"]}'],
)
def test_what_is_known_must_be_of_its_form(tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "known.jsonl", {"id": 1, "identifiers": []}, line)
    with pytest.raises(ConfigError, match="line 2: not of the form") as caught:
        read_known(path)
    assert "Zyxwell" not in str(caught.value)


# The larger file is larger by more than what it may need more. What takes the time, and no memory, is left out.
MEMORY = """
import resource, sys
from pathlib import Path
from types import SimpleNamespace
from pipeline.redact.lines import redact_lines
detector = SimpleNamespace(detect=lambda texts: [() for _ in texts], again=lambda text: ())
redact_lines(Path(sys.argv[1]), Path(sys.argv[1] + ".out"), detector, {})
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for lines in (500, 10_000):
        source = write(tmp_path / f"{lines}.jsonl", *({"id": n, "text": "no pain " * 250} for n in range(lines)))
        run = subprocess.run(
            [sys.executable, "-c", MEMORY, source], capture_output=True, text=True, check=True, timeout=200
        )
        peaks.append(int(run.stdout))
    assert peaks[1] < peaks[0] + 10


def test_shares_are_printed_and_no_text(call: Call, tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.jsonl", *GOLD)
    result = call("evaluate", gold, "--errors", "--json", tmp_path / "score.json")
    assert result.exit_code == 0, result.output
    score = json.loads((tmp_path / "score.json").read_text())["gold"]
    assert score["documents"] == 4
    assert (score["span_recall"]["all"]["right"], score["span_recall"]["all"]["of"]) == (3, 4)
    assert (score["span_precision"]["all"]["right"], score["span_precision"]["all"]["of"]) == (3, 4)
    assert (score["untouched"]["right"], score["untouched"]["of"]) == (1, 2)
    assert score["survival"]["PROBLEM"]["share"] == 1
    assert score["out_of_scope"] == {"DATE: no_date": 1}
    assert ["missed", "NAME", "PERSON", 1] in score["errors"]
    assert "75.0%" in result.stdout
    said = result.output + (tmp_path / "score.json").read_text()
    assert not [word for word in ("Zyxwell", "quorbin", "3/14", "ataxi") if word in said]


def test_a_page_of_misses_says_what_it_holds(call: Call, tmp_path: Path) -> None:
    gold, page = (
        write(tmp_path / "gold.jsonl", *GOLD, {"id": "<b>", "text": "<i> Dr. Zyxwell", "spans": []}),
        tmp_path / "page.html",
    )
    result = call("evaluate", gold, "--misses", page)
    assert "holds text of the set" in result.stderr
    content = page.read_text("utf-8")
    assert "<mark>quorbin</mark> was ataxic." in content
    assert "This page holds text of the set" in content
    assert "&lt;i&gt;" in content
    assert page.stat().st_mode & 0o077 == 0
    refused = call("evaluate", gold, "--misses", tmp_path / "data" / "page.html")
    assert "may not go into the safe zone" in refused.stdout


def test_terms_must_survive(call: Call, tmp_path: Path) -> None:
    terms = write(tmp_path / "terms.csv", "code,name", "1,ataxia", "2,call Dr. Zyxwell")
    result = call("evaluate", "--terms", terms, "--terms-column", "name", "--min-survival", "0.6")
    assert result.exit_code == 1
    assert "survival is under the 0.6 of --min-survival: 1/2" in result.stdout
    assert call("evaluate", "--terms", terms, "--terms-column", "name", "--min-survival", "0.5").exit_code == 0


@pytest.mark.parametrize(("least", "code"), [("0.75", 0), ("0.76", 1)])
def test_recall_must_be_reached(call: Call, tmp_path: Path, least: str, code: int) -> None:
    assert call("evaluate", write(tmp_path / "gold.jsonl", *GOLD), "--min-recall", least).exit_code == code


def test_of_nothing_no_share_is_reached(call: Call, tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.jsonl", {"id": 1, "text": "No pain.", "spans": []})
    assert "recall is under" in call("evaluate", gold, "--min-recall", "0.1").stdout
    assert "survival is under" in call("evaluate", gold, "--min-survival", "0.1").stdout


def test_unknown_labels_stop_it(call: Call, tmp_path: Path) -> None:
    gold = write(
        tmp_path / "gold.jsonl", {"id": 1, "text": "Size 9", "spans": [{"start": 5, "end": 6, "label": "SHOE"}]}
    )
    assert "unknown labels: SHOE" in call("evaluate", gold).stdout
    own = tmp_path / "own.yaml"
    own.write_text("SHOE: out of scope anybody may have it\n")
    assert call("evaluate", gold, "--labels", own).exit_code == 0
