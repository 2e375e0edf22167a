"""What is taken back is gone from the next release; who is forgotten is gone from everything."""

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from pipeline import stages
from pipeline.audit import read_entries
from pipeline.audit import verify as verify_log
from pipeline.config import Settings
from pipeline.context import Context, Work, open_context
from pipeline.errors import StorageError
from pipeline.forget import phi_zone, safe_zone
from pipeline.forget import run as steps
from pipeline.ledger import read_ledgers
from pipeline.quarantine import quarantined
from pipeline.redact.links import read_links
from pipeline.redact.vault import Vault, patient_bucket, patient_key
from pipeline.release import read_manifest, releases, rewrite, verify_release, withdrawn
from pipeline.store import RecordStore
from pipeline.testing import find_leaks
from tests.chain.chain import PATIENTS, add_source, contents, cut_sample, run, write, zones

FIRST, SECOND, THIRD = "2026-01-15", "2026-01-16", "2026-01-17"
NOW = datetime(2026, 1, 18, 9, 0, tzinfo=UTC)
# Ada goes by three numbers, the last of which is linked after she is forgotten.
ADA, ADA_TOO, ADA_LATER, BEA = "48213377", "48213378", "48213379", "70886061"
WHO = [["name", "Vorkalind, Ada"], ["phone", "617-222-0134"], ["id", ADA]]


def note(key: str, patient: str, day: str, text: str, **more: Any) -> dict[str, Any]:
    told = {"kind": "note", "key": key, "patient_id": patient, "version": f"{day}T10:00:00", "start": day, "text": text}
    return {**told, "encounter_id": f"visit of {patient}", **more}


def deleted(kind: str, key: str, day: str, scope: str) -> dict[str, Any]:
    return {"kind": kind, "key": key, "version": f"{day}T11:00:00", "deleted": scope}


NIGHTS: dict[str, list[dict[str, Any]]] = {
    FIRST: [
        {"records": [note("1", ADA, FIRST, "Ulcer of the left foot.", identity=WHO)]},
        {"records": [note("2", ADA, FIRST, "Vorkalind again.", start="no date")]},
        {"records": [note("3", BEA, FIRST, "Cough for a week.", identity=[["name", "Quorbing, Bea"]])]},
    ],
    SECOND: [
        {"records": [note("4", ADA_TOO, SECOND, "Ulcer has closed.")], "links": [[ADA, ADA_TOO]]},
        {"records": [note("5", BEA, SECOND, "Cough is better.")]},
    ],
    THIRD: [
        {"records": [note("6", ADA, THIRD, "Vorkalind came back.", identity=WHO)]},
        {"records": [note("7", ADA_LATER, THIRD, "Under a new number.", identity=WHO)], "links": [[ADA, ADA_LATER]]},
        {"records": [note("8", ADA, THIRD, "Vorkalind, Ada: no date.", start="no date", identity=WHO)]},
        {"records": [note("9", BEA, THIRD, "Cough is gone."), note("10", ADA_TOO, THIRD, "In one unit with Bea.")]},
    ],
}


def sources(home: Path, nights: Mapping[str, Sequence[dict[str, Any]]]) -> Path:
    """Write the nights as files, and a source for them; return the folder of sources."""
    for day, units in nights.items():
        write(home / "told" / day / "units.jsonl", b"".join(orjson.dumps(unit) + b"\n" for unit in units))
    add_source(home, "told", connector="tests.chain.told:Told", max_reject_share=0.5)
    return home / "sources"


