"""Links, people apart from records, and deletions, from file to release: the order of nights shows in no byte."""

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import orjson
import pytest

from pipeline.config import Settings
from pipeline.context import open_context
from pipeline.errors import ConfigError
from pipeline.release import releases
from pipeline.store import RecordStore
from pipeline.testing import find_leaks
from tests.chain.chain import add_source, contents, run, write, zones

DAYS = ("2026-01-15", "2026-01-16", "2026-01-17")


def note(key: str, patient_id: str, day: int, text: str, **more: Any) -> dict[str, Any]:
    told = {"kind": "note", "key": key, "patient_id": patient_id, "version": f"2026-01-{day}T10:00:00", "text": text}
    return {**told, "start": "2026-01-15", "encounter_id": "7", **more}


def deleted(kind: str, key: str, day: int, scope: str) -> dict[str, Any]:
    return {"kind": kind, "key": key, "version": f"2026-01-{day}T11:00:00", "deleted": scope}


# The names are in lower case and in no name's position: only the vault can know them.
ROLE = [["reference", "Role/3"]]
DOCTOR = {"identity": [["name", "Vorkalind, Una"]], "reference": "Practitioner/17"}
NIGHTS: dict[str, list[dict[str, Any]]] = {
    "2026-01-15": [
        {"records": [note("1", "1001", 15, "Ulcer, as vorkalind saw on 12/28/2025.", identity=ROLE)]},
        {"links": [["1001", "2002"]], "records": [note("2", "2002", 15, "Wound, with quorbing, on 01/09/2026.")]},
        {"records": [note("9", "5005", 15, "Stays."), note("8", "5005", 15, "Goes."), note("7", "6006", 15, "Too.")]},
    ],
    "2026-01-16": [
        {"people": [DOCTOR], "links": [["3003", "2002"]]},
        {"records": [note("3", "3003", 16, "Healed, says vorkalind, on 01/10/2026.")]},
        {"records": [note("1", "1001", 16, "Ulcer closed, quorbing, 12/28/2025."), deleted("note", "8", 16, "record")]},
    ],
    "2026-01-17": [
        {"people": [{"identity": [["name", "Quorbing, Ada"]], "patient_id": "3003"}]},
        {"people": [{"identity": [["reference", "Practitioner/17"]], "reference": "Role/3"}]},
        {"records": [deleted("patient", "6006", 17, "patient"), {"kind": "patient", "key": "6006", "patient_id": "6006",
                     "version": "2026-01-10T10:00:00"}]},
        {"records": [note("2", "2002", 15, "Wound, with quorbing, on 01/09/2026.")]},
    ],
}  # fmt: skip


def told(home: Path, nights: dict[str, list[dict[str, Any]]]) -> Path:
    """Write the nights as files, and a source for them; return the folder of sources."""
    for day, units in nights.items():
        write(home / "told" / day / "units.jsonl", b"".join(orjson.dumps(unit) + b"\n" for unit in units))
    add_source(home, "told", connector="tests.chain.told:Told", max_reject_share=0)
    return home / "sources"


def final(settings: Settings, days: Sequence[str]) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    """Run the days in the order given; return the files of the last release, and the rows of the store."""
    for day in days:
        run(settings, ["told"], day)
    context = open_context(settings)
    store = RecordStore(context)
    rows = sorted(store.read(store.buckets()).data.to_pylist(), key=lambda row: str(row["record_id"]))
    name = releases(context)[-1]
    return contents(Path(settings.data, "releases", name)), [{**row, "file_id": "", "position": 0} for row in rows]


@pytest.mark.parametrize("policy", ["safe_harbor", "date_shift"])
def test_no_order_shows_in_the_final_release(tmp_path: Path, policy: str) -> None:
    sources = told(tmp_path, NIGHTS)
    outcomes = []
    for number, order in enumerate(permutations(DAYS)):
        settings = zones(tmp_path / str(number), sources, policy=policy)
        outcomes.append(final(settings, order))
        assert find_leaks([Path(settings.data, "records")], ["vorkalind", "quorbing"]) == []
        texts = [row["text"] for row in outcomes[-1][1] if row["text"]]
        assert len(texts) == 4
        assert any(text.startswith("Ulcer closed, [NAME], ") for text in texts)
    assert len({row["patient_key"] for row in outcomes[0][1] if row["text"] and row["text"] != "Stays."}) == 1
    for files, rows in outcomes[1:]:
        assert rows == outcomes[0][1]
        assert files == outcomes[0][0]


CROSSWALK = b"authority,id,other_authority,other_id\nCRMC,1001,CRMC,2002\n\nCRMC,3003,CRMC,2002\n"


def test_a_crosswalk_does_as_merges_do(tmp_path: Path) -> None:
    unlinked = {day: [{**unit, "links": []} for unit in units] for day, units in NIGHTS.items()}
    merged = final(zones(tmp_path / "merged", told(tmp_path / "a", NIGHTS)), DAYS)
    sources = told(tmp_path / "b", unlinked)
    # It comes when two of three nights are in the store already.
    final(zones(tmp_path / "walked", sources), DAYS[:2])
    path = write(tmp_path / "crosswalk.csv", CROSSWALK)
    walked = final(zones(tmp_path / "walked", sources, crosswalk=str(path)), DAYS[2:])
    assert walked[1] == merged[1]
    assert {name: walked[0][name] for name in walked[0] if name.endswith(".parquet")} == {
        name: merged[0][name] for name in merged[0] if name.endswith(".parquet")
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read"),
        (b"authority,id,other\nCRMC,4711,WEST,0815\n", "in line 1"),
        (CROSSWALK + b"CRMC,4711,WEST,\n", "in line 5"),
        (CROSSWALK + b"CRMC,4711\n", "in line 5"),
        (CROSSWALK + b'CRMC,"4711"x,WEST,0815\n', "in line 5"),
        (CROSSWALK + b"CRMC,4711,W\xe9ST,0815\n", "in line 5"),
    ],
)
def test_a_wrong_crosswalk_stops_before_anything_is_read(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "crosswalk.csv"
    if content is not None:
        write(path, content)
    with pytest.raises(ConfigError, match=message) as error:
        run(zones(tmp_path, told(tmp_path, NIGHTS), crosswalk=str(path)), ["told"], DAYS[0])
    assert "4711" not in str(error.value)
