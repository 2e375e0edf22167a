"""Whole jobs on the tiny model: what they write, that they learn, and that the same job is the same job."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

torch = pytest.importorskip("torch", reason="needs the extra `train`: make setup-train")
for module in ("transformers", "peft", "accelerate"):
    pytest.importorskip(module, reason="needs the extra `train`: make setup-train")

from pipeline.errors import ConfigError, GateError  # noqa: E402 - after the check for torch
from pipeline.training.job import run  # noqa: E402
from pipeline.training.options import Options  # noqa: E402
from pipeline.training.smallest import smallest  # noqa: E402
from tests.training.conftest import MARK, contents, write_release  # noqa: E402

SHORT = Options("chat", max_steps=8, gradient_accumulation_steps=1, attributions=1)
CODES = Options(
    "symptoms_to_diagnosis", num_train_epochs=10, gradient_accumulation_steps=1, max_new_tokens=32, min_group=5
)


@pytest.fixture(scope="module")
def diagnosed(release: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    output = tmp_path_factory.mktemp("model")
    return output, run(release, CODES, output).metrics


def test_a_model_learns(diagnosed: tuple[Path, dict[str, Any]]) -> None:
    _, metrics = diagnosed
    assert metrics["trained"]["loss"] < metrics["untrained"]["loss"] / 4
    assert metrics["untrained"]["codes"]["micro"]["f1"] == 0
    assert metrics["trained"]["codes"]["micro"]["f1"] > 0.3
    assert metrics["trained"]["codes"]["examples"] == 24


def test_groups_are_compared_where_they_are_large_enough(diagnosed: tuple[Path, dict[str, Any]]) -> None:
    _, metrics = diagnosed
    sex, race = metrics["trained"]["groups"]["sex"], metrics["trained"]["groups"]["race"]
    assert {"female", "male"} == sex["groups"].keys()
    assert 0 < sex["disparate_impact_ratio"] <= 1
    assert race["groups"].keys() == {"not stated"}
    assert race["disparate_impact_ratio"] is None


def test_the_card_says_what_the_model_is(release: Path, diagnosed: tuple[Path, dict[str, Any]]) -> None:
    output, metrics = diagnosed
    card = (output / "README.md").read_text()
    front = yaml.safe_load(card.split("---")[1])
    assert front["library_name"] == "transformers"
    values = {metric["type"]: metric["value"] for metric in front["model-index"][0]["results"][0]["metrics"]}
    assert values["loss"] == metrics["trained"]["loss"]
    for said in (metrics["manifest_sha256"], "safe_harbor@0", "`learning_rate`: 0.003", "disparate impact ratio:"):
        assert said in card


def test_text_of_examples_is_in_the_page_of_attributions_alone(diagnosed: tuple[Path, dict[str, Any]]) -> None:
    output, _ = diagnosed
    page = re.sub(r"<[^>]+>", "", (output / "attributions.html").read_text())
    assert MARK in html.unescape(page)
    # The tokenizer was trained on the release: its vocabulary is one of tokens.
    named = {name for name, content in contents(output).items() if MARK.encode() in content}
    assert named <= {"attributions.html", "tokenizer.json", "base/tokenizer.json"}


def test_nothing_is_left_of_the_work(diagnosed: tuple[Path, dict[str, Any]]) -> None:
    output, _ = diagnosed
    assert {path.name for path in output.iterdir()} == {
        "README.md", "attributions.html", "base", "chat_template.jinja", "config.json", "generation_config.json",
        "job.json", "metrics.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json",
    }  # fmt: skip


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of peft about transformers
@pytest.mark.parametrize(("config", "method"), [("text", "full"), ("chat", "lora")])
def test_what_is_written_is_what_was_measured(release: Path, tmp_path: Path, config: str, method: Any) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    from pipeline.training.data import Encoder, encode, load_splits
    from pipeline.training.evaluate import loss_and_perplexity
    from pipeline.training.job import read_release
    from pipeline.training.model import load_tokenizer

    options = Options(config, method=method, max_steps=8, gradient_accumulation_steps=1, learning_rate=0.003)
    metrics = run(release, options, tmp_path / "out").metrics
    assert metrics["trained"]["loss"] < metrics["untrained"]["loss"]
    if method == "lora":
        base = AutoModelForCausalLM.from_pretrained(tmp_path / "out" / "base")
        model = PeftModel.from_pretrained(base, tmp_path / "out")
    else:
        model = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    tokenizer = load_tokenizer(tmp_path / "out")
    encoder = Encoder(tokenizer, metrics["format"], 1024, "2026-01-15")
    rows = load_splits(release, read_release(release).manifest, config, tmp_path / "cache")["test"]
    encoded, _ = encode(rows, encoder, tmp_path / "rows.arrow")
    assert loss_and_perplexity(model, encoded, 0, 4)["loss"] == pytest.approx(metrics["trained"]["loss"], abs=1e-5)


def test_the_same_job_gives_the_same_bytes_and_is_done_once(
    release: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = run(release, SHORT, tmp_path / "one"), run(release, SHORT, tmp_path / "other")
    assert contents(tmp_path / "one") == contents(tmp_path / "other")
    assert one.metrics == other.metrics
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "one").iterdir()}
    second = run(release, SHORT, tmp_path / "one")
    assert (second.new, second.metrics) == (False, one.metrics)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "one").iterdir()} == before
    with pytest.raises(ConfigError, match=r"another job, which differs in seed: give another --output"):
        run(
            release,
            Options("chat", max_steps=8, gradient_accumulation_steps=1, attributions=1, seed=7),
            tmp_path / "one",
        )
    assert run(release, Options("text", max_steps=1, attributions=0), tmp_path / "one", again=True).new
    said = capsys.readouterr()
    assert MARK not in said.out + said.err


def test_a_damaged_release_is_not_trained_on(tmp_path: Path) -> None:
    damaged = write_release(tmp_path / "releases" / "r", {"train": 2, "test": 2}, {"text": "text"})
    path = next(damaged.rglob("train-*.parquet"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(GateError, match="does not match its checksum"):
        run(damaged, Options("text"), tmp_path / "out")


def test_without_a_test_split_validation_is_used(tmp_path: Path) -> None:
    made = write_release(tmp_path / "releases" / "r", {"train": 4, "validation": 2}, {"text": "text"})
    metrics = run(made, Options("text", max_steps=1, attributions=0), tmp_path / "out").metrics
    assert (metrics["split"], metrics["trained"]["examples"]) == ("validation", 2)


def test_the_smallest_job_takes_a_config_that_can_be_trained_on(tmp_path: Path) -> None:
    made = write_release(tmp_path / "releases" / "r", {"train": 2}, {"chat": "chat"})
    said: list[str] = []
    assert smallest(made, tmp_path / "out", said.append) is None
    assert said[0] == "Verifying only, no training: no config has an example to train on and one to test with."
    with pytest.raises(ConfigError, match="config 'chat' of release r has too few examples"):
        run(made, Options("chat"), tmp_path / "out")


def test_examples_that_are_too_long_are_counted(release: Path, tmp_path: Path) -> None:
    metrics = run(release, Options("text", max_steps=1, attributions=0, max_length=8), tmp_path / "out").metrics
    assert (metrics["train"]["truncated"], metrics["evaluation"]["truncated"]) == (48, 24)
    assert "48 of 48 examples of `train` lost" in (tmp_path / "out" / "README.md").read_text()
