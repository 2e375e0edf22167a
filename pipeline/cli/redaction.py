"""Commands about redaction by itself: redact a file of texts, and measure redaction on texts marked by people.

Each imports what it needs itself: Presidio and spaCy take seconds, and most commands need neither.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from pipeline.cli.base import app, console
from pipeline.config import load_settings
from pipeline.errors import ConfigError, GateError
from pipeline.storage import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.evaluation.gold import Document
    from pipeline.evaluation.score import Score, Share

_STDERR = Console(stderr=True)


@app.command()
def redact(
    source: Annotated[Path, typer.Argument(metavar="IN.jsonl", help="Lines {id, text}. PHI.")],
    target: Annotated[Path, typer.Argument(metavar="OUT.jsonl", help="The file to write.")],
    known: Annotated[
        Path | None, typer.Option(help="Lines {id, identifiers: [[type, value], ..]} to search for too. PHI.")
    ] = None,
    language: Annotated[str, typer.Option(help="Language of the texts: a file of the folder of recognizers.")] = "en",
) -> None:
    """Redact lines of JSON as a run does, with tags, and say what was found, and where in the text that came.

    Out come {id, text, spans: [{start, end, entity, score, detector}]}: ids as they are, and nothing else of the line.
    A line that cannot be made safe becomes {id, line, error} and has no text; if there are any, the exit code is 1.
    """
    from pipeline.redact.detector import load_detector
    from pipeline.redact.lines import read_known, redact_lines

    detector = load_detector(load_settings().recognizers, language)
    counts = redact_lines(source, target, detector, read_known(known) if known else {})
    _STDERR.print(f"{counts.lines} lines, {counts.refused.total()} of them refused", highlight=False)
    for code, count in sorted(counts.refused.items()):
        _STDERR.print(f"  {code}  {count}", highlight=False)
    if counts.refused:
        raise typer.Exit(1)


@app.command()
def evaluate(
    gold: Annotated[Path | None, typer.Argument(help="Texts with marked spans: a file, or a folder of files.")] = None,
    form: Annotated[str, typer.Option("--format", help="jsonl or i2b2.")] = "jsonl",
    labels: Annotated[Path | None, typer.Option(help="YAML: what labels of the set mean, before our own map.")] = None,
    terms: Annotated[Path | None, typer.Option(help="A list of terms that must survive, one a line.")] = None,
    terms_column: Annotated[str, typer.Option(help="The list is a CSV: name, or number from 1, of the column.")] = "",
    errors: Annotated[bool, typer.Option("--errors", help="Count what went wrong by kind, class and label.")] = False,
    misses: Annotated[Path | None, typer.Option(help="Write a page with what went wrong. It holds text.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all counts as JSON.")] = None,
    language: Annotated[str, typer.Option(help="Language of the texts: a file of the folder of recognizers.")] = "en",
    min_recall: Annotated[float, typer.Option(min=0, max=1, help="Exit with 1 below this share of spans.")] = 0,
    min_survival: Annotated[float, typer.Option(min=0, max=1, help="Exit with 1 below this share of terms.")] = 0,
) -> None:
    """Measure redaction on texts in which people have marked what identifies somebody, or what must survive.

    Prints shares with their 95 % intervals, and no text. What labels mean is in schemas/evaluation/labels.yaml.
    """
    from pipeline.evaluation.gold import FORMATS, read_gold, read_terms
    from pipeline.evaluation.labels import load_labels
    from pipeline.evaluation.page import Misses
    from pipeline.evaluation.run import evaluate as evaluate_documents
    from pipeline.evaluation.score import ALL
    from pipeline.evaluation.tables import print_score
    from pipeline.redact.detector import load_detector

    if gold is None and terms is None:
        raise ConfigError("give a set of texts with marked spans, or a list of terms with --terms, or both")
    if form not in FORMATS:
        raise ConfigError(f"--format must be one of: {', '.join(FORMATS)}")
    settings, meanings = load_settings(), load_labels(labels)
    if misses and "://" not in settings.data and misses.resolve().is_relative_to(Path(settings.data).resolve()):
        raise ConfigError(
            "the page holds text and may not go into the safe zone (CHARTMILL_DATA): give another --misses"
        )
    sets: dict[str, Iterator[Document]] = {}
    if gold is not None:
        meanings.check(span.label for document in read_gold(gold, form) for span in document.spans)
        sets["gold"] = read_gold(gold, form)
    if terms is not None:
        sets["terms"] = read_terms(terms, terms_column)
    detector, page = load_detector(settings.recognizers, language), Misses()
    scores: dict[str, Score] = {}
    for name, documents in sets.items():
        scores[name] = evaluate_documents(documents, detector, meanings, page.add)
        console.print(f"{name}: {scores[name].documents:,} documents", highlight=False)
        print_score(console, scores[name], errors=errors)
    if misses:
        with whole_file(misses, private=True) as sink:
            sink.write(page.page(false_alarms="gold" in scores and scores["gold"].marked).encode())
        _STDERR.print(
            f"{misses} holds text of the set, identifiers too: keep it where the set is.",
            style="bold red",
            soft_wrap=True,
        )
    if json_file:
        counts = {name: score.as_json() for name, score in scores.items()}
        with whole_file(json_file) as sink:
            sink.write(json.dumps(counts, indent=2).encode() + b"\n")
    _reached("recall", min_recall, [score.spans_found[ALL] for name, score in scores.items() if name == "gold"])
    _reached("survival", min_survival, [score.kept[ALL] for score in scores.values() if score.kept[ALL].of])


def _reached(what: str, least: float, shares: list[Share]) -> None:
    """Raise `GateError` unless each share is as much as it must be; of nothing, none is."""
    if least and not (shares and all(share.of and share.value >= least for share in shares)):
        measured = ", ".join(f"{share.right}/{share.of}" for share in shares) or "nothing to measure"
        raise GateError(f"{what} is under the {least:g} of --min-{what}: {measured}")
