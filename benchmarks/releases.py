"""Time the way from committed records to a release, as a store grows: everything anew, one night of 1 % more, nothing.

python benchmarks/releases.py [--records N] [--buckets N ...] [--share SHARE]

Prints Markdown tables. See README.md for what is compared.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from machine import machine

from pipeline import stages
from pipeline.config import Settings, load_settings
from pipeline.context import Context, open_context
from pipeline.delta import bucket_files, open_table
from pipeline.ledger import Ledger, write_ledger
from pipeline.records import Identifier, SafeTable, schema
from pipeline.redact.policy import load_policy
from pipeline.redact.vault import Vault, patient_bucket
from pipeline.store import RecordStore

VERSIONS = ("deltalake", "pyarrow", "numpy", "jinja2")
SOURCE = "made_up"
# What a patient has: ten visits of ten records, one of them a note, and of the first the patient's own record.
VISITS, VISIT = 10, ("encounter", "note", "condition", "condition", *["observation"] * 6)
PER_PATIENT = VISITS * len(VISIT)
# So many records come in one commit, as they would in a night.
NIGHT = 100_000

_SENTENCES = (
    "Mild cough for {} days, no fever, appetite unchanged.", "Blood pressure {} over 80 at rest, pulse regular.",
    "Lungs clear to the bases; air entry equal on both sides.", "Walks {} metres without pain, sleeps well.",
    "Reviewed by [NAME] on [DATE]; no change in treatment.", "Glucose {} mg/dL before breakfast, diet discussed.",
    "The wound is dry and closed, stitches out in {} days.", "Lisinopril {} mg daily is well tolerated.",
    "No oedema, no rash, abdomen soft and not tender.", "Repeat the panel in {} weeks and call with the result.",
)  # fmt: skip
_CODES = ("I10", "E11.9", "J45.909", "M54.5", "K21.9", "N39.0", "R05", "F41.1", "E78.5", "G47.33")


def texts(count: int, seed: int) -> pa.Array:
    """Return fictional notes of about 800 characters, no two alike."""
    rng = np.random.default_rng(seed)
    lines = pa.array([line.format(number) for line in _SENTENCES for number in range(10, 110)])
    parts = [lines.take(pa.array(rng.integers(len(lines), size=count))) for _ in range(16)]
    numbers = pc.cast(pa.array(np.arange(count) + seed * 10_000_000), pa.string())
    head = pc.binary_join_element_wise("Visit", numbers, " ")
    return pc.binary_join_element_wise(head, *parts, "\n")


def night(
    context: Context, label: str, first: int, patients: int, visits: range, rows_each: int, seed: int
) -> pa.Table:
    """Return safe records of so many patients, from the number `first` on: of each visit the first `rows_each`."""
    keys, per = context.keys, len(visits) * rows_each
    names = [keys.digest("patient", f"M|{number}") for number in range(first, first + patients)]
    versions = [keys.digest("vault_version", *identity(number)) for number in range(first, first + patients)]
    buckets = np.array([patient_bucket(context, name) for name in names], "int32")
    count = patients * per
    who, place = np.repeat(np.arange(patients), per), np.tile(np.arange(per), patients)
    visit, within = np.array(visits)[place // rows_each], place % rows_each
    kinds = np.array(VISIT)[within]
    kinds[(visit == 0) & (within == len(VISIT) - 1)] = "patient"
    serial = ((first + who) * 1000 + visit) * 100 + within
    is_note = kinds == "note"
    notes = np.full(count, -1)
    notes[is_note] = np.arange(is_note.sum())
    rng = np.random.default_rng(seed)
    said = keys.digests("bench", (b"%d-%d" % (number, seed) for number in serial.tolist()))
    encounters = keys.digests("bench visit", (b"%d" % number for number in (serial // 100).tolist()))
    odd = np.isin(kinds, ("condition", "observation"))

    def chosen(values: tuple[str, ...], where: np.ndarray) -> pa.Array:
        return pa.array(values).take(pa.array(rng.integers(len(values), size=count), mask=~where))

    columns: dict[str, Any] = {name: pa.nulls(count, schema("safe").field(name).type) for name in schema("safe").names}
    columns |= {
        "source": pa.array([SOURCE]).take(pa.array(np.zeros(count, "int8"))),
        "file_id": pa.array(["0" * 32]).take(pa.array(np.zeros(count, "int8"))),
        "position": pa.array(np.arange(1, count + 1)),
        "record_id": keys.digests("bench record", (b"%d" % number for number in serial.tolist())),
        "kind": pa.array(kinds),
        "patient_key": pa.array(names).take(pa.array(who)),
        "encounter_key": pc.if_else(pa.array(kinds == "patient"), None, pa.array(encounters)),
        "bucket": pa.array(buckets[who]),
        "version": pa.array(serial * 1_000_000),
        "sequence": pa.array(visit * 100_000 + within),
        "start": pa.array([str(2015 + n) for n in range(VISITS)]).take(pa.array(visit % VISITS)),
        "code": chosen(_CODES, odd),
        "code_system": chosen(("http://hl7.org/fhir/sid/icd-10-cm",), odd),
        "display": chosen(tuple(f"Finding {code}" for code in _CODES), odd),
        "value_number": pa.array(np.round(rng.normal(100, 20, count), 1), mask=kinds != "observation"),
        "unit": chosen(("mg/dL",), kinds == "observation"),
        "title": chosen(("Progress note", "Discharge summary"), is_note),
        "text": texts(int(is_note.sum()), seed).take(pa.array(notes, mask=~is_note)),
        "sex": chosen(("female", "male"), kinds == "patient"),
        "birth_date": chosen(tuple(str(year) for year in range(1940, 2010)), kinds == "patient"),
        "policy": pa.array([label]).take(pa.array(np.zeros(count, "int8"))),
        "vault_version": pa.array(versions).take(pa.array(who)),
        "record_sha": said,
        "safe_sha": said,
    }
    return SafeTable.from_columns(columns).data


def identity(number: int) -> tuple[str, str]:
    """Return what the vault knows of a patient: type and value of one identifier."""
    return "name", f"Zyxwell-{number}, Quorbing"


# ── a stage, in a process of its own ────────────────────────────────────────────────────────────────────────────


def settings_of(home: Path, buckets: int) -> Settings:
    """Return the settings of a store below a folder."""
    return load_settings("0" * 64, phi=str(home / "phi"), data=str(home / "data"), buckets=buckets)


def commit(settings: Settings, folder: Path) -> list[str]:
    """Commit each file of a folder, with its ledger."""
    context, said = open_context(settings), []
    for path in sorted(folder.glob("*.parquet")):
        table = pq.read_table(path, schema=schema("safe"))
        said.append(str(RecordStore(context).merge(SafeTable(table))))
        units = {"read": len(table), "accepted": len(table), "rejected": {}, "excluded": {}}
        records = {"read": len(table), "accepted": len(table), "rejected": {}, "superseded": 0, "deletions": 0}
        write_ledger(context, Ledger(SOURCE, path.stem, 1, units, records))
    return said


def plain(settings: Settings) -> int:
    """Read all files of the store and write them as one, with pyarrow and nothing of ours."""
    table = open_table(open_context(settings).data, "records")
    files = [file for of_bucket in (bucket_files(table) if table else {}).values() for file in of_bucket]
    columns = [name for name in schema("safe").names if name != "bucket"]
    wanted = pa.schema([schema("safe").field(name) for name in columns])
    read = pa.concat_tables([pq.read_table(file, columns=columns, partitioning=None).cast(wanted) for file in files])
    target = Path(settings.data) / "plain.parquet"
    pq.write_table(read, target, compression="zstd")
    target.unlink()
    return len(read)


def call(name: str, settings: Settings, home: Path, folder: Path) -> Any:
    """Run a stage, of mapped ones all that was planned, and return what it said."""
    planned, day = home / "planned.json", "2026-01-15"
    calls: dict[str, Callable[[], Any]] = {
        "commit": lambda: commit(settings, folder),
        "sweep": lambda: stages.sweep(settings, day),
        "plan_shards": lambda: stages.plan_shards(settings),
        "examples": lambda: [stages.examples(settings, bucket) for bucket in json.loads(planned.read_text())],
        "select": lambda: stages.select(settings),
        "shard": lambda: [stages.shard(settings, bucket) for bucket in json.loads(planned.read_text())],
        "gate": lambda: stages.gate(settings, day),
        "publish": lambda: stages.publish(settings, day),
        "plain": lambda: plain(settings),
    }
    said = calls[name]()
    if name in ("plan_shards", "select"):
        planned.write_text(json.dumps(said))
    return len(said) if isinstance(said, list) else said


def run_stage(name: str, settings: Settings, home: Path, folder: Path) -> None:
    """Run a stage and print what it took; start-up is not counted."""
    open_context(settings)
    for module in _IMPORTED.get(name, ()):
        importlib.import_module(f"pipeline.{module}")
    start, used = time.perf_counter(), time.process_time()
    said = call(name, settings, home, folder)
    took = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - used}
    print(json.dumps(took | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "said": said}))


# ── the runs ────────────────────────────────────────────────────────────────────────────────────────────────────

STAGES = ("commit", "sweep", "plan_shards", "examples", "select", "shard", "gate", "publish")
# What stages import when they are called, and would be timed.
_IMPORTED = {
    "sweep": ("redact.renew", "redact.sweep", "audit"), "plan_shards": ("redact.sweep", "shard"),
    "examples": ("shard",), "select": ("shard",), "shard": ("shard",), "gate": ("redact.policy", "release", "shard"),
    "publish": ("audit", "handoff", "redact.policy", "release", "shard"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Took:
    """What a stage took: seconds by the clock and of CPU, and the peak of its resident memory in bytes."""

    seconds: float
    cpu: float
    peak: int
    said: Any


def measure(name: str, home: Path, buckets: int, folder: Path) -> Took:
    """Run a stage in a process of its own."""
    given = ["--stage", name, "--home", str(home), "--buckets", str(buckets), "--in", str(folder)]
    ran = subprocess.run([sys.executable, __file__, *given], check=True, stdout=subprocess.PIPE, text=True)
    took = Took(**json.loads(ran.stdout.splitlines()[-1]))
    # Many records take long: this shows how far it is.
    print(f"{name}: {took.seconds:.1f} s, CPU {took.cpu:.1f} s: {took.said}", file=sys.stderr, flush=True)
    return took


def write_nights(home: Path, buckets: int, records: int, share: float) -> dict[str, Path]:
    """Write what comes in each run as Parquet, and the vault of all patients; return the folders by run."""
    settings = settings_of(home, buckets)
    context, label = open_context(settings), load_policy(settings).label
    patients, more = max(2, records // PER_PATIENT), max(1, int(records * share) // PER_PATIENT)
    Vault(context).add(
        {context.keys.digest("patient", f"M|{n}"): {Identifier(*identity(n))} for n in range(patients + more)}
    )
    folders = {name: home / name for name in ("all", "a night", "spread", "nothing")}
    for folder in folders.values():
        folder.mkdir()
    step = NIGHT // PER_PATIENT
    for part, first in enumerate(range(0, patients, step)):
        table = night(context, label, first, min(step, patients - first), range(VISITS), len(VISIT), part)
        pq.write_table(table, folders["all"] / f"{2000 + part // 28}-01-{part % 28 + 1:02}.parquet")
    # New visits of as few patients as there can be; and one note, or more, of each patient.
    of_night = night(context, label, 0, more, range(VISITS, 2 * VISITS), len(VISIT), 5001)
    pq.write_table(of_night, folders["a night"] / "2026-02-01.parquet")
    wide = night(context, label, 0, min(patients, more * PER_PATIENT), range(2 * VISITS, 2 * VISITS + 1), 2, 5002)
    wide = wide.filter(pc.equal(wide["kind"], "note"))
    pq.write_table(wide, folders["spread"] / "2026-02-02.parquet")
    return folders


def measured(records: int, buckets: int, share: float) -> tuple[dict[str, dict[str, Took]], Took]:
    """Return what each stage of each run takes, and the peer."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        folders = write_nights(home, buckets, records, share)
        runs = {run: {s: measure(s, home, buckets, folder) for s in STAGES} for run, folder in folders.items()}
        return runs, measure("plain", home, buckets, home)


