"""What is asked for, what is kept of it meanwhile, and what the last search finds."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.config import Settings
from pipeline.context import Context, Work, open_context
from pipeline.delta import rows_of
from pipeline.errors import ConfigError, GateError, StorageError
from pipeline.forget import allow, count, forget
from pipeline.forget.proof import prove
from pipeline.forget.request import make_request, read_patients, read_pending
from pipeline.quarantine import Quarantine, quarantined
from pipeline.records import Identifier, SafeTable
from pipeline.redact.forgotten import suppressed
from pipeline.redact.links import read_links
from pipeline.redact.vault import Vault, entry_key, patient_key
from pipeline.store import RecordStore
from tests.cli.conftest import Call
from tests.cli.conftest import call as call
from tests.redact.nights import Night, live, policies, record
from tests.rows import safe_row

NOW = datetime(2026, 1, 18, 9, 0, tzinfo=UTC)
ADA, ADA_TOO, BEA = "CRMC|48213377", "CRMC|48213378", "CRMC|70886061"
SHARED = Identifier("phone", "617-222-0134")
OWN = {Identifier("name", "Vorkalind, Ada"), Identifier("ssn", "912-45-6789"), Identifier("name", "Ada"), SHARED}


@pytest.fixture
def lived(context: Context) -> Context:
    """Return zones with two patients, of whom one goes by two ids, and who share a telephone."""
    live(context, Night([record("a", ADA, 1, text="Ulcer.")], {ADA: OWN}, [(ADA, ADA_TOO)]))
    live(context, Night([record("b", BEA, 1, text="Cough.")], {BEA: {Identifier("name", "Quorbing, Bea"), SHARED}}))
    return context


def asking(context: Context, *lines: str) -> str:
    content = "\n".join(["authority,id", *(line.replace("|", ",") for line in lines)])
    context.phi.write_bytes("forget.csv", content.encode())
    return context.phi.path("forget.csv")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"id\n4711\n", "columns authority, id in line 1"),
        (b"authority,id\nCRMC,4711\n\nCRMC,\n", "wrong in line 4"),
        (b"authority,id\nCRMC|4711,x\n", "wrong in line 2"),
        (b"authority,id\nCRMC,4711,4712\n", "wrong in line 2"),
        (b'authority,id\nCRMC,"4711"x\n', "no CSV in line 2"),
        (b"authority,id\nCRMC,4711\xe9\n", "not UTF-8 in line 2"),
    ],
)
def test_a_wrong_file_is_told_by_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "4711.csv").write_bytes(content)
    with pytest.raises(ConfigError, match=message) as error:
        read_patients(str(tmp_path / "4711.csv"))
    assert "471" not in str(error.value)


def test_a_file_that_is_not_there_is_not_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read") as error:
        read_patients(str(tmp_path / "4711.csv"))
    assert "4711" not in str(error.value)


def test_a_file_that_names_nobody_changes_nothing(lived: Context) -> None:
    with pytest.raises(ConfigError, match="names nobody"):
        forget(lived, asking(lived), NOW, rewriting=True)
    assert read_pending(lived) is None


def test_all_ids_are_asked_for_and_what_others_have_too_is_not_searched_for(lived: Context) -> None:
    request = make_request(lived, [ADA_TOO])
    assert request.keys == {patient_key(lived, ADA), patient_key(lived, ADA_TOO)}
    assert {needle.value for needle in request.strong} == {"ada vorkalind", "912456789", "48213378"}


def test_an_unknown_patient_is_kept_out_all_the_same(lived: Context) -> None:
    asked = asking(lived, "WEST|90017")
    assert count(lived, asked)["records"] == 0
    assert forget(lived, asked, NOW, rewriting=True)["patients"] == 1
    live(lived, Night([record("c", "WEST|90017", 1, text="Late.")]))
    assert rows_of(lived.data, "records", [patient_key(lived, "WEST|90017")]).num_rows == 0


PLACES = ["report.html", "notes/x.json", "of 48213377.txt", "examples/00003/0/text.parquet", "vault"]


@pytest.mark.parametrize("place", PLACES)
def test_what_is_left_somewhere_fails_with_the_place_and_no_value(lived: Context, place: str) -> None:
    said = "Seen: Ada Vorkalind"
    if place == "vault":
        lived.phi.write_bytes("forget.csv", b"")
    elif place.endswith(".parquet"):
        lived.data.write_bytes(place, b"")
        pq.write_table(pa.table({"messages": [[{"role": "user", "content": said}]]}), lived.data.path(place))
    else:
        lived.data.write_bytes(place, b'{"a": "48213377"}' if place.endswith("json") else said.encode())
    request = make_request(lived, [ADA])
    if place == "vault":
        # As if a run that knew nothing of the request had brought it.
        Vault(lived).add({entry_key(lived, "CRMC", "Practitioner/17"): {Identifier("staff", "Vorkalind, Ada")}})
        Vault(lived).remove(request.keys)
    assert place in prove(lived, request).found
    if place == "vault":
        return
    with pytest.raises(GateError) as error:
        forget(lived, asking(lived, ADA), NOW, rewriting=True)
    assert place in str(error.value)
    assert "Vorkalind" not in str(error.value)
    # The request is kept: once that is mended, a second call has all that it takes, though the vault has nothing.
    lived.data.remove(place)
    assert forget(lived, asking(lived, ADA), NOW, rewriting=True)["records"] == 1
    assert read_pending(lived) is None


@pytest.mark.parametrize(("replace", "found"), [("tag", 2), ("surrogate", 1)])
def test_surrogates_that_are_somebodys_name_by_chance_are_passed_over(
    settings: Settings, tmp_path: Path, replace: str, found: int
) -> None:  # fmt: skip
    context = open_context(settings.model_copy(update={"policies": policies(tmp_path / "policies", replace)}))
    Vault(context).add({patient_key(context, ADA): OWN})
    for name, said in (("name", "Ada Vorkalind"), ("ssn", "912-45-6789")):
        context.data.write_bytes(f"releases/2026-01-15/{name}.md", said.encode())
    assert len(prove(context, make_request(context, [ADA])).found) == found + len({"vault"})


def test_old_files_of_the_store_are_no_hiding_place(lived: Context) -> None:
    store, key = RecordStore(lived), patient_key(lived, BEA)
    folder = Path(lived.data.path("records"))
    file = next(Path(path) for path in store.files(store.read(store.buckets()).data["bucket"].to_pylist()[-1]))
    # A writer that was killed leaves files that no commit names.
    rows = SafeTable.from_rows([safe_row("a", patient_key=key)]).data
    pq.write_table(rows, file.parent / "part-orphan.parquet")
    (file.parent / "part-broken.parquet").write_bytes(b"PAR1")
    other = SafeTable.from_rows([safe_row("a", patient_key="5" * 32)]).data
    pq.write_table(other, file.parent / "part-of-others.parquet")
    forget(lived, asking(lived, BEA), NOW, rewriting=True)
    assert {path.name for path in folder.rglob("part-[ob]*")} == {"part-of-others.parquet"}
    assert [path for path in folder.rglob("*.parquet") if key.encode() in path.read_bytes()] == []
    assert len(store.read(store.buckets())) == 1
    assert sorted(path.suffix for path in (folder / "_delta_log").iterdir()) == ["", ".json", ".parquet"]


def test_a_version_of_the_store_that_is_gone_is_not_taken_for_an_empty_one(lived: Context) -> None:
    before = RecordStore(lived, RecordStore(lived).version)
    forget(lived, asking(lived, ADA), NOW, rewriting=True)
    with pytest.raises(StorageError, match="start the release again"):
        before.read([3])


def test_quarantine_is_cleared_of_what_can_be_told(lived: Context) -> None:
    rows = {
        "raw message": "PID|1||48213377^^^CRMC", "other": "PID|1||70886061^^^CRMC",
        "normalized": '{"patient_id": "CRMC|48213377"}', "redacted": f'{{"patient_key": "{patient_key(lived, ADA)}"}}',
        "another's": '{"patient_id": "CRMC|70886061"}', "shares a telephone": "617-222-0134",
    }  # fmt: skip
    rejected = Quarantine("ingest")
    for position, content in enumerate(rows.values(), 1):
        rejected.add("bad", file_id="f", position=position, content=content)
    rejected.write(Work(lived, "gone", "2026-01-15", "r"), 0)
    assert forget(lived, asking(lived, ADA), NOW, rewriting=True)["quarantine"] == 3
    left = [row["content"] for _, kept in quarantined(lived) for row in kept]
    assert left == [rows["other"], rows["another's"], rows["shares a telephone"]]


def test_links_of_others_stay(lived: Context) -> None:
    live(lived, Night(links=[(BEA, "CRMC|1"), (BEA, "CRMC|2")]))
    forget(lived, asking(lived, ADA), NOW, rewriting=True)
    assert len(read_links(lived).members(patient_key(lived, BEA))) == 3
    assert patient_key(lived, ADA) not in read_links(lived).canonical_of


@pytest.mark.parametrize("again", [True, False])
def test_who_is_forgotten_is_let_in_by_a_number_that_was_linked_later(lived: Context, again: bool) -> None:
    later = "CRMC|48213379"
    forget(lived, asking(lived, ADA), NOW, rewriting=True)
    live(lived, Night(links=[(later, ADA)]))
    if again:
        forget(lived, asking(lived, later), NOW, rewriting=True)
    assert allow(lived, asking(lived, later), NOW) == {"patients": 1, "allowed": 3 if again else 2}
    assert not suppressed(lived)
    assert len(read_links(lived).members(patient_key(lived, later))) == 3


def test_the_command_counts_and_forgets_and_lets_in_again(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "who.csv"
    path.write_text("authority,id\nCRMC,48213377\n")
    assert "records  0" in call("forget", "--patients", path, "--dry-run").stdout
    assert "Nothing is left" in call("forget", "--patients", path).stdout
    assert "allowed  1" in call("forget", "--patients", path, "--allow").stdout
    assert "rewrite" in call("forget", "--patients", path, "--releases", "burn").stdout
