"""Tokens are counted with the model's own tokenizer where one is given."""

import multiprocessing
import re
from pathlib import Path

import pytest
import tokenizers
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import models, pre_tokenizers, processors

from pipeline.config import Settings, load_settings
from pipeline.errors import ConfigError
from pipeline.shard.chunks import chunks
from pipeline.shard.tokens import Tokenizer

TEXTS = ["The patient is well.", "", "K 4.1, Na 140 [NAME]", "Café 💊"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a tokenizer that cuts, fills up and adds tokens, as the files of many models say."""
    made = tokenizers.Tokenizer(models.BPE(unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.train_from_iterator(TEXTS, tokenizers.trainers.BpeTrainer(
        vocab_size=400, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["[UNK]", "<s>"],
    ))  # fmt: skip
    made.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    made.enable_truncation(3)
    made.enable_padding(length=50)
    made.save(str(tmp_path / "tokenizer.json"))
    return tmp_path


def with_tokenizer(settings: Settings, path: Path) -> Tokenizer:
    return Tokenizer.open(settings.model_copy(update={"tokenizer": path}))


def test_counts_are_of_the_text_alone(settings: Settings, folder: Path) -> None:
    tokenizer = with_tokenizer(settings, folder)
    plain = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    plain.no_truncation()
    plain.no_padding()
    assert tokenizer.counts(TEXTS) == [len(plain.encode(text, add_special_tokens=False).ids) for text in TEXTS]
    assert tokenizer.counts([]) == []
    assert tokenizer.counts(["xyz" * 100])[0] > 100


def test_tokens_cover_the_text(settings: Settings, folder: Path) -> None:
    for tokenizer in (Tokenizer.open(settings), with_tokenizer(settings, folder)):
        for text in TEXTS:
            ends = tokenizer.ends(text)
            assert len(ends) == tokenizer.counts([text])[0]
            assert ends == sorted(ends)
            assert not ends or ends[-1] == len(text)


def test_a_tokenizer_is_known_by_its_content(settings: Settings, folder: Path) -> None:
    file = folder / "tokenizer.json"
    one, same = with_tokenizer(settings, folder), with_tokenizer(settings, file)
    assert one.described == same.described
    assert one.name == "tokenizer.json"
    file.write_text(file.read_text("utf-8").replace('"<s>"', '"<t>"'), "utf-8")
    assert with_tokenizer(settings, folder).sha256 != one.sha256
    assert Tokenizer.open(settings).name == "whitespace"


def test_pieces_are_within_the_budget_of_a_real_tokenizer(settings: Settings, folder: Path) -> None:
    tokenizer = with_tokenizer(settings, folder)
    text = "Plan: " + " ".join(TEXTS * 30)
    pieces = chunks(text, 64, tokenizer)
    assert "".join(pieces) == text
    assert max(tokenizer.counts(pieces)) <= 64
    assert len(pieces) < 2 * tokenizer.counts([text])[0] / 64 + 1


def test_workers_count_alike(settings: Settings, folder: Path) -> None:
    tokenizer = with_tokenizer(settings, folder)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.apply(_count, (settings.model_copy(update={"tokenizer": folder}),))
    assert found == tokenizer.counts(TEXTS)


def _count(settings: Settings) -> list[int]:
    return Tokenizer.open(settings).counts(TEXTS)


@pytest.mark.parametrize("content", [None, b"{}", b"\xff\xfe", b"not json"])
def test_what_is_no_tokenizer_is_refused_by_its_name_alone(
    settings: Settings, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "other.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"CHARTMILL_TOKENIZER: other\.json") as caught:
        with_tokenizer(settings, file)
    assert caught.value.__cause__ is None


@given(st.lists(st.text(st.characters(codec="ascii") | st.sampled_from("aZ09 .\n\x1c\x85é٣"), max_size=40), max_size=8))
def test_the_estimate_of_many_texts_is_that_of_the_pattern(texts: list[str]) -> None:
    counts = Tokenizer.open(load_settings()).counts(texts)
    assert counts == [len(re.findall(r"[A-Za-z]{1,6}|\d{1,3}|[^\sA-Za-z\d]", text)) for text in texts]