def table_of(runs: dict[str, dict[str, Took]], peer: Took) -> Iterator[str]:
    """Yield the lines of a table."""
    yield f"| stage | {' | '.join(runs)} | peak MiB |"
    yield f"|---|{'---|' * len(runs)}---|"
    for stage in STAGES:
        each = [run[stage] for run in runs.values()]
        cells = " | ".join(f"{took.seconds:.1f} s, CPU {took.cpu:.1f} s" for took in each)
        yield f"| {stage} | {cells} | {max(took.peak for took in each) / 2**20:,.0f} |"
    totals = [(sum(t.seconds for t in run.values()), sum(t.cpu for t in run.values())) for run in runs.values()]
    yield f"| total | {' | '.join(f'{clock:.1f} s, CPU {cpu:.1f} s' for clock, cpu in totals)} | |"
    shares = " | ".join(f"{clock / totals[0][0]:.1%}, CPU {cpu / totals[0][1]:.1%}" for clock, cpu in totals)
    yield f"| of everything anew | {shares} | |"
    yield (
        f"\nthe plain peer: {peer.seconds:.1f} s, CPU {peer.cpu:.1f} s, {peer.peak / 2**20:,.0f} MiB; everything anew "
        f"takes {totals[0][0] / peer.seconds:.1f} times that, CPU {totals[0][1] / peer.cpu:.1f} times"
    )


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description="Time the way from records to a release, as a store grows.")
    parser.add_argument("--records", type=int, default=100_000, help="records of the store")
    parser.add_argument("--buckets", type=int, action="append", help="patient buckets; may be given more than once")
    parser.add_argument("--share", type=float, default=0.01, help="how much comes new")
    parser.add_argument("--stage", help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--in", dest="folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.stage:
        run_stage(given.stage, settings_of(given.home, given.buckets[0]), given.home, given.folder)
        return
    print(machine(*VERSIONS))
    for buckets in given.buckets or [256]:
        print(f"\n{given.records:,} records in {buckets} buckets, {given.share:.0%} more\n")
        for line in table_of(*measured(given.records, buckets, given.share)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
