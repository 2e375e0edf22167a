"""From examples to token ids: which tokens the loss is of, and what is cut where."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ConfigError
from pipeline.training.data import IGNORED, SIMPLE_TEMPLATE, Encoded, Encoder

pytest.importorskip("transformers", reason="needs the extra `train`: make setup-train")
pytest.importorskip("torch", reason="needs the extra `train`: make setup-train")

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
TURNS = [
    {"role": "system", "content": "Be brief."}, {"role": "user", "content": "What has the patient?"},
    {"role": "assistant", "content": "A cough."}, {"role": "user", "content": "Since when?"},
    {"role": "assistant", "content": "Two days."},
]  # fmt: skip


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from pipeline.training.model import base_folder, load_tokenizer
    from pipeline.training.options import Options

    texts = ["What has the patient? A cough.", "Since when? Two days.", "### User: ### Assistant:"]
    return load_tokenizer(base_folder(Options("chat"), tmp_path_factory.mktemp("base"), texts))


@pytest.fixture
def encoder(tokenizer: Any) -> Callable[..., Encoder]:
    def make(form: str, limit: int = 1024, template: str = SIMPLE_TEMPLATE) -> Encoder:
        tokenizer.chat_template = template
        return Encoder(tokenizer, form, limit, "2026-01-15")

    return make


def learned(tokenizer: Any, encoded: Encoded) -> str:
    assert all(label in (IGNORED, number) for number, label in zip(*encoded[:2], strict=True))
    return str(tokenizer.decode([label for label in encoded.labels if label != IGNORED]))


@pytest.mark.parametrize(
    ("template", "what"),
    [
        (SIMPLE_TEMPLATE, "A cough.<|end|>Two days.<|end|>"),
        (CHATML, "A cough.<|im_end|>Two days.<|im_end|>"),
    ],
)
def test_of_a_conversation_the_assistant_is_learned(tokenizer: Any, encoder: Any, template: str, what: str) -> None:
    assert learned(tokenizer, encoder("chat", template=template)({"messages": TURNS})) == what


def test_of_a_prompt_the_completion_is_learned(tokenizer: Any, encoder: Any) -> None:
    example = {"prompt": "What has the patient?", "completion": "A cough."}
    assert learned(tokenizer, encoder("prompt_completion")(example)) == "A cough.<|end|>"


def test_of_a_text_all_is_learned(tokenizer: Any, encoder: Any) -> None:
    assert learned(tokenizer, encoder("text")({"text": "A cough."})) == "A cough.<|end|>"


def test_a_long_prompt_loses_its_middle(tokenizer: Any, encoder: Any) -> None:
    example = {"prompt": "Begins here. " + "cough " * 500 + "Ends here.", "completion": "Two days."}
    encoded = encoder("prompt_completion", limit=100)(example)
    whole = tokenizer.decode(encoded.input_ids)
    assert len(encoded.input_ids) == 100
    assert encoded.cut > 400
    assert whole.startswith("### User:\nBegins here.")
    assert "Ends here.\n\n### Assistant:\nTwo days.<|end|>" in whole
    assert learned(tokenizer, encoded) == "Two days.<|end|>"


def test_a_long_text_loses_its_end(tokenizer: Any, encoder: Any) -> None:
    encoded = encoder("text", limit=20)({"text": "cough " * 500})
    assert len(encoded.input_ids) == 20
    assert learned(tokenizer, encoded).startswith("cough cough")


def test_the_prompt_is_what_the_completion_was_learned_after(tokenizer: Any, encoder: Any) -> None:
    example = {"prompt": "What has the patient?", "completion": "A cough."}
    encoded = encoder("prompt_completion")(example)
    prompt = encoder("prompt_completion").prompt(example, room=10)
    assert prompt == encoded.input_ids[: len(prompt)]
    assert encoded.labels[len(prompt)] != IGNORED


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ raise_exception('roles must alternate: ' ~ messages[0]['content']) }}", "refuses"),
        ("{% for m in messages | reverse %}{{ m['content'] }}{% endfor %}", "does not write"),
    ],
)
def test_a_template_that_does_not_fit_is_refused(encoder: Any, template: str, message: str) -> None:
    with pytest.raises(ConfigError, match=f"{message}.*--simple-template") as caught:
        encoder("chat", template=template)({"messages": TURNS})
    assert "Be brief" not in str(caught.value)


def test_a_template_that_writes_the_date_writes_the_day_of_the_release(tokenizer: Any, encoder: Any) -> None:
    made = encoder("chat", template="{{ date_string }}\n" + CHATML)({"messages": TURNS})
    assert tokenizer.decode(made.input_ids).startswith("2026-01-15\n")


def test_examples_without_anything_to_learn_are_counted_and_left_out(encoder: Any, tmp_path: Path) -> None:
    import datasets

    from pipeline.training.data import encode

    rows = datasets.Dataset.from_list(
        [{"prompt": "What?", "completion": "A cough.", "weight": 2.0}, {"prompt": "", "completion": "", "weight": None}]
    )
    # A template that ends no turn: an empty completion is none.
    made = encoder("prompt_completion", template="{% for m in messages %}{{ m['content'] }} {% endfor %}")
    encoded, counts = encode(rows, made, tmp_path / "rows.arrow")
    assert counts == {"examples": 2, "truncated": 0, "tokens_cut": 0, "left_out_without_target": 1}
    assert encoded.to_list()[0]["weight"] == 2.0
