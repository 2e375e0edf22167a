"""Training text that stands in an evaluation set is found, however it is written there."""

import csv
import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.config import Settings
from pipeline.errors import ConfigError
from pipeline.shard.contamination import EvaluationSets

# Twenty-one words, and eight.
ITEM = "A woman of forty years came with a cough that began three weeks ago and did not go away at night."
SHORT = "Which of these drugs lowers the potassium most?"
WORDS = ITEM.split()


def opened(settings: Settings, folder: Path) -> EvaluationSets:
    sets = EvaluationSets.open(settings.model_copy(update={"evaluation_sets": folder}))
    assert sets is not None
    return sets


@pytest.fixture
def sets(settings: Settings, tmp_path: Path) -> EvaluationSets:
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "items.jsonl").write_text(
        "".join(json.dumps({"question": text, "answer": "Yes, it is."}) + "\n" for text in (ITEM, SHORT)), "utf-8"
    )
    return opened(settings, tmp_path / "sets")


SHARED = [
    ("the item", ITEM),
    ("thirteen words of it", f"Today {' '.join(WORDS[3:16])} she is well."),
    ("its last words", " ".join(WORDS[7:])),
    ("written in another way", f"x\n{ITEM.upper().replace(' ', ' -- ')}"),
    ("with signs beyond ASCII", ITEM.replace(" ", " • ").replace("cough", "“cough”")),
    ("a short item", f"I ask: {SHORT.lower()} None."),
]
NOT_SHARED = [
    ("twelve words of it", f"Today {' '.join(WORDS[3:15])} she is well."),
    ("a word differs in the middle", ITEM.replace("three", "four")),
    ("a part of a short item", "Which of these drugs lowers the potassium least?"),
    ("an answer of few words", "Yes, it is."),
    ("nothing", ""),
]


@pytest.mark.parametrize(("why", "text"), SHARED)
def test_shared_text_is_found(sets: EvaluationSets, why: str, text: str) -> None:
    assert sets.share(["Another text.", text, "", text[:20]]) == [False, True, False, False]


@pytest.mark.parametrize(("why", "text"), NOT_SHARED)
def test_other_text_is_not(sets: EvaluationSets, why: str, text: str) -> None:
    assert sets.share([text, text]) == [False, False]


def test_no_run_goes_over_the_end_of_a_text(sets: EvaluationSets) -> None:
    assert sets.share([" ".join(WORDS[:9]), " ".join(WORDS[9:])]) == [False, False]


def test_every_format_is_read(settings: Settings, tmp_path: Path) -> None:
    items = [" ".join(f"{kind}{number}" for number in range(15)) for kind in ("alpha", "beta", "gamma", "delta")]
    (tmp_path / "more").mkdir()
    (tmp_path / "a.txt").write_text(f"{items[0]}\n", "utf-8")
    (tmp_path / "README.md").write_text("What it is.", "utf-8")
    (tmp_path / ".gitattributes").write_text("x", "utf-8")
    (tmp_path / "b.jsonl").write_text(json.dumps({"messages": [{"role": "user", "content": items[1]}]}), "utf-8")
    with (tmp_path / "more" / "c.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "text"], ["1", items[2].replace(" ", "\n", 1)]])
    pq.write_table(pa.table({"id": [1], "turns": [[{"text": items[3]}]]}), tmp_path / "d.parquet")
    sets = opened(settings, tmp_path)
    assert sets.share([*items, "other " * 20]) == [True, True, True, True, False]
    assert sets.described == {"sha256": sets.sha256, "files": 4}


def test_sets_are_known_by_their_content(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(ITEM, "utf-8")
    first = opened(settings, tmp_path).sha256
    file.rename(tmp_path / "renamed.txt")
    assert opened(settings, tmp_path).sha256 == first
    (tmp_path / "renamed.txt").write_text(f"{ITEM} more", "utf-8")
    assert opened(settings, tmp_path).sha256 != first
    assert EvaluationSets.open(settings) is None


BAD = [
    ("a.jsonl", b'{"a": '),
    ("a.jsonl", b'{"a": "\xff"}'),
    ("a.txt", b"\xff\xfe"),
    ("a.parquet", b"PAR1"),
    ("a.csv", b"a,b\n1,2,3\n"),
    ("a.csv", b"a\n\xff\xff\n"),
    ("a.json", b"[]"),
]


@pytest.mark.parametrize(("name", "content"), BAD)
def test_a_bad_file_is_named(settings: Settings, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match=rf"CHARTMILL_EVALUATION_SETS: {name} ") as caught:
        opened(settings, tmp_path)
    assert caught.value.__cause__ is None


def test_sets_of_short_answers_alone_are_refused(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("answer\nYes\nNo\n", "utf-8")
    with pytest.raises(ConfigError, match="no text of 8 words"):
        opened(settings, tmp_path)


@pytest.mark.parametrize("name", ["", "missing"])
def test_a_folder_without_sets_is_refused(settings: Settings, tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="there is no evaluation set"):
        opened(settings, tmp_path / name)


def test_it_finds_what_a_plain_search_finds(settings: Settings, tmp_path: Path) -> None:
    choose = random.Random(2)
    vocabulary = [f"w{number}" for number in range(3)]
    items = [" ".join(choose.choices(vocabulary, k=choose.randint(5, 40))) for _ in range(200)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items), "utf-8")
    # More text than is hashed at a time.
    texts = [" ".join(choose.choices(vocabulary, k=choose.randint(0, 400))) for _ in range(600)]
    runs = {
        tuple(words[at : at + 13]) for words in map(str.split, items) for at in range(max(1, len(words) - 12))
        if len(words) >= 8
    }  # fmt: skip
    lengths = {len(run) for run in runs}
    expected = [
        any(tuple(words[at : at + n]) in runs for n in lengths for at in range(len(words) - n + 1))
        for words in map(str.split, texts)
    ]
    assert 50 < sum(expected) < 595
    assert opened(settings, tmp_path).share(texts) == expected
