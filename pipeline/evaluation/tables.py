"""What a score says, as tables for the terminal: shares and counts, no text."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from pipeline.evaluation.score import ALL, Score, Share, Shares


def print_score(console: Console, score: Score, *, errors: bool = False) -> None:
    """Print the shares by class and label with their intervals; with `errors` also what went wrong, counted."""
    for table in (_classes(score), _survival(score), _whole(score), _counts(score), _errors(score) if errors else None):
        if table is not None and table.row_count:
            console.print(table)


def _classes(score: Score) -> Table | None:
    """Lay out recall by the class that was marked, and precision by the class that was found."""
    table = Table(title="Identifiers", title_justify="left")
    columns = [("spans found", score.spans_found), ("characters found", score.chars_found)]
    if score.marked:
        columns += [("spans right", score.spans_right), ("characters right", score.chars_right)]
    for name in ("class", *(title for title, _ in columns)):
        table.add_column(name)
    for name in _names(*(shares for _, shares in columns)):
        table.add_row(name, *(_written(shares[name]) if name in shares else "" for _, shares in columns))
    return table if score.spans_found or score.marked else None


def _survival(score: Score) -> Table:
    table = Table("label", "survived", title="To be kept", title_justify="left")
    for name in _names(score.kept):
        table.add_row(name, _written(score.kept[name]))
    return table


def _whole(score: Score) -> Table:
    table = Table("of the whole", "share", title="Nothing of anybody", title_justify="left")
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


def _names(*shares: Shares) -> list[str]:
    return sorted({name for one in shares for name in one}, key=lambda name: (name == ALL, name))


def _written(share: Share) -> str:
    if not share.of:
        return "none there"
    low, high = share.interval
    return f"{share.right:,}/{share.of:,}  {share.value:.2%}  ({low:.1%} to {high:.1%})"
