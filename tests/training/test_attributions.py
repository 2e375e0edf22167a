"""Attributions add up to what they explain, and their page needs nothing from outside."""

from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the extra `train`: make setup-train")
pytest.importorskip("transformers", reason="needs the extra `train`: make setup-train")

from pipeline.training.attributions import Attributions, attribute  # noqa: E402 - after the check for torch
from pipeline.training.data import IGNORED  # noqa: E402
from pipeline.training.pages import attributions_page  # noqa: E402

torch.set_num_threads(1)


class Letters:
    """A tokenizer of letters."""

    eos_token_id = 0

    def decode(self, ids: list[int], **_: Any) -> str:
        return "".join(chr(97 + number) for number in ids)


@pytest.fixture
def model() -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM, set_seed

    set_seed(3)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=26, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
            initializer_range=0.3,
        )
    )  # fmt: skip
    return model.requires_grad_(False)


def row(context: list[int], answer: list[int]) -> dict[str, Any]:
    return {"input_ids": [*context, *answer], "labels": [*[IGNORED] * len(context), *answer]}


def test_attributions_add_up(model: Any) -> None:
    found = attribute(model, Letters(), row([3, 4, 5, 6, 7], [8, 9]), steps=128)
    assert "".join(word for word, _ in found.context) == "defgh"
    assert found.explained == "ij"
    assert abs(found.gain) > 0.1
    assert sum(value for _, value in found.context) == pytest.approx(found.gain, rel=0.05)


def test_a_token_like_the_empty_context_gets_nothing(model: Any) -> None:
    found = attribute(model, Letters(), row([3, 0, 5], [8]))
    assert found.context[1][1] == 0
    assert found.context[0][1] != 0


def test_of_a_text_its_end_is_explained(model: Any) -> None:
    found = attribute(
        model, Letters(), {"input_ids": [n % 26 for n in range(60)], "labels": [n % 26 for n in range(60)]}
    )
    assert (len(found.context), len(found.explained)) == (28, 32)


def test_of_an_answer_its_beginning_is_explained(model: Any) -> None:
    found = attribute(model, Letters(), row([3, 4, 5], [n % 26 for n in range(60)]))
    assert "".join(word for word, _ in found.context) == "def"
    assert found.explained == "".join(chr(97 + n % 26) for n in range(32))


def test_the_page_stands_alone_and_escapes() -> None:
    metrics = {"release": "r", "config": "c", "split": "test", "method": "lora", "model": "m"}
    found = Attributions([("<b>", 0.5), ("a & b", -1.0)], "it <i>is</i>", -0.5)
    page = attributions_page(metrics, [found])
    assert "&lt;b&gt;" in page
    assert "rgba(200, 70, 40, 1.00)" in page
    assert "This page holds de-identified text of the release" in page
    for outside in ("<script", "<b>", "<i>", "http:", "https:", "<link", "src=", "@import", "url("):
        assert outside not in page
