"""What is settled is not looked at again, until anything has changed that a row depends on."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.config import load_settings
from pipeline.context import Context, open_context
from pipeline.records import Identifier
from pipeline.redact.forgotten import allow, suppress
from pipeline.redact.links import add_links
from pipeline.redact.policy import load_policy
from pipeline.redact.settled import is_settled, mark_of, settle
from pipeline.redact.sweep import sweep, unsettled
from pipeline.redact.vault import Vault, patient_bucket, patient_key
from pipeline.store import RecordStore
from tests.conftest import KEY
from tests.redact.nights import Night, live, record, texts

ADA, BEA = "CRMC|1001", "CRMC|2002"
TEXT = "Zyxwell saw Quorbing."


class Watched(RecordStore):
    """A record store that counts how often its rows are looked at."""

    looks = 0

    def columns(self, *given: Any, **more: Any) -> Any:
        self.looks += 1
        return super().columns(*given, **more)


def watched(context: Context) -> Watched:
    return Watched(context, RecordStore(context).version)


@pytest.fixture
def settled(context: Context) -> Context:
    """Return zones in which all rows are settled and known to be."""
    live(context, Night([record("a", ADA, 1, text=TEXT), record("b", BEA, 1, text=TEXT)]))
    assert list(unsettled(context, watched(context))) == []
    return context


# What happens, and which rows it leaves behind.
CHANGES: dict[str, tuple[Callable[[Context], object], set[str]]] = {
    "an identifier": (lambda c: Vault(c).add({patient_key(c, ADA): {Identifier("name", "Zyxwell, Ada")}}), {"a"}),
    "a link": (lambda c: add_links(c, [(patient_key(c, ADA), patient_key(c, BEA))]), {"a", "b"}),
    "a patient is forgotten": (lambda c: suppress(c, [patient_key(c, BEA)]), {"b"}),
    "a deletion": (lambda c: live(c, Night([record("a", "CRMC|", 2, deleted="record")]), swept=False), {"a"}),
    "another row of a record": (lambda c: live(c, Night([record("a", BEA, 2, text=TEXT)]), swept=False), {"a"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_looked_at(settled: Context, change: str) -> None:
    happen, behind = CHANGES[change]
    store = watched(settled)
    assert list(unsettled(settled, store)) == []
    assert store.looks == 0
    happen(settled)
    store = watched(settled)
    found = list(unsettled(settled, store))
    assert store.looks > 0
    assert {key[0][0] for one in found for key in (*one.renew, *one.drop)} <= behind
    assert found
    assert sweep(settled, load_policy(settled.settings), watched(settled)) > 0
    assert list(unsettled(settled, watched(settled))) == []


def test_what_was_allowed_again_is_looked_at(settled: Context) -> None:
    suppress(settled, [patient_key(settled, "CRMC|3")])
    assert list(unsettled(settled, watched(settled))) == []
    allow(settled, [patient_key(settled, "CRMC|3")])
    mark = mark_of(settled, watched(settled))
    suppress(settled, [patient_key(settled, "CRMC|4")])
    assert mark != mark_of(settled, watched(settled))


def test_what_came_while_rows_were_looked_at_is_not_settled(settled: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    live(settled, Night([record("c", ADA, 1, text="Quorbing.")]), swept=False)
    store, before = watched(settled), mark_of(settled, watched(settled))
    # The last look at rows is over when an identifier comes.
    heads = Vault.read

    def late(vault: Vault, keys: Any) -> Any:
        found = heads(vault, keys)
        Vault(settled).add({patient_key(settled, ADA): {Identifier("name", "Quorbing, Una")}})
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Vault, "read", late)
        assert list(unsettled(settled, store)) == []
    assert is_settled(settled, before)
    assert [set(one.renew) for one in unsettled(settled, watched(settled))] != []


def test_a_store_that_may_change_is_always_looked_at(settled: Context) -> None:
    store = Watched(settled)
    assert mark_of(settled, store) == ""
    settle(settled, "")
    assert list(unsettled(settled, store)) == []
    assert store.looks > 0


def test_many_buckets_are_all_looked_at(tmp_path: Any) -> None:
    context = open_context(load_settings(KEY, phi=str(tmp_path / "phi"), data=str(tmp_path / "data"), buckets=200))
    numbers = [f"CRMC|{n}" for n in range(60)]
    live(context, Night([record(f"{n:02x}", number, 1, text=TEXT) for n, number in enumerate(numbers)]))
    buckets = {patient_bucket(context, patient_key(context, number)) for number in numbers}
    assert len(buckets) > 40
    Vault(context).add({patient_key(context, number): {Identifier("name", "Zyxwell, Ada")} for number in numbers})
    found = list(unsettled(context, watched(context)))
    assert {one.bucket for one in found} == buckets
    assert sum(len(one.renew) for one in found) == 60
    sweep(context, load_policy(context.settings), watched(context))
    assert texts(context) == ["[NAME] saw Quorbing."] * 60
