"""Generate the synthetic sample exports: three feeds of one small hospital over three days.

python data/sample/generate.py [--out DIR] [--seed N]
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feed_csv
import feed_fhir
import feed_hl7v2
import tables
import truth
from hospital import World, make_world
from units import Files, Unit

FEEDS: dict[str, tuple[Callable[[World, int], Files], Callable[[str, list[Unit]], bytes]]] = {
    "hl7v2": (feed_hl7v2.files, feed_hl7v2.render),
    "fhir": (feed_fhir.files, feed_fhir.render),
    "csv": (feed_csv.files, feed_csv.render),
}


def generate(out: Path, seed: int) -> None:
    """Write all feeds and `truth.json` below a folder."""
    world = make_world(seed)
    counts: dict[str, dict[str, Any]] = {feed: {} for feed in FEEDS}
    for feed, (make, render) in FEEDS.items():
        for day, date in enumerate(tables.DAYS, 1):
            folder = out / feed / date
            folder.mkdir(parents=True, exist_ok=True)
            files = make(world, day)
            for name, units in files.items():
                (folder / name).write_bytes(render(name, units))
            counts[feed][date] = truth.count(files)
    told = {
        "seed": seed,
        "days": list(tables.DAYS),
        "feeds": counts,
        "untaken_files": list(feed_fhir.UNTAKEN),
        "mrns": sorted(patient.mrn for patient in world.patients),
        "late": truth.late(world),
        "identifiers": truth.identifiers(world),
    }
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    (out / "truth.json").write_bytes(text.encode())


def main() -> None:
    """Read the command line and generate."""
    parser = argparse.ArgumentParser(description="Generate the synthetic sample exports.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    parser.add_argument("--seed", type=int, default=2026)
    arguments = parser.parse_args()
    generate(arguments.out, arguments.seed)


if __name__ == "__main__":
    main()
