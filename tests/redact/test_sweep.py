"""The order of nights does not show in the store: late identifiers, links, deletions, records of another patient."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count, permutations
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import load_settings
from pipeline.context import Context, open_context
from pipeline.records import Identifier, without_marks
from pipeline.redact.dates import shift_days
from pipeline.redact.vault import NOBODY, Vault, entry_key, patient_bucket, patient_key
from pipeline.store import RecordStore
from pipeline.surrogates import readable
from tests.conftest import KEY
from tests.redact.nights import Night, live, lived, policies, record, rows, settle, texts

ADA, BEA, CAL = "CRMC|1001", "CRMC|2002", "WEST|3003"
Fresh = Callable[..., Context]


@pytest.fixture
def fresh(tmp_path: Path) -> Fresh:
    """Return a maker of empty zones."""
    numbers = count()

    def make(**fields: Any) -> Context:
        home = tmp_path / str(next(numbers))
        return open_context(load_settings(KEY, phi=str(home / "phi"), data=str(home / "data"), **fields))

    return make


def note(name: str, patient_id: str, version: int = 1, **values: Any) -> dict[str, Any]:
    text = f"Zyxwell saw Quorbing on 12/28/2025 and 01/09/2026, note {name}."
    more = {"start": record("a", "", 0)["version"].replace(microsecond=0), "start_precision": "second"}
    return record(name, patient_id, version, **{"text": text, "encounter_id": "CRMC|7", **more, **values})


# Three ids of one person, each with a note, joined by two links; the names come under different ids.
CHAIN = (
    Night([note("a", ADA)], {ADA: {Identifier("name", "Zyxwell, Ada")}}, [(ADA, BEA)]),
    Night([note("b", BEA), note("c", CAL, start_precision="month")], links=[(CAL, BEA)]),
    Night([note("a", ADA, 2, title="Corrected"), note("d", CAL, start_precision="year")],
          {CAL: {Identifier("name", "Quorbing, Ada")}}),
)  # fmt: skip


@pytest.mark.parametrize("policy", ["safe_harbor", "date_shift"])
def test_linked_ids_are_one_patient_in_any_order(fresh: Fresh, policy: str) -> None:
    at_once = Night(
        [row for night in CHAIN for row in night.records],
        {key: found for night in CHAIN for key, found in night.identities.items()},
        [pair for night in CHAIN for pair in night.links],
    )
    context = fresh(policy=policy)
    expected = lived(context, [at_once])
    smallest = min(patient_key(context, patient) for patient in (ADA, BEA, CAL))
    assert {(row["patient_key"], row["bucket"]) for row in expected} == {(smallest, patient_bucket(context, smallest))}
    assert all(text.startswith("[NAME] saw [NAME] on ") for text in texts(context))
    assert [row["title"] for row in expected] == ["Corrected", None, None, None]
    for order in permutations(CHAIN):
        assert lived(fresh(policy=policy), order) == expected
    assert lived(fresh(policy=policy), CHAIN[::-1], swept=False) == expected


def test_dates_of_a_moved_text_keep_their_distance(fresh: Fresh) -> None:
    context = fresh(policy="date_shift")
    lived(context, CHAIN)
    for text in texts(context):
        first, second = without_marks(text).split(" on ")[1].split(",")[0].split(" and ")
        month_day_year = [tuple(map(int, written.split("/"))) for written in (first, second)]
        one, other = (date(year, month, day) for month, day, year in month_day_year)
        assert (other - one).days == 12
        assert (first, second) != ("12/28/2025", "01/09/2026")


# What is known of one person comes in parts, over ids that are linked later: the name before the address that it is
# part of, the address before the name, and numbers last. One note is taken back.
TOLD = (
    "ZYXWELL, ADA of 4821 Zyxwell Bend Road, Quistville, MRN 48213377, call 617-222-3333. Ada Zyxwell's cousin Mary "
    "Quorbing wrote to a.zyxwell@clinic.com on 12/28/2025."
)
IN_PARTS = (
    Night(
        [record("a", ADA, 1, text=TOLD)],
        {ADA: {Identifier("name", "Zyxwell, Ada"), Identifier("city", "Quistville")}},
        [(ADA, BEA)],
    ),
    Night(
        [record("b", BEA, 1, text=TOLD), record("c", BEA, 1, text=TOLD)],
        {BEA: {Identifier("address", "4821 Zyxwell Bend Road"), Identifier("email", "a.zyxwell@clinic.com")}},
    ),
    Night(
        [record("d", CAL, 1, text=TOLD), record("c", "CRMC|", 2, deleted="record")],
        {CAL: {
            Identifier("relative", "Mary Quorbing"), Identifier("id", "48213377"), Identifier("phone", "6172223333"),
        }},
        [(CAL, BEA)],
    ),
)  # fmt: skip
# How the patient's name reads in the one and in the other order.
NAMES = {
    "tag": r"(\[NAME\]) of .*\. \1 cousin ",
    "indexed": r"\[NAME-(\w+) (\w+)\] of .*\. \[NAME-\2 \1\] cousin ",
    "surrogate": r"([A-Z]+), ([A-Z]+) of .*\. (?i:\2 \1's) cousin ",
}


@pytest.mark.parametrize(
    ("policy", "replace"), [("safe_harbor", "tag"), ("safe_harbor", "surrogate"), ("date_shift", "indexed")]
)
def test_what_stands_for_an_identifier_is_the_same_in_any_order(
    fresh: Fresh, tmp_path: Path, policy: str, replace: str
) -> None:
    fields = {"policy": policy, "policies": policies(tmp_path / "policies", replace)}
    outcomes = [lived(fresh(**fields), order) for order in permutations(IN_PARTS)]
    context = fresh(**fields)
    outcomes.append(lived(context, IN_PARTS, swept=False))
    assert all(outcome == outcomes[0] for outcome in outcomes)
    (text,) = {readable(text, context.keys) for text in texts(context)}
    assert re.match(NAMES[replace], text)
    for part in ("zyxwell", "ada", "4821", "bend", "quist", "48213377", "222-3333", "quorbing", "mary", "12/28"):
        assert part not in text.lower()
    patient = min(patient_key(context, one) for one in (ADA, BEA, CAL))
    moved = date(2025, 12, 28) + timedelta(shift_days(context.keys, patient))
    assert text.endswith(f" on {moved:%m/%d/%Y}." if policy == "date_shift" else " on [DATE].")


def test_the_rows_of_one_patient_may_be_split_by_a_crash(fresh: Fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = lived(fresh(), CHAIN)
    context = fresh()
    for night in CHAIN:
        live(context, Night(night.records, night.identities), swept=False)
    live(context, Night(links=[pair for night in CHAIN for pair in night.links]), swept=False)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RecordStore, "drop", killed)
        with pytest.raises(KeyboardInterrupt):
            settle(context)
    assert len(rows(context)) > len(expected), "the fault is planted"
    settle(context)
    assert rows(context) == expected


def test_a_sweep_does_not_take_away_what_has_changed_since(fresh: Fresh) -> None:
    context = fresh()
    live(context, Night([note("a", ADA)]))
    store = RecordStore(context)
    before = store.read(store.buckets())
    live(context, Night([note("a", ADA, 2)]))
    store.drop(before)
    assert len(rows(context)) == 1


# What was taken back: of which kind of record the deletion is, its version and scope, what else it says, and the notes
# that are left of `created` (version 1), `corrected` (version 2, in place of `created`) and `beside` (version 1).
DELETIONS: dict[str, tuple[str, int, str, dict[str, str], list[str]]] = {
    "record": ("note", 3, "record", {}, ["beside"]),
    "record of a known patient": ("note", 3, "record", {"patient_id": "of the case"}, ["beside"]),
    "record, at its very version": ("note", 2, "record", {}, ["beside"]),
    "record, before its correction": ("note", 1, "record", {}, ["beside", "corrected"]),
    "encounter by its record": ("encounter", 3, "encounter", {}, []),
    "encounter by its number": ("encounter", 3, "encounter", {"encounter_id": "of the case"}, []),
    "encounter, before a correction": ("encounter", 1, "encounter", {}, ["corrected"]),
    "patient by its record": ("patient", 3, "patient", {}, []),
    "patient by its number": ("patient", 3, "patient", {"patient_id": "of the case"}, []),
    "patient, before a correction": ("patient", 1, "patient", {}, ["corrected"]),
    "patient, who came again": ("patient", 3, "patient", {}, ["new"]),
}


def life(case: int) -> dict[str, list[dict[str, Any]]]:
    """Return what happened to the patient of a case: four nights, that come in any order."""
    kind, version, scope, said, left = list(DELETIONS.values())[case]
    ids = {"patient_id": f"CRMC|{1000 + case}", "encounter_id": f"CRMC|{7000 + case}"}

    def told(name: str, version: int, kind: str = "note", **values: Any) -> dict[str, Any]:
        return record(f"{name}{case:x}", **{**ids, "version": version, "kind": kind, **values})

    own = {"note": "a", "patient": "e", "encounter": "f"}[kind]
    named = {"patient_id": "CRMC|", "encounter_id": None, **{name: ids[name] for name in said}}
    created = [
        told("e", 1, "patient", sex="female", encounter_id=None), told("f", 1, "encounter", title="Visit"),
        told("a", 1, text="created"), told("b", 1, text="beside"),
    ]  # fmt: skip
    again = [told("e", 5, "patient", sex="female", encounter_id=None), told("c", 5, text="new")]
    return {
        "created": created,
        "corrected": [told("a", 2, text="corrected")],
        "deleted": [told(own, version, kind, deleted=scope, text="Zyxwell took it back.", **named)],
        "old again": [*created[1:3], *(again if "new" in left else [])],
    }


def test_what_was_taken_back_stays_away_in_any_order(fresh: Fresh) -> None:
    lives = [life(case) for case in range(len(DELETIONS))]
    outcomes = []
    for order in permutations(lives[0]):
        context = fresh(buckets=3)
        outcomes.append(lived(context, [Night([row for one in lives for row in one[night]]) for night in order]))
        for case, (name, (*_, left)) in enumerate(DELETIONS.items()):
            key = patient_key(context, f"CRMC|{1000 + case}")
            found = [row["text"] for row in outcomes[-1] if row["patient_key"] == key and row["text"]]
            assert (name, sorted(found)) == (name, left)
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert "Zyxwell" not in str(outcomes[0])


def test_a_deleted_patient_is_all_of_its_ids(fresh: Fresh) -> None:
    nights = (
        Night([note("a", ADA, text="ada")]), Night([note("b", BEA, text="bea", encounter_id=None)]),
        Night([record("e", ADA, 3, kind="patient", deleted="patient")], links=[(ADA, BEA)]),
    )  # fmt: skip
    for order in permutations(nights):
        context = fresh()
        lived(context, order)
        assert texts(context) == []


def test_a_record_goes_with_its_newest_patient(fresh: Fresh) -> None:
    nights = (Night([note("a", ADA, 1)]), Night([note("a", BEA, 2)]), Night([note("a", CAL, 3)]))
    for order in permutations(nights):
        context = fresh()
        lived(context, order)
        assert [row["patient_key"] for row in rows(context)] == [patient_key(context, CAL)]


def test_two_rows_of_a_record_may_come_to_one_patient(fresh: Fresh) -> None:
    nights = (Night([note("a", ADA, 1)]), Night([note("a", BEA, 2)]), Night(links=[(ADA, BEA)]))
    outcomes = [lived(fresh(buckets=1), order) for order in permutations(nights)]
    outcomes.append(lived(fresh(buckets=1), nights, swept=False))
    assert len(outcomes[0]) == 1
    assert all(outcome == outcomes[0] for outcome in outcomes)


def named(context: Context, reference: str) -> Identifier:
    return Identifier("reference", entry_key(context, "CRMC", reference))


def test_who_is_named_by_reference_is_searched_for_whatever_came_first(fresh: Fresh) -> None:
    def told(context: Context) -> tuple[Callable[[], object], ...]:
        role, doctor = entry_key(context, "CRMC", "PractitionerRole/3"), entry_key(context, "CRMC", "Practitioner/17")
        vault = Vault(context)
        return (
            lambda: live(context, Night([note("a", ADA)], {ADA: {named(context, "PractitionerRole/3")}})),
            # The two name each other.
            lambda: vault.add({role: {named(context, "Practitioner/17")}}),
            lambda: vault.add({doctor: {Identifier("staff", "Quorbing, Una"), named(context, "PractitionerRole/3")}}),
        )

    outcomes = []
    for order in permutations(range(3)):
        context = fresh()
        steps = told(context)
        for step in order:
            steps[step]()
            if RecordStore(context).version is not None:
                settle(context)
        assert texts(context) == ["Zyxwell saw [NAME] on [DATE] and [DATE], note a."]
        outcomes.append(rows(context))
    assert all(outcome == outcomes[0] for outcome in outcomes)


def test_a_reference_itself_is_no_identifier(fresh: Fresh) -> None:
    context = fresh()
    key = patient_key(context, ADA)
    Vault(context).add({key: {named(context, "Practitioner/17"), Identifier("id", "1001")}})
    assert Vault(context).read([key]) == {key: {Identifier("id", "1001")}}
    assert Vault(context).read(["0" * 32]) == {"0" * 32: NOBODY}
