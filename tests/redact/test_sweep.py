"""The order of nights does not show in the store: late identifiers, links, deletions, records of another patient."""

from collections.abc import Callable
from datetime import date
from itertools import count, permutations
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import load_settings
from pipeline.context import Context, open_context
from pipeline.records import Identifier, without_marks
from pipeline.redact.vault import NOBODY, Vault, entry_key, patient_bucket, patient_key
from pipeline.store import RecordStore
from tests.conftest import KEY
from tests.redact.nights import Night, live, lived, record, rows, settle, texts

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


def patient(version: int, **values: Any) -> dict[str, Any]:
    return record("e", ADA, version, kind="patient", **{"sex": "female", **values})


def visit(version: int, **values: Any) -> dict[str, Any]:
    return record("f", ADA, version, kind="encounter", **{"encounter_id": "CRMC|7", "title": "Visit", **values})


def deletion(kind: str, version: int, scope: str, patient_id: str = "CRMC|", **values: Any) -> dict[str, Any]:
    name = {"note": "a", "patient": "e", "encounter": "f"}[kind]
    return record(name, patient_id, version, kind=kind, deleted=scope, text="Zyxwell took it back.", **values)


# Each as one night: created, corrected, deleted, an old one sent again; what stays has a text that is named here.
CREATED = Night([patient(1), visit(1), note("a", ADA, 1, text="created"), note("b", ADA, 1, text="beside")])
CORRECTED = Night([note("a", ADA, 2, text="corrected")])
OLD = Night([note("a", ADA, 1, text="created"), visit(1)])
DELETIONS = {
    "record": (deletion("note", 3, "record"), ["beside"]),
    "encounter by its record": (deletion("encounter", 3, "encounter"), []),
    "patient by its record": (deletion("patient", 3, "patient"), []),
}
OTHERS = {
    "record of a known patient": (deletion("note", 3, "record", ADA), ["beside"]),
    "record, at its very version": (deletion("note", 2, "record"), ["beside"]),
    "record, before its correction": (deletion("note", 1, "record"), ["beside", "corrected"]),
    "encounter by its number": (deletion("encounter", 3, "encounter", ADA, encounter_id="CRMC|7"), []),
    "encounter, before a correction": (deletion("encounter", 1, "encounter"), ["corrected"]),
    "patient by its number": (deletion("patient", 3, "patient", ADA), []),
    "patient, before a correction": (deletion("patient", 1, "patient"), ["corrected"]),
}


@pytest.mark.parametrize("case", [*DELETIONS, *OTHERS])
def test_what_was_taken_back_stays_away_in_any_order(fresh: Fresh, case: str) -> None:
    taken_back, left = (DELETIONS | OTHERS)[case]
    nights = (CREATED, CORRECTED, Night([taken_back]), OLD)
    found = []
    for order in list(permutations(nights))[:: 1 if case in DELETIONS else 7]:
        context = fresh(buckets=3)
        found.append(lived(context, order))
        assert sorted(texts(context)) == left
    assert all(one == found[0] for one in found)
    assert "Zyxwell" not in str(found[0])


def test_a_patient_that_comes_back_brings_nothing_old_back(fresh: Fresh) -> None:
    nights = (CREATED, Night([deletion("patient", 3, "patient")]), Night([patient(5), note("c", ADA, 5, text="new")]))
    expected = None
    for order in permutations(nights):
        context = fresh()
        found = lived(context, order)
        expected = expected or found
        assert found == expected
        assert texts(context) == ["new"]
    assert lived(fresh(), nights, swept=False) == expected


def test_a_deleted_patient_is_all_of_its_ids(fresh: Fresh) -> None:
    nights = (
        Night([note("a", ADA, text="ada")]), Night([note("b", BEA, text="bea", encounter_id=None)]),
        Night([deletion("patient", 3, "patient", ADA)], links=[(ADA, BEA)]),
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
