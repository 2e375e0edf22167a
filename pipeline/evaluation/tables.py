"""What a score says, as tables for the terminal: shares and counts, no text."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from pipeline.evaluation.score import ALL, Score, Share, Shares


def print_score(console: Console, score: Score, *, errors: bool = False) -> None:
    """Print the shares by class and label with their intervals; with `errors` also what went wrong, counted."""
    tables = [
        _shares("Found, of what is marked", "class", spans=score.spans_found, characters=score.chars_found),
        _shares("Kept, of what is to be kept", "label", terms=score.kept),
    ]
    if score.marked:
        tables[1:1] = [
            _shares("Marked, of what was found", "class", spans=score.spans_right, characters=score.chars_right)
        ]
        tables.append(_whole(score))
    for table in [*tables, _counts(score), *([_errors(score)] if errors else [])]:
        if table.row_count:
            console.print(table)


def _shares(title: str, name: str, **columns: Shares) -> Table:
    table = Table(name, *columns, title=title, title_justify="left")
    rows = {row for shares in columns.values() for row, share in shares.items() if share.of}
    for row in sorted(rows, key=lambda row: (row == ALL, row)):
        table.add_row(row, *(_written(shares[row]) for shares in columns.values()))
    return table


def _whole(score: Score) -> Table:
    table = Table("", "share", title="Redacted for no reason", title_justify="left")
    if score.marked:
        table.add_row("documents without identifiers that came through untouched", _written(score.untouched))
        table.add_row("characters outside identifiers that were redacted", _written(score.over_redacted))
    return table


def _counts(score: Score) -> Table:
    table = Table("what", "count", title="Not counted in the shares", title_justify="left")
    for what, counts in (("refused", score.refused), ("out of scope", score.out_of_scope)):
        for name, count in sorted(counts.items()):
            table.add_row(f"{what}: {name}", str(count))
    return table


def _errors(score: Score) -> Table:
    table = Table("kind", "class", "label or detector", "count", title="What went wrong", title_justify="left")
    for (kind, entity, by), count in score.told_errors():
        table.add_row(kind, entity, by, str(count))
    return table


def _written(share: Share) -> str:
    if not share.of:
        return "none there"
    low, high = share.interval
    return f"{share.right:,}/{share.of:,}  {share.value:.1%}  (95 %: {low:.1%} to {high:.1%})"