@pytest.fixture(scope="module")
def two_nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with sources, and the zones after two nights with a release each."""
    home = tmp_path_factory.mktemp("two_nights")
    settings = zones(home, sources(home, NIGHTS))
    for day in (FIRST, SECOND):
        run(settings, ["told"], day)
    return home


@pytest.fixture
def lived(two_nights: Path, tmp_path: Path) -> Settings:
    """Return a copy of these zones."""
    for zone in ("phi", "data"):
        shutil.copytree(two_nights / zone, tmp_path / zone)
    return zones(tmp_path, two_nights / "sources")


@pytest.fixture
def asked(tmp_path: Path) -> str:
    """Return the file that names Ada by one of her numbers."""
    return str(write(tmp_path / "phi" / "forget.csv", f"authority,id\nCRMC,{ADA}\n".encode()))


def keys(context: Context, *numbers: str) -> list[str]:
    return [patient_key(context, f"CRMC|{number}") for number in numbers or (ADA, ADA_TOO)]


def released(context: Context, name: str) -> dict[str, str]:
    """Return the texts of a release by patient key."""
    verify_release(Path(context.data.path("releases", name)))
    tables = [pq.read_table(path) for path in Path(context.data.path("releases", name, "text")).rglob("*.parquet")]
    return {row["patient_key"]: row["text"] for table in tables for row in table.to_pylist()}


def nothing_left(context: Context) -> None:
    """Look into every file, in our own way."""
    words = ["vorkalind", "617-222-0134", "6172220134", ADA, ADA_TOO, "Ulcer"]
    data, phi = Path(context.data.root), Path(context.phi.root)
    assert find_leaks([data], words) == []
    assert find_leaks([data], keys(context), outside=data / "audit" / "log") == []
    assert Vault(context).rows(keys(context)) == {}
    assert read_links(context).canonical_of.keys() & keys(context) == set()
    assert find_leaks([phi], keys(context)) == []
    kept = "".join(str(rows) for _, rows in quarantined(context))
    assert not any(word in kept for word in ("Vorkalind", ADA))


def test_nothing_of_a_forgotten_patient_is_left(lived: Settings, asked: str) -> None:
    context = open_context(lived)
    assert find_leaks([Path(lived.data)], keys(context)), "the fault is planted"
    assert releases(context) == [FIRST, SECOND]
    before = stages.forget(lived, asked, dry_run=True)
    assert before == {
        "patients": 1, "records": 2, "old_files": 0, "built": before["built"], "releases": 2, "vault": 1, "links": 1,
        "quarantine": 1,
    }  # fmt: skip
    assert before["built"]
    done = stages.forget(lived, asked)
    assert done == before | {"replaced": done["replaced"], "searched": done["searched"], "values": done["values"]}
    assert done["replaced"] == {SECOND: f"{SECOND}-2", FIRST: f"{FIRST}-2"}
    nothing_left(context)
    assert (releases(context), withdrawn(context)) == ([f"{FIRST}-2", f"{SECOND}-2"], [FIRST, SECOND])
    assert list(released(context, f"{FIRST}-2")) == keys(context, BEA)
    notice = context.data.read_json(f"releases/{FIRST}/WITHDRAWN.json")
    assert (notice["why"], notice["replaced_by"]) == ("retraction", f"{FIRST}-2")
    assert read_manifest(context, f"{FIRST}-2")["rewritten"]["of"] == FIRST
    logged = [entry["release"] for entry in read_entries(context) if entry["event"] == "release"]
    assert sorted(logged) == sorted([*releases(context), *withdrawn(context)])
    entry = next(entry for entry in read_entries(context) if entry["event"] == "forget")
    assert (entry["patients"], entry["removed"]["records"], entry["left"]) == (sorted(keys(context)), 2, 0)
    assert verify_log(context)[1] == []


def test_who_is_forgotten_stays_out_and_the_night_balances(lived: Settings, asked: str) -> None:
    context = open_context(lived)
    stages.forget(lived, asked)
    name = run(lived, ["told"], THIRD).name
    assert list(released(context, name)) == keys(context, BEA)
    ledger = read_ledgers(context, THIRD)[0]
    ledger.balance()
    assert ledger.units == {
        "read": 4, "accepted": 1, "rejected": {"bad_date:start": 1}, "excluded": {"forgotten": 2},
    }  # fmt: skip
    assert ledger.records["excluded"] == {"forgotten": 3}
    assert Vault(context).rows(keys(context, ADA, ADA_TOO, ADA_LATER)) == {}
    assert not any("Vorkalind" in str(rows) or ADA in str(rows) for _, rows in quarantined(context))
    # The link by which the new number is hers is kept, and goes with it when she is forgotten again.
    stages.forget(lived, asked)
    nothing_left(context)
    assert read_links(context).canonical_of == {}


def test_who_is_allowed_again_comes_back_with_what_is_sent_from_then_on(lived: Settings, asked: str) -> None:
    context = open_context(lived)
    stages.forget(lived, asked)
    assert stages.allow(lived, asked) == {"patients": 1, "allowed": 2}
    name = run(lived, ["told"], THIRD).name
    assert len(released(context, name)) == 2
    store = RecordStore(context)
    assert "Ulcer" not in str(store.read(store.buckets()).data["text"].to_pylist())
    assert [entry["event"] for entry in read_entries(context)].count("allow") == 1


def test_an_id_that_is_linked_later_leaves_the_store_before_the_next_release(lived: Settings, asked: str) -> None:
    later = {FIRST: [{"links": [[ADA, BEA]]}]}
    linked = lived.model_copy(update={"sources": sources(Path(asked).parent.parent / "later", later)})
    context = open_context(lived)
    stages.forget(lived, asked)
    stages.plan(linked, "told", FIRST, "r")
    stages.ingest(linked, "told", FIRST, "r", 0)
    stages.normalize(linked, "told", FIRST, "r", 0)
    stages.index(linked, "told", FIRST, "r")
    assert stages.sweep(linked, FIRST) == {"swept": 2}
    assert RecordStore(context).buckets() == []


def test_withdrawing_makes_no_new_release_and_a_release_without_the_patient_stays(
    lived: Settings, asked: str
) -> None:  # fmt: skip
    context = open_context(lived)
    before = rewrite(context, SECOND, keys(context))
    assert before == f"{SECOND}-2"
    kept = contents(Path(lived.data, "releases", before))
    done = stages.forget(lived, asked, "withdraw")
    assert done["replaced"] == {SECOND: before, FIRST: None}
    assert releases(context) == [before]
    assert contents(Path(lived.data, "releases", before)) == kept
    nothing_left(context)


def test_runs_under_way_are_waited_for(lived: Settings, asked: str) -> None:
    context = open_context(lived)
    Work(context, "told", THIRD, "r").write_json("plan", [])
    with pytest.raises(StorageError, match=f"told of {THIRD}"):
        stages.forget(lived, asked)
    assert releases(context) == [FIRST, SECOND]
    stages.purge(lived, "told", THIRD, "r")
    stages.forget(lived, asked)
    nothing_left(context)


def test_a_release_that_is_being_made_is_stopped(lived: Settings, asked: str) -> None:
    run_until_gate(lived)
    stages.forget(lived, asked)
    with pytest.raises(StorageError, match="start the release again"):
        stages.publish(lived, SECOND)
    nothing_left(open_context(lived))


def run_until_gate(settings: Settings) -> None:
    for bucket in stages.plan_shards(settings):
        stages.examples(settings, bucket)
    for bucket in stages.select(settings):
        stages.shard(settings, bucket)
    stages.gate(settings, SECOND)


# Before which step it is killed.
STEPS: dict[str, tuple[Any, str]] = {
    "patients kept out": (steps.forgotten, "suppress"),
    "shards removed": (safe_zone, "clear_built"),
    "store cleared": (safe_zone, "clear_store"),
    "releases": (safe_zone, "clear_releases"),
    "release withdrawn": (safe_zone, "withdraw"),
    "quarantine cleared": (phi_zone, "clear_quarantine"),
    "vault cleared": (phi_zone, "clear_vault"),
    "links removed": (phi_zone, "remove_links"),
    "proved": (steps, "prove"),
    "request dropped": (steps, "drop_pending"),
}


@pytest.fixture(scope="module")
def undisturbed(two_nights: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the releases after a retraction that nothing disturbed."""
    home = tmp_path_factory.mktemp("undisturbed")
    for zone in ("phi", "data"):
        shutil.copytree(two_nights / zone, home / zone)
    patients = write(home / "phi" / "forget.csv", f"authority,id\nCRMC,{ADA}\n".encode())
    settings = zones(home, two_nights / "sources")
    steps.forget(open_context(settings), str(patients), NOW, rewriting=True)
    return contents(home / "data" / "releases")


