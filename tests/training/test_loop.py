"""The loss and the batches, against figures worked out otherwise."""

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the extra `train`: make setup-train")
pytest.importorskip("transformers", reason="needs the extra `train`: make setup-train")
pytest.importorskip("peft", reason="needs the extra `train`: make setup-train")

from pipeline.errors import HandoffError  # noqa: E402 - what needs torch comes after the check for it
from pipeline.training import machine  # noqa: E402
from pipeline.training.data import IGNORED  # noqa: E402
from pipeline.training.loop import COMPLETE, collate, last_checkpoint, steps, train, weighted_loss  # noqa: E402
from pipeline.training.options import Options  # noqa: E402

torch.set_num_threads(1)

ROWS = [
    {"index": 0, "input_ids": [5, 6, 7], "labels": [IGNORED, 6, 7], "weight": 1.0},
    {"index": 1, "input_ids": [8, 9], "labels": [IGNORED, 9], "weight": 3.0},
]


def test_batches_are_padded_on_the_right() -> None:
    batch = collate(ROWS, 0)
    assert batch["input_ids"].tolist() == [[5, 6, 7], [8, 9, 0]]
    assert batch["labels"].tolist() == [[IGNORED, 6, 7], [IGNORED, 9, IGNORED]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 1, 0]]


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_loss_counts_each_example_by_its_weight(smoothing: float) -> None:
    torch.manual_seed(0)
    logits, batch = torch.randn(2, 3, 12), collate(ROWS, 0)
    log = logits.log_softmax(-1)

    def token(row: int, place: int, target: int) -> float:
        return float(-(1 - smoothing) * log[row, place, target] - smoothing * log[row, place].mean())

    expected = (token(0, 0, 6) + token(0, 1, 7) + 3 * token(1, 0, 9)) / 3
    assert float(weighted_loss(logits, batch["labels"], batch["weight"], smoothing, 3)) == pytest.approx(expected)


def _model() -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM, set_seed

    set_seed(1)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=16, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
            max_position_embeddings=32,
        )
    )  # fmt: skip


def _rows(weight: float) -> Any:
    import datasets

    return datasets.Dataset.from_list(
        [
            {
                "index": n, "input_ids": [n, *range(1, 3 + n % 3)], "labels": [IGNORED, *range(1, 3 + n % 3)],
                "weight": weight if n % 2 else 1.0,
            }
            for n in range(8)
        ]
    )  # fmt: skip


def test_accumulated_batches_are_one_large_batch(tmp_path: Path) -> None:
    def trained(size: int, accumulated: int) -> list[float]:
        options = Options(
            "c", per_device_train_batch_size=size, gradient_accumulation_steps=accumulated, max_steps=4,
            learning_rate=0.01, save_steps=1,
        )  # fmt: skip
        return train(_model(), _rows(3.0), 0, options, tmp_path / f"{size}")

    assert trained(8, 1) == pytest.approx(trained(2, 4), abs=1e-5)


def test_weights_change_what_is_learned(tmp_path: Path) -> None:
    options = Options("c", max_steps=2, learning_rate=0.01, save_steps=1, gradient_accumulation_steps=2)
    one, other = (train(_model(), _rows(weight), 0, options, tmp_path / f"{weight}") for weight in (1.0, 3.0))
    # Half of the examples count three times.
    assert other[0] == pytest.approx(2 * one[0], rel=0.2)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (Options("c", num_train_epochs=3), 9),
        (Options("c", num_train_epochs=0.5), 2),
        (Options("c", max_steps=5), 5),
        (Options("c", num_train_epochs=1, gradient_accumulation_steps=1), 10),
    ],
)
def test_steps(options: Options, expected: int) -> None:
    assert steps(options, 40) == expected


def test_a_checkpoint_that_is_not_whole_is_removed(tmp_path: Path) -> None:
    assert last_checkpoint(tmp_path / "none") is None
    for number, whole in ((9, True), (10, True), (11, False)):
        (tmp_path / f"checkpoint-{number}").mkdir()
        if whole:
            (tmp_path / f"checkpoint-{number}" / COMPLETE).touch()
    assert last_checkpoint(tmp_path) == tmp_path / "checkpoint-10"
    assert not (tmp_path / "checkpoint-11").exists()


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), "smaller --per-device-train-batch-size"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "smaller --per-device-train-batch-size"),
        (OSError(28, "No space left on device"), "make room and run this again"),
        (RuntimeError("write failed: No space left on device (os error 28)"), "make room and run this again"),
    ],
)
def test_a_machine_that_is_too_small_says_what_to_do(tmp_path: Path, error: Exception, message: str) -> None:
    with pytest.raises(HandoffError, match=message), machine.too_small(tmp_path):
        raise error


def test_other_errors_are_not_taken_for_a_small_machine(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="shapes"), machine.too_small(tmp_path):
        raise RuntimeError("shapes do not match")


@pytest.mark.parametrize(
    ("gpu", "bf16", "expected"),
    [(False, True, torch.float32), (True, True, torch.bfloat16), (True, False, torch.float16)],
)
def test_the_device_decides_the_type(
    monkeypatch: pytest.MonkeyPatch, gpu: bool, bf16: bool, expected: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    # Emulated, every GPU has it.
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: bf16 or including_emulation)
    assert machine.coarse_type() == expected
    assert machine.device() == ("cuda:0" if gpu else "cpu")


def test_a_disk_that_is_too_small_is_seen_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.check_space(_model(), tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    with pytest.raises(HandoffError, match="not enough disk: the job needs"):
        machine.check_space(_model(), tmp_path)
