"""The trainers' configurations: documented keys, paths that lead somewhere, rows that load offline."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

FORMATS = {"chat": "chat", "text": "text", "plans": "prompt_completion"}
# Beside the fields of transformers' TrainingArguments.
TRL = {
    "dataset_name", "dataset_train_split", "dataset_test_split", "max_length", "packing", "completion_only_loss",
    "use_peft", "lora_r", "lora_alpha", "lora_target_modules",
}  # fmt: skip
LLAMA_FACTORY = {
    "model_name_or_path", "stage", "finetuning_type", "lora_rank", "lora_alpha", "lora_target", "dataset_dir",
    "dataset", "eval_dataset", "template", "cutoff_len", "train_on_prompt",
}  # fmt: skip
AXOLOTL = {
    "base_model", "datasets", "test_datasets", "chat_template", "dataset_prepared_path", "output_dir", "sequence_len",
    "sample_packing", "train_on_inputs", "adapter", "lora_r", "lora_alpha", "lora_target_linear", "micro_batch_size",
    "gradient_accumulation_steps", "num_epochs", "lr_scheduler", "learning_rate", "bf16",
    "gradient_checkpointing", "logging_steps", "saves_per_epoch", "evals_per_epoch", "seed",
}  # fmt: skip
AXOLOTL_DATASET = {"path", "split", "type", "field", "field_messages", "message_property_mappings", "roles_to_train"}


def config(published: Path, path: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((published / "trainers" / path).read_text())
    return content


@pytest.fixture(scope="module")
def training_arguments() -> set[str]:
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    return {field.name for field in fields(transformers.TrainingArguments)}


@pytest.mark.parametrize("name", FORMATS)
def test_keys_are_documented(published: Path, training_arguments: set[str], name: str) -> None:
    assert set(config(published, f"trl/{name}.yaml")) <= TRL | training_arguments
    assert set(config(published, f"llamafactory/{name}.yaml")) <= LLAMA_FACTORY | training_arguments
    axolotl = config(published, f"axolotl/{name}.yml")
    assert set(axolotl) <= AXOLOTL
    assert set().union(*axolotl["datasets"], *axolotl["test_datasets"]) <= AXOLOTL_DATASET


@pytest.mark.parametrize("name", FORMATS)
def test_no_run_writes_into_the_release(published: Path, name: str) -> None:
    for path in (f"trl/{name}.yaml", f"axolotl/{name}.yml", f"llamafactory/{name}.yaml"):
        assert not (published / config(published, path)["output_dir"]).resolve().is_relative_to(published)


@pytest.mark.parametrize("name", FORMATS)
def test_paths_load_offline(published: Path, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import datasets

    monkeypatch.chdir(published)
    trl, axolotl = config(published, f"trl/{name}.yaml"), config(published, f"axolotl/{name}.yml")
    assert {part["path"] for part in axolotl["datasets"] + axolotl["test_datasets"]} == {trl["dataset_name"]}
    loaded = datasets.load_dataset(trl["dataset_name"], cache_dir=str(tmp_path))
    counts = json.loads((published / "manifest.json").read_text())["configs"][name]["splits"]
    assert {split: len(loaded[split]) for split in loaded} == {s: entry["examples"] for s, entry in counts.items()}
    assert {trl["dataset_train_split"], trl["dataset_test_split"]} <= set(loaded)


def test_llama_factory_finds_its_files_and_columns(published: Path) -> None:
    folder = published / "trainers" / "llamafactory"
    info = json.loads((folder / "dataset_info.json").read_text())
    for name in FORMATS:
        used = config(published, f"llamafactory/{name}.yaml")
        assert published / used["dataset_dir"] == folder
        for entry in (info[used["dataset"]], info[used["eval_dataset"]]):
            files = list((folder / entry["file_name"]).resolve().iterdir())
            assert files
            assert {path.suffix for path in files} == {".parquet"}
            assert set(entry["columns"].values()) <= {"messages", "text", "prompt", "completion"}


# A default of TRL's own is deprecated in transformers.
@pytest.mark.filterwarnings("ignore:`gradient_checkpointing`:FutureWarning")
@pytest.mark.parametrize("name", FORMATS)
def test_trl_parses_its_configuration(published: Path, name: str) -> None:
    trl = pytest.importorskip("trl", reason="trl is not installed")
    parser = trl.TrlParser((trl.ScriptArguments, trl.SFTConfig, trl.ModelConfig))
    path = published / "trainers" / "trl" / f"{name}.yaml"
    script, training, model = parser.parse_args_and_config(
        ["--config", str(path), "--use_cpu", "true", "--bf16", "false"]
    )
    assert script.dataset_name == f"./{name}"
    assert training.remove_unused_columns
    assert model.use_peft