def killed(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("step", STEPS)
def test_killed_and_run_again_it_ends_the_same(
    lived: Settings, asked: str, step: str, undisturbed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    context = open_context(lived)
    with monkeypatch.context() as fault:
        fault.setattr(*STEPS[step], killed)
        with pytest.raises(KeyboardInterrupt):
            steps.forget(context, asked, NOW, rewriting=True)
    done = steps.forget(context, asked, NOW, rewriting=True)
    assert (done["records"], done["vault"], done["quarantine"]) == (2, 1, 1)
    nothing_left(context)
    assert contents(Path(lived.data, "releases")) == undisturbed
    assert not context.phi.exists("forget/pending")


def test_a_merge_that_a_feed_sends_moves_records_and_builds_both_buckets_anew(tmp_path: Path) -> None:
    settings = zones(tmp_path, cut_sample(tmp_path, ["hl7v2"]))
    context = open_context(settings)
    before = run(settings, ["hl7v2"])
    merge = "MSH|^~\\&|A|CRMC|B|CRMC|20260116120000||ADT^A40|1|P|2.5\rEVN||20260116120000\r"
    merge += f"PID|1||{PATIENTS[0]}^^^CRMC^MR||Vorkalind^Ada\rMRG|{PATIENTS[1]}^^^CRMC^MR\r"
    write(tmp_path / "hl7v2" / SECOND / "merge.hl7", merge.encode())
    after = run(settings, ["hl7v2"], SECOND)
    two, survivor = keys(context, *PATIENTS), min(keys(context, *PATIENTS))
    assert [set(released(context, release.name)) for release in (before, after)] == [set(two), {survivor}]
    assert buckets(before) == {patient_bucket(context, key) for key in two}
    assert buckets(after) == {patient_bucket(context, survivor)}
    assert examples(before) == examples(after), "none was lost on the way"


def buckets(release: Path) -> set[int]:
    return {int(path.name.split("-")[1]) for path in release.rglob("*.parquet")}


def examples(release: Path) -> int:
    return sum(len(pq.read_table(path)) for path in release.joinpath("text").rglob("*.parquet"))


def test_a_told_link_makes_one_patient_in_the_next_release(tmp_path: Path, two_nights: Path) -> None:
    context = open_context(zones(two_nights, two_nights / "sources"))
    assert set(released(context, FIRST)) == set(keys(context, ADA, BEA))
    survivor = min(keys(context))
    assert set(released(context, SECOND)) == {survivor, *keys(context, BEA)}
    store = RecordStore(context)
    assert set(store.read(store.buckets()).data["patient_key"].to_pylist()) == {survivor, *keys(context, BEA)}


@pytest.mark.parametrize(
    ("taken_back", "left"),
    [
        (deleted("note", "1", SECOND, "record"), ["Beside.", "Elsewhere."]),
        (deleted("encounter", "visit", SECOND, "encounter"), ["Elsewhere."]),
        (deleted("patient", ADA, SECOND, "patient"), ["Elsewhere."]),
    ],
)
def test_what_is_deleted_upstream_is_gone_from_the_next_release(
    tmp_path: Path, taken_back: dict[str, Any], left: list[str]
) -> None:
    visit = {"kind": "encounter", "key": "visit", "patient_id": ADA, "encounter_id": f"visit of {ADA}"}
    person = {"kind": "patient", "key": ADA, "patient_id": ADA}
    nights = {
        FIRST: [
            {"records": [{**one, "version": f"{FIRST}T09:00:00"} for one in (person, visit)]},
            {"records": [note("1", ADA, FIRST, "Ulcer."), note("2", ADA, FIRST, "Beside.")]},
            {"records": [note("3", BEA, FIRST, "Elsewhere.")]},
        ],
        SECOND: [{"records": [taken_back]}],
    }
    settings = zones(tmp_path, sources(tmp_path, nights))
    for day in nights:
        name = run(settings, ["told"], day).name
    texts = [
        text
        for path in Path(settings.data, "releases", name, "text").rglob("*.parquet")
        for text in pq.read_table(path)["text"].to_pylist()
    ]
    assert sorted(texts) == left
