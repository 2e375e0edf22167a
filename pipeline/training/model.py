"""The model and its tokenizer: a folder, a GGUF file, or a tiny one made from scratch."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    set_seed,
)
from transformers.utils import logging

from pipeline.errors import ConfigError
from pipeline.training import machine
from pipeline.training.data import SIMPLE_TEMPLATE
from pipeline.training.options import TINY, Options

_END = "<|end|>"
_VOCABULARY = 1024
_CONTEXT = 1024


def quieten() -> None:
    """Leave the log to us: bars fill it, and what libraries will change one day is not for who runs a job."""
    warnings.simplefilter("ignore", FutureWarning)
    logging.set_verbosity_error()
    logging.disable_progress_bar()


def base_folder(options: Options, output: Path, texts: Iterable[str]) -> Path:
    """Return the folder of the model to start from; what is no folder becomes one below `output`.

    `tiny` is a Llama of 0.4 million weights, seeded, whose tokenizer is trained on `texts`. Raises `ConfigError`.
    """
    made = output / "base"
    if options.model == TINY:
        # More threads than that only wait for one another; and one gives the same sums on any machine.
        torch.set_num_threads(1)
    if options.model == TINY or options.model.endswith(".gguf"):
        if not made.exists():
            temporary = output / "base.tmp"
            shutil.rmtree(temporary, ignore_errors=True)
            if options.model == TINY:
                _write_tiny(temporary, texts, options.seed)
            else:
                _convert_gguf(Path(options.model), temporary)
            temporary.rename(made)
        return made
    folder = Path(options.model)
    if not (folder / "config.json").is_file():
        raise ConfigError(
            f"--model {options.model} is no model: it must be a folder with a config.json, as `save_pretrained` or `hf "
            f"download` make it, or a .gguf file, or `{TINY}`; nothing is downloaded"
        )
    return folder


def load_tokenizer(folder: Path, *, simple_template: bool = False) -> Any:
    """Load the tokenizer of a model; one without a chat template gets a simple one.

    Raises `ConfigError` if it is not there, or is not one of the library `tokenizers`.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
    except (OSError, ValueError, KeyError):
        raise ConfigError(f"the tokenizer of {folder.name} cannot be loaded: save one beside the config.json") from None
    if not tokenizer.is_fast:
        raise ConfigError(f"the tokenizer of {folder.name} gives no offsets: save a tokenizer.json beside it")
    if simple_template or not tokenizer.chat_template:
        tokenizer.chat_template = SIMPLE_TEMPLATE
    return tokenizer


def load_model(folder: Path, options: Options) -> Any:
    """Load a model to train, on the GPU if there is one; with `lora`, an adapter on all its linear layers.

    Raises `ConfigError` if the weights cannot be read.
    """
    # A frozen model may be coarse; weights that are trained are kept exact, and computed with as the device likes.
    dtype = machine.coarse_type() if options.method == "lora" else torch.float32
    set_seed(options.seed)
    try:
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype)
    except (OSError, ValueError, KeyError):
        raise ConfigError(f"the weights of {folder.name} cannot be loaded: get the model again") from None
    model.config.use_cache = False
    if options.method == "lora":
        lora = LoraConfig(
            task_type="CAUSAL_LM", target_modules="all-linear", r=options.lora_r, lora_alpha=options.lora_alpha,
            lora_dropout=options.lora_dropout,
        )  # fmt: skip
        model = get_peft_model(model, lora)
    return model.to(machine.device())


def context_length(model: Any, tokenizer: Any) -> int:
    """Return the most tokens that a model takes."""
    known = getattr(model.config, "max_position_embeddings", None) or tokenizer.model_max_length
    # A tokenizer that does not know says 10^30.
    return int(known) if known < 1 << 24 else _CONTEXT


def save(model: Any, tokenizer: Any, base: Path, output: Path) -> None:
    """Write the model, or its adapter, in safetensors, and the tokenizer."""
    model.config.use_cache = True
    adapter = hasattr(model, "peft_config")
    if adapter:
        # Not where it lies on this machine: the folder can be moved, and is the same wherever it was made.
        model.peft_config["default"].base_model_name_or_path = base.name
    # The adapter is on linear layers alone; to find that out for itself, PEFT would ask the Hub.
    model.save_pretrained(output, **({"save_embedding_layers": False} if adapter else {}))
    tokenizer.save_pretrained(output)


def _write_tiny(folder: Path, texts: Iterable[str], seed: int) -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    learned = Tokenizer(models.BPE())
    learned.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    learned.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=_VOCABULARY, special_tokens=[_END], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )  # fmt: skip
    learned.train_from_iterator(texts, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=learned, eos_token=_END, pad_token=_END, model_max_length=_CONTEXT,
        chat_template=SIMPLE_TEMPLATE,
    )  # fmt: skip
    end = tokenizer.eos_token_id
    set_seed(seed)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=_VOCABULARY, hidden_size=128, intermediate_size=256, num_hidden_layers=2, num_attention_heads=4,
            num_key_value_heads=2, max_position_embeddings=_CONTEXT, tie_word_embeddings=True, bos_token_id=None,
            eos_token_id=end, pad_token_id=end,
        )
    )  # fmt: skip
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _convert_gguf(path: Path, folder: Path) -> None:
    """Write the weights of a GGUF file, which may be quantized, as they are in 32 bits."""
    if not path.is_file():
        raise ConfigError(f"--model {path} is not there")
    try:
        model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
        tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    except ImportError:
        raise ConfigError("a GGUF file needs the package gguf: `pip install gguf`, or convert the model") from None
    except (OSError, ValueError, KeyError):
        raise ConfigError(f"--model {path} cannot be read as GGUF of a causal language model") from None
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.hf_quantizer = None
    model.is_quantized = False
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
