import pytest

from pipeline.errors import ConfigError, StorageError
from pipeline.keys import Keys, generate_secret

KEYS = Keys(b"a" * 32)


def test_parts_do_not_run_together() -> None:
    assert KEYS.digest("x", "ab", "c") != KEYS.digest("x", "a", "bc")
    assert KEYS.digest("x", "ab") != KEYS.digest("y", "ab")
    assert KEYS.digest("x", "ab") != Keys(b"b" * 32).digest("x", "ab")


def test_fractions_are_spread() -> None:
    fractions = [KEYS.fraction("split", str(i)) for i in range(2000)]
    assert min(fractions) >= 0
    assert max(fractions) < 1
    assert 0.78 < sum(f < 0.8 for f in fractions) / 2000 < 0.82


def test_sealed_is_opened_only_for_its_purpose_and_key() -> None:
    sealed = KEYS.seal("identity", b"secret words")
    assert b"secret" not in sealed
    assert KEYS.unseal("identity", sealed) == b"secret words"
    for keys, purpose, blob in (
        (KEYS, "other", sealed),
        (Keys(b"b" * 32), "identity", sealed),
        (KEYS, "identity", sealed[:-1] + b"x"),
    ):
        with pytest.raises(StorageError):
            keys.unseal(purpose, blob)


def test_no_secret_in_repr() -> None:
    assert "aaaa" not in repr(KEYS)


def test_short_secret_is_refused() -> None:
    with pytest.raises(ConfigError, match="too short"):
        Keys.from_text("hunter2")
    assert Keys.from_text(f" {generate_secret()}\n").secret
