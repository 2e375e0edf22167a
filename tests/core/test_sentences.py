"""Sentences of clinical text; ¦ marks where each one begins."""

import pytest

from pipeline.sentences import sentence_starts

MARGIN = "The patient reports that the pain began about three days ago while"
TEXTS = [
    "¦One is. ¦Two is! ¦Three?",
    "¦Seen by Dr. Quorbin today. ¦He agrees.",
    "¦Compared vs. Monday it is better. ¦K 3.5 and Na 140.",
    "¦Metformin 500 mg. b.i.d. was given. ¦She took 5 mg. ¦Then she left.",
    "¦J. Q. Quorbin MD was called. ¦No answer.",
    "¦HPI: well\n¦PMH:\n¦- asthma\n¦- gout\n\n¦Plan\n¦1. Rest.\n¦2. Fluids.",
    f"¦{MARGIN}\nhe was at work. ¦It got worse.",
    f"¦{MARGIN}\n¦- item",
    "¦Na\t140\n¦K\t4.1",
    "  ¦Indented. ¦“Quoted.” ¦(Aside.) ¦End",
    "¦Given at 5 p.m. ¦She slept.",
    "¦BP 120/80, T 98.6. ¦4 tablets.",
    "¦Given e.g. Tylenol etc. by staff.",
    "¦a.b.c v2.1.0 x.y",
    "¦Really?! ¦Yes...",
]


@pytest.mark.parametrize("marked", TEXTS)
def test_sentences(marked: str) -> None:
    parts = marked.split("¦")
    text, starts, at = marked.replace("¦", ""), [], 0
    for part in parts[:-1]:
        at += len(part)
        starts.append(at)
    assert [text[start:] for start in sentence_starts(text)] == [text[start:] for start in starts]


@pytest.mark.parametrize("text", ["", " \n ", "\n"])
def test_nothing_has_no_sentence(text: str) -> None:
    assert sentence_starts(text) == []


def test_offsets_count_characters() -> None:
    assert sentence_starts("Café 💊 is. Two.") == [0, 11]
