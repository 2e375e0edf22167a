"""Texts over the token budget are cut where a reader would; ¦ marks where."""

import csv
import json
import random
from pathlib import Path

import pytest

from pipeline.config import load_settings
from pipeline.shard.chunks import chunks
from pipeline.shard.tokens import Tokenizer

ESTIMATE = Tokenizer.open(load_settings())
WORDS = "the pain is less than it was and she can walk up the hill to her home now and has no fever".split()


def sentence(words: int) -> str:
    return " ".join(WORDS[number % len(WORDS)] for number in range(words)).capitalize() + "."


CUTS = [
    # Sections, as many as fit.
    f"HPI: {sentence(10)}\n\nExam: {sentence(12)}\n\n¦Labs: {sentence(18)}\n¦Plan: {sentence(20)}",
    # A section alone is over the budget: its paragraphs, then its sentences.
    f"HPI: {sentence(20)}\n\n¦{sentence(25)}\n\n¦{sentence(12)} {sentence(12)} ¦{sentence(20)}",
    # A short section is not an example of its own.
    f"CC: cough\nHPI: {sentence(20)} ¦{sentence(25)}",
    # A sentence over the budget: its words.
    f"{' '.join(['fever'] * 31)} ¦{' '.join(['fever'] * 10)}",
    # A word of more than half the budget, and a tag that stands where it would be cut.
    f"x {'ab' * 93}¦{'ab' * 27}",
    f"{'-' * 30}¦[NAME]{'-' * 20}",
    f"{'-' * 30}¦[ORGANIZATION-12]{'-' * 20}",
]


@pytest.mark.parametrize("marked", CUTS)
def test_where_a_text_is_cut(marked: str) -> None:
    text = marked.replace("¦", "")
    assert "¦".join(chunks(text, 32, ESTIMATE)) == marked


@pytest.mark.parametrize("text", ["", "Short.", " \n", "Plan: rest."])
def test_a_text_within_the_budget_stays_whole(text: str) -> None:
    assert chunks(text, 32, ESTIMATE) == [text]


@pytest.mark.parametrize("budget", [32, 100, 512])
def test_public_notes_in_pieces_are_the_notes(public_fixtures: Path, budget: int) -> None:
    with (public_fixtures / "notes" / "aci_bench_train.csv").open(encoding="utf-8", newline="") as lines:
        texts = [row[name] for row in csv.DictReader(lines) for name in ("note", "dialogue")]
    for path in (public_fixtures / "redaction").glob("*.jsonl"):
        texts += [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
    for text in texts:
        pieces = chunks(text, budget, ESTIMATE)
        assert "".join(pieces) == text
        assert max(ESTIMATE.counts(pieces)) <= budget
        assert len(pieces) <= 1 + ESTIMATE.counts([text])[0] // (budget // 2)


def test_any_text_in_pieces_is_the_text() -> None:
    choose = random.Random(7)
    parts = ["[NAME]", "[DATE-3]", "Plan:", "\n", "\n\n", " ", "  ", ". ", "é", "💊", "w" * 40, "7" * 50, "Exam", "-"]
    for _ in range(300):
        text = "".join(choose.choices(parts, k=choose.randint(0, 200)))
        pieces = chunks(text, 32, ESTIMATE)
        assert "".join(pieces) == text
        assert all(pieces) or not text
        assert max(ESTIMATE.counts(pieces)) <= 32
        assert sum(piece.count("[NAME]") for piece in pieces) == text.count("[NAME]")
