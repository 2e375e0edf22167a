"""Small inputs cut from the sample, sources over them, and runs of the chain in this process or in another."""

import csv
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from pipeline import local
from pipeline.config import Settings, load_settings

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "sample"
CHARTMILL = Path(sys.executable).with_name("chartmill")
KEY = "0123456789abcdef0123456789abcdef"
DAY = "2026-01-15"
CONNECTORS = ("hl7v2", "fhir", "csv")
OPTIONS = {"csv": {"mapping": "cedar_ridge"}}
# Two patients of the sample with a stay and a note in all three feeds.
PATIENTS = ("52484385", "70886061")


def messages(content: bytes) -> list[bytes]:
    """Return the HL7 v2 messages of a file."""
    lines = content.replace(b"\n", b"\r").split(b"\r")
    found: list[list[bytes]] = []
    for line in filter(None, lines):
        if line.startswith(b"MSH"):
            found.append([])
        found[-1].append(line)
    return [b"\r".join(message) + b"\r" for message in found]


def _cut_hl7v2(content: bytes, wanted: Sequence[str]) -> bytes:
    return b"".join(m for m in messages(content) if any(mrn.encode() in m for mrn in wanted))


def _cut_fhir(content: bytes, wanted: Sequence[str]) -> bytes:
    return b"".join(line for line in content.splitlines(keepends=True) if any(mrn.encode() in line for mrn in wanted))


def _cut_csv(content: bytes, wanted: Sequence[str]) -> bytes:
    header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([header, *(row for row in rows if set(row) & set(wanted))])
    return text.getvalue().encode()


_CUTS: dict[str, Callable[[bytes, Sequence[str]], bytes]] = {"hl7v2": _cut_hl7v2, "fhir": _cut_fhir, "csv": _cut_csv}


def cut_sample(home: Path, connectors: Sequence[str] = CONNECTORS, days: Sequence[str] = (DAY,),
               patients: Sequence[str] = PATIENTS) -> Path:  # fmt: skip
    """Write what the sample holds of some patients, and a source for each feed; return the folder of sources."""
    for connector in connectors:
        for path in (p for day in days for p in sorted((SAMPLE / connector / day).iterdir())):
            content = _CUTS[connector](path.read_bytes(), patients)
            if content:
                write(home / connector / path.parent.name / path.name, content)
        add_source(home, connector)
    return home / "sources"


def add_source(home: Path, feed: str, **fields: Any) -> Path:
    """Write the YAML of a source, and of a feed of the sample if nothing else is given; return its path."""
    content = {
        "name": feed,
        "connector": feed,
        "path": f"../{feed}/{{day}}/*",
        "authority": "CRMC",
        "timezone": "America/New_York",
        "options": OPTIONS.get(feed, {}),
    }
    return write(home / "sources" / f"{feed}.yaml", yaml.safe_dump(content | fields).encode())


def write(path: Path, content: bytes) -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def zones(home: Path, sources: Path, **fields: Any) -> Settings:
    """Return settings with both zones below a folder; releases are handed to a command that does nothing."""
    return load_settings(
        KEY, phi=str(home / "phi"), data=str(home / "data"), sources=sources, **{"handoff": "true", **fields}
    )


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """Return the environment in which the command has these settings, and none of ours."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CHARTMILL_")}
    key = settings.key.get_secret_value() if settings.key else ""
    names = ("phi", "data", "sources", "handoff", "policy")
    return ours | {f"CHARTMILL_{n.upper()}": str(getattr(settings, n)) for n in names} | {"CHARTMILL_KEY": key} | more


def command(*arguments: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `chartmill` to its end."""
    return subprocess.run(
        [CHARTMILL, *arguments], env=dict(env), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def run(settings: Settings, names: Sequence[str] = CONNECTORS, day: str = DAY, workers: int = 1) -> Path:
    """Run a day in this process; return the folder of the release."""
    name = local.run(settings, names, day, workers=workers, console=Console(quiet=True))
    return Path(settings.data, "releases", name)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder by its relative path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@contextmanager
def started(*arguments: str, env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Start `chartmill` in a process group of its own."""
    with subprocess.Popen(
        [CHARTMILL, *arguments], env=dict(env), cwd=ROOT, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        yield process
