"""Every run leaves its entries in the audit log, and no release depends on them."""

from pathlib import Path

from pipeline.audit import read_entries, verify
from pipeline.context import open_context
from tests.chain.chain import DAY, contents, cut_sample, run, zones


def test_what_runs_did_is_logged(tmp_path: Path) -> None:
    settings = zones(tmp_path, cut_sample(tmp_path, ["csv"]))
    first = contents(run(settings, ["csv"]))
    context = open_context(settings)
    entries = list(read_entries(context))
    assert [entry["event"] for entry in entries] == ["redact", "release", "handoff"]
    redact, release, handoff = entries
    assert (redact["source"], redact["day"]) == ("csv", DAY)
    assert sum(redact["found"]["NAME"].values()) > 0
    assert redact["policy"].startswith("safe_harbor@")
    assert redact["rows"]["read"] >= redact["rows"]["safe"] > 0
    assert release["release"] == handoff["release"] == DAY
    assert contents(run(settings, ["csv"])) == first
    assert [entry["event"] for entry in read_entries(context)] == ["redact", "release", "handoff", "redact"]
    assert verify(context) == (4, [])
