"""Examples are dropped with a reason, cut to the budget, and made anew when what they are measured with changes."""

from pathlib import Path
from typing import Any

import pytest
import tokenizers
from tokenizers import models, pre_tokenizers

from pipeline.config import Settings, load_settings
from pipeline.context import Context, open_context
from pipeline.records import EXAMPLES, SafeTable
from pipeline.shard.candidates import build_candidates, candidates_folder, read_candidates
from pipeline.shard.recipes import Recipe
from tests.conftest import KEY
from tests.rows import safe_row

TEXT = {"name": "notes", "config": "text", "format": "text", "unit": "note", "template": "{{ note.text }}"}
CHAT = {
    "name": "chat", "config": "chat", "format": "chat", "unit": "note",
    "messages": [{"role": "user", "content": "{{ note.text }}"}, {"role": "assistant", "content": "{{ note.title }}"}],
}  # fmt: skip
WORDS = [f"{first}{second}" for first in "bcdfghk" for second in ("ado", "eri", "ilum", "osa", "una", "yx")]
NOTE = " ".join(WORDS)
OTHER = "Plan:\n" + ". ".join(" ".join(reversed(WORDS[n : n + 7])).capitalize() for n in range(0, 42, 7)) + "."


def built(context: Context, texts: list[str], recipe: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Return the examples of notes of one patient by the recipe, and what was dropped."""
    rows = [safe_row(f"{number:x}", text=text, title="Seen", sequence=number) for number, text in enumerate(texts)]
    made = Recipe.model_validate(recipe)
    counts = build_candidates(context, SafeTable.from_rows(rows), [made], "examples/00000/x")
    assert set(counts["examples"]) <= {made.config}
    if not counts["examples"]:
        return [], counts["dropped"]
    return read_candidates(context, "examples/00000/x", made.config, made.format).data.to_pylist(), counts["dropped"]


def test_a_copy_is_dropped_where_the_recipe_says_so(context: Context) -> None:
    texts = [NOTE, f"{NOTE} 120/80", OTHER]
    assert len(built(context, texts, TEXT)[0]) == 3
    kept, dropped = built(context, texts, TEXT | {"near_duplicates": 0.85})
    assert sorted(example["text"] for example in kept) == sorted(texts[1:])
    assert dropped == {"notes:near_duplicate": 1}


def test_two_patients_may_say_the_like(context: Context) -> None:
    recipe = Recipe.model_validate(TEXT | {"near_duplicates": 0.85})
    rows = [safe_row(name, text=f"{NOTE} {name}", patient_key=name * 32) for name in "12"]
    assert build_candidates(context, SafeTable.from_rows(rows), [recipe], "examples/00000/x")["dropped"] == {}


def test_a_text_over_the_budget_is_several_examples(context: Context) -> None:
    (whole,) = built(context, [OTHER], TEXT)[0]
    kept, dropped = built(context, [OTHER, NOTE[:39]], TEXT | {"max_tokens": 32})
    pieces = [example for example in kept if example["record_sha"] == whole["record_sha"] and example["text"] in OTHER]
    assert "".join(sorted((example["text"] for example in pieces), key=OTHER.index)) == OTHER
    assert whole["id"] == next(example["id"] for example in pieces if OTHER.startswith(example["text"]))
    assert len({example["id"] for example in kept}) == len(kept) == len(pieces) + 1
    assert all(0 < example["n_tokens"] <= 32 and example["n_chars"] == len(example["text"]) for example in kept)
    assert sum(example["n_tokens"] for example in pieces) == whole["n_tokens"]
    assert {example["patient_key"] for example in kept} == {"0" * 32}
    assert dropped == {}


def test_a_conversation_over_the_budget_is_dropped(context: Context) -> None:
    kept, dropped = built(context, [OTHER, NOTE[:39]], CHAT | {"max_tokens": 32})
    assert [example["messages"][0]["content"] for example in kept] == [NOTE[:39]]
    assert dropped == {"chat:too_long": 1}


@pytest.mark.parametrize("recipe", [TEXT, CHAT, TEXT | {"max_tokens": 32}], ids=["text", "chat", "cut"])
def test_evaluation_text_is_dropped_whole(tmp_path: Path, recipe: dict[str, Any]) -> None:
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "a.txt").write_text(" ".join(NOTE.upper().split()[5:20]), "utf-8")
    settings = load_settings(
        KEY, phi=str(tmp_path / "phi"), data=str(tmp_path / "data"), evaluation_sets=tmp_path / "sets"
    )
    kept, dropped = built(open_context(settings), [NOTE, OTHER], recipe)
    assert kept
    assert NOTE[:8] not in str(kept)
    assert dropped == {f"{recipe['name']}:contaminated": 1}


def test_another_tokenizer_or_evaluation_set_makes_other_examples(
    settings: Settings, context: Context, tmp_path: Path
) -> None:
    def folder(**changes: Path) -> str:
        changed = Context(settings.model_copy(update=changes), context.keys, context.phi, context.data)
        return candidates_folder(changed, 1, ["file"], [Recipe.model_validate(TEXT)])

    tokenizer = tokenizers.Tokenizer(models.WordLevel({"well": 0, "[UNK]": 1}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "a.txt").write_text(NOTE, "utf-8")
    plain, counted = folder(), folder(tokenizer=tmp_path)
    assert folder() == plain
    assert len({plain, counted, folder(evaluation_sets=tmp_path / "sets")}) == 3


@pytest.mark.parametrize("wrong", [{"max_tokens": 31}, {"near_duplicates": 0.4}, {"near_duplicates": 1.5}])
def test_a_limit_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Recipe.model_validate(TEXT | wrong)


def test_every_format_is_measured(context: Context) -> None:
    assert set(EXAMPLES) == {"text", "chat", "prompt_completion"}
    recipe = {**TEXT, "name": "pairs", "config": "pairs", "format": "prompt_completion", "template": ""}
    recipe |= {"prompt": "{{ note.text }}", "completion": "{{ note.title }}", "max_tokens": 32}
    kept, dropped = built(context, [OTHER, "Well, and home."], recipe)
    assert [(example["prompt"], example["n_tokens"]) for example in kept] == [("Well, and home.", 6)]
    assert dropped == {"pairs:too_long": 1}
