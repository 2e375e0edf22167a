"""Whatever is configured wrongly ends the command with one sentence that says what to do, and exit code 2."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.context import open_context
from tests.chain.chain import DAY, add_source, command, cut_sample, environment, write, zones

Prepare = Callable[[Path], object]


class Case(NamedTuple):
    """What is wrong, and words of the sentence that say so and what to do."""

    expected: tuple[str, ...]
    arguments: tuple[str, ...] = ("--day", DAY)
    environment: dict[str, str] = {}  # noqa: RUF012
    prepare: Prepare = lambda home: None


def source(**fields: object) -> Prepare:
    """Write the source with other fields."""
    return lambda home: add_source(home, "hl7v2", **fields)


def text(content: str) -> Prepare:
    """Write the source's YAML as it is given."""
    return lambda home: write(home / "sources" / "hl7v2.yaml", content.encode())


def made_with_another_key(home: Path) -> object:
    return open_context(zones(home, home / "sources"))


CASES = {
    "no key": Case(("CHARTMILL_KEY is not set", "chartmill keygen"), environment={"CHARTMILL_KEY": ""}),
    "short key": Case(("CHARTMILL_KEY", "chartmill keygen"), environment={"CHARTMILL_KEY": "0123"}),
    "another key": Case(
        ("is not the key of this record store", "set the key that the store was made with"),
        environment={"CHARTMILL_KEY": "f" * 32},
        prepare=made_with_another_key,
    ),
    "unknown source": Case(("unknown source 'lab'", "known: hl7v2"), arguments=("--day", DAY, "--source", "lab")),
    "no folder of sources": Case(
        ("no folder of sources", "--sources"), arguments=("--day", DAY, "--sources", "/nowhere")
    ),
    "no YAML": Case(("hl7v2.yaml is not valid YAML at line 3", "correct it"), prepare=text("name: hl7v2\npath: [\n")),
    "no mapping": Case(("hl7v2.yaml must hold `name: value` lines",), prepare=text("- hl7v2\n")),
    "no text": Case(
        ("hl7v2.yaml cannot be read as UTF-8", "check the file"),
        prepare=lambda home: write(home / "sources" / "hl7v2.yaml", b"\xff\xfe\x00"),
    ),
    "unknown field": Case(("source hl7v2.yaml is wrong", "colour", "not permitted"), prepare=source(colour="red")),
    "field missing": Case(
        ("source hl7v2.yaml is wrong", "authority", "required"),
        prepare=text("name: hl7v2\nconnector: hl7v2\npath: x\n"),
    ),
    "another name": Case(
        ("its name must be 'hl7v2'",), prepare=text("name: lab\nconnector: hl7v2\npath: x\nauthority: A\n")
    ),
    "path missing": Case(("no files for", "check the export, or the path"), prepare=source(path="../nowhere/{day}/*")),
    "path with other braces": Case(("path may hold only {day}",), prepare=source(path="../hl7v2/{date}/*")),
    "bad time zone": Case(
        ("source hl7v2.yaml is wrong", "timezone", "not a time zone"), prepare=source(timezone="Boston")
    ),
    "unknown connector": Case(
        ("unknown connector 'hl7v3'", "known: ccda, csv, fhir, hl7v2"), prepare=source(connector="hl7v3")
    ),
    "unknown option": Case(
        ("hl7v2 has no option 'colour'", "known: authorities"), prepare=source(options={"colour": "red"})
    ),
    "unknown policy": Case(
        ("unknown policy 'open'", "known: date_shift, safe_harbor"), arguments=("--day", DAY, "--policy", "open")
    ),
    "wrong setting": Case(("CHARTMILL_BUCKETS",), environment={"CHARTMILL_BUCKETS": "0"}),
    "no files for the day": Case(("no files for 2031-01-01", "check the export"), arguments=("--day", "2031-01-01")),
    "no date": Case(("not a date of the form 2026-01-15", "correct it"), arguments=("--day", "15.1.2026")),
    "no such date": Case(("not a date of the form 2026-01-15", "correct it"), arguments=("--day", "2026-02-30")),
}


@pytest.mark.parametrize("name", CASES)
def test_one_sentence_says_what_to_do(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    sources = cut_sample(tmp_path, ["hl7v2"])
    case.prepare(tmp_path)
    env = environment(zones(tmp_path, sources)) | case.environment
    done = command("run", "--workers", "1", *case.arguments, env=env)
    assert done.returncode == 2, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("chartmill: ")
    for words in case.expected:
        assert words in lines[0]
    assert "Traceback" not in done.stdout
